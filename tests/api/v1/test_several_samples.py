"""A person is not a sample: what several samples of a request say together, through HTTP."""

from __future__ import annotations

import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from inputs import poorer_photo_of, print_of
from PIL import Image

ADDED = 0.5  # decibans that a copy may add, at most
File = tuple[str, tuple[str, bytes]]


def copies(content: bytes, ppi: float | None) -> list[bytes]:
    """Return the same image again: as it is, as a poor JPEG, cropped, and scaled."""
    picture = Image.open(io.BytesIO(content)).convert("L" if ppi else "RGB")
    width, height = picture.size
    cropped = picture.crop((width // 12, height // 12, width - width // 12, height - height // 12))
    scaled = picture.resize((round(0.9 * width), round(0.9 * height)), Image.Resampling.LANCZOS)
    return [
        content,
        written(picture, "JPEG", ppi, quality=70),
        written(cropped, "PNG", ppi),
        written(scaled, "PNG", ppi and 0.9 * ppi),
    ]


def written(picture: Image.Image, form: str, ppi: float | None, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **({"dpi": (ppi, ppi)} if ppi else {}), **options)
    return file.getvalue()


def searched(client: TestClient, files: list[File], record: str) -> dict[str, Any]:
    answer = client.post("/api/v1/identify", files=files)
    assert answer.status_code == 201, answer.text
    return next(each for each in answer.json()["candidates"] if each["record"]["id"] == record)


def named(field: str, contents: list[bytes]) -> list[File]:
    return [(field, (f"{place}.png", content)) for place, content in enumerate(contents)]


@pytest.mark.parametrize("field", ["photo", "unknown_finger"])
def test_copies_of_an_image_add_nothing(client: TestClient, station: dict[int, str], field: str) -> None:
    probe, ppi = (poorer_photo_of(1), None) if field == "photo" else (print_of(2, "left_index", 1), 500.0)
    record = station[1] if field == "photo" else station[2]
    alone = searched(client, named(field, [probe]), record)
    several = searched(client, named(field, copies(probe, ppi)), record)
    assert several["score"]["decibans"] <= alone["score"]["decibans"] + ADDED
    assert sum(sample["counted"] for sample in several["samples"]) == 1
    assert len(several["samples"]) == 4
