"""The commands of how-to pages work as they are written, one after the other on one station."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from inputs import Run, print_of

from biometrics.kernel.technique.clock import today

DOCS = Path(__file__).parents[2] / "docs"

pytestmark = pytest.mark.reach


def commands(page: str, group: str) -> list[list[str]]:
    """Return the commands `pehchan <group> ...` in the blocks of a page as arguments, without what is optional.

    `hold|release` stands for two commands.
    """
    arguments = []
    for line in re.findall(rf"^ {{4}}pehchan ({group}\b.*)$", (DOCS / page).read_text(), re.MULTILINE):
        words = shlex.split(re.sub(r"\[[^\]]*\]", "", line), comments=True)
        arguments += [[words[0], choice, *words[2:]] for choice in words[1].split("|")]
    return arguments


def test_accounts_are_added_and_changed(run: Run) -> None:
    for arguments in commands("accounts.md", "user"):
        code, output, errors = run(*arguments)
        if arguments[:3] == ["user", "request", "approve"]:  # of a change that an administrator requested over HTTP
            assert "unknown_account_request" in errors
            continue
        assert code == 0, (arguments, errors)
    _, output, _ = run("user", "show", "r.patil")
    assert "station_officer, examiner" in output or "examiner, station_officer" in output
    assert "27/519/27519010" in output


def test_keys_retention_and_backup(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "thumb.png").write_bytes(print_of(0, "right_thumb", 0))
    monkeypatch.setenv("PEHCHAN_MASTER_KEY", "")
    page = "keys-and-retention.md"
    encounter = ("--fir", "12/2026", "--station", "27519004", "--district", "519", "--state", "27")
    names = ("--name", "Asha Verma", "--officer", "SI R. Patil")
    code, output, errors = run("enrol", *names, *encounter, "--print", "right_thumb=thumb.png")
    assert code == 0, errors
    values = {"RECORD": "2700000001", "DIR": "backup", "FILE": "backup.key", "DAY": "2030-01-01"}
    values["2027-03-01"] = today().isoformat()  # a day that the clock does not show is refused
    _, shown, _ = run("record", "show", "2700000001", "--json")
    values["ENCOUNTER"] = json.loads(shown)["encounters"][0]["id"]
    _, found, _ = run(
        "identify", "--print", "right_thumb=thumb.png", "--purpose", "investigation", "--case", "12/2026", "--json"
    )
    values["SEARCH"] = json.loads(found)["id"]
    for arguments in [*commands(page, "keys"), *commands(page, "retention")]:
        if arguments == ["retention", "run"]:
            arguments += ["--certificates", "certificates"]
        code, output, errors = run(*(values.get(word, word) for word in arguments))
        assert code == 0, (arguments, output, errors)
        if arguments[:2] == ["retention", "hold"]:
            values["ID"] = output.split()[-1]
        if written := list(Path("certificates").glob("*.json")):
            values["CERTIFICATE"] = str(written[0])
    assert "CERTIFICATE" in values
    values["FILE"] = "keys-of-backup"
    for words in commands(page, "backup"):
        code, output, errors = run(*(values.get(word, word) for word in words))
        assert code == 0, (words, output, errors)
    monkeypatch.setenv("PEHCHAN_DATA_FOLDER", str(tmp_path / "restored"))
    monkeypatch.setenv("PEHCHAN_MASTER_KEY_FILE", str(tmp_path / "data" / "master.key"))
    for words in commands(page, "restore"):
        code, output, errors = run(*(values.get(word, word) for word in words))
        assert code == 0, (words, output, errors)
    assert run("audit", "verify")[0] == 0
