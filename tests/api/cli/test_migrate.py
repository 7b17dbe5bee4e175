"""`pehchan migrate` moves a working station: what found a person before finds the same person after."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from image_places import held, new_place, opened
from inputs import WHY, Run, photo_of, poorer_photo_of, print_of
from sqlalchemy import select, update

from api.cli.commands.migrate import _compare_searches
from api.settings import Settings
from biometrics.storage.crypto.aead import seal, template_place, unseal
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.people import encounters, samples
from biometrics.storage.tables.templates import templates

FINGERS = ("right_thumb", "left_index")


@pytest.fixture
def target(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the URL of an empty PostgreSQL database."""
    server = request.getfixturevalue("postgresql_server")
    name = f"moved_{uuid.uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield server.get_uri(database=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def enrol(run: Run, folder: Path, person: int) -> None:
    arguments = ["enrol", "--name", f"Person {person}", "--fir", "1/2026", "--station", "S1", "--district", "D1"]
    arguments += ["--state", "27", "--officer", "X", "--accept-poor-quality", "generated"]
    for finger in FINGERS:
        arguments += ["--print", f"{finger}={saved(folder / f'{finger}.png', print_of(person, finger, 0))}"]
    if person < 2:
        arguments += ["--photo", str(saved(folder / "photo", photo_of(person)))]
    code, _, errors = run(*arguments)
    assert code == 0, errors


def candidates(run: Run, folder: Path, person: int) -> list[str]:
    """Search with another impression of a finger, and another rendering of a photo; return the rows of the answer."""
    probes = ["--print", f"right_thumb={saved(folder / 'probe.png', print_of(person, 'right_thumb', 1))}"]
    if person < 2:
        probes += ["--photo", str(saved(folder / "probe.jpg", poorer_photo_of(person)))]
    code, output, errors = run("identify", *WHY, *probes)
    assert code == 0, errors
    return [line for line in output.splitlines() if re.search(r"\bPerson \d", line)]


@pytest.mark.slow
def test_a_moved_station_finds_the_same_people_as_before(
    run: Run, tmp_path: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in range(3):
        enrol(run, tmp_path, person)
    before = [candidates(run, tmp_path, person) for person in range(3)]
    images = new_place("bucket", tmp_path, monkeypatch)
    code, output, errors = run("migrate", "--to", target, "--images", images)
    assert code == 0, output + errors
    assert "Differs" not in output
    assert run("migrate", "--to", target, "--images", images)[1].endswith("; 0 differ.\n")

    (tmp_path / "data").rename(tmp_path / "no longer here")
    monkeypatch.setenv("PEHCHAN_DATA_FOLDER", str(tmp_path / "moved"))
    monkeypatch.setenv("PEHCHAN_IMAGES_URL", images)
    monkeypatch.setenv("PEHCHAN_DATABASE_URL", target)
    assert [candidates(run, tmp_path, person) for person in range(3)] == before
    enrol(run, tmp_path, 3)
    assert "2700000004" in candidates(run, tmp_path, 3)[0]
    samples, probes = 3 * 2 + 2 + 2, 2 * (3 + 2) + 1
    assert len(held(opened(images))) == samples + probes
    assert not (tmp_path / "moved" / "images").exists()


def test_a_copy_that_differs_sets_the_exit_code(run: Run, tmp_path: Path, target: str) -> None:
    enrol(run, tmp_path, 0)
    assert run("migrate", "--to", target, "--images", tmp_path / "moved")[0] == 0
    assert held(opened(str(tmp_path / "moved"))) == held(opened(str(tmp_path / "data" / "images")))
    with psycopg.connect(target, autocommit=True) as connection:
        (record,) = connection.execute("UPDATE records SET name = 'Somebody else' RETURNING id").fetchone()
    code, output, _ = run("migrate", "--to", target)
    assert code == 1
    assert f"Differs: SHA-256 of records: {record} (" in output


def test_a_search_that_finds_somebody_else_is_reported(run: Run, tmp_path: Path, target: str) -> None:
    enrol(run, tmp_path, 0)
    enrol(run, tmp_path, 1)
    assert run("migrate", "--to", target)[0] == 0
    with psycopg.connect(target, autocommit=True) as connection:
        people = [row[0] for row in connection.execute("SELECT id FROM records ORDER BY national_number")]
    _exchange_templates(target)
    check = _compare_searches(Settings(), target, [1, 6])
    assert check.differing == (
        f"template 1 finds {people[0]} here, {people[1]} there",
        f"template 6 finds {people[1]} here, {people[0]} there",
    )


def _exchange_templates(url: str) -> None:
    """Seal each template of the first person in the place of the second's of the same kind, and the other way round."""
    keys = DataKeys(MasterKeys.of_environment())
    with closing(Database(url)) as database, database.writing() as connection:
        sealed = (
            select(templates, encounters.c.record_id)
            .join(samples, samples.c.id == templates.c.sample_id)
            .join(encounters, encounters.c.id == samples.c.encounter_id)
        )
        rows = {row.id: row for row in connection.execute(sealed)}
        places = {number: template_place(row.record_id, row.sample_id, row.model) for number, row in rows.items()}
        secrets = {row.id: keys.obtain(connection, row.record_id) for row in rows.values()}
        plain = {number: unseal(secrets[number], places[number], row.data) for number, row in rows.items()}
        for number in rows:
            other = number + 3 if number <= 3 else number - 3
            data = seal(secrets[number], places[number], plain[other])
            connection.execute(update(templates).where(templates.c.id == number).values(data=data))


def copied(target: str, table: str) -> int:
    try:
        with psycopg.connect(target) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    except psycopg.errors.UndefinedTable:
        return 0
