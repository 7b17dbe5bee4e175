"""The searches that are measured, as requests ready to be sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.demo.people import FINGERS, DemoPerson, photo_path, poorer_photo
from benchmarks.service.gallery import SEARCHED

FIELDS = {"case_number": "benchmark", "officer": "benchmark", "purpose": "system_test"}


@dataclass(frozen=True)
class SearchKind:
    """One kind of search: its name, the median that it shall have, and requests (content type, body) of this kind."""

    name: str
    target_p50_ms: float
    requests: Sequence[tuple[str, bytes]]


def kinds() -> list[SearchKind]:
    """Make one photo, one print, ten prints and a photo: of people on record, other images than those enrolled."""
    photos = [("photo", poorer_photo(photo_path(number))) for number in range(2)]
    photos += [("photo", photo_path(number).read_bytes()) for number in range(2)]
    people = [DemoPerson(number) for number in range(SEARCHED)]
    prints = {
        person.number: [
            (sample.position.name.lower(), sample.content) for sample in person.prints(1, FINGERS) if sample.position
        ]
        for person in people
    }
    return [
        SearchKind("one photo", 100, [request_of([photo]) for photo in photos]),
        SearchKind(
            "one print", 400, [request_of([print_]) for finger_prints in prints.values() for print_ in finger_prints]
        ),
        SearchKind(
            "ten prints and a photo", 2000, [request_of([*prints[number], photos[number]]) for number in range(2)]
        ),
    ]


def request_of(files: Sequence[tuple[str, bytes]], fields: Mapping[str, str] = FIELDS) -> tuple[str, bytes]:
    """Write a form as multipart/form-data."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, content in files:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.png"\r\n\r\n'
        parts += [head.encode(), content, b"\r\n"]
    return f"multipart/form-data; boundary={boundary}", b"".join([*parts, f"--{boundary}--\r\n".encode()])
