"""Which modules a change affects: those that changed since a revision, and all that import them, directly or not."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final

import grimp

ROOT: Final = Path(__file__).parents[2]
EVERYTHING: Final = "requirements-dev.lock"  # other versions of libraries affect all tests
RECENT: Final = "3 hours ago"  # what is older went through a check of its own


class Changes:
    """What changed since a revision, by default since the newest commit that is not recent.

    `affects` is true of everything where that is not known: without git, or without so old a commit.
    """

    def __init__(self, files: Iterable[str] | None) -> None:
        self.files = None if files is None else sorted(files)

    @classmethod
    def since(cls, revision: str | None) -> Changes:
        """Find the changes since a revision, with those that are not committed."""
        revision = revision or _git("rev-list", "-1", f"--before={RECENT}", "HEAD")
        if not revision:
            return cls(None)
        changed = _git("diff", "--name-only", revision)
        new = _git("ls-files", "--others", "--exclude-standard")
        if changed is None or new is None:
            return cls(None)
        return cls({*changed.splitlines(), *new.splitlines()})

    @cached_property
    def modules(self) -> list[str]:
        """The changed modules of the product, and all that import them."""
        return sorted(_affected(self.files or ()))

    def concerns(self, test_file: str) -> bool:
        """Say whether a test file changed, or the module that it is named after.

        tests/api/v1/test_lineups.py and test_lineups_of_units.py are named after api/v1/lineups.py.
        """
        return test_file.startswith(self._names_of_tests)

    @cached_property
    def _names_of_tests(self) -> tuple[str, ...]:
        paths = [PurePosixPath(file) for file in self.files or ()]
        return (*(self.files or ()), *(f"tests/{path.parent}/test_{path.stem}" for path in paths))

    def affects(self, test_file: Path, modules: Sequence[str]) -> bool:
        """Say whether a test file, a helper that it names, or one of the modules that it is about is affected."""
        if self.files is None or EVERYTHING in self.files:
            return True
        source = test_file.read_text()
        helpers = [Path(file).stem for file in self.files if file.startswith("tests/support/")]
        return (
            test_file.relative_to(ROOT).as_posix() in self.files
            or any(re.search(rf"\b{helper}\b", source) for helper in helpers)
            or any(item == module or item.startswith(f"{module}.") for module in modules for item in self.modules)
        )


def _git(*arguments: str) -> str | None:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def _affected(files: Iterable[str]) -> set[str]:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    graph = grimp.build_graph(*packages, cache_dir=str(ROOT / ".import_linter_cache"))
    affected: set[str] = set()
    for file in files:
        path = Path(file)
        if path.parts[0] not in packages:
            continue
        module = ".".join(path.with_suffix("").parts if path.suffix == ".py" else path.parent.parts)
        module = module.removesuffix(".__init__")
        affected |= {module} | (graph.find_downstream_modules(module) if module in graph.modules else set())
    return affected
