"""A national index in a Ray cluster: states come, delete, fall silent, leave and are restored."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
import ray_clusters
from inputs import Run
from ray_clusters import PATIENCE, PAUSE, eventually, shared_cluster
from ray_galleries import pids
from removing import remove_record
from states import KEEPING, OFFICES, SEARCHING, SILENT, Nation, nation

from biometrics.kernel.access import Role
from fingerprint.modality import FINGERPRINT
from index.cluster.layouts import layouts
from index.cluster.ray_index import RayIndex

pytestmark = pytest.mark.when_changed("index.cluster")

FIRST, DELETED, ELSEWHERE = 0, 1, 2  # generated people


def found(together: Nation, examiner: str, person: int) -> list[str]:
    """Return the states that a search for a person names."""
    answer = together.searching.search(person, examiner)
    assert answer.status_code == 201, answer.text
    assert answer.json()["national"]["failure"] == ""
    return [hit["state"] for hit in answer.json()["national"]["hits"]]


def index_of(together: Nation, code: str) -> RayIndex:
    """Return the index of a state's prints, opened but not brought up to date."""
    services = together.index.app.state.services
    channel = services.engine.channels[FINGERPRINT]
    index = services.national.states[code].channels({FINGERPRINT: channel})[FINGERPRINT].gallery.index
    assert isinstance(index, RayIndex)
    return index


def until_ended(together: Nation, part: str) -> None:
    """Wait until no partitions run any more whose names have a part."""
    station = together.index.app.state.services.engine.store.identity
    end = time.monotonic() + PATIENCE
    while [each for each in layouts(shared_cluster().address, f"{station}-national") if part in each.name]:
        assert time.monotonic() < end
        time.sleep(PAUSE)


def test_states_are_searched_in_a_cluster_that_outlives_the_server_and_partitions_that_are_killed(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = shared_cluster().address
    settings = {"cluster_url": address, "cluster_partitions": 1, "cluster_seconds": PATIENCE}
    with ray_clusters.ray_environment(), nation(tmp_path, **settings) as together:
        examiner = together.searching.key(Role.EXAMINER, unit=OFFICES[SEARCHING])
        together.silent.start()
        together.keeping.enrol(FIRST, OFFICES[KEEPING])
        deleted = together.keeping.enrol(DELETED, OFFICES[KEEPING])
        together.silent.enrol(ELSEWHERE, OFFICES[SILENT])
        together.follow()
        people = (FIRST, DELETED, ELSEWHERE)
        assert [found(together, examiner, person) for person in people] == [[KEEPING], [KEEPING], [SILENT]]
        remove_record(together.keeping.app.state.services.engine.store.as_system("a test"), deleted["id"])
        together.follow()
        assert [found(together, examiner, person) for person in people] == [[KEEPING], [], [SILENT]]

        for name in ("data_folder", "cluster_url", "cluster_partitions", "national_states"):
            monkeypatch.setenv(f"PEHCHAN_{name.upper()}", str(getattr(together.index.settings, name)))
        listed = json.loads(run("cluster", "list", "--json")[1])
        (name,) = {each["name"] for each in listed if f"-{KEEPING}-fingerprint-" in each["name"]}
        assert {each["in_settings"] for each in listed if each["name"] == name} == {True}
        assert "holds a state of the national index" in run("cluster", "remove", 1, "--name", name)[2]

        held = {code: index_of(together, code).sequence for code in (KEEPING, SILENT)}
        assert held[KEEPING] == together.copy.read_to
        processes = {code: pids(index_of(together, code)) for code in held}
        together.index.stop()  # which saves
        together.keeping.stop()
        together.silent.stop()
        for pid in processes[SILENT]:
            os.kill(pid, signal.SIGKILL)
        together.index.start()
        assert {code: eventually(lambda code=code: index_of(together, code).sequence) for code in held} == held
        assert pids(index_of(together, KEEPING)) == processes[KEEPING]
        assert pids(index_of(together, SILENT)) != processes[SILENT]
        assert [found(together, examiner, person) for person in people] == [[KEEPING], [], [SILENT]]

        together.index.stop()
        del together.states[SILENT]
        together.name_states()
        together.index.start()
        assert [found(together, examiner, person) for person in people] == [[KEEPING], [], []]
        until_ended(together, f"-{SILENT}-")
        left = [str(path) for path in (tmp_path / "index").rglob("*") if path.name.startswith(f"{SILENT}-")]
        assert not left
        assert not [path for path in (tmp_path / "index").rglob("*.index") if f"-{SILENT}-" in path.name]

        together.index.stop()
        together.states[KEEPING] = together.silent  # another database: that of a state that was restored
        (tmp_path / f"{KEEPING}.key").write_text((tmp_path / f"{SILENT}.key").read_text())
        together.name_states()
        together.silent.start()
        together.index.start()
        before = together.copy.identity
        together.follow()
        assert [found(together, examiner, person) for person in people] == [[], [], [KEEPING]]
        until_ended(together, before)
