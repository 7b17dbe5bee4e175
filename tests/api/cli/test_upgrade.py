"""A data folder of an earlier version is opened by this one, which tells beforehand what will change."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from golden_station import PROBE, unpack
from inputs import Run

from biometrics.storage.database.migrate import newest

STATIONS = Path(__file__).parents[2] / "data" / "stations"


def revision(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "pehchan.db")) as connection:
        (result,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(result)


@pytest.mark.parametrize("station", sorted(STATIONS.iterdir()), ids=lambda path: path.name)
def test_a_station_of_an_earlier_version_is_upgraded_and_works(
    station: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PEHCHAN_MASTER_KEY")
    unpack(station, tmp_path)
    before = revision(tmp_path / "data")
    code, output, errors = run("upgrade", "--check", "--json")
    changes = [change["revision"] for change in json.loads(output)["changes"]]
    assert (code, revision(tmp_path / "data")) == (1 if changes else 0, before), errors
    assert all(before < change <= newest() for change in changes)

    code, output, errors = run("upgrade")
    assert (code, revision(tmp_path / "data")) == (0, newest()), errors
    assert ("made." in output) == bool(changes)
    assert run("upgrade", "--check")[:2] == (0, "The tables are those of this version.\n")

    _, listed, _ = run("search", "list")
    (search,) = re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", listed)
    code, output, errors = run("replay", search)
    assert code == 0, (output, errors)
    code, output, errors = run(
        "identify", "--print", f"right_index={PROBE}", "--purpose", "investigation", "--case", "14/2026"
    )
    first = next(line for line in output.splitlines() if re.match(r"\s*1\s", line))
    assert "Asha Verma" in first, errors
    assert run("audit", "verify")[0] == 0


def test_a_new_station_needs_all_changes_and_a_check_makes_none(run: Run, tmp_path: Path) -> None:
    code, output, _ = run("upgrade", "--check")
    assert code == 1
    assert f"{newest()}  " in output
    assert not (tmp_path / "data" / "pehchan.db").exists()


@pytest.mark.parametrize("version", ["0000", "0069", "9999"])
def test_a_database_of_a_version_that_is_not_upgraded_from_is_refused_by_the_check_too(
    run: Run, tmp_path: Path, version: str
) -> None:
    assert run("upgrade")[0] == 0
    with closing(sqlite3.connect(tmp_path / "data" / "pehchan.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    for arguments in (("upgrade", "--check"), ("upgrade",)):
        code, _, errors = run(*arguments)
        assert (code, "Another version of Pehchan wrote the database" in errors) == (1, True)
