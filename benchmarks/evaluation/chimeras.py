"""Chimeric people: fingers of one data set given to the faces of another, since none is free that has both.

Source of the method and the yardstick: NISTIR 7346, Studies of Biometric Fusion, 2006.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.datasets import UnusableDataset
from benchmarks.evaluation.extracted import Extracted, decibans_of
from benchmarks.evaluation.score_set import Samples, ScoreSet
from benchmarks.metrics import Indices, Scores
from benchmarks.metrics.identification import Searches
from benchmarks.protocols import Pairs
from biometrics.calibration import Score
from biometrics.fusion import fuse

PARTS = {1: "chimeras of one finger", 2: "chimeras of two fingers"}
IMPRESSIONS = (
    8  # samples a person: one impression of each of his fingers, and one of his photos, which come round again
)


@dataclass(frozen=True)
class People:
    """Samples of made-up people: whose each is, shape (n,), its prints, shape (n, fingers), its photo, shape (n,)."""

    person: Indices
    prints: Indices
    photo: Indices


def combine(prints: Extracted, photos: Extracted, fingers: int) -> list[ScoreSet]:
    """Compare made-up people of one or two fingers and a face: each alone, and fused.

    People with the most photos come first. Pairs of one photo with itself are left out, so every comparison is of
    different images.

    Raises:
        UnusableDataset: fewer than two people can be made.
    """
    people = _made_up(prints.subjects, photos.subjects, fingers)
    pairs = _pairs(people)
    scored = [prints.calibrated(prints.compare(people.prints[:, finger][pairs])) for finger in range(fingers)] + [
        photos.calibrated(photos.compare(people.photo[pairs]))
    ]
    first, both = ("finger", "two fingers") if fingers == 2 else ("finger", "finger")
    systems = {first: scored[:1], both: scored[:fingers], "face": scored[-1:], f"{both} + face": scored}
    samples = _samples(people)
    model = f"{prints.recogniser.model} {photos.recogniser.model}"
    calibration = f"{prints.calibration.digest} {photos.calibration.digest}"
    protocol = (
        f"{len(samples.subjects)} made-up people of {fingers} finger{'s' * (fingers > 1)} and a face, {IMPRESSIONS} "
        "samples each: every sample with every other, but those that share a photo."
    )
    sets = []
    for system, parts in systems.items():
        decibans = decibans_of(_fused(parts))
        searches = _searches(people, pairs, decibans)
        sets.append(
            ScoreSet(PARTS[fingers], system, model, calibration, protocol, samples, pairs, decibans, decibans, searches)
        )
    return sets


def _fused(parts: Sequence[Sequence[Score | None]]) -> list[Score | None]:
    """Fuse what there is of each comparison."""
    usable = ([one for one in scores if one] for scores in zip(*parts, strict=True))
    return [fuse(scores) if scores else None for scores in usable]


def _made_up(fingers: Sequence[str], faces: Sequence[str], each: int) -> People:
    by_finger = {name: places[:IMPRESSIONS] for name, places in _places(fingers).items() if len(places) >= IMPRESSIONS}
    by_face = sorted(_places(faces).items(), key=lambda face: (-len(face[1]), face[0]))
    by_face = [(name, places) for name, places in by_face if len(places) > 1]
    hands = [list(by_finger.values())[i : i + each] for i in range(0, len(by_finger) - each + 1, each)]
    count = min(len(hands), len(by_face))
    if count < 2:
        raise UnusableDataset(
            f"Made-up people take fingers with {IMPRESSIONS} impressions and people with two photos, two of each."
        )
    return People(
        np.repeat(np.arange(count), IMPRESSIONS),
        np.concatenate([np.stack(hand, axis=1) for hand in hands[:count]]),
        np.concatenate([np.resize(places, IMPRESSIONS) for _, places in by_face[:count]]),
    )


def _places(names: Sequence[str]) -> dict[str, Indices]:
    array = np.array(names)
    return {name: np.flatnonzero(array == name) for name in dict.fromkeys(names)}


def _pairs(people: People) -> Pairs:
    i, j = np.triu_indices(len(people.person), k=1)
    pairs: Pairs = np.stack([i, j], axis=1)[people.photo[i] != people.photo[j]]
    return pairs


def _samples(people: People) -> Samples:
    names = tuple(f"person {number + 1}" for number in range(int(people.person.max()) + 1))
    return Samples("person", names, people.person, np.zeros(len(people.person), dtype=np.bool_), {})


def _searches(people: People, pairs: Pairs, decibans: Scores) -> Searches:
    """Search later samples in the gallery of everyone's first sample, but those that show the photo in it."""
    scores = np.full((len(people.person), len(people.person)), -np.inf)
    scores[pairs[:, 0], pairs[:, 1]] = scores[pairs[:, 1], pairs[:, 0]] = decibans
    gallery = np.flatnonzero(np.arange(len(people.person)) % IMPRESSIONS == 0)
    probes = np.flatnonzero(people.photo != people.photo[gallery[people.person]])
    return Searches.of(scores[np.ix_(probes, gallery)], people.person[probes], people.person[probes])
