"""The whole of it, on every index and every database: what one node is told, all answer from, also after a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from inputs import photo_of, poorer_photo_of, print_of
from milvus_indexes import milvus_lite_file, milvus_server_url
from records_examples import encounter
from removing import remove_record
from vector_oracle import open_oracle

from api.bootstrap.engine import IndexOpener, open_engine, open_index
from api.settings import Settings
from biometrics.kernel.people.labels import NO_FILTER, Filter
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import add_encounter, enrol
from biometrics.use_cases.search.identify import SearchRequest, identify
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

OpenNode = Callable[[str], AbstractContextManager[Engine]]  # by the name of its data folder
Answers = list[list[tuple[str, float]]]  # of each search: records and decibans, best first

RIGHT_THUMB, LEFT_INDEX, UNKNOWN = FingerPosition.RIGHT_THUMB, FingerPosition.LEFT_INDEX, FingerPosition.UNKNOWN


@dataclass(frozen=True)
class Backend:
    """Where features are searched; without a URL, in the memory of each node."""

    open_index: IndexOpener = open_index
    vectors_url: Callable[[], str] = str


BACKENDS = [
    pytest.param(Backend(), id="embedded", marks=pytest.mark.slow),
    pytest.param(Backend(open_index=open_oracle), id="numpy", marks=pytest.mark.reach),
    pytest.param(Backend(vectors_url=milvus_lite_file), id="milvus-lite", marks=pytest.mark.reach),
    pytest.param(Backend(vectors_url=milvus_server_url), id="milvus-standalone", marks=pytest.mark.reach),
]


@pytest.fixture(params=BACKENDS)
def open_node(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> OpenNode:
    """Open a node, with a data folder of its own, on the one database and what the nodes share of the index."""
    backend: Backend = request.param

    @contextmanager
    def opened(name: str) -> Iterator[Engine]:
        settings = Settings(
            data_folder=tmp_path / name,
            database_url=database_url,
            vectors_url=backend.vectors_url(),
            vectors_of="face,fingerprint",
            _env_file=None,
        )
        with open_engine(settings, backend.open_index) as engine:
            yield engine.as_system("a test")

    return opened


def finger(person: int, position: FingerPosition, impression: int, stated: FingerPosition | None = None) -> Sample:
    """Return a person's print, sent as one of its own finger or of the one `stated`."""
    image = print_of(person, position.name.lower(), impression)
    return Sample(FINGERPRINT, image, position=position if stated is None else stated)


def enrolled(engine: Engine, number: int, sex: Sex) -> str:
    samples = [finger(number, RIGHT_THUMB, 0)]
    if number < 2:
        samples.append(Sample(FACE, photo_of(number)))
    person = Person(f"Person {number}", sex=sex)
    return enrol(engine, person, encounter(station_code=f"ST{number}"), samples, "generated").record_id


def search(engine: Engine, *samples: Sample, where: Filter = NO_FILTER) -> list[tuple[str, float]]:
    """Search; return records and decibans, best first."""
    candidates = identify(engine, SearchRequest(samples, where=where)).search.candidates
    return [(candidate.record_id, candidate.score) for candidate in candidates]


def answers(engine: Engine) -> Answers:
    """Search by a print of an unknown finger, by print and photo together, and by each with a filter."""
    latent = finger(2, RIGHT_THUMB, 1, UNKNOWN)
    photo = Sample(FACE, poorer_photo_of(0))
    return [
        search(engine, latent),
        search(engine, finger(0, RIGHT_THUMB, 1), photo),
        search(engine, latent, where=Filter(sexes=frozenset({Sex.FEMALE}))),
        search(engine, photo, where=Filter(stations=frozenset({"ST1"}))),
    ]


def firsts(lists: Answers) -> list[str | None]:
    return [each[0][0] if each else None for each in lists]


def check_converged(*nodes: Engine) -> None:
    """Assert that every node searches exactly the templates of the database, each once."""
    for node in nodes:
        for modality, channel in node.channels.items():
            expected = node.store.templates.ids(modality, channel.recogniser.model).tolist()
            if not expected:
                assert not len(channel.gallery)
                continue
            [stored] = node.store.templates.load(expected[:1])
            hits = channel.gallery.search(channel.recogniser.features(stored.template), 1000)
            assert sorted(hits.ids.tolist()) == expected


def test_nodes_return_the_same_candidates_from_enrolment_to_removal_and_restart(open_node: OpenNode) -> None:
    with open_node("a") as a, open_node("b") as b:
        person_0, person_1 = enrolled(a, 0, Sex.MALE), enrolled(b, 1, Sex.FEMALE)
        person_2 = enrolled(a, 2, Sex.MALE)
        with_all = answers(b)
        assert firsts(with_all) == [person_2, person_0, person_1, person_1]
        assert {record for each in with_all[2:] for record, _ in each} == {person_1}
        assert answers(a) == with_all
        add_encounter(b, person_1, encounter(station_code="ST9"), [finger(1, LEFT_INDEX, 0)], "generated")
        assert search(a, finger(1, LEFT_INDEX, 1))[0][0] == person_1
        check_converged(a, b)

        remove_record(a.store, person_0)
        without_one = answers(b)
        assert person_0 not in {record for each in without_one for record, _ in each}
        assert firsts(without_one)[0] == person_2
        assert answers(a) == without_one
        again = enrolled(b, 0, Sex.MALE)
        assert again != person_0
        assert search(a, finger(0, RIGHT_THUMB, 1))[0][0] == again
        remove_record(b.store, again)

    with open_node("a") as a, open_node("c") as c:
        assert answers(a) == answers(c) == without_one
        check_converged(a, c)
