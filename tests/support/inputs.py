"""Inputs that several tests share: generated prints, real photos, form fields."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

from api.demo import PHOTOS, DemoPerson, photo_path, poorer_photo
from biometrics.types import FingerPosition

Run = Callable[..., tuple[int, str, str]]  # of the fixture `run`: arguments to exit code, output and errors

ENCOUNTER = {
    "fir_number": "0123/2026",
    "state_code": "27",
    "district_code": "519",
    "station_code": "27519004",
    "date": "2026-01-15",
    "sections": [{"act": "BNS 2023", "section": "303(2)"}],
    "officer": "SI R. Patil",
}


@cache
def print_of(person: int, finger: str, impression: int) -> bytes:
    """Return a generated print as PNG."""
    return DemoPerson(person).prints(impression, [FingerPosition[finger.upper()]])[0].content


def photo_of(person: int) -> bytes:
    """Return a real photo; there are two people, in the public domain."""
    assert person < len(PHOTOS)
    return photo_path(person).read_bytes()


def poorer_photo_of(person: int) -> bytes:
    """Return another rendering of the photo."""
    assert person < len(PHOTOS)
    return poorer_photo(photo_path(person))


def form(**record: object) -> dict[str, str]:
    """Return the JSON fields of an enrolment."""
    return {"record": json.dumps({"name": "Asha Verma"} | record), "encounter": json.dumps(ENCOUNTER)}
