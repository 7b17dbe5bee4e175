"""Units and searches on the command line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from inputs import Run


def test_units_are_added_and_listed(run: Run) -> None:
    assert run("unit", "add", "27/519", "--name", "Mumbai", "--telephone", "+91 22 2222 2222")[0] == 0
    assert run("unit", "add", "27", "--name", "SCRB Maharashtra")[1] == "27: SCRB Maharashtra, state bureau\n"
    code, listed, _ = run("unit", "list", "--below", "27/519")
    assert code == 0
    assert "Mumbai" in listed
    assert "+91 22 2222 2222" in listed
    assert "SCRB" not in listed
    code, _, error = run("unit", "add", "27//1", "--name", "Nowhere")
    assert code == 2
    assert "invalid_field" in error


def test_the_audit_log_is_listed_verified_signed_and_exported(run: Run, tmp_path: Path) -> None:
    assert run("unit", "add", "27", "--name", "SCRB")[0] == 0
    code, listed, _ = run("audit", "list", "--action", "unit.set")
    assert code == 0
    assert "local:" in listed
    assert "local:" not in run("audit", "list", "--action", "unit.set", "--case", "7/2026")[1]
    assert run("audit", "sign", "--out", tmp_path / "head.json")[0] == 0
    assert "nothing was changed" in run("audit", "verify", "--head", tmp_path / "head.json")[1]
    assert run("audit", "export", tmp_path / "log.jsonl")[0] == 0
    written = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [entry.get("action", "head") for entry in written] == [
        "unit.set",
        "audit.read",
        "audit.read",
        "audit.export",
        "head",
    ]
    key = run("audit", "key")[1].strip()
    assert written[-1]["head"]["public_key"] == key
    assert run("audit", "verify", "--public-key", "0" * 64)[0] == 1
    with closing(sqlite3.connect(tmp_path / "data" / "pehchan.db")) as database:
        database.executescript("DROP TRIGGER audit_entries_no_delete; DELETE FROM audit_entries WHERE number > 1;")
    code, message, _ = run("audit", "verify", "--head", tmp_path / "head.json")
    assert code == 1
    assert "Entries 2 to 4 are missing at the end." in message
    (tmp_path / "none.json").write_text("{}")
    assert run("audit", "verify", "--head", tmp_path / "none.json")[0] == 2
