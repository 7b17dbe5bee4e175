# ruff: noqa: T201 - it prints a report
"""Mutation check, run by `scripts/mutants`: does a test fail when the code is changed?

cosmic-ray makes the changed sources (mutants). Each runs in a forked process that loads it instead of the module's
file, so no file changes. Kernels run without numba's compiler, which would take a minute for each mutant.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import importlib.abc
import importlib.util
import json
import os
import random
import resource
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter, defaultdict
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import IO

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = "cosmic-ray==8.7.0"  # no dependency of the project: nothing else needs its two dozen packages
_TOOL_FOLDER = ROOT / ".venv" / TOOL

# Each module, and the tests that must notice a change of it. They run without conftest.py, which imports everything.
TESTS = {
    "biometrics.matching.calibration": ["tests/biometrics/matching/test_calibration.py"],
    "biometrics.matching.fusion": ["tests/biometrics/matching/test_fusion.py"],
    "biometrics.kernel.access": ["tests/biometrics/kernel/test_access.py"],
    "biometrics.access.jurisdiction": ["tests/biometrics/access/test_jurisdiction_rules.py"],
    "biometrics.storage.audit.log": ["tests/biometrics/audit/test_rules.py"],
    "biometrics.audit.reader": ["tests/biometrics/audit/test_rules.py"],
    "fingerprint.matching.matcher": ["tests/fingerprint/test_matching_rules.py"],
    "fingerprint.matching.kernels.pairing": ["tests/fingerprint/test_matching_rules.py"],
    "fingerprint.matching.kernels.relaxation": ["tests/fingerprint/test_matching_rules.py"],
    "fingerprint.matching.kernels.geometry": ["tests/fingerprint/test_matching_rules.py"],
}
KILLED, SURVIVED, TIMED_OUT = "killed", "survived", "timed out"
_UNUSED = 70  # exit status: the tests did not import the module

os.environ |= {"NUMBA_DISABLE_JIT": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
os.chdir(ROOT)
if not _TOOL_FOLDER.exists():
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--target", str(_TOOL_FOLDER), TOOL], check=True)
sys.path.append(str(_TOOL_FOLDER))  # at the end: the project's own versions come first

from cosmic_ray.ast import ast_nodes, get_ast  # noqa: E402
from cosmic_ray.mutating import mutate_code  # noqa: E402
from cosmic_ray.plugins import get_operator, operator_names  # noqa: E402


class Mutant(importlib.abc.MetaPathFinder, SourceFileLoader):
    """Loads one module from other source than its file's."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        super().__init__(name, str(path))
        self.source = source
        self.is_used = False

    def find_spec(self, fullname: str, path: object, target: ModuleType | None = None) -> ModuleSpec | None:
        """Find the module itself, and no other one."""
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None

    def get_code(self, fullname: str) -> CodeType:
        """Compile the source; nothing is cached."""
        self.is_used = True
        return compile(self.source, self.path, "exec")


def run_tests(mutant: Mutant, cpu_seconds: int = 0, report: IO[str] | None = None) -> int:
    """Run the module's tests in a forked process; return its exit status, negative where a signal ended it.

    `report` gets the names of the imported modules that are not the project's; without it the tests print nothing.
    """
    sys.stdout.flush()
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 1
    try:
        if cpu_seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))  # SIGXCPU, and later SIGKILL
        if report is None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(1, 2)
        sys.meta_path.insert(0, mutant)
        _count_bits_with_numpy()
        import api.modalities  # noqa: F401 - registers them, as conftest.py does

        options = ["-x", "-q", "--no-header", "--noconftest", "-p", "no:cacheprovider"]
        status = int(pytest.main([*options, *TESTS[mutant.name]]))
        if report is not None:
            json.dump(_foreign_modules(), report)
            report.flush()
        sys.stdout.flush()
    finally:
        os._exit(status if mutant.is_used else _UNUSED)


def _count_bits_with_numpy() -> None:
    """Let kernels count bits without the compiler, in whose code alone the instruction exists."""
    import biometrics.kernel.technique.bits

    biometrics.kernel.technique.bits.popcount = lambda word: np.uint64(np.bitwise_count(word))


def _foreign_modules() -> list[str]:
    installed = sysconfig.get_paths()
    folders = (installed["purelib"], installed["platlib"], installed["stdlib"])
    files = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
    return sorted(name for name, file in files.items() if file.startswith(folders))


def mutants_of(name: str, path: Path, sample: int, seed: int) -> list[Mutant]:
    """Return a sample of a module's mutants: one at each of some places, chosen by `seed`."""
    source = path.read_text()
    nodes = list(ast_nodes(get_ast(source)))
    skipped = _without_effect(source)
    places = defaultdict(list)
    for operator_name in operator_names():
        operator = get_operator(operator_name)
        if operator.arguments() or operator_name.endswith("/RemoveDecorator"):
            continue
        positions = (place for node in nodes for place in operator().mutation_positions(node))
        for occurrence, (start, _) in enumerate(positions):
            if not any(first <= start < last for first, last in skipped):
                places[start].append((operator, occurrence))
    chance = random.Random(f"{seed} {name}")
    chosen = []
    for start in chance.sample(sorted(places), len(places)):
        operator, occurrence = chance.choice(places[start])
        mutated = mutate_code(source, operator(), occurrence)
        if mutated != source and _compiles(mutated):
            chosen.append(Mutant(name, path, mutated))
        if len(chosen) == sample:
            break
    return chosen


def _without_effect(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return where annotations, which nothing evaluates, and the compiler's options begin and end: line and column."""
    nodes = list(ast.walk(ast.parse(source)))
    results = [getattr(node, name, None) for node in nodes for name in ("annotation", "returns")]
    results += [
        item for node in nodes for item in getattr(node, "decorator_list", ()) if ast.unparse(item).startswith("njit(")
    ]
    return [
        ((result.lineno, result.col_offset), (result.end_lineno, result.end_col_offset))
        for result in results
        if result is not None
    ]


def _compiles(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def check(name: str, sample: int, seed: int) -> Counter[str]:
    """Check one module: print the diff of each mutant that its tests did not notice, return how many there were."""
    path = ROOT / Path(*name.split(".")).with_suffix(".py")
    source = path.read_text()
    unchanged = Mutant(name, path, source)
    with tempfile.TemporaryFile("w+") as report:
        _require_success(name, run_tests(unchanged, report=report))
        report.seek(0)
        for module in json.load(report):
            with contextlib.suppress(ImportError):
                importlib.import_module(module)  # once, for all mutants
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    _require_success(name, run_tests(unchanged))
    usual = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    results: Counter[str] = Counter()
    for mutant in mutants_of(name, path, sample, seed):
        status = run_tests(mutant, cpu_seconds=3 + int(5 * usual))
        result = TIMED_OUT if status == -signal.SIGXCPU else KILLED if status else SURVIVED
        results[result] += 1
        if result != KILLED:
            before_after = source.splitlines(), mutant.source.splitlines()
            print(*difflib.unified_diff(*before_after, name, result, n=1, lineterm=""), sep="\n", flush=True)
    return results


def _require_success(name: str, status: int) -> None:
    if status:
        sys.exit(f"{name}: its tests fail without a change, or do not import it (status {status})")


def main() -> None:
    """Check the modules that the command line names, or all."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("modules", nargs="*", choices=[[], *TESTS], default=[], metavar="module")
    arguments.add_argument("--sample", type=int, default=30, help="changes of each module, at different places")
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    for name in options.modules or TESTS:
        results = check(name, options.sample, options.seed)
        print(name, *(f"{results[each]} {each}" for each in (KILLED, SURVIVED, TIMED_OUT)), sep=", ", flush=True)


if __name__ == "__main__":
    main()
