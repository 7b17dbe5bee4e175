"""Made-up people are made of different images, and fused by the engine's own rule."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.runs import chimeras
from benchmarks.runs.datasets import LabelledImage, UnusableDataset
from benchmarks.runs.extracted import Extracted
from biometrics.matching.calibration import Score
from biometrics.matching.fusion import fuse

FINGERS = [f"{finger}" for finger in range(5) for _ in range(8)]
PHOTOS = [name for name, count in (("Ann", 2), ("Bo", 4), ("Cy", 1), ("Di", 3)) for _ in range(count)]


def score(raw: float) -> Score:
    return Score(raw, False, raw, raw)


class Made(Extracted):
    """Scores of images by arithmetic on their places, so that each can be told."""

    def compare(self, pairs: np.ndarray) -> np.ndarray:
        return np.where((pairs == 3).any(axis=1), -np.inf, 1.0 + pairs[:, 0] + 0.01 * pairs[:, 1])


def made(subjects: list[str]) -> Extracted:
    images = tuple(LabelledImage(Path(str(i)), subject) for i, subject in enumerate(subjects))
    calibration = SimpleNamespace(score=score, digest="cd")
    return Made(SimpleNamespace(model="ab"), calibration, images, (None,) * len(images), 1)


def test_people_have_their_own_fingers_and_faces_and_no_photo_meets_itself() -> None:
    sets = {item.system: item for item in chimeras.combine(made(FINGERS), made(PHOTOS), 1)}
    assert list(sets) == ["finger", "face", "finger + face"]
    first = sets["finger + face"]
    assert first.subject_count == 3
    assert first.samples.subject.tolist() == [person for person in range(3) for _ in range(8)]
    # 28 pairs of samples each, less those with the same of 4, 3 and 2 photos.
    assert np.bincount(first.samples.subject[first.pairs[first.mated][:, 0]]).tolist() == [24, 28 - 7, 28 - 12]
    assert len(first.pairs) == 61 + 3 * 64


def test_scores_are_those_of_the_samples_fused() -> None:
    """Sample 9 is Di's: impression 1 of finger 1, at place 9, and her second photo, at 8; sample 2 is Bo's."""
    sets = {item.system: item for item in chimeras.combine(made(FINGERS), made(PHOTOS), 1)}
    at = {name: item.scores[(item.pairs == (2, 9)).all(axis=1)][0] for name, item in sets.items()}
    finger, face = 1 + 2 + 0.09, 1 + 4 + 0.08
    assert at["finger"] == pytest.approx(finger)
    assert at["face"] == pytest.approx(face)
    assert at["finger + face"] == pytest.approx(fuse([score(finger), score(face)]).decibans)


def test_a_finger_without_a_template_leaves_the_face_to_decide() -> None:
    sets = {item.system: item for item in chimeras.combine(made(FINGERS), made(PHOTOS), 1)}
    at = {name: item.scores[(item.pairs == (3, 9)).all(axis=1)][0] for name, item in sets.items()}
    assert at["finger"] == -np.inf
    assert at["finger + face"] == pytest.approx(at["face"])


def test_two_fingers_a_person() -> None:
    sets = {item.system: item for item in chimeras.combine(made(FINGERS), made(PHOTOS), 2)}
    assert list(sets) == ["first finger", "second finger", "face", "two fingers", "two fingers + face"]
    item = sets["two fingers"]
    assert item.subject_count == 2  # five fingers make two pairs
    assert len(item.samples.subject) == 32
    at = {name: item.scores[(item.pairs == (0, 16)).all(axis=1)][0] for name, item in sets.items()}
    first, second = 1 + 0 + 0.16, 1 + 8 + 0.24  # fingers 0 and 2, fingers 1 and 3
    assert at["first finger"] == pytest.approx(first)
    assert at["second finger"] == pytest.approx(second)
    assert at["two fingers"] == pytest.approx(fuse([score(first), score(second)]).decibans)


def test_two_fingers_are_put_together_in_two_ways_and_no_print_meets_itself() -> None:
    """Sample 8 has the first finger's first impression, as sample 0, and the second's last, as sample 7."""
    first = chimeras.combine(made(FINGERS), made(PHOTOS), 2)[-1]
    together = {tuple(pair) for pair in first.pairs.tolist()}
    assert not {(0, 8), (7, 8)} & together
    # Photos come round after four: of 120 pairs 24 share one, and 8 + 8 others a print, of which (s, s + 8) share both.
    assert sum(pair[1] < 16 for pair in together) == 120 - 24 - 8


def test_searches_are_of_later_samples_that_show_another_photo() -> None:
    first = chimeras.combine(made(FINGERS), made(PHOTOS), 1)[-1]
    assert first.searches is not None
    assert first.searches.gallery == 3
    assert np.bincount(first.searches.subjects).tolist() == [6, 5, 4]


def test_too_little_to_make_people_of_is_said() -> None:
    with pytest.raises(UnusableDataset, match="8 impressions"):
        chimeras.combine(made(FINGERS[:7]), made(PHOTOS), 1)
