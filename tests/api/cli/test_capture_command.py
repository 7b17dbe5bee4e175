"""`pehchan capture` says what is wrong before it listens; tests/api/web/test_scanning.py runs it."""

from __future__ import annotations

import pytest
from inputs import Run

from api.cli.commands.capture import _origin


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (["--service", "pehchan.example", "--simulate", "."], "no address"),
        (["--simulate", "absent"], "no folder"),
        (["--trust", "absent.pem"], "no file of certificates"),
        (["--trust", __file__], "no file of certificates"),
        ([], "either --trust"),
        (["--trust", "roots.pem", "--simulate", "."], "either --trust"),
    ],
)
def test_what_cannot_be_used_is_refused(run: Run, options: list[str], wrong: str) -> None:
    code, _, errors = run("capture", "--service", "https://pehchan.example", *options)
    assert (code, wrong in errors) == (2, True), errors


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
