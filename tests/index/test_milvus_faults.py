"""A Milvus that dies, falls silent or forgets loses nothing: the database's change sequence is replayed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress

import milvus_server
import numpy as np
import pytest
from milvus_indexes import milvus_lite_file, new_name
from milvus_server import MilvusServer
from numpy.typing import NDArray
from pymilvus import MilvusClient
from records_examples import encounter
from removing import remove_record

from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.types import Sample, Source, Template
from biometrics.matching.gallery import Gallery
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.use_cases.enrolment.enrol import store_person
from face.codec import encode
from face.modality import FACE
from face.recogniser import FaceRecogniser
from index.milvus import collection as milvus_collection
from index.milvus.milvus_index import MilvusIndex
from models.registry import ModelRegistry

pytestmark = pytest.mark.when_changed("index.milvus")

PHOTOS = 20  # of one person
ENROLMENTS = 40


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> FaceRecogniser:
    return FaceRecogniser(ModelRegistry(tmp_path_factory.mktemp("models")))


@pytest.fixture(scope="module")
def server() -> Iterator[MilvusServer]:
    """A server that may be killed, and must then be started again."""
    with milvus_server.running() as started:
        yield started


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordStore]:
    folder = tmp_path_factory.mktemp("store")
    with RecordStore.open(f"sqlite:///{folder / 'pehchan.db'}", ImageFolder(folder / "images")) as opened:
        yield opened


def unit(seed: int) -> NDArray[np.float32]:
    vector = np.random.default_rng(seed).normal(size=128).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def enrol(store: RecordStore, recogniser: FaceRecogniser, first: int) -> str:
    """Enrol one person with some photos, whose embeddings are those of the seeds from `first`; return the record id."""
    samples = [
        EnrolledSample(
            Sample(FACE, b"photo %d" % seed),
            Source("image/jpeg", 30, 40, None),
            Template(FACE, recogniser.model, encode(unit(seed)), 80),
        )
        for seed in range(first, first + PHOTOS)
    ]
    return store_person(store, Person("Asha"), encounter(), samples).record_id


def opened(url: str, name: str, store: RecordStore, recogniser: FaceRecogniser) -> Gallery:
    return Gallery(store.templates, recogniser, MilvusIndex(url, name, recogniser.dimension, recogniser.model))


def check_true(gallery: Gallery, store: RecordStore, recogniser: FaceRecogniser) -> None:
    """Assert that the index holds what the database does, each template once."""
    expected = store.templates.ids(FACE, recogniser.model).tolist()
    assert sorted(gallery.search(unit(0), 10_000).ids.tolist()) == expected
    assert (len(gallery), gallery.sequence) == (len(expected), store.templates.last_sequence())


def test_a_server_killed_amid_additions_loses_none(
    server: MilvusServer, store: RecordStore, recogniser: FaceRecogniser
) -> None:
    """Kill -9 while one thread enrols and another follows; meanwhile enrolments go on, and searches say why not."""
    name = new_name()
    gallery = opened(server.url, name, store, recogniser)
    followed = threading.Event()

    def follow_for_ever() -> None:
        while True:
            gallery.catch_up()
            if len(gallery) > 2 * PHOTOS:
                followed.set()

    def follow() -> None:
        with pytest.raises(StoreUnavailable, match="Milvus"):
            follow_for_ever()

    follower = threading.Thread(target=follow)
    follower.start()
    records = []
    for number in range(ENROLMENTS):
        records.append(enrol(store, recogniser, number * PHOTOS))
        if number == ENROLMENTS // 2:
            followed.wait()
            server.kill()
    follower.join()
    remove_record(store, records[0])
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            gallery.search(unit(1), 1)
    server.start()
    check_true(gallery, store, recogniser)
    check_true(opened(server.url, name, store, recogniser), store, recogniser)


def test_a_silent_server_is_an_error_and_is_used_again_when_it_answers(
    server: MilvusServer, store: RecordStore, recogniser: FaceRecogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery = opened(server.url, new_name(), store, recogniser)
    enrol(store, recogniser, 0)
    check_true(gallery, store, recogniser)
    server.suspend()
    try:
        with monkeypatch.context() as impatient:
            impatient.setattr(milvus_collection, "READ", 1)
            with pytest.raises(StoreUnavailable, match=r"Deadline Exceeded\. Start it"):
                gallery.search(unit(1), 1)
        enrol(store, recogniser, PHOTOS)
    finally:
        server.resume()
    check_true(gallery, store, recogniser)


@pytest.mark.parametrize("kind", ["lite", "standalone"])
def test_what_milvus_has_forgotten_is_added_again(
    kind: str, request: pytest.FixtureRequest, store: RecordStore, recogniser: FaceRecogniser
) -> None:
    url: str = milvus_lite_file() if kind == "lite" else request.getfixturevalue("server").url
    name = new_name()
    nodes = [opened(url, name, store, recogniser) for _ in range(2)]
    first = enrol(store, recogniser, 0)
    for node in nodes:
        check_true(node, store, recogniser)
    MilvusClient(url).drop_collection(name)
    enrol(store, recogniser, PHOTOS)
    remove_record(store, first)
    for node in nodes:  # the second finds what the first has made anew
        with suppress(StoreUnavailable):
            node.search(unit(1), 1)
    for node in nodes:
        check_true(node, store, recogniser)
