"""A gallery answers from what the database holds, however it got there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from records_examples import encounter

from biometrics.gallery import BATCH, Gallery
from biometrics.person import Person
from biometrics.ports import VectorIndex
from biometrics.records.store import RecordStore
from biometrics.records.values import EnrolledSample
from biometrics.types import Modality, Sample, Source, Template
from face.codec import encode
from face.recogniser import FaceRecogniser
from index.exact import ExactIndex
from index.faiss_index import FaissIndex
from models.registry import ModelRegistry


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> FaceRecogniser:
    return FaceRecogniser(ModelRegistry(tmp_path_factory.mktemp("models")))


def unit(seed: int) -> NDArray[np.float32]:
    vector = np.random.default_rng(seed).normal(size=128).astype(np.float32)
    return vector / np.linalg.norm(vector)


def enrol(store: RecordStore, recogniser: FaceRecogniser, seeds: range) -> tuple[str, tuple[int, ...]]:
    """Enrol one person whose photos have the embeddings of some seeds; record id and template ids."""
    samples = [
        EnrolledSample(
            Sample(Modality.FACE, b"photo %d" % seed),
            Source("image/jpeg", 30, 40, None),
            Template(Modality.FACE, recogniser.model, encode(unit(seed)), 80),
        )
        for seed in seeds
    ]
    enrolment = store.enrol(Person("Asha"), encounter(), samples)
    return enrolment.record_id, enrolment.template_ids


@pytest.fixture(params=[ExactIndex, FaissIndex])
def open_gallery(
    request: pytest.FixtureRequest, store: RecordStore, recogniser: FaceRecogniser
) -> Callable[[], Gallery]:
    def opened() -> Gallery:
        index: VectorIndex = request.param(recogniser.dimension)
        return Gallery(store, recogniser, index)

    return opened


def test_an_empty_gallery_answers_nothing(open_gallery: Callable[[], Gallery]) -> None:
    assert len(open_gallery().shortlist(unit(1), 5, None)) == 0


def test_what_was_enrolled_is_found_and_what_was_removed_is_not(
    open_gallery: Callable[[], Gallery], store: RecordStore, recogniser: FaceRecogniser
) -> None:
    gallery = open_gallery()
    first, first_ids = enrol(store, recogniser, range(3))
    _, second_ids = enrol(store, recogniser, range(3, 5))
    assert gallery.shortlist(unit(1), 1, None).tolist() == [first_ids[1]]
    store.remove_record(first)
    assert sorted(gallery.shortlist(unit(1), 9, None).tolist()) == sorted(second_ids)
    assert (len(gallery), gallery.sequence) == (2, store.last_sequence())


def test_a_rebuilt_gallery_equals_one_that_followed(
    open_gallery: Callable[[], Gallery], store: RecordStore, recogniser: FaceRecogniser
) -> None:
    """Rebuilding replays additions of templates that are gone by then, and more of them than one batch holds."""
    followed = open_gallery()
    removed, _ = enrol(store, recogniser, range(10))
    followed.catch_up()
    enrol(store, recogniser, range(100, 100 + BATCH + 5))
    store.remove_record(removed)
    rebuilt = open_gallery()
    for seed in (0, 100, 1100):
        assert rebuilt.shortlist(unit(seed), 20, None).tolist() == followed.shortlist(unit(seed), 20, None).tolist()
    assert len(rebuilt) == len(followed) == BATCH + 5


def test_templates_of_another_model_are_not_searched(
    open_gallery: Callable[[], Gallery], store: RecordStore, recogniser: FaceRecogniser
) -> None:
    other = Template(Modality.FACE, "b" * 64, encode(unit(1)), 80)
    source = Source("image/jpeg", 30, 40, None)
    photo = EnrolledSample(Sample(Modality.FACE, b"photo"), source, other)
    store.enrol(Person("Ravi"), encounter(), [photo])
    assert len(open_gallery().shortlist(unit(1), 5, None)) == 0


def test_a_saved_gallery_goes_on_from_where_it_was(
    store: RecordStore, recogniser: FaceRecogniser, tmp_path: Path
) -> None:
    from index import snapshot

    path = tmp_path / "face.index"
    enrol(store, recogniser, range(3))
    saved = Gallery(store, recogniser, FaissIndex(recogniser.dimension))
    saved.catch_up()
    saved.save(path)
    _, ids = enrol(store, recogniser, range(3, 5))
    loaded = snapshot.load(path, recogniser.model, recogniser.dimension)
    assert loaded.sequence < store.last_sequence()
    gallery = Gallery(store, recogniser, loaded)
    assert gallery.shortlist(unit(4), 1, None).tolist() == [ids[1]]
    assert len(gallery) == 5
