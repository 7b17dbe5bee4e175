"""A station that is being restored is refused by the server and by every command that opens a station."""

from __future__ import annotations

from pathlib import Path

import pytest
from inputs import Run, photo_of

from api.cli.app import COMMANDS, GROUPS
from biometrics.backup.restore import MARK

RECORD = "00000000-0000-4000-8000-000000000000"
FILE = "photo.jpg"
VISIT = ("--fir", "1", "--station", "27519004", "--district", "519", "--state", "27", "--officer", "A")

# One command of each kind that opens a station.
OPENING = {
    "serve": ("serve", "--port", "0"),
    "enrol": ("enrol", "--name", "A", *VISIT, "--photo", FILE),
    "identify": ("identify", "--photo", FILE, "--purpose", "system_test", "--case", "1"),
    "verify": ("verify", RECORD, "--photo", FILE, "--purpose", "system_test", "--case", "1"),
    "compare": ("compare", "--photo", FILE, "--other-photo", FILE, "--purpose", "system_test", "--case", "1"),
    "replay": ("replay", RECORD),
    "import": ("import", "folder"),
    "api": ("api", "GET", "records"),
    "backup": ("backup", "backup", "--keys", "keys"),
    "upgrade": ("upgrade", "--check"),
    "migrate": ("migrate", "--to", "sqlite:///other.db"),
    "record": ("record", "list"),
    "search": ("search", "list"),
    "case": ("case", "list"),
    "standing": ("standing", "list"),
    "certificate": ("certificate", "list"),
    "itl": ("itl", "submit", FILE),
    "mosip": ("mosip", "listen", "--as", "nobody"),
    "retention": ("retention", "due"),
    "audit": ("audit", "list"),
    "user": ("user", "list"),
    "unit": ("unit", "list"),
    "keys": ("keys", "show"),
    "cluster": ("cluster", "list"),
    "reextract": ("reextract", "status"),
}
# These open no station, restore one, or make one of their own.
OTHERS = {"capture", "conform", "queue", "models", "fingerprint", "template", "synth", "restore", "demo"}


def test_the_server_and_every_command_refuse_a_station_that_is_being_restored(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert OPENING.keys() | OTHERS == {"serve"} | COMMANDS.keys() | GROUPS.keys()
    monkeypatch.setenv("PEHCHAN_MOSIP_BROKER", "stomp://127.0.0.1:1")
    monkeypatch.setenv("PEHCHAN_CLUSTER_URL", "127.0.0.1:1")
    monkeypatch.setattr("signal.signal", lambda *_: None)  # `mosip listen` would take those of the tests
    (tmp_path / FILE).write_bytes(photo_of(0))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "booking.an2").write_bytes(b"never read")
    (tmp_path / "data" / MARK).mkdir(parents=True)
    for name, arguments in OPENING.items():
        code, output, errors = run(*arguments)
        assert (code, "restore_unfinished" in errors) == (1, True), (name, output, errors)
        assert [path.name for path in (tmp_path / "data").iterdir()] == [MARK], name
