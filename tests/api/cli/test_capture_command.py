"""`pehchan capture` says what is wrong before it listens; tests/api/web/test_scanning.py runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from inputs import Run

from api.cli.commands.capture import _origin


def test_a_folder_that_is_none_and_an_address_that_is_none_are_refused(run: Run, tmp_path: Path) -> None:
    for service, folder in (("https://pehchan.example", tmp_path / "absent"), ("pehchan.example", tmp_path)):
        code, _, errors = run("capture", "--service", service, "--simulate", folder)
        assert (code, "is no" in errors) == (2, True)


@pytest.mark.parametrize(
    ("service", "origin"),
    [
        ("https://Pehchan.Example/app/", "https://pehchan.example"),
        ("https://pehchan.example:443", "https://pehchan.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_the_origin_is_written_as_browsers_write_it(service: str, origin: str) -> None:
    assert _origin(service) == origin
