"""No variable, argument, function or class has a name that leaves open what it is: one of what, found where?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("biometrics", "fingerprint", "face", "index", "api", "models", "benchmarks", "tests")
VAGUE = ("one", "found", "given", "asked", "asking", "asks", "told", "said", "stood", "heard", "meant")
KEYS = {"FieldFault.found", "QueryTime.found"}  # fields whose names are keys of the JSON that is written of them

# Only files with a match are parsed, because parsing all of them takes seconds. Prose that matches binds no name.
_NAME = rf"(?<![\w.])_*(?:{'|'.join(VAGUE)})_*"
_BINDING = re.compile(
    rf"{_NAME}(?=(?:,[\w, *()]*|\)+)? (?:=|:=|in) |: |:$)|(?:def|class|as) {_NAME}(?:[(:,]|$)", re.MULTILINE
)


def vague_names(source: str) -> list[str]:
    """Return the vague names that a source binds; a field of a class comes with the name of its class."""
    return sorted(set(_bindings(ast.parse(source)))) if _BINDING.search(source) else []


def _bindings(node: ast.AST, owner: str = "") -> Iterator[str]:
    name = _name_bound_by(node)
    if name and name.strip("_") in VAGUE:
        yield f"{owner}{name}"
    if isinstance(node, ast.ClassDef):
        owner = f"{node.name}."
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        owner = ""
    for child in ast.iter_child_nodes(node):
        yield from _bindings(child, owner)


def _name_bound_by(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
            return str(name)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return str(name)
        case ast.ExceptHandler(name=name) | ast.alias(asname=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
            return name
    return None


@pytest.mark.parametrize(
    "source",
    [
        "one = 1",
        "_found: int = 1",
        "first, told = pair",
        "told, *rest = pair",
        "(one,) = page.items",
        "[x for one in page for x in one]",
        "{key: 1 for one, key in pairs}",
        "for key, one in pairs: pass",
        "while found := search(): pass",
        "with case as asked: pass",
        "def said(): pass",
        "def f(one: int): pass",
        "sorted(page, key=lambda one: one.id)",
        "lambda *given: given[0]",
        "try: pass\nexcept ValueError as told: pass",
        "from story import tell as told",
    ],
)
def test_a_vague_name_is_recognised(source: str) -> None:
    assert vague_names(source)


def test_no_name_is_vague() -> None:
    vague = {
        f"{path.relative_to(ROOT)}: {name}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name in vague_names(path.read_text("utf-8"))
        if name not in KEYS
    }
    assert not vague
