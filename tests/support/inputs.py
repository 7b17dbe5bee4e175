"""Inputs that several tests share: generated prints, real photos, form fields."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np
from model_outputs import once
from numpy.typing import NDArray
from PIL import Image as Pillow

import fingerprint
import palm
from api.demo import people
from api.demo.people import PHOTOS, DemoPerson, photo_path, poorer_photo
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic import Finger
from palm.synthetic.palm import Palm

Run = Callable[..., tuple[int, str, str]]  # of the fixture `run`: arguments to exit code, output and errors

WHY = ("--purpose", "investigation", "--case", "0123/2026")  # what every search on the command line must say

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
def _generator() -> str:
    """Return a digest of the code that generates prints, and of what it calls."""
    code = sha256(" ".join(version(name) for name in ("numba", "numpy", "opencv-python-headless", "pillow")).encode())
    packages = (Path(fingerprint.__path__[0]), Path(palm.__path__[0]))
    for path in (*(path for package in packages for path in sorted(package.rglob("*.py"))), Path(people.__file__)):
        code.update(path.read_bytes())
    return code.hexdigest()


@cache
def impression_of(finger: int, impression: int) -> NDArray[np.uint8]:
    """Return the pixels of an impression of a generated finger, read-only; it is kept, as that of a person is."""
    name = f"impression-{_generator()}-{finger}-{impression}"
    pixels = once(name, lambda: Finger.generate(finger).impression(impression))
    pixels.setflags(write=False)
    return pixels


@cache
def print_of(person: int, finger: str, impression: int) -> bytes:
    """Return a generated print as PNG; it is kept, for to generate it takes a tenth of a second in every process."""
    position = FingerPosition[finger.upper()]
    name = f"print-{_generator()}-{person}-{position}-{impression}"
    return once(name, lambda: DemoPerson(person).prints(impression, [position])[0].content)


def thumb(person: int, impression: int = 0) -> Sample:
    """Return a generated right thumb."""
    content = print_of(person, "right_thumb", impression)
    return Sample(FINGERPRINT, content, "thumb.png", FingerPosition.RIGHT_THUMB)


def palm_of(seed: int, impression: int = 1) -> bytes:
    """Return an impression of a generated palm as PNG with its resolution; it is kept."""

    def drawn() -> bytes:
        file = io.BytesIO()
        Pillow.fromarray(Palm.generate(seed).impression(impression).pixels).save(file, "PNG", dpi=(500, 500))
        return file.getvalue()

    return once(f"palm-{_generator()}-{seed}-{impression}", drawn)


def photo_of(person: int) -> bytes:
    """Return a real photo; there are two people, in the public domain."""
    assert person < len(PHOTOS)
    return photo_path(person).read_bytes()


def poorer_photo_of(person: int) -> bytes:
    """Return another rendering of the photo."""
    assert person < len(PHOTOS)
    return poorer_photo(photo_path(person))


def group_photo(*people: int) -> bytes:
    """Return one photo of some people side by side, 500 pixels apart."""
    group = Pillow.new("RGB", (500 * len(people), 400), (120, 130, 140))
    for place, person in enumerate(people):
        group.paste(Pillow.open(photo_path(person)).convert("RGB").resize((400, 400)), (500 * place, 0))
    file = io.BytesIO()
    group.save(file, "PNG")
    return file.getvalue()


def blank(side: int = 300) -> bytes:
    """Return an image that shows nothing, with the resolution of a scanner."""
    file = io.BytesIO()
    Pillow.new("L", (side, side), 255).save(file, "PNG", dpi=(500, 500))
    return file.getvalue()


def form(**record: object) -> dict[str, str]:
    """Return the JSON fields of an enrolment."""
    return {"record": json.dumps({"name": "Asha Verma"} | record), "encounter": json.dumps(ENCOUNTER)}
