"""Each model has an index of its own, also where indexes are shared: in Milvus, and in a Ray cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import ray_clusters
from case_examples import somebody
from inputs import thumb
from ray_clusters import shared_cluster
from records_examples import encounter

from api.bootstrap.engine import open_engine
from benchmarks.service.second_model import OTHER, OTHER_MODEL, with_two_models
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment
from biometrics.searches.model import StoredSearch
from biometrics.templates.models import ModelStore
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import enrol
from biometrics.use_cases.models.compare_models import compare_models
from biometrics.use_cases.models.model_changes import go_back, put_in_force, remove_model
from biometrics.use_cases.models.reextract import Reextraction
from biometrics.use_cases.search.identify import SearchRequest, identify
from biometrics.use_cases.search.replay import replay
from biometrics.use_cases.search.standing_search import add_standing_search
from biometrics.watchlist.model import StandingKind
from fingerprint.modality import FINGERPRINT

PRINTS = FINGERPRINT


def searched(engine: Engine, person: int) -> StoredSearch:
    """Search with a print whose file is kept."""
    request = SearchRequest([thumb(person, 1)], case_number="1/2026")
    return identify(engine.as_system("a test"), request)


def finds(engine: Engine, people: list[str]) -> None:
    for person, record in enumerate(people):
        assert searched(engine, person).search.candidates[0].record_id == record


def enrolled(engine: Engine, person: int) -> Enrolment:
    return enrol(engine.as_system("a test"), Person("A"), encounter(), [thumb(person, 0)])


def move_and_return(folder: Path, **settings: Any) -> None:
    """Change the model of a station and go back, on one node, while another one searches; kept probes move along."""
    two = with_two_models(folder, **settings)
    with open_engine(two) as engine, open_engine(two) as other_node:
        people = [enrolled(engine, person).record_id for person in range(2)]
        search = searched(engine, 0)
        request = SearchRequest([thumb(2, 1)], case_number="1/2026")
        standing = add_standing_search(engine.for_actor(somebody("owner")), request, StandingKind.WANTED).standing
        ModelStore(engine.store.database).want(PRINTS, OTHER_MODEL, OTHER)
        assert Reextraction(engine).work_off() == 4  # two samples, and the probes of two searches
        compared = compare_models(engine.as_system("a test"), PRINTS, OTHER_MODEL, 2, 9).stored
        again = {each.search_id: (each.before.record_id, each.after.record_id) for each in compared.searches}
        assert again.keys() == {search.id, standing.search_id}
        assert again[search.id] == (people[0], people[0])
        finds(other_node, people)
        put_in_force(engine.as_system("a test"), OTHER)
        finds(other_node, people)
        found = enrolled(other_node, 2)
        people.append(found.record_id)
        [case_id] = found.cases
        cases = Casework(engine.store.for_actor(somebody("owner")), {})
        assert cases.case(case_id).question.standing_id == standing.id
        Reextraction(engine).work_off()  # the probes of the searches by the other model
        go_back(engine.as_system("a test"), PRINTS)
        finds(other_node, people)
        assert replay(other_node.as_system("a test"), search.id).same
        other = engine.installed
        assert other is not None
        other[OTHER_MODEL].gallery.catch_up()
        assert len(other[OTHER_MODEL].gallery) == 3
        assert remove_model(engine.as_system("a test"), OTHER, at_once=True) == 3
        other[OTHER_MODEL].gallery.catch_up()
        assert len(other[OTHER_MODEL].gallery) == 0
        finds(other_node, people)


@pytest.mark.when_changed("index.milvus")
def test_a_station_with_its_prints_in_milvus_moves_to_another_model(tmp_path: Path, milvus_url: str) -> None:
    move_and_return(tmp_path, vectors_url=milvus_url, vectors_of=frozenset({PRINTS}))


@pytest.mark.when_changed("index.cluster")
def test_a_station_with_its_prints_in_a_cluster_moves_to_another_model(tmp_path: Path) -> None:
    with ray_clusters.ray_environment():
        move_and_return(tmp_path, cluster_url=shared_cluster().address, cluster_partitions=1)
