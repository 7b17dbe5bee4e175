"""Every `pehchan` command in the documentation exists, with its options; blocks of commands are complete, too."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from api.cli.app import app

ROOT = Path(__file__).parents[2]
MARKDOWN = [path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")) if path.name != "CHANGELOG.md"]
PAGES = [*MARKDOWN, ROOT / "compose.yaml"]
NUMBERS = {"N", "PEOPLE", "PRINTS"}  # where a number is expected


BEFORE = r"(?:[A-Z_]+=\S+ |docker compose exec pehchan )*"


def blocks(page: str) -> Iterator[str]:
    """Yield the commands of indented and fenced blocks."""
    page = re.sub(r"\\\n\s*", " ", page)
    for line in re.findall(rf"^(?: {{4}}|# {{5}})?({BEFORE}pehchan .*)$", page, re.MULTILINE):
        choices = re.search(r"\b[a-z]+(\|[a-z]+)+\b", line)
        for choice in choices[0].split("|") if choices else [""]:
            yield line.replace(choices[0], choice) if choices else line


def arguments_of(command: str) -> list[str]:
    """Return the arguments after `pehchan`; brackets around what is optional and dots for more are left out."""
    command = re.sub(r"(?<=\s)\.\.\.|\.\.\.(?=[\s\]]|$)", "", command)
    command = re.sub(r"\[(?!:)([^\]]*(?:\[:PPI\])?[^\]]*)\]", r"\1", command)
    command = re.split(r"\s(?:\||>|<|&&|;)\s", command)[0]
    words = shlex.split(command, comments=True)
    start = re.match(rf"{BEFORE}pehchan", command)
    assert start is not None
    return ["2000" if word in NUMBERS else word for word in words[len(start[0].split()) :]]


def resolved(arguments: list[str]) -> tuple[Any, Any, list[str]]:
    """Return the command that arguments name, its parent's context, and the arguments that are left."""
    command: Any = typer.main.get_command(app)
    context = None
    while hasattr(command, "resolve_command") and arguments and (context is None or not arguments[0].startswith("--")):
        context = command.make_context("pehchan", list(arguments), parent=context, resilient_parsing=True)
        if not (context.args or context._protected_args):
            return command, context, []
        _, command, arguments = command.resolve_command(context, [*context._protected_args, *context.args])
        if command is None:
            raise LookupError(f"no such command: {arguments}")
    return command, context, arguments


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_of_blocks_are_complete(page: Path) -> None:
    wrong = []
    for line in blocks(page.read_text()):
        try:
            command, context, rest = resolved(arguments_of(line))
            command.make_context(command.name, rest, parent=context)
        except Exception as error:  # noqa: BLE001  every kind is reported
            wrong.append(f"{line}: {type(error).__name__} {error}")
    assert not wrong
