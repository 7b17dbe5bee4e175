"""Commands print their results as JSON, too, of the structure of the HTTP API's answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from inputs import Run
from typer import Context

from api.cli.app import Deferred, _imported
from api.http.schemas import Schema
from api.v1.accounts_schemas import ApiKeyPageOut, NewApiKeyOut, OfficeOut, UserPageOut, UserWithPassword
from api.v1.audit_schemas import EntryPageOut
from api.v1.records_schemas import RecordPage
from api.v1.retention_schemas import DuePageOut
from api.v1.watchlist_schemas import StandingPageOut

ROBOT = ("user", "add", "robot", "--name", "Gate", "--role", "machine_client", "--unit", "27")
# Commands in this order, and the answer of the API that each prints.
ANSWERS: list[tuple[tuple[str, ...], type[Schema]]] = [
    (("unit", "add", "27", "--name", "SCRB"), OfficeOut),
    (ROBOT, UserWithPassword),
    (("user", "key", "add", "robot", "--label", "gate"), NewApiKeyOut),
    (("user", "key", "list", "robot"), ApiKeyPageOut),
    (("user", "list"), UserPageOut),
    (("audit", "list"), EntryPageOut),
    (("record", "list", "--name", "asha"), RecordPage),
    (("standing", "list"), StandingPageOut),
    (("retention", "due"), DuePageOut),
]


def _commands(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield a command, or those of a group, each with its full name."""
    if not hasattr(command, "commands"):
        yield name, command
        return
    for word in command.list_commands(Context(command)):
        below = command.commands[word]
        yield from _commands(_imported(word) if isinstance(below, Deferred) else below, f"{name} {word}".strip())


def test_the_json_is_that_of_the_api(run: Run) -> None:
    for arguments, answer in ANSWERS:
        code, output, errors = run(*arguments, "--json")
        assert code == 0, errors
        answer.model_validate_json(output)


def test_results_without_an_answer_of_the_api_are_json(run: Run) -> None:
    assert {"name", "sha256", "fault"} == set(json.loads(run("models", "verify", "--json")[1])[0])
    state = json.loads(run("keys", "show", "--json")[1])
    assert state["at_hand"] == [state["current"]]
    assert json.loads(run("audit", "verify", "--json")[1])["faults"] == []
