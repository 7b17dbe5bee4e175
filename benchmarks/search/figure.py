"""One line of `pehchan bench search`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class SearchFigure:
    """What searching a gallery of one size took, and lost.

    Attributes:
        what: the kind of search, for a person to read.
        gallery: fingers, photos or people in the gallery.
        searches: how many searches were timed.
        p50_ms, p95_ms: milliseconds of wall-clock time a search.
        mated: searches that exhaustive comparison answers rightly at first place.
        lost: those of them that the index, or the whole search, answers otherwise.
        resident_mb: megabytes of memory that the gallery takes in the process.
        build_s: seconds from vectors or templates to a searchable gallery.
        cpu_ms: milliseconds of processor time a search, the median; 0 where it was not measured.
        p50_target_ms, lost_target: what to reach, the second as a share; None where nothing is asked.
    """

    what: str
    gallery: int
    searches: int
    p50_ms: float
    p95_ms: float
    mated: int
    lost: int
    resident_mb: float
    build_s: float
    p50_target_ms: float | None = None
    lost_target: float | None = None
    cpu_ms: float = 0.0

    @property
    def reached(self) -> bool:
        """Say whether every target is met; that of losses is not where no search could lose anything."""
        fast = self.p50_target_ms is None or self.p50_ms <= self.p50_target_ms
        within_losses = self.lost_target is None or (self.mated > 0 and self.lost <= self.lost_target * self.mated)
        return fast and within_losses

    @classmethod
    def of_content(cls, content: dict[str, Any]) -> SearchFigure:
        """Make it of what `content` gave."""
        return cls(**{name: value for name, value in content.items() if name != "reached"})

    def content(self) -> dict[str, Any]:
        """Return what a program reads."""
        return {**asdict(self), "reached": self.reached}


def cpu_seconds() -> float:
    """Return the processor time of this process and of all that it started, ended and waited for or running (Linux)."""
    ticks = sum(int(fields[11]) + int(fields[12]) for fields in _started().values())
    return time.process_time() + sum(os.times()[2:4]) + ticks / os.sysconf("SC_CLK_TCK")


def resident_mb(process: int | str = "self") -> float:
    """Return the megabytes of memory that this process holds, or another one (Linux)."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("Linux does not state the memory of the process.")


def resident_mb_of_started(title: str) -> float:
    """Return the megabytes that the processes hold that this one started, if their command starts with a title."""
    return sum(map(resident_mb, processes_of_started(title)))


def processes_of_started(title: str) -> list[int]:
    """Return the ids of the processes that this one started, if their command starts with a title."""
    return [process for process in _started() if _command(process).startswith(title)]


def descendants(processes: Iterable[int]) -> dict[int, list[str]]:
    """Return the fields of /proc/PID/stat after the name, of all processes that some started, or one of those."""
    fields_by_process = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            fields_by_process[int(process.name)] = (process / "stat").read_text().rpartition(")")[2].split()
    roots = set(processes)
    started = set(roots)
    while children := {number for number, fields in fields_by_process.items() if int(fields[1]) in started} - started:
        started |= children
    return {number: fields_by_process[number] for number in started - roots}


def _started() -> dict[int, list[str]]:
    return descendants([os.getpid()])


def _command(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_text(errors="replace")
