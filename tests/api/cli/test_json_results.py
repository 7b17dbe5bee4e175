"""Commands print their results as JSON, too, of the structure of the HTTP API's answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import typer.main
from inputs import Run
from typer import Context

from api.cli.app import Deferred, _imported, app
from api.http.schemas import Schema
from api.v1.accounts_schemas import ApiKeyPageOut, NewApiKeyOut, OfficeOut, UserPageOut, UserWithPassword
from api.v1.audit_schemas import EntryPageOut
from api.v1.records_schemas import RecordPage
from api.v1.retention_schemas import DuePageOut
from api.v1.watchlist_schemas import StandingPageOut

# Commands without --json, and why.
WITHOUT = {
    "serve": "serves",
    "demo": "serves",
    "capture": "serves",
    "mosip listen": "serves",
    "queue remove": "prints nothing",
    "user request withdraw": "prints nothing",
    "audit sign": "prints JSON only",
    "api": "prints the response as it is",
    "retention certificate": "prints JSON only",
    "certificate write": "writes a PDF",
    "certificate key": "prints the key only",
    "synth fingers": "writes images",
    "synth latents": "writes images",
    "synth altered": "writes images",
    "synth templates": "writes an archive",
    "synth palms": "writes images",
    "calibrate fingerprint": "writes a calibration",
    "calibrate iris": "writes a calibration",
    "calibrate face": "writes a calibration",
    "calibrate populations": "writes a calibration",
    "calibrate look": "writes a calibration",
    "calibrate latents": "writes a scale",
    "bench report": "writes a page",
    "bench scores": "writes scores",
    "bench reproduce": "writes the figures of other commands",
}
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


def test_every_command_that_prints_a_result_has_json() -> None:
    commands = list(_commands(typer.main.get_command(app)))
    without = {name for name, command in commands if not any("--json" in option.opts for option in command.params)}
    assert len(commands) > 80
    assert without == set(WITHOUT)


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
