"""Operations: what a request has carried out at once, or, with `Prefer: respond-async` (RFC 7240), by a worker later.

An operation has a name, a validated input, and a function that carries it out on a caller's behalf. Its route makes the
input of the form and hands both to `Run`; the function and its answer are the same either way.

    @operation("POST /api/v1/verify", VerificationInput)
    def _verify(caller: Caller, given: VerificationInput) -> Answer[VerificationOut]: ...

    @router.post("/verify", dependencies=[needs(Scope.VERIFY), LATER, IN_TURN])
    def verify_person(samples: UploadedSamples, ..., run: Run) -> VerificationOut:
        return run(_verify, VerificationInput(...))
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Depends, Request, Response
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from api.http.authentication import ActDependency, recognised_by
from api.http.idempotency import IdempotencyKeyDependency
from api.http.turns import deferred_weight
from api.services import Services, services_of
from biometrics.jobs.model import NewTask, Progress, TaskKind
from biometrics.kernel.access import Act
from biometrics.kernel.errors import TaskOutdated
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.use_cases.engine.engine import Engine

Input = TypeVar("Input")
Body = TypeVar("Body")

_FILE: Final = "$file"  # in an input as JSON: the number of a file of its task


@dataclass(frozen=True)
class Caller:
    """The caller of an operation; `key` is the request's idempotency key, if it has one."""

    services: Services
    act: Act
    key: IdempotencyKey | None = None

    @property
    def engine(self) -> Engine:
        """The engine on the caller's behalf."""
        return self.services.engine.for_actor(self.act).for_request(self.key)


@dataclass(frozen=True)
class Answer(Generic[Body]):
    """The result of an operation: the body of the route, or a whole `Response`, and headers."""

    body: Body
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ApiOperation(Generic[Input, Body]):
    """An operation by the method and path of its route; its input can be stored."""

    name: str
    carry_out: Callable[[Caller, Input], Answer[Body]]
    _adapter: TypeAdapter[Input]

    def stored(self, operation_input: Input) -> tuple[Any, list[bytes]]:
        """Return an input as JSON, and the files that it refers to by their number."""
        files: list[bytes] = []

        def plain(value: object) -> Any:
            if isinstance(value, bytes):
                files.append(value)
                return {_FILE: len(files) - 1}
            return list(value) if isinstance(value, AbstractSet) else to_jsonable_python(value)

        return json.loads(json.dumps(self._adapter.dump_python(operation_input), default=plain)), files

    def read(self, stored: Any, files: Sequence[bytes]) -> Input:
        """Return the input that `stored` was made of.

        Raises:
            TaskOutdated: it was stored by another version.
        """
        try:
            return self._adapter.validate_python(_with_files(stored, files))
        except (ValidationError, LookupError, TypeError) as error:
            raise outdated() from error


OPERATIONS: Final[dict[str, ApiOperation[Any, Any]]] = {}  # by name


def operation(
    name: str, input_type: type[Input]
) -> Callable[[Callable[[Caller, Input], Answer[Body]]], ApiOperation[Input, Body]]:
    """Make an operation of the function that carries it out; `name` is the method and path of its route."""

    def register(carry_out: Callable[[Caller, Input], Answer[Body]]) -> ApiOperation[Input, Body]:
        OPERATIONS[name] = ApiOperation(name, carry_out, TypeAdapter(input_type))
        return OPERATIONS[name]

    return register


def outdated() -> TaskOutdated:
    """Return the error for a task that another version accepted."""
    return TaskOutdated(
        "Another version of the service accepted this request, and it was not carried out; send it again."
    )


class Accepted(Exception):
    """An operation was queued as a task."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(progress.id)
        self.progress = progress


class Invocation:
    """Carries out the operation of a request, or queues it if the client does not wait for the answer."""

    def __init__(self, request: Request, response: Response, act: Act, key: IdempotencyKey | None) -> None:
        self._request = request
        self._response = response
        self._caller = Caller(services_of(request), act, key)

    def __call__(self, called: ApiOperation[Input, Body], operation_input: Input) -> Body:
        """Return the body of the answer.

        Raises:
            Accepted: it was queued.
            StoreUnavailable: too many tasks wait.
        """
        if (weight := deferred_weight(self._request)) is not None:
            raise Accepted(self._queued(called, operation_input, weight))
        answer = called.carry_out(self._caller, operation_input)
        self._response.headers.update(answer.headers)
        return answer.body

    def _queued(self, called: ApiOperation[Input, Body], operation_input: Input, weight: int) -> Progress:
        recognised, act, key = recognised_by(self._request), self._caller.act, self._caller.key
        sent_by = {
            "credential": act.credential,
            "scopes": sorted(act.actor.scopes),
            "unit": act.actor.unit.path,
            "address": act.address,
            "request_id": act.request_id,
        }
        plain, files = called.stored(operation_input)
        call = {
            "input": plain,
            "key": key and asdict(key),
            "subject": next(iter(self._request.path_params.values()), ""),
            "weight": weight,
        }
        tasks = self._caller.services.tasks
        owner = recognised.user.id
        task_id = tasks.accept(NewTask(TaskKind.REQUEST, called.name, owner, sent_by, call, files=files))
        return tasks.store.reader.progress(task_id, owner, TaskKind.REQUEST)


def _with_files(stored: Any, files: Sequence[bytes]) -> Any:
    """Put the files of a task in the places that refer to them."""
    if isinstance(stored, dict):
        if stored.keys() == {_FILE}:
            return files[stored[_FILE]]
        return {name: _with_files(value, files) for name, value in stored.items()}
    return [_with_files(item, files) for item in stored] if isinstance(stored, list) else stored


async def _invocation(request: Request, response: Response, act: ActDependency) -> Invocation:
    return Invocation(request, response, act, None)


async def _invocation_once(
    request: Request, response: Response, act: ActDependency, key: IdempotencyKeyDependency
) -> Invocation:
    return Invocation(request, response, act, key)


Run = Annotated[Invocation, Depends(_invocation)]
RunOnce = Annotated[Invocation, Depends(_invocation_once)]  # under the request's idempotency key
