"""The face search benchmark counts against the exhaustive answer, on faces spread as real ones are."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.search import faces
from biometrics.kernel.people.labels import NO_FILTER, Filter
from biometrics.kernel.people.person import Sex
from index.exact import ExactIndex


def test_made_up_faces_are_as_similar_as_sfaces_of_lfw() -> None:
    """Two photos of a person: 0.66 in the mean, spread by 0.11, one in a hundred below 0.36; of two people: 0.085."""
    people = faces._people(20_000, 1)
    first, second = faces._photos(people, 1), faces._photos(people, 2)
    genuine, impostor = (first * second).sum(1), first[:3000] @ second[3000:6000].T
    assert genuine.mean() == pytest.approx(0.66, abs=0.03)
    assert genuine.std() == pytest.approx(0.11, abs=0.01)
    assert np.quantile(genuine, 0.01) == pytest.approx(0.355, abs=0.02)
    assert (impostor.mean(), impostor.std()) == (pytest.approx(0.085, abs=0.01), pytest.approx(0.089, abs=0.005))
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1, rtol=1e-5)


def test_the_exhaustive_answer_is_the_oracles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "_CHUNK", 700)
    oracle = ExactIndex(faces.DIMENSION)
    for start, _, photos, labels in faces._chunks(2000):
        oracle.add(np.arange(start, start + len(photos)), photos, labels)
    probes, others = faces._photos(faces._people(20, 1), 1), faces._photos(faces._people(20, 2), 2)
    for question in faces._answered(2000, probes, np.arange(20), others, lambda done: None):
        for probe, answer in zip(question.probes, question.answers, strict=True):
            assert oracle.search(probe, 1, question.where).ids.tolist() == [answer]


def test_a_small_gallery_loses_nothing_and_every_photo_is_reported_twice() -> None:
    done: list[int] = []
    figures = faces.measure(3000, searches=120, advance=done.append)
    assert sum(done) == 6000
    by_what = {figure.what: figure for figure in figures}
    assert by_what["face, mated"].mated >= 112
    assert by_what["face, non-mated"].mated == by_what["face, non-mated, among women"].mated == 30
    assert {figure.lost for figure in figures} == {0}
    assert by_what["face, added until found"].gallery == 3000


def test_an_index_that_loses_people_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Forgetful(faces.FaissIndex):
        def search(self, features, k, where=NO_FILTER):  # type: ignore[no-untyped-def]
            return super().search(features, k, where or Filter(sexes=frozenset({Sex.FEMALE})))

    monkeypatch.setattr(faces, "FaissIndex", Forgetful)
    figure = faces.measure(1000, searches=100)[0]
    assert figure.lost > 20
    assert not figure.reached
