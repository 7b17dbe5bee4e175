"""No regular expression of ours takes exponential time: none repeats without bound what itself repeats so."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = ("biometrics", "fingerprint", "face", "iris", "marks", "palm", "index", "api", "models")
FUNCTIONS = {"compile", "match", "fullmatch", "search", "sub", "split", "findall", "finditer"}
REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT)  # a possessive one never goes back


def patterns() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                if is_call and isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args:
                    literal = node.args[0]
                    if node.func.attr in FUNCTIONS and isinstance(literal, ast.Constant):
                        text = literal.value if isinstance(literal.value, str) else literal.value.decode("latin-1")
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", text


def nests_repeats(parsed: Any, within: bool = False) -> bool:
    """Say whether an unbounded repeat has another one in it."""
    for operation, argument in parsed:
        unbounded = operation in REPEATS and argument[1] == _constants.MAXREPEAT
        if unbounded and within:
            return True
        if any(nests_repeats(part, within or unbounded) for part in _parts(argument)):
            return True
    return False


def _parts(argument: Any) -> Iterator[Any]:
    if isinstance(argument, _parser.SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for part in argument:
            yield from _parts(part)


def test_no_pattern_repeats_without_bound_what_repeats_without_bound() -> None:
    found = list(patterns())
    assert len(found) > 30
    assert [where for where, text in found if nests_repeats(_parser.parse(text))] == []
