"""Which modules a change affects: those that changed since a revision, and all that import them, directly or not."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import grimp

ROOT: Final = Path(__file__).parents[2]
EVERYTHING: Final = (
    "pyproject.toml",
    "requirements-dev.lock",
    "tests/conftest.py",
)  # a change of these affects all tests
NIGHTS: Final = "3 days ago"  # what is older was tested by a night, which runs all tests


class Changes:
    """What changed since a revision, by default since the newest commit that a night has tested.

    `affects` is true of everything where that is not known: without git, or without so old a commit.
    """

    def __init__(self, files: Iterable[str] | None, modules: Iterable[str] = ()) -> None:
        self.files = None if files is None else sorted(files)
        self.modules = sorted(modules)

    @classmethod
    def since(cls, revision: str | None) -> Changes:
        """Find the changes since a revision, with those that are not committed."""
        revision = revision or _git("rev-list", "-1", f"--before={NIGHTS}", "HEAD")
        if not revision:
            return cls(None)
        changed = _git("diff", "--name-only", revision)
        new = _git("ls-files", "--others", "--exclude-standard")
        if changed is None or new is None:
            return cls(None)
        files = set(changed.splitlines()) | set(new.splitlines())
        return cls(None) if files & set(EVERYTHING) else cls(files, _affected(files))

    def affects(self, test_file: Path, modules: Sequence[str]) -> bool:
        """Say whether a test file, a helper that it names, or one of the modules that it is about is affected."""
        if self.files is None:
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
