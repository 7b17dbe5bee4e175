"""docs/architecture.md names every package, and no package grows into a heap."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
MOST_MODULES = 16
ONE_FILE_A_RESOURCE = {"api/routes", "api/schemas", "api/web/routes", "api/cli/commands"}  # these may grow
TOP = ("biometrics", "fingerprint", "face", "index", "api", "models", "benchmarks")
PACKAGES = sorted(
    init.parent.relative_to(ROOT)
    for top in TOP
    for init in (ROOT / top).rglob("__init__.py")
    if "migrations" not in init.parts
)


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_a_package_is_named_and_holds_one_concept(package: Path) -> None:
    """It has a row of its own, or is named in the row of a package that it is in; those at the top are the sections."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    named = [f"| `{package}/`"] + [f"`{package.relative_to(above)}/`" for above in package.parents if above.parts]
    homes = [""] + [f"| `{above}/`" for above in package.parents if above.parts]
    assert len(package.parts) == 1 or any(
        name in row and row.startswith(home) for name, home in zip(named, homes, strict=True) for row in rows
    )
    modules = [path.name for path in (ROOT / package).glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MOST_MODULES or str(package) in ONE_FILE_A_RESOURCE, modules


def test_each_public_class_has_a_name_of_its_own() -> None:
    """So that a name has one meaning."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in (path for top in TOP for path in (ROOT / top).rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(ROOT)))
    assert len(places) > 500
    assert not {name: files for name, files in places.items() if len(files) > 1}
