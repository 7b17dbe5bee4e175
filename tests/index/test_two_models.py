"""Each model has an index of its own, also where indexes are shared: in Milvus, and in a Ray cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import ray_clusters
from inputs import print_of
from ray_clusters import shared_cluster
from records_examples import encounter
from two_models import OTHER, OTHER_MODEL, with_two_models

from api.bootstrap.engine import open_engine
from biometrics.kernel.capture import FingerPosition
from biometrics.kernel.person import Person
from biometrics.kernel.types import Sample
from biometrics.templates.models import ModelStore
from biometrics.use_cases.engine import Engine
from biometrics.use_cases.enrol import enrol
from biometrics.use_cases.identify import SearchRequest, identify
from biometrics.use_cases.model_changes import go_back, put_in_force, remove_model
from biometrics.use_cases.reextract import Reextraction
from fingerprint.modality import FINGERPRINT

PRINTS = FINGERPRINT


def thumb(person: int, impression: int) -> Sample:
    return Sample(PRINTS, print_of(person, "right_thumb", impression), "a.png", FingerPosition.RIGHT_THUMB)


def finds(engine: Engine, people: list[str]) -> None:
    for person, record in enumerate(people):
        request = SearchRequest([thumb(person, 1)], case_number="1/2026")
        assert identify(engine.as_system("a test"), request).search.candidates[0].record_id == record


def move_and_return(folder: Path, **settings: Any) -> None:
    """Change the model of a station and go back, on one node, while another one searches."""
    two = with_two_models(folder, **settings)
    with open_engine(two) as engine, open_engine(two) as other_node:
        acting = engine.as_system("a test")
        people = [enrol(acting, Person("A"), encounter(), [thumb(person, 0)]).record_id for person in range(2)]
        ModelStore(engine.store.database).want(PRINTS, OTHER_MODEL, OTHER)
        assert Reextraction(engine).work_off() == 2
        finds(other_node, people)
        put_in_force(engine.as_system("a test"), OTHER)
        finds(other_node, people)
        go_back(engine.as_system("a test"), PRINTS)
        finds(other_node, people)
        other = engine.installed
        assert other is not None
        other[OTHER_MODEL].gallery.catch_up()
        assert len(other[OTHER_MODEL].gallery) == 2
        assert remove_model(engine.as_system("a test"), OTHER) == 2
        other[OTHER_MODEL].gallery.catch_up()
        assert len(other[OTHER_MODEL].gallery) == 0
        finds(other_node, people)


def test_a_station_with_its_prints_in_milvus_moves_to_another_model(tmp_path: Path, milvus_url: str) -> None:
    move_and_return(tmp_path, vectors_url=milvus_url, vectors_of=frozenset({PRINTS}))


@pytest.mark.slow
def test_a_station_with_its_prints_in_a_cluster_moves_to_another_model(tmp_path: Path) -> None:
    with ray_clusters.ray_environment():
        move_and_return(tmp_path, cluster_url=shared_cluster().address, cluster_partitions=1)
