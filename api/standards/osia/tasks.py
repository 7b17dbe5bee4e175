"""Calls with a callback: carried out later, and their results sent there."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from api.accounts.accounts import Accounts
from api.operations.worker import Delivery
from api.standards.common.service import Abis
from api.standards.osia.calls import Call
from api.standards.osia.encounters import allot
from api.standards.osia.errors import content_of
from api.standards.osia.operations import CREATES, carry_out
from biometrics.jobs.model import NewTask, Task, TaskKind
from biometrics.kernel.access import Act, Actor, Scope
from biometrics.kernel.errors import Fault, Forbidden, PehchanError, Unauthenticated
from biometrics.storage.audit.log import Action

DONE = "OK"  # the result of what has nothing to say
ERROR_TYPE = "application/error+json"


def task_of(act: Act, call: Call, callback: str, priority: int) -> NewTask:
    """Return the task of a call to be carried out later."""
    if call.operation in CREATES:
        call = allot(call)
    arguments = {"given": dict(call.parameters), "body": call.body}
    owner = act.actor.id
    return NewTask(
        TaskKind.OSIA, call.operation, owner, _of_act(act), arguments, call.transaction, callback, priority=priority
    )


class OsiaCalls:
    """How the interface's tasks are carried out and delivered."""

    def __init__(self, abis: Abis, accounts: Accounts) -> None:
        self._abis = abis
        self._accounts = accounts

    def carry_out(self, task: Task) -> tuple[Any, bool]:
        """Carry out the call."""
        is_retry = task.runs > 1
        call = Call(task.operation, task.call["given"], task.call["body"], task.transaction_id, task.id, is_retry)
        try:
            now = self._accounts.recognition.recognise_again(task.owner, task.credential).actor
        except Unauthenticated as error:
            return content_of(error, task.operation), True
        act = replace(_to_act(task.act, now), case_number=call.case_number, request_id=call.request_id)
        abis = self._abis.for_actor(act)
        try:
            result = carry_out(abis, call)
        except Fault:
            raise
        except Forbidden as error:
            if not error.noted:
                abis.store.note(Action.REFUSED, task.id, code=error.code, route=task.operation)
            return content_of(error, task.operation), True
        except PehchanError as error:
            return content_of(error, task.operation), True
        return DONE if result is None else result, False

    def failure(self, task: Task, code: str, message: str) -> Any:
        """Return the interface's own error."""
        return {"code": 500, "message": f"{code}: {message}"}

    def delivery(self, task: Task) -> Delivery:
        """Return the result, for the callback."""
        media_type = ERROR_TYPE if task.failed else "application/json"
        body = json.dumps(task.result).encode("ascii")
        return Delivery(self._abis.outbound, _address(task), body, {"Content-Type": media_type})


def _address(task: Task) -> str:
    """Return the callback with the ids that the interface adds."""
    parts = urlsplit(task.callback)
    added = urlencode({"transactionId": task.transaction_id, "taskId": task.id}, quote_via=quote, errors="replace")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, f"{parts.query}&{added}".lstrip("&"), ""))


def _of_act(act: Act) -> dict[str, Any]:
    rest = {name: value for name, value in asdict(act).items() if name != "actor"}
    return {"scopes": sorted(act.actor.scopes), **rest}


def _to_act(content: dict[str, Any], actor: Actor) -> Act:
    """Return a stored act, of its actor with the rights that they have now, and no more than they had then."""
    allowed = actor.scopes & frozenset(map(Scope, content["scopes"]))
    names = ("purpose", "case_number", "address", "request_id", "reason", "credential")
    return Act(replace(actor, scopes=allowed), **{name: content[name] for name in names})
