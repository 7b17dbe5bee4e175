"""Two servers on one database and one Milvus, with real models: what is enrolled at one is found at the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from inputs import photo_of, poorer_photo_of, print_of
from pymilvus import MilvusClient
from records_examples import encounter

from api.settings import Settings
from api.wiring import open_engine
from biometrics.engine import Engine
from biometrics.enrol import enrol
from biometrics.errors import StoreUnavailable
from biometrics.identify import SearchRequest, identify
from biometrics.labels import EVERYBODY, Filter
from biometrics.person import Person
from biometrics.types import FingerPosition, Modality, Sample
from index.milvus_index import MilvusIndex


def settings(folder: Path, milvus_url: str, node: str) -> Settings:
    """Return the settings of a server with a data folder of its own."""
    return Settings(
        data_folder=folder / node,
        database_url=f"sqlite:///{folder / 'pehchan.db'}",
        vectors_url=milvus_url,
        _env_file=None,
    )


@pytest.fixture
def nodes(tmp_path: Path, milvus_url: str) -> Iterator[list[Engine]]:
    """Two servers."""
    with ExitStack() as stack:
        yield [stack.enter_context(open_engine(settings(tmp_path, milvus_url, node))) for node in ("a", "b")]


def enrolled(engine: Engine, person: int) -> str:
    samples = [
        Sample(Modality.FINGERPRINT, print_of(person, "right_thumb", 0), position=FingerPosition.RIGHT_THUMB),
        Sample(Modality.FACE, photo_of(person)),
    ]
    done = enrol(engine, Person(f"Person {person}"), encounter(station_code=f"ST{person}"), samples, "generated")
    return done.record_id


def found(engine: Engine, person: int, where: Filter = EVERYBODY) -> list[str]:
    """Return the records found by another rendering of a person's photo, best first."""
    request = SearchRequest([Sample(Modality.FACE, poorer_photo_of(person))], where=where)
    return [candidate.record_id for candidate in identify(engine, request).search.candidates]


def test_people_enrolled_at_one_server_are_found_at_the_other_until_removed(
    nodes: list[Engine], tmp_path: Path, milvus_url: str
) -> None:
    first, second = nodes
    people = [enrolled(first, 0), enrolled(second, 1)]
    for engine in nodes:
        for person in (0, 1):
            assert found(engine, person)[0] == people[person]
            assert found(engine, person, Filter(stations=frozenset({"ST1"}))) == [people[1]]
    second.store.remove_record(people[0])
    for engine in nodes:
        assert found(engine, 0) == [people[1]]
    with open_engine(settings(tmp_path, milvus_url, "c")) as third:
        gallery = third.channels[Modality.FACE].gallery
        assert (len(gallery), gallery.sequence) == (1, third.store.last_sequence())
        assert found(third, 1) == [people[1]]


def test_a_database_restored_from_an_older_backup_makes_milvus_begin_anew(tmp_path: Path, milvus_url: str) -> None:
    with open_engine(settings(tmp_path, milvus_url, "a")) as engine:
        kept = enrolled(engine, 0)
        space = engine.channels[Modality.FACE].recogniser.feature_space
        name = f"pehchan_face_{space[:16]}_{engine.store.identity}"
    backup = (tmp_path / "pehchan.db").read_bytes()
    with open_engine(settings(tmp_path, milvus_url, "a")) as engine:
        enrolled(engine, 1)
    (tmp_path / "pehchan.db").write_bytes(backup)
    assert MilvusClient(milvus_url).has_collection(name.replace("-", "_"))
    with open_engine(settings(tmp_path, milvus_url, "a")) as engine:
        assert len(engine.channels[Modality.FACE].gallery) == 1
        assert found(engine, 1) == [kept]


def test_without_milvus_a_server_says_so_and_does_not_start(tmp_path: Path) -> None:
    with (
        pytest.raises(StoreUnavailable, match="Milvus at 127"),
        open_engine(settings(tmp_path, "http://127.0.0.1:1", "a")),
    ):
        pass


def test_without_a_milvus_url_faces_stay_in_the_server(tmp_path: Path) -> None:
    with open_engine(settings(tmp_path, "", "a")) as engine:
        assert not isinstance(engine.channels[Modality.FACE].gallery._index, MilvusIndex)
