"""Searches of an index that is filled with generated templates."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from biometrics.matching.ports import SearchIndex

TIMED: Final = 20
SEED: Final = 1


@dataclass(frozen=True)
class IndexRun:
    """Searches of generated templates: median ms of one, and how many found the mate, a noisy copy, first."""

    codes: int
    threads: int
    median_ms: float
    searches: int
    found: int


def timed(
    index: SearchIndex, codes: int, probe_of: Callable[[np.random.Generator, int], NDArray[Any]], k: int
) -> IndexRun:
    """Search for noisy copies of some of the templates 0 to `codes` - 1, which `probe_of` makes; k hits each."""
    rng = np.random.default_rng(SEED)
    times, found_count = [], 0
    for number, code in enumerate(rng.integers(0, codes, TIMED + 1)):
        probe = probe_of(rng, int(code))
        before = time.perf_counter()
        answer = index.search(probe, k)
        if number:  # the first compiles
            times.append(1000 * (time.perf_counter() - before))
            found_count += int(answer.ids[0] == code)
    return IndexRun(codes, os.cpu_count() or 1, float(np.median(times)), TIMED, found_count)
