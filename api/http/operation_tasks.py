"""Carrying out operations that were queued: what a route and the middleware do for a request, done for a task."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from anyio.from_thread import BlockingPortal
from fastapi import FastAPI, Response
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic_core import to_jsonable_python

from api.http.authentication import Needs, declarations
from api.http.errors import MEDIA_TYPE, STORED, details, details_of, honest, status_of
from api.http.operations import OPERATIONS, Answer, Caller, outdated
from api.observability.progress import report_stage
from api.observability.request_log import Recorder
from api.operations.worker import RetryLater
from api.services import Services
from biometrics.access.blinding import ComparedFiles, compared
from biometrics.jobs.model import Task
from biometrics.kernel.access import Act
from biometrics.kernel.errors import Forbidden, Overload, PehchanError, StoreUnavailable, Unfinished
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.storage import commits
from biometrics.storage.audit.log import Action

log = logging.getLogger("pehchan")

_ANSWERED_HEADERS: Final = frozenset({"content-type", "content-disposition", "link", "x-transaction-type"})


@dataclass(frozen=True)
class OperationRoute:
    """What the route of an operation declares: its caller, and the status of its answer."""

    needs: Needs
    status: int


def operation_routes(app: FastAPI) -> dict[str, OperationRoute]:
    """Return the routes of all operations, by name; the application does not start if one is missing."""
    needs = {f"{method} {path}": declaration for method, path, declaration in declarations(app)}
    routes = {}
    for route in iter_route_contexts(app.routes):
        if isinstance(original := route.original_route, APIRoute):
            for name in (f"{method} {route.path}" for method in route.methods or ()):
                if name in OPERATIONS and isinstance(route_needs := needs[name], Needs):
                    routes[name] = OperationRoute(route_needs, original.status_code or 200)
    if missing := OPERATIONS.keys() - routes.keys():
        raise TypeError(f"no route is declared for: {', '.join(sorted(missing))}")
    return routes


class OperationTasks:
    """Carries out the tasks of our own API (`api.operations.worker.Runner`)."""

    def __init__(
        self, services: Services, portal: BlockingPortal, routes: Mapping[str, OperationRoute], recorder: Recorder
    ) -> None:
        """Use the portal of the event loop whose queue of work the operations wait in."""
        self._services = services
        self._portal = portal
        self._routes = routes
        self._recorder = recorder

    def carry_out(self, task: Task) -> tuple[Any, bool]:
        """Carry out the operation with the rights that its account and credential have now; the result is its answer.

        Raises:
            RetryLater: there is no room for it now.
            Unfinished: it failed part-way; its idempotency key lets it continue from there.
            StoreUnavailable: the database or the image store did not answer.
        """
        return copy_context().run(self._recorded, task)

    def failure(self, task: Task, code: str, message: str) -> Any:
        """Return the answer for an operation that could not be carried out."""
        return _stored_problem(500, details(500, code, message))

    def _recorded(self, task: Task) -> tuple[Any, bool]:
        method, _, route = task.operation.partition(" ")
        with self._recorder.recorded(method, task.act.get("request_id", "")) as ended:
            ended.route = route
            try:
                result = self._result(task)
            except RetryLater:
                ended.status = status_of(Overload)
                raise
            ended.status = result["status"]
        return result, result["status"] >= 400

    def _result(self, task: Task) -> dict[str, Any]:
        """Return the answer, and which files and searches it may show scores of."""
        noted = ComparedFiles()
        compared.set(noted)
        report_stage.set(_Stages(self._services.tasks.report_stage, task))
        try:
            result = self._answered(task)
        except Overload as refusal:
            raise RetryLater(timedelta(seconds=refusal.retry_after)) from refusal
        except PehchanError as error:
            service_error = honest(error)
            if isinstance(service_error, Unfinished | StoreUnavailable):
                raise service_error from error
            result = _stored_problem(status_of(type(service_error)), details_of(service_error))
        except Exception as error:
            if not commits.any_noted():
                raise
            log.exception("Task %s failed part-way.", task.id)
            raise Unfinished(STORED) from error
        return result | {"files": sorted(noted.files), "searches": sorted(noted.searches)}

    def _answered(self, task: Task) -> dict[str, Any]:
        if "input" not in task.call or task.operation not in self._routes:
            raise outdated()
        services, route, called = self._services, self._routes[task.operation], OPERATIONS[task.operation]
        recognised = services.accounts.recognition.recognise_again(task.owner, task.credential)
        actor = replace(recognised.actor, scopes=recognised.actor.scopes & set(task.act["scopes"]))
        address, request_id = task.act["address"], task.act["request_id"]
        act = Act(actor, address=address, request_id=request_id, credential=recognised.credential)
        key = IdempotencyKey(**(task.call["key"] or {"key": f"task-{task.id}", "digest": ""}))
        caller = Caller(services, act, key)
        try:
            route.needs.check(replace(recognised, actor=actor))
            with self._portal.wrap_async_context_manager(services.work.turn(task.owner, task.call["weight"])):
                operation_input = called.read(task.call["input"], services.tasks.store.files(task))
                return _stored(called.carry_out(caller, operation_input), route.status)
        except Forbidden as error:
            if not error.noted:
                caller.engine.store.note(Action.REFUSED, task.call["subject"], code=error.code, route=task.operation)
            raise


def _stored(answer: Answer[Any], status: int) -> dict[str, Any]:
    """Return an answer as it is stored: JSON as it is, a file in base64."""
    if isinstance(answer.body, Response):
        response = answer.body
        headers = {name: value for name, value in response.headers.items() if name in _ANSWERED_HEADERS}
        body: Any = base64.b64encode(bytes(response.body)).decode("ascii")
        return {"status": response.status_code, "headers": headers, "body": body}
    return {"status": status, "headers": dict(answer.headers), "body": to_jsonable_python(answer.body, by_alias=True)}


def _stored_problem(status: int, problem: dict[str, Any]) -> dict[str, Any]:
    return {"status": status, "headers": {"content-type": MEDIA_TYPE}, "body": problem}


class _Stages:
    """Stores the stage of a task, once for each change."""

    def __init__(self, store: Callable[[Task, str], None], task: Task) -> None:
        self._store = store
        self._task = task
        self._last = ""

    def __call__(self, stage: str) -> None:
        """Store the stage, if it is new."""
        if stage != self._last:
            self._last = stage
            self._store(self._task, stage)
