"""The made-up national database is one that the store can work with, and every way of finding is asked in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inputs import Run

from benchmarks.service import records
from benchmarks.service.records import World
from biometrics.kernel.people.record import RecordQuery
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder

pytestmark = pytest.mark.reach

PEOPLE = 1500


def test_everybody_who_is_made_up_is_found(database_url: str, tmp_path: Path) -> None:
    world = World(PEOPLE)
    with RecordStore.open(database_url, ImageFolder(tmp_path / "images")) as store:
        records.load(store, database_url, world)
        newest = store.people.find(RecordQuery(), 1).items[0]
        encounter = newest.encounters[0].encounter
        for query in (
            RecordQuery(newest.person.name),
            RecordQuery(national_number=newest.national_number),
            RecordQuery(fir_number=encounter.fir_number, station_code=encounter.station_code),
            RecordQuery(section=encounter.sections[0].section, first_date=encounter.date, last_date=encounter.date),
        ):
            assert newest.id in [record.id for record in store.people.find(query, 500).items]
        assert store.counts().encounters == PEOPLE + int(world.again.sum())
        assert store.create_record(newest.person.__class__("Later"), encounter.state_code).national_number


def test_bench_records_measures_every_way(run: Run, tmp_path: Path) -> None:
    code, output, errors = run(
        "bench", "records", "--people", 1000, "--folder", tmp_path, "--json", tmp_path / "out.json"
    )
    assert code == 0, errors
    assert "one day" in output
    figures = json.loads((tmp_path / "out.json").read_text())["figures"]
    assert len({(figure["what"], figure["unit"]) for figure in figures}) == len(figures) > 100
    assert all(figure["median"] <= figure["longest"] for figure in figures)
