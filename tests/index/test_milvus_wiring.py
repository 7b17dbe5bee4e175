"""A server whose settings name a Milvus: what lies there, and what happens when it is not as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from inputs import photo_of, print_of
from milvus_indexes import milvus_lite_file
from pymilvus import MilvusClient
from records_examples import encounter

from api.bootstrap.engine import open_engine
from api.settings import Settings
from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Sample
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import enrol
from face.modality import FACE
from fingerprint.modality import FINGERPRINT
from index.milvus.milvus_index import MilvusIndex
from iris.modality import IRIS
from palm.modality import PALM

BOTH = frozenset({FINGERPRINT, FACE})


def settings(folder: Path, milvus_url: str, vectors_of: frozenset[Modality] = BOTH) -> Settings:
    return Settings(data_folder=folder, vectors_url=milvus_url, vectors_of=vectors_of, _env_file=None)


def enrolled(engine: Engine, person: int) -> tuple[int, ...]:
    samples = [
        Sample(FINGERPRINT, print_of(person, "right_thumb", 0), position=FingerPosition.RIGHT_THUMB),
        Sample(FACE, photo_of(person)),
    ]
    return enrol(engine, Person(f"Person {person}"), encounter(), samples, "generated").template_ids


def held(engine: Engine) -> list[int]:
    """Return the ids of all templates that the indexes hold."""
    results = []
    for channel in (engine.channels[modality] for modality in BOTH):
        [stored, *_] = engine.store.templates.load(
            engine.store.templates.ids(channel.recogniser.modality, channel.recogniser.model)
        )
        results += channel.gallery.search(channel.recogniser.features(stored.template), 1000).ids.tolist()
    return sorted(results)


@pytest.mark.when_changed("index.milvus")
def test_a_database_restored_from_an_older_backup_makes_milvus_start_over(tmp_path: Path, milvus_url: str) -> None:
    with open_engine(settings(tmp_path, milvus_url)) as engine:
        engine = engine.as_system("a test")
        kept = enrolled(engine, 0)
        names = [
            f"pehchan_{modality}_{engine.channels[modality].recogniser.vectors.space[:16]}_{engine.store.identity}"
            for modality in BOTH
        ]
    backup = (tmp_path / "pehchan.db").read_bytes()
    with open_engine(settings(tmp_path, milvus_url)) as engine:
        engine = engine.as_system("a test")
        added = enrolled(engine, 1)
        assert held(engine) == sorted([*kept, *added])
    (tmp_path / "pehchan.db").write_bytes(backup)
    client = MilvusClient(milvus_url)
    assert all(client.has_collection(name.replace("-", "_")) for name in names)
    with open_engine(settings(tmp_path, milvus_url)) as engine:
        engine = engine.as_system("a test")
        assert held(engine) == sorted(kept)


@pytest.mark.parametrize("modality", [IRIS, PALM])
def test_what_milvus_cannot_hold_is_refused_at_the_start(tmp_path: Path, modality: Modality) -> None:
    named = settings(tmp_path, "http://127.0.0.1:9", frozenset({modality}))
    with pytest.raises(StoreUnavailable, match=f"{modality}; leave it out of PEHCHAN_VECTORS_OF"), open_engine(named):
        pass


def test_without_milvus_a_server_says_so_and_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="Milvus at 127"), open_engine(settings(tmp_path, "http://127.0.0.1:1")):
        pass


@pytest.mark.parametrize(
    ("somewhere", "named", "there"),
    [
        (False, BOTH, set()),
        (True, {FACE}, {FACE}),
        (True, {FINGERPRINT}, {FINGERPRINT}),
        (True, BOTH, BOTH),
    ],
    ids=["no Milvus", "face", "fingerprint", "both"],
)
def test_milvus_holds_what_the_settings_name(
    somewhere: bool, named: frozenset[Modality], there: set[Modality], tmp_path: Path
) -> None:
    with open_engine(settings(tmp_path, milvus_lite_file() if somewhere else "", frozenset(named))) as engine:
        engine = engine.as_system("a test")
        channels = engine.channels.items()
        assert {name for name, channel in channels if isinstance(channel.gallery._index, MilvusIndex)} == there
