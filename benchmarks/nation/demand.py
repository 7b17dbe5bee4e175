"""When stations send searches and enrolments: an ordinary day, and a bad one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HOUR = 3600.0
# Of the busiest hour's rate, by hour of the day (made up: offices open at nine, a second peak in the evening).
DAY = (
    0.2,
    0.2,
    0.2,
    0.2,
    0.2,
    0.2,
    0.3,
    0.4,
    0.6,
    0.8,
    1.0,
    1.0,
    0.9,
    0.8,
    0.9,
    0.9,
    0.9,
    1.0,
    1.0,
    0.9,
    0.7,
    0.5,
    0.3,
    0.2,
)
BUSIEST = DAY.index(max(DAY))
BURST = 300.0  # seconds in which stations that were cut off send what they have kept


@dataclass(frozen=True)
class Demand:
    """What all stations send in the busiest hour of an ordinary day.

    On a bad day `times` as much comes all day; a share of the stations, `cut_off`, has no connection in the three hours
    before the busiest one and then sends all within five minutes.
    """

    searches_a_minute: float = 100.0
    enrolments_an_hour: float = 2000.0
    times: float = 1.5
    cut_off: float = 0.1


def poisson_times(an_hour: float, profile: Sequence[float], rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw arrivals, in seconds from midnight, in order: a Poisson process whose rate changes by the hour.

    The sum of many independent stations is such a process, however many they are (Palm-Khintchine).
    """
    counts = rng.poisson(an_hour * np.asarray(profile))
    starts = np.repeat(HOUR * np.arange(len(profile)), counts)
    return np.sort(starts + HOUR * rng.random(counts.sum()))


def kept_back(
    times: NDArray[np.float64], share: float, since: float, until: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Move a share of the arrivals between two times into the five minutes after the second."""
    late = (times >= since) & (times < until) & (rng.random(len(times)) < share)
    return np.sort(np.where(late, until + BURST * rng.random(len(times)), times))
