"""One bad item never stops an import: whatever is wrong with it is recorded for it, and the others are taken."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hostile import tiff
from inputs import ENCOUNTER, Run, photo_of
from made_up_transactions import file, fingerprint, items, text

from api.cli import manifest
from api.itl.table import TransactionTable
from api.itl.transaction_request import read_request
from biometrics.kernel.errors import MalformedTransaction, PehchanError, StoreUnavailable

WORDS = {"f9": "0123/2026", "f18": "VERMA, ASHA", "f22": "19880314", "f24": "F", "f73": "27519004"}
ALL = WORDS | {"f6": "SI Patil", "f47": items("BNS 2023", "BNS 2023:303(2)")}
HEADER = "name,fir_number,station_code,district_code,state_code,date,officer,finger,file\n"


def booking(**words: str) -> bytes:
    return file("CNA", text(**WORDS | words), fingerprint(1, 1, b"no image", (10, 10)))


@pytest.mark.parametrize("field", ["f6", "f9", "f18", "f24", "f47", "f73"])
@pytest.mark.parametrize("octet", ["\x01", "\x07", "\x7f", "\x85", "\0"])
def test_a_control_byte_in_a_field_of_a_booking_is_a_fault_of_that_field(field: str, octet: str) -> None:
    proper = ALL[field]
    with pytest.raises(MalformedTransaction) as refused:
        read_request(booking(**{field: f"{proper[:-1]}{octet}{proper[-1]}"}), TransactionTable.load(None))
    assert f"2.{int(field[1:]):03d}" in {fault.field for fault in refused.value.faults}


def person(folder: Path, name: str, record: Any, files: dict[str, bytes]) -> None:
    folder = folder / name
    folder.mkdir(parents=True)
    content = record if isinstance(record, str) else json.dumps({"record": record, "encounter": ENCOUNTER})
    (folder / "person.json").write_text(content)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def reported(path: Path) -> dict[str, str]:
    with path.open(newline="") as report:
        return {row["item"]: row["code"] for row in csv.DictReader(report)}


def test_a_bad_item_of_any_kind_leaves_the_others_to_be_imported(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = tmp_path / "people"
    person(people, "a", {"name": "Asha"}, {"right_thumb.tif": tiff({282: (2, b"five hundred\0")})})
    (people / "b.an2").write_bytes(booking(f9="0123\x07/2026"))
    person(people, "c", {"name": "A\0"}, {"photo.jpg": photo_of(0)})
    person(people, "d", "[" * 100_000, {"photo.jpg": photo_of(0)})
    person(people, "e", {"name": "Unexpected"}, {"photo.jpg": photo_of(0)})
    person(people, "f", {"name": "Model"}, {"photo.jpg": photo_of(0)})
    (people / "g").mkdir()
    (people / "g" / "photo.jpg").write_bytes(photo_of(0))
    person(people, "z", {"name": "Mohan Lal"}, {"photo.jpg": photo_of(1)})
    read = manifest.read_person

    def failing(folder: Path) -> Any:
        if folder.name == "e":
            raise ZeroDivisionError("made up")
        if folder.name == "f":
            raise PehchanError("made up")
        return read(folder)

    monkeypatch.setattr(manifest, "read_person", failing)
    report = tmp_path / "rejects.csv"
    code, out, _ = run("import", people, "--rejects", report)
    assert (code, out.strip().splitlines()[-1]) == (2, "1 enrolled, 0 already there, 7 refused")
    codes = reported(report)
    assert codes.pop("a") in ("too_few_minutiae", "undecodable_image")
    assert codes == {
        "b.an2": "malformed_transaction",
        "c": "invalid_text",
        "d": "invalid_field",
        "e": "internal_error",
        "f": "error",
        "g": "invalid_field",
    }


def test_only_the_line_of_a_manifest_that_is_not_utf_8_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(photo_of(1))
    lines = [b"Ash\xff,1/2026,S1,D1,27,2026-01-15,X,photo,1.jpg\n", b"A\0,2/2026,S1,D1,27,2026-01-15,X,photo,1.jpg\n"]
    lines.append("आशा,3/2026,S1,D1,27,2026-01-15,X,photo,1.jpg\n".encode())
    (tmp_path / "manifest.csv").write_bytes(HEADER.encode() + b"".join(lines))
    report = tmp_path / "rejects.csv"
    code, out, _ = run("import", tmp_path / "manifest.csv", "--rejects", report)
    assert (code, out.strip().splitlines()[-1]) == (2, "1 enrolled, 0 already there, 2 refused")
    assert reported(report) == {"line 2": "invalid_text", "line 3": "invalid_text"}


def test_a_database_that_does_not_answer_stops_the_import(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no fault of the item's, and the others would fare no better: what is left is imported later."""
    person(tmp_path / "people", "a", {"name": "Asha"}, {"photo.jpg": photo_of(0)})

    def failing(_: Path) -> Any:
        raise StoreUnavailable("made up")

    monkeypatch.setattr(manifest, "read_person", failing)
    code, _, err = run("import", tmp_path / "people")
    assert code == 1
    assert "store_unavailable" in err


def test_lines_of_a_manifest_stay_together_with_blank_ones_and_quotes_between_them(tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "c.png"):
        (tmp_path / name).write_bytes(name.encode())
    columns = "name,fir_number,station_code,district_code,state_code,officer,date,finger,file"
    asha, ravi = ('"Verma, Asha"', "Ravi")
    rest = '1/2026,27519004,519,27,"SI ""R"" Patil",2026-01-15'
    lines = [columns, f"{asha},{rest},1,a.png", "", f"{asha},{rest},2,b.png", f"{ravi},{rest},1,c.png"]
    (tmp_path / "manifest.csv").write_bytes("\ufeff".encode() + "\r\n".join(lines).encode())
    read = [(item.where, item.read(lambda key: False)) for item in manifest.items([tmp_path], TransactionTable.load())]
    assert [(where, arrival and arrival.person.name) for where, arrival in read] == [
        ("line 2", "Verma, Asha"),
        ("line 5", "Ravi"),
    ]
    assert [[sample.filename for sample in arrival.samples] for _, arrival in read if arrival] == [
        ["a.png", "b.png"],
        ["c.png"],
    ]
    assert {arrival.encounter.officer for _, arrival in read if arrival} == {'SI "R" Patil'}
