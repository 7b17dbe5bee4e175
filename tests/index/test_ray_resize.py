"""The index of prints switches to more or fewer partitions while servers search it, and every answer is whole."""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from unittest.mock import patch

import pytest
import ray_clusters
from inputs import Run
from ray_clusters import PATIENCE, PAUSE, eventually, shared_cluster
from ray_galleries import check_whole, enrol, gallery_on_ray, held, pids, searched

from api.bootstrap.engine import open_engine
from api.settings import Settings
from biometrics.matching.gallery import Gallery
from biometrics.records.store import RecordStore
from fingerprint.modality import FINGERPRINT
from fingerprint.recogniser import FingerprintRecogniser
from index.cluster import ray_index
from index.cluster.layouts import PartitionLayout, end_layout, layouts, switch_servers
from index.cluster.partition import Successor
from index.cluster.ray_index import RayIndex


class Station:
    """Servers of one database, and the layouts of its prints."""

    def __init__(self, store: RecordStore, recogniser: FingerprintRecogniser, folder: Path) -> None:
        self.store, self.recogniser, self.folder = store, recogniser, folder
        self.database = uuid.uuid4().hex
        self.name = f"{self.database}-space"

    def server(self, partitions: int) -> tuple[Gallery, RayIndex]:
        return gallery_on_ray(self.store, self.recogniser, partitions, self.folder, self.name)

    def switch_servers(self, partitions: int) -> list[int]:
        return switch_servers(shared_cluster().address, self.database, self.name, partitions)

    def enrolled(self) -> list[int]:
        ids: list[int] = self.store.templates.ids(FINGERPRINT, self.recogniser.model).tolist()
        return ids

    def check_whole(self, gallery: Gallery) -> None:
        check_whole(gallery, self.store, self.recogniser)

    def searched(self, gallery: Gallery) -> AbstractContextManager[list[list[int]]]:
        return searched(gallery, self.store, self.recogniser)


@pytest.fixture
def station(store: RecordStore, recogniser: FingerprintRecogniser, tmp_path: Path) -> Iterator[Station]:
    made = Station(store, recogniser, tmp_path / "index")
    yield made
    for layout in layouts(shared_cluster().address, made.database):
        end_layout(shared_cluster().address, layout, made.folder)


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end
        time.sleep(PAUSE)


@pytest.mark.reach
@pytest.mark.parametrize(("few", "many"), [(1, 3), (3, 2)], ids=["more", "fewer"])
def test_servers_switch_while_they_search_and_people_are_enrolled(few: int, many: int, station: Station) -> None:
    first, index = station.server(few)
    second, other = station.server(few)
    for person in range(3):
        enrol(station.store, station.recogniser, 100 * person)
    station.check_whole(first)
    with station.searched(first) as of_first, station.searched(second) as of_second:
        filler, _ = station.server(many)
        filler.catch_up()
        enrol(station.store, station.recogniser, 1000)  # the new layout lacks this person when servers switch
        assert (len(index._layout), len(other._layout)) == (few, few)
        assert station.switch_servers(many) == [few]
        until(lambda: len(index._layout) == len(other._layout) == many)
        enrol(station.store, station.recogniser, 1100)
        counts = len(of_first), len(of_second)
        until(lambda: len(of_first) > counts[0] + 1 and len(of_second) > counts[1] + 1)
        assert end_layout(shared_cluster().address, PartitionLayout(station.name, few, few), station.folder) == few
        counts = len(of_first), len(of_second)
        until(lambda: len(of_first) > counts[0] and len(of_second) > counts[1])
    assert of_first[-1] == of_second[-1] == station.enrolled()
    assert first.method.endswith(f"{many} partitions")


@pytest.mark.reach
def test_servers_learn_of_a_new_layout_although_a_partition_was_started_again(station: Station) -> None:
    gallery, index = station.server(2)
    enrol(station.store, station.recogniser, 0)
    station.check_whole(gallery)
    killed = pids(index)[0]
    filler, _ = station.server(1)
    filler.catch_up()
    station.switch_servers(1)
    os.kill(killed, signal.SIGKILL)
    station.check_whole(gallery)
    until(lambda: bool(eventually(lambda: held(gallery, station.recogniser))) and len(index._layout) == 1)
    station.check_whole(gallery)


@pytest.mark.reach
def test_the_old_layout_goes_on_answering_while_the_new_one_does_not(station: Station) -> None:
    gallery, index = station.server(1)
    enrol(station.store, station.recogniser, 0)
    station.check_whole(gallery)
    filler, successor = station.server(2)
    filler.catch_up()
    stopped = pids(successor)[1]
    os.kill(stopped, signal.SIGSTOP)
    try:
        index._deadline = 2.0
        index._layout.ask("name_successor", Successor(1, 2), seconds=PATIENCE)
        assert eventually(lambda: held(gallery, station.recogniser)) == station.enrolled()
        assert len(index._layout) == 1
    finally:
        os.kill(stopped, signal.SIGCONT)
        index._deadline = PATIENCE
    assert held(gallery, station.recogniser) == station.enrolled()
    assert len(index._layout) == 1  # it does not try again at once
    index._not_before = 0.0
    assert held(gallery, station.recogniser) == station.enrolled()
    assert len(index._layout) == 2


@pytest.mark.reach
def test_servers_do_not_switch_to_a_layout_that_lacks_much(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_index, "FARTHEST_BEHIND", 5)
    gallery, index = station.server(1)
    enrol(station.store, station.recogniser, 0)
    station.check_whole(gallery)
    filler, _ = station.server(2)
    assert station.switch_servers(2) == [1]
    assert held(gallery, station.recogniser) == station.enrolled()
    assert len(index._layout) == 1
    filler.catch_up()
    index._not_before = 0.0
    assert held(gallery, station.recogniser) == station.enrolled()
    assert len(index._layout) == 2


@pytest.mark.reach
def test_servers_go_back_to_a_layout_that_they_left(station: Station) -> None:
    gallery, index = station.server(1)
    for partitions in (2, 1, 2):
        enrol(station.store, station.recogniser, 100 * len(station.enrolled()))
        filler, _ = station.server(partitions)
        filler.catch_up()
        station.switch_servers(partitions)
        station.check_whole(gallery)
        assert len(index._layout) == partitions
        station.check_whole(gallery)
        assert len(index._layout) == partitions  # it stays there


@pytest.mark.reach
def test_servers_follow_the_later_of_two_orders_that_were_given_at_once(station: Station) -> None:
    """Each layout then names the other one, and a server that obeyed both would go to and fro without end."""
    gallery, index = station.server(1)
    filler, other = station.server(2)
    filler.catch_up()
    index._layout.ask("name_successor", Successor(1, 2), seconds=PATIENCE)
    other._layout.ask("name_successor", Successor(2, 1), seconds=PATIENCE)
    for person in range(2):
        enrol(station.store, station.recogniser, 100 * person)
        for server in (gallery, filler):
            station.check_whole(server)
        assert (len(index._layout), len(other._layout)) == (1, 1)


@pytest.mark.reach
def test_an_operator_changes_the_number_of_partitions_of_a_running_station(tmp_path: Path, run: Run) -> None:
    address = shared_cluster().address
    settings = Settings(data_folder=tmp_path / "data", cluster_url=address, cluster_partitions=1, _env_file=None)
    options = {"PEHCHAN_CLUSTER_URL": address, "PEHCHAN_CLUSTER_PARTITIONS": "1"}
    with ray_clusters.ray_environment(), patch.dict(os.environ, options):
        assert "invalid_field: No partitions of this station run" in run("cluster", "resize", 2)[2]
        with open_engine(settings) as engine:
            engine = engine.as_system("a test")
            prints = engine.channels[FINGERPRINT]
            for person in range(3):
                enrol(engine.store, prints.recogniser, 100 * person)
            expected = engine.store.templates.ids(FINGERPRINT, prints.recogniser.model).tolist()
            assert held(prints.gallery, prints.recogniser) == expected
            code, output, errors = run("cluster", "resize", 2)
            assert (code, "30 templates in 2 partitions." in output) == (0, True), output + errors
            assert held(prints.gallery, prints.recogniser) == expected
            index = prints.gallery._index
            assert isinstance(index, RayIndex)
            assert len(index._layout) == 2
            with patch.dict(os.environ, {"PEHCHAN_CLUSTER_PARTITIONS": "2"}):
                code, output, errors = run("cluster", "remove", 1)
            assert (code, "2 partitions ended." in output) == (0, True), output + errors
            assert held(prints.gallery, prints.recogniser) == expected
            index.drop()
