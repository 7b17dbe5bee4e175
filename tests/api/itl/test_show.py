"""`pehchan itl show`, run as an engineer would."""

from __future__ import annotations

import json
from pathlib import Path

from inputs import Run
from made_up_transactions import file, record, text

REAL = "standards/an2"


def test_every_real_file_is_shown_with_its_fields_by_name(run: Run, shared_data: Path) -> None:
    path = shared_data / REAL / "jnbis-itl-references/type-14-amp-nqm-utf8.an2"
    code, shown, error = run("itl", "show", path)
    assert (code, error) == (0, "")
    assert "1.004  TOT  Type of transaction: AMN" in shown
    assert "14.999  DATA  Image: WSQ, 1608 x 1000 pixels, 500 ppi" in shown
    assert "NQM 7 2; 8 2; 10 3" in shown.replace(", ", "; ")
    assert "華裔" in shown


def test_all_of_it_comes_as_json(run: Run, shared_data: Path) -> None:
    for path in sorted((shared_data / REAL).rglob("*")):
        if path.suffix in (".an2", ".eft", ".nst"):
            code, shown, _ = run("itl", "show", path, "--json")
            message = json.loads(shown)
            assert code == 0
            is_wrong = any(fault["fatal"] for fault in message["errors"])
            assert is_wrong == (path.name in ("empty_image.eft", "testEbts.eft")), path
            assert [record["fields"][0]["mnemonic"] for record in message["records"]] == ["LEN"] * len(
                message["records"]
            )
    assert any(field["field"] == "9.023" for record in message["records"] for field in record["fields"])


def test_faults_are_reported_and_the_exit_code_is_3_only_on_request(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "wrong.an2"
    path.write_bytes(file("CAR", text(f18="A"), f5="tomorrow")[:-1])
    code, shown, _ = run("itl", "show", path)
    assert code == 0
    assert run("itl", "show", path, "--strict")[:2] == (3, shown)
    assert "error: Record 2, field 2.001 states" in shown
    assert "error: Record 1, field 1.005 (DAT) is 'tomorrow' where a date YYYYMMDD belongs." in shown
    result = json.loads(run("itl", "show", path, "--json")[1])["errors"]
    assert {(item["field"], item["found"]) for item in result} >= {("1.005", "tomorrow")}


def test_a_value_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "steering.an2"
    path.write_bytes(file("CAR", text(f18="\x1b[31m[bold]A\x07\u202e"), record(77, {2: "\x1b[0m", 3: "B"})))
    code, shown, _ = run("itl", "show", path)
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "·[31m[bold]A·" in shown
    assert code == 0


def test_a_file_that_is_no_transaction_is_refused_in_a_sentence(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(b"<?xml version='1.0'?><a/>")
    code, _, error = run("itl", "show", path)
    assert code == 2
    assert error.startswith("malformed_transaction: This is XML")


def test_a_transaction_is_converted_to_xml_and_back(run: Run, shared_data: Path, tmp_path: Path) -> None:
    path, xml, again = (
        shared_data / REAL / "jnbis-itl-references/type-17-iris.an2",
        tmp_path / "iris.xml",
        tmp_path / "iris.an2",
    )
    assert run("itl", "convert", path, "--to", "xml", "--out", xml)[0] == 0
    assert run("itl", "convert", xml, "--to", "traditional", "--out", again)[0] == 0
    assert again.read_bytes() == path.read_bytes()
    shown, other = (json.loads(run("itl", "show", each, "--json")[1])["records"] for each in (path, xml))
    assert shown == other
    xml.write_bytes(xml.read_bytes().replace(b"<biom:IrisImage>", b"<biom:IrisImage><unknown>1</unknown>"))
    assert "note: " in run("itl", "show", xml)[1]
    again.unlink()
    code, _, error = run("itl", "convert", xml, "--to", "traditional", "--out", again)
    assert (code, error.split(":")[0], again.exists()) == (2, "malformed_transaction", False)
    assert run("itl", "convert", xml, "--to", "traditional", "--out", again, "--leave-out-unknown")[0] == 0
    assert again.read_bytes() == path.read_bytes()


def test_quality_is_measured_where_it_is_asked_for(run: Run, shared_data: Path) -> None:
    path = shared_data / REAL / "jnbis-itl-references/type-9-10-14.an2"
    code, shown, _ = run("itl", "show", path, "--quality")
    assert code == 0
    assert shown.count("of 100") == 2
    result = json.loads(run("itl", "show", path, "--quality", "--json")[1])["records"]
    assert [item["measured"] is None for item in result] == [True, True, True, False, False]
