"""What holds the prints of several people is refused by every way in, and nothing of it is stored."""

from __future__ import annotations

import io

import numpy as np
import pytest
from fastapi.testclient import TestClient
from inputs import form, print_of
from PIL import Image

from biometrics.kernel.types import FingerPosition
from fingerprint.interchange.codec import write_record
from fingerprint.interchange.conversion import to_record
from fingerprint.synthetic.templates import synthetic_template
from fingerprint.template import FingerprintTemplate

V1 = "/api/v1"


def two_prints() -> bytes:
    """Return one image of the thumbs of two people."""
    thumbs = [Image.open(io.BytesIO(print_of(person, "right_thumb", 0))).convert("L") for person in (61, 62)]
    paper = Image.new("L", (sum(each.width for each in thumbs), max(each.height for each in thumbs)), 255)
    paper.paste(thumbs[0], (0, 0))
    paper.paste(thumbs[1], (thumbs[0].width, 0))
    file = io.BytesIO()
    paper.save(file, "PNG", dpi=(500, 500))
    return file.getvalue()


def eight_people() -> bytes:
    """Return one record with thirty minutiae of each of eight people, in two rows."""
    arrays: dict[str, list[np.ndarray]] = {name: [] for name in ("x", "y", "direction", "quality", "type")}
    for number in range(8):
        one = synthetic_template(number)
        row, column = divmod(number, 4)
        arrays["x"].append(one.x[:30] - one.x.min() + 330 * column)
        arrays["y"].append(one.y[:30] - one.y.min() + 420 * row)
        for name in ("direction", "quality", "type"):
            arrays[name].append(getattr(one, name)[:30])
    joined = {name: np.concatenate(parts) for name, parts in arrays.items()}
    template = FingerprintTemplate(width=1600, height=1000, **joined)
    return write_record(to_record(template, FingerPosition.RIGHT_THUMB))


@pytest.fixture(scope="module")
def enrolled(client: TestClient) -> str:
    """Enrol somebody; the record's id."""
    prints = {"right_thumb": print_of(63, "right_thumb", 0)}
    answer = client.post(f"{V1}/enrolments", data=form(name="One") | {"accept_poor_quality": "worn"}, files=prints)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("content", [two_prints, eight_people])
def test_prints_of_several_people_are_no_finger(client: TestClient, enrolled: str, content: object) -> None:
    file = {"right_thumb": ("thumb", content())}  # type: ignore[operator]
    before = client.get(f"{V1}/health").json()["records"]
    for path, data in (
        ("/enrolments", form(name="Nobody") | {"impression": "1"}),
        ("/identify", {}),
        ("/verify", {"record_id": enrolled}),
    ):
        answer = client.post(V1 + path, data=data, files=file)
        assert (answer.status_code, answer.json()["code"]) == (422, "several_prints"), answer.text
    assert client.get(f"{V1}/health").json()["records"] == before
