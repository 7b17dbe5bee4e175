"""Records of other systems, and prints of poor quality, over HTTP and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from fastapi.testclient import TestClient
from inputs import ENCOUNTER, form, print_of

from biometrics.imaging.image import decode as decode_image
from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.codec import decode
from fingerprint.interchange.codec import write_record
from fingerprint.interchange.conversion import to_record
from fingerprint.interchange.record import QualityBlock, RecordFormat
from fingerprint.modality import FINGERPRINT

POOR = "fingerprint/FVC2004/DB2_B/107_1.png"  # NFIQ 2: 5
REASON = "all fingers worn, mason"


def record_of(client: TestClient, person: int, impression: int, kind: RecordFormat) -> bytes:
    """Return the minutiae of a generated right index finger as another system would send them."""
    recogniser = client.app.state.services.engine.channels[FINGERPRINT].recogniser
    template = recogniser.extract(decode_image(print_of(person, "right_index", impression)))
    record = to_record(decode(template.data), FingerPosition.RIGHT_INDEX, kind, quality=QualityBlock(77))
    return write_record(record)


def test_record_from_elsewhere_is_enrolled_kept_and_found(client: TestClient) -> None:
    content = record_of(client, 20, 0, RecordFormat.ISO_19794_2_2005)
    answer = client.post("/api/v1/enrolments", data=form(name="Foreign"), files={"right_index": ("ms20.fmr", content)})
    assert answer.status_code == 201, answer.text
    (sample,) = answer.json()["encounters"][0]["samples"]
    assert (sample["media_type"], sample["quality"], sample["filename"]) == ("application/x-fmr", 77, "ms20.fmr")
    assert (sample["width"], sample["height"], sample["ppi"]) == (300, 400, 500.0)
    stored = client.get(f"/api/v1/samples/{sample['id']}/image")
    assert (stored.content, stored.headers["content-type"]) == (content, "application/x-fmr")
    rendered = client.get(f"/api/v1/samples/{sample['id']}/rendering")
    assert (rendered.status_code, rendered.json()["code"]) == (415, "unsupported_image")
    probes = {
        "image": ("probe.png", print_of(20, "right_index", 1)),
        "record": ("probe.fmr", record_of(client, 20, 1, RecordFormat.ANSI_378_2009)),
    }
    for probe in probes.values():
        for field in ("right_index", "unknown_finger"):
            body = client.post("/api/v1/identify", files={field: probe}).json()
            assert body["candidates"][0]["record"]["id"] == answer.json()["id"]
            assert body["candidates"][0]["above_threshold"]
    verified = client.post(
        "/api/v1/verify", data={"record_id": answer.json()["id"]}, files={"right_index": probes["record"]}
    )
    assert verified.json()["match"]


def test_record_that_cannot_be_read_is_named_and_nothing_is_stored(client: TestClient, shared_data: Path) -> None:
    before = client.get("/api/v1/health").json()["records"]
    content = record_of(client, 20, 0, RecordFormat.ISO_19794_2_2011)
    face = (shared_data / "standards/iso19794/libbiomeval/face01.iso2005").read_bytes()
    for field, sent, code in (
        ("right_index", content[:-5], "invalid_record"),
        ("left_thumb", content, "invalid_record"),
        ("right_index", face, "unsupported_record"),
    ):
        answer = client.post("/api/v1/enrolments", data=form(), files={field: ("a.fmr", sent)})
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert answer.json()["detail"].startswith(f"{field.replace('_', ' ')} (a.fmr): ")
    assert client.get("/api/v1/health").json()["records"] == before


def test_poor_print_is_enrolled_only_with_a_reason_that_is_kept(client: TestClient, shared_data: Path) -> None:
    """Below the floor an officer must say why, and the reason stays with that sample and no other."""
    files = {
        "right_thumb": ("worn.png", (shared_data / POOR).read_bytes()),
        "left_index": ("good.png", print_of(21, "left_index", 0)),
    }
    before = client.get("/api/v1/health").json()["records"]
    refused = client.post("/api/v1/enrolments", data=form(), files=files)
    assert (refused.status_code, refused.json()["code"]) == (422, "poor_quality")
    assert refused.json()["detail"].startswith("right thumb (worn.png): the quality is ")
    blank = client.post("/api/v1/enrolments", data=form() | {"accept_poor_quality": "  "}, files=files)
    assert blank.json()["code"] == "poor_quality"
    assert client.get("/api/v1/health").json()["records"] == before
    created = client.post("/api/v1/enrolments", data=form() | {"accept_poor_quality": REASON}, files=files)
    assert created.status_code == 201, created.text
    poor, good = created.json()["encounters"][0]["samples"]
    assert (poor["accepted_because"], good["accepted_because"]) == (REASON, "")
    assert poor["quality"] < good["quality"]
    added = client.post(
        f"/api/v1/records/{created.json()['id']}/encounters",
        data={"encounter": json.dumps(ENCOUNTER)},
        files={"right_ring": files["right_thumb"]},
    )
    assert added.json()["code"] == "poor_quality"


def test_poor_print_can_be_searched(client: TestClient, shared_data: Path) -> None:
    answer = client.post("/api/v1/identify", files={"right_thumb": (shared_data / POOR).read_bytes()})
    assert answer.status_code == 201
