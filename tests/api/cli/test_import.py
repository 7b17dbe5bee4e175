"""Many bookings at a time: what is taken, refused and left out, resumed after kill -9, and nobody twice."""

from __future__ import annotations

import csv
import os
import signal
import time
from pathlib import Path

import pytest
from fork_server import ForkedCommand
from inputs import Run, blank, photo_of, print_of
from made_up_transactions import file, fingerprint, record, text
from officers import PATIENCE

from api.bootstrap.store import open_store
from api.settings import Settings
from biometrics.imaging.image import decode
from biometrics.itl import DATA, ItlRecord
from biometrics.kernel.people.record import RecordQuery
from biometrics.records.store import RecordStore

WORDS = {"f9": "0123/2026", "f18": "VERMA, ASHA", "f22": "19880314", "f24": "F", "f73": "27519004"}
WHY = ("--accept-poor-quality", "generated")
HEADER = "name,fir_number,station_code,district_code,state_code,date,officer,finger,file\n"


def printed(person: int, finger: str, position: int, idc: int = 1) -> ItlRecord:
    content = print_of(person, finger, 0)
    image = decode(content)
    return fingerprint(idc, position, content, (image.width, image.height))


def empty_print(idc: int) -> ItlRecord:
    return fingerprint(idc, 7, blank(), (200, 200))


def face(number: int) -> ItlRecord:
    photo = photo_of(number)
    size = decode(photo)
    values = {2: "03", 3: "FACE", 4: "27519004", 5: "20260115", 6: str(size.width), 7: str(size.height)}
    return record(10, values | {8: "0", 9: "1", 10: "1", 11: "PNG", 12: "RGB", DATA: photo})


def booking(number: int, *rest: ItlRecord, **words: str) -> bytes:
    fields = text(**WORDS | {"f9": f"{number}/2026", "f18": f"PERSON, {number}"} | words)
    return file("CAR", fields, *rest, f9=f"BATCH-{number}")


def manifest(folder: Path, *lines: tuple[str, str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    rows = []
    for number, (name, date, content) in enumerate(lines):
        (folder / f"{number}.jpg").write_bytes(content)
        rows.append(f"{name},1/2026,S1,D1,27,{date},X,photo,{number}.jpg\n")
    path = folder / "manifest.csv"
    path.write_text(HEADER + "".join(rows))
    return path


def opened(tmp_path: Path, url: str = "") -> RecordStore:
    return open_store(Settings(data_folder=tmp_path / "data", database_url=url, _env_file=None)).as_system("a test")


def test_a_folder_of_transactions_is_enrolled_with_a_report_of_what_is_not(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "bookings"
    (folder / "later").mkdir(parents=True)
    good = booking(1, printed(0, "right_thumb", 1))
    (folder / "a.an2").write_bytes(good)
    (folder / "b.EFT").write_bytes(booking(2, printed(1, "right_thumb", 1), empty_print(2)))
    (folder / "c.nst").write_bytes(good[:-4000])
    (folder / "d.an2").write_bytes(file("TPIS", text(**WORDS), printed(0, "right_thumb", 1)))
    (folder / "later" / "e.an2").write_bytes(booking(1, face(0)))
    (folder / "README.txt").write_text("not looked at")
    code, output, errors = run("import", folder, *WHY, "--rejects", "refused.csv")
    assert (code, output) == (2, "2 enrolled, 0 already there, 3 refused\n"), errors
    with (tmp_path / "refused.csv").open(newline="") as report:
        header, *rows = csv.reader(report)
    assert header == ["item", "code", "message"]
    assert [row[:2] for row in rows] == [
        ["b.EFT", "left_out"],
        ["c.nst", "malformed_transaction"],
        ["d.an2", "invalid_field"],
        ["later/e.an2", "idempotency_key_reused"],
    ]
    with opened(tmp_path) as store:
        stored = store.people.find(RecordQuery()).items
        assert {(stored_record.person.name, len(stored_record.encounters[0].samples)) for stored_record in stored} == {
            ("1 PERSON", 1),
            ("2 PERSON", 1),
        }
    assert run("import", folder / "a.an2", folder / "b.EFT", *WHY)[:2] == (
        0,
        "0 enrolled, 2 already there, 0 refused\n",
    )


def test_a_file_that_was_submitted_alone_is_not_imported_again(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.an2"
    path.write_bytes(file("CNA", text(**WORDS), face(0), f9="ALONE-1"))
    assert run("itl", "submit", path)[0] == 0
    assert run("import", path)[:2] == (0, "0 enrolled, 1 already there, 0 refused\n")


def test_people_of_one_name_in_one_fir_are_two_and_none_of_them_twice(run: Run, tmp_path: Path) -> None:
    people = (("Ram Kumar", 0), ("Somebody", 0), ("Ram Kumar", 1), ("Somebody", 1), ("Ram Kumar", 0))
    source = manifest(tmp_path / "riot", *((name, "2026-01-15", photo_of(photo)) for name, photo in people))
    assert run("import", source)[:2] == (0, "4 enrolled, 1 already there, 0 refused\n")
    with opened(tmp_path) as store, store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM once_keys")
    assert run("import", source)[:2] == (0, "0 enrolled, 5 already there, 0 refused\n")
    with opened(tmp_path) as store:
        assert store.record_count() == 4


def test_a_report_that_cannot_be_written_is_an_error_before_anything_is_enrolled(run: Run, tmp_path: Path) -> None:
    source = manifest(tmp_path / "one", ("Ram Kumar", "2026-01-15", photo_of(0)))
    code, _, errors = run("import", source, "--rejects", tmp_path / "nowhere" / "refused.csv")
    assert (code, errors.split(":")[0]) == (2, "invalid_field")
    with opened(tmp_path) as store:
        assert store.record_count() == 0


@pytest.mark.slow
def test_an_import_that_is_killed_goes_on_where_it_was(tmp_path: Path, database_url: str) -> None:
    """Kill -9 after some were stored; the next run stores the rest, nobody twice, and tells of the poor ones."""
    people = 30
    lines = [(f"Person {number}", f"2025-01-{number + 1:02d}", photo_of(number % 2)) for number in range(people)]
    lines[11] = ("Person 11", "2025-01-12", blank())
    source = manifest(tmp_path / "source", *lines)
    environment = os.environ | {
        "PEHCHAN_DATA_FOLDER": str(tmp_path / "data"),
        "PEHCHAN_DATABASE_URL": database_url,
        "PEHCHAN_THREADS": "2",
    }
    arguments = ["import", str(source), "--rejects", str(tmp_path / "refused.csv")]
    with opened(tmp_path, database_url) as store:
        first = ForkedCommand(arguments, environment, tmp_path / "first.log")
        while store.record_count() < 3:
            assert first.poll() is None
            time.sleep(0.02)
        first.send_signal(signal.SIGKILL)
        first.wait()
        before = store.record_count()
        assert 3 <= before < people - 1
        second = ForkedCommand(arguments, environment, tmp_path / "second.log")
        assert second.wait(PATIENCE) == 2
        summary = f"{people - 1 - before} enrolled, {before} already there, 1 refused\n"
        assert summary in (tmp_path / "second.log").read_text()
        stored = store.people.find(RecordQuery(), 100).items
        assert sorted(stored_record.person.name for stored_record in stored) == sorted(
            name for number, (name, _, _) in enumerate(lines) if number != 11
        )
        assert all(
            len(stored_record.encounters) == 1 and len(stored_record.encounters[0].samples) == 1
            for stored_record in stored
        )
        assert [
            str(stored_record.encounters[0].encounter.date)
            for stored_record in stored
            if stored_record.person.name == "Person 7"
        ] == ["2025-01-08"]
    assert (tmp_path / "refused.csv").read_text().splitlines()[1].startswith("line 13,no_face,")


@pytest.mark.parametrize("threads", ["1", "3"])
def test_items_are_stored_in_their_order_however_many_are_extracted_at_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: str
) -> None:
    monkeypatch.setenv("PEHCHAN_THREADS", threads)
    source = manifest(
        tmp_path / "order",
        *((f"Person {number}", f"2025-01-0{number + 1}", photo_of(number % 2)) for number in range(6)),
    )
    assert run("import", source)[:2] == (0, "6 enrolled, 0 already there, 0 refused\n")
    with opened(tmp_path) as store:
        stored = sorted(store.people.find(RecordQuery()).items, key=lambda stored_record: stored_record.national_number)
    assert [stored_record.person.name for stored_record in stored] == [f"Person {number}" for number in range(6)]
