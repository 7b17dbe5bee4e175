"""Chimeric people: fingers of one data set given to the faces of another, since none is free that has both.

Source of the method and the yardstick: NISTIR 7346, Studies of Biometric Fusion, 2006.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Indices, Scores
from benchmarks.metrics.identification import Searches
from benchmarks.runs.datasets import UnusableDataset
from benchmarks.runs.extracted import Extracted, decibans_of
from benchmarks.runs.protocols import Pairs
from benchmarks.runs.score_set import Samples, ScoreSet
from biometrics.matching.calibration import Score
from biometrics.matching.fusion import fuse

PARTS = {1: "chimeras of one finger", 2: "chimeras of two fingers"}
ALONE = ("finger", "first finger", "second finger", "face")
IMPRESSIONS = 8  # of each finger


@dataclass(frozen=True)
class People:
    """Samples of made-up people: whose each is, shape (n,), its prints, shape (n, fingers), its photo, shape (n,)."""

    person: Indices
    prints: Indices
    photo: Indices


def combine(prints: Extracted, photos: Extracted, fingers: int) -> list[ScoreSet]:
    """Compare made-up people of one or two fingers and a face: each alone, and fused.

    A sample is an impression of each finger and a photo. The fingers' impressions are put together in as many ways as
    there are fingers, and photos come round again; pairs that share an image are left out. People with the most photos
    come first.

    Raises:
        UnusableDataset: fewer than two people can be made.
    """
    people = _made_up(prints.subjects, photos.subjects, fingers)
    pairs = _pairs(people)
    scored = [prints.calibrated(prints.compare(people.prints[:, finger][pairs])) for finger in range(fingers)] + [
        photos.calibrated(photos.compare(people.photo[pairs]))
    ]
    if fingers == 1:
        systems = {"finger": scored[:1], "face": scored[1:], "finger + face": scored}
    else:
        systems = {"first finger": scored[:1], "second finger": scored[1:2], "face": scored[2:]}
        systems |= {"two fingers": scored[:2], "two fingers + face": scored}
    samples = _samples(people)
    model = f"{prints.recogniser.model} {photos.recogniser.model}"
    calibration = f"{prints.calibration.digest} {photos.calibration.digest}"
    protocol = (
        f"{len(samples.subjects)} made-up people of {fingers} finger{'s' * (fingers > 1)} and a face, "
        f"{IMPRESSIONS * fingers} samples each: every sample with every other, but those that share an image."
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
    usable = ([score for score in scores if score] for scores in zip(*parts, strict=True))
    return [fuse(scores) if scores else None for scores in usable]


def _made_up(fingers: Sequence[str], faces: Sequence[str], fingers_each: int) -> People:
    by_finger = {name: places[:IMPRESSIONS] for name, places in _places(fingers).items() if len(places) >= IMPRESSIONS}
    by_face = sorted(_places(faces).items(), key=lambda face: (-len(face[1]), face[0]))
    by_face = [(name, places) for name, places in by_face if len(places) > 1]
    hands = [
        list(by_finger.values())[i : i + fingers_each]
        for i in range(0, len(by_finger) - fingers_each + 1, fingers_each)
    ]
    count = min(len(hands), len(by_face))
    if count < 2:
        raise UnusableDataset(
            f"Made-up people take fingers with {IMPRESSIONS} impressions and people with two photos, two of each."
        )
    return People(
        np.repeat(np.arange(count), IMPRESSIONS * fingers_each),
        np.concatenate([_put_together(hand) for hand in hands[:count]]),
        np.concatenate([np.resize(places, IMPRESSIONS * fingers_each) for _, places in by_face[:count]]),
    )


def _put_together(hand: Sequence[Indices]) -> Indices:
    """Return the impressions of some fingers side by side, then with the second finger's shifted by one, and so on."""
    ways = [np.stack([np.roll(finger, way * i) for i, finger in enumerate(hand)], axis=1) for way in range(len(hand))]
    return np.concatenate(ways)


def _places(names: Sequence[str]) -> dict[str, Indices]:
    array = np.array(names)
    return {name: np.flatnonzero(array == name) for name in dict.fromkeys(names)}


def _pairs(people: People) -> Pairs:
    i, j = np.triu_indices(len(people.person), k=1)
    pairs: Pairs = np.stack([i, j], axis=1)[~_share_an_image(people, i, j)]
    return pairs


def _share_an_image(people: People, some: Indices, partners: Indices) -> NDArray[np.bool_]:
    same_print = (people.prints[some] == people.prints[partners]).any(axis=1)
    return np.asarray(same_print | (people.photo[some] == people.photo[partners]))


def _samples(people: People) -> Samples:
    names = tuple(f"person {number + 1}" for number in range(int(people.person.max()) + 1))
    return Samples("person", names, people.person, np.zeros(len(people.person), dtype=np.bool_), {})


def _searches(people: People, pairs: Pairs, decibans: Scores) -> Searches:
    """Search later samples in the gallery of everyone's first sample, but those that share an image with it."""
    scores = np.full((len(people.person), len(people.person)), -np.inf)
    scores[pairs[:, 0], pairs[:, 1]] = scores[pairs[:, 1], pairs[:, 0]] = decibans
    gallery = np.unique(people.person, return_index=True)[1]
    probes = np.flatnonzero(~_share_an_image(people, np.arange(len(people.person)), gallery[people.person]))
    return Searches.of(scores[np.ix_(probes, gallery)], people.person[probes], people.person[probes])
