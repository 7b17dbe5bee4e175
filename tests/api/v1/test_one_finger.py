"""No finger is several people: a record of them is refused, and an officer is asked about an image."""

from __future__ import annotations

import io

import numpy as np
import pytest
from examiners import caller
from fastapi.testclient import TestClient
from inputs import form, print_of
from lineup_examples import engine_of
from PIL import Image

from biometrics.kernel.access import Role
from biometrics.kernel.errors import SeveralPrints
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from fingerprint.interchange.codec import write_record
from fingerprint.interchange.conversion import to_record
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic.templates import synthetic_template
from fingerprint.template import FingerprintTemplate

V1 = "/api/v1"


def two_prints() -> bytes:
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


def test_a_record_of_several_people_is_no_finger(client: TestClient, enrolled: str) -> None:
    file = {"right_thumb": ("thumb", eight_people())}
    before = client.get(f"{V1}/health").json()["records"]
    for path, data in (
        ("/enrolments", form(name="Nobody") | {"impression": "1", "accept_poor_quality": "one finger"}),
        ("/identify", {}),
        ("/verify", {"record_id": enrolled}),
    ):
        answer = client.post(V1 + path, data=data, files=file)
        assert (answer.status_code, answer.json()["code"]) == (422, "several_prints"), answer.text
    assert client.get(f"{V1}/health").json()["records"] == before


def test_an_image_that_may_show_two_prints_is_enrolled_if_an_officer_states_why(client: TestClient) -> None:
    file = {"right_thumb": ("thumb.png", two_prints())}
    before = client.get(f"{V1}/health").json()["records"]
    refused = client.post(f"{V1}/enrolments", data=form(name="Doubted"), files=file)
    assert (refused.status_code, refused.json()["code"]) == (422, "several_prints"), refused.text
    assert client.get(f"{V1}/health").json()["records"] == before
    reason = "one finger, its joint below it"
    created = client.post(f"{V1}/enrolments", data=form(name="Doubted") | {"accept_poor_quality": reason}, files=file)
    assert created.status_code == 201, created.text
    [sample] = created.json()["encounters"][0]["samples"]
    assert sample["accepted_because"] == reason
    assert "several_prints" in sample["quality_faults"]
    auditor = caller(client, Role.AUDITOR, "national")
    entries = auditor("GET", "/audit/entries", params={"person": created.json()["id"]}).json()["entries"]
    [entry] = [entry for entry in entries if entry["action"] == "record.enrol"]
    assert entry["detail"]["several_prints"] == [sample["id"]]


def test_a_search_takes_an_image_that_may_show_two_prints(client: TestClient, enrolled: str) -> None:
    """Nothing of it is stored on a record, and a search that is refused by mistake finds nobody."""
    file = {"right_thumb": ("thumb.png", two_prints())}
    assert client.post(f"{V1}/identify", files=file).status_code == 201
    assert client.post(f"{V1}/verify", data={"record_id": enrolled}, files=file).status_code == 200


def test_interfaces_that_cannot_ask_an_officer_leave_out_what_may_show_two_prints(client: TestClient) -> None:
    thumb = Sample(FINGERPRINT, two_prints(), "thumb", FingerPosition.RIGHT_THUMB)
    with pytest.raises(SeveralPrints):
        engine_of(client).extract_usable([thumb], assess=True)
