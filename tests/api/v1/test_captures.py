"""What is known of a capture is stored, not lost: missing fingers, and of each file its impression, ppi and view."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from inputs import ENCOUNTER, Run, form, photo_of, print_of
from made_up_prints import made_up_finger
from officers import WHY

from api.bootstrap.store import master_keys, open_store
from api.offline.queue import StationQueue
from api.settings import Settings
from api.v1.batches_schemas import BatchItemIn
from api.v1.sample_details import SampleDetailsIn
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.recognition.capture import FingerPosition, Impression
from face.modality import FACE
from fingerprint.interchange.codec import write_record
from fingerprint.interchange.conversion import to_record
from fingerprint.modality import FINGERPRINT

V1 = "/api/v1"
MISSING = [{"position": 9, "reason": "amputated"}, {"position": 2, "reason": "damaged"}]
IN_ORDER = [MISSING[1], MISSING[0]]


def minutiae(position: int) -> bytes:
    """Return a finger's minutiae record, of which nothing has to be extracted."""
    return write_record(to_record(made_up_finger(position), FingerPosition(position)))


def visit(**changed: object) -> dict[str, str]:
    return {"encounter": json.dumps(ENCOUNTER | changed)}


def sent(client: TestClient, status: int, path: str, fields: dict[str, str], *files: Any) -> dict[str, Any]:
    answer = client.post(f"{V1}{path}", data=fields, files=[(name, (f"{name}.bin", data)) for name, data in files])
    assert answer.status_code == status, answer.text
    return dict(answer.json())


THUMB, INDEX = ("right_thumb", minutiae(1)), ("right_index", minutiae(2))
FRONT, SIDE = ("photo", photo_of(0)), ("photo", photo_of(1))


def test_each_file_is_stored_with_its_own_details(client: TestClient) -> None:
    details = {
        "right_thumb": [{"impression": 1, "ppi": 1000}],
        "photo": [{"view": "frontal"}, {"view": "left_profile"}],
    }
    fields = form() | visit(missing_fingers=MISSING) | {"impression": "3", "details": json.dumps(details)}
    record = sent(client, 201, "/enrolments", fields, THUMB, INDEX, FRONT, SIDE)
    [encounter] = record["encounters"]
    assert encounter["missing_fingers"] == IN_ORDER
    assert [sample["impression"] for sample in encounter["samples"]] == [1, 3, None, None]
    assert [sample["view"] for sample in encounter["samples"]] == [None, None, "frontal", "left_profile"]
    assert client.get(f"{V1}/records/{record['id']}").json()["encounters"] == [encounter]
    assert client.get(f"{V1}/samples/{encounter['samples'][3]['id']}").json()["view"] == "left_profile"
    added = visit(fir_number="9/2026", missing_fingers=MISSING[:1])
    more = {"details": json.dumps({"photo": [{}, {"view": "angled"}], "right_thumb": [{"impression": None}]})}
    whole = sent(client, 201, f"/records/{record['id']}/encounters", added | more, FRONT, SIDE, THUMB)
    second = whole["encounters"][1]
    assert second["missing_fingers"] == MISSING[:1]
    assert [(sample["view"], sample["impression"]) for sample in second["samples"]] == [
        (None, 0),
        (None, None),
        ("angled", None),
    ]


def test_the_resolution_of_one_image_is_its_own(client: TestClient) -> None:
    files = [("left_thumb", print_of(60, "left_thumb", 0)), ("left_index", print_of(60, "left_index", 0))]
    fields = form() | {"ppi": "500", "details": '{"left_index": [{"ppi": 600}]}', "accept_poor_quality": "generated"}
    record = sent(client, 201, "/enrolments", fields, *files)
    assert [sample["ppi"] for sample in record["encounters"][0]["samples"]] == [500, 600]


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ('{"right_thumb": []}', "right_thumb has 0 entries, and 1 files were sent"),
        ('{"right_thumb": [{}, {}]}', "right_thumb has 2 entries, and 1 files were sent"),
        ('{"left_thumb": [{"impression": 1}]}', "left_thumb has 1 entries, and 0 files were sent"),
        ('{"right_toe": [{}]}', "'right_toe' is no field for prints or photos"),
        ('{"photo": [{"impression": 1}]}', "a photo has no impression"),
        ('{"photo": [{"ppi": 500}]}', "a photo has no ppi"),
        ('{"right_thumb": [{"view": "frontal"}]}', "a view is stated, and a print has none"),
        ('{"photo": [{"view": "from above"}]}', "details"),
        ('{"photo": {"view": "frontal"}}', "details"),
        ("[]", "details"),
        ("photo", "details"),
    ],
)
def test_details_that_do_not_fit_the_files_are_refused(client: TestClient, details: str, reason: str) -> None:
    before = client.get(f"{V1}/health").json()["records"]
    error = sent(client, 422, "/enrolments", form() | {"details": details}, THUMB, FRONT)
    assert error["code"] == "invalid_field"
    assert reason in error["detail"]
    assert client.get(f"{V1}/health").json()["records"] == before


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ([{"position": 1, "reason": "amputated"}], "right thumb is amputated, and there is a sample of it"),
        ([{"position": 1, "reason": "bandaged"}], "right thumb is bandaged"),
        ([{"position": 0, "reason": "unable"}], "give its position, 1 to 10"),
        ([{"position": 100, "reason": "unable"}], "give its position, 1 to 10, 101 or 102"),
        ([{"position": 3, "reason": "unable"}] * 2, "right middle is named twice"),
        ([{"position": 11, "reason": "unable"}], "missing_fingers"),
        ([{"position": 3, "reason": "lost"}], "missing_fingers"),
        ([{"position": 3}], "missing_fingers"),
    ],
)
def test_missing_fingers_that_cannot_be_right_are_refused(client: TestClient, missing: Any, reason: str) -> None:
    error = sent(client, 422, "/enrolments", form() | visit(missing_fingers=missing), THUMB)
    assert error["code"] == "invalid_field"
    assert reason in error["detail"]


def test_a_search_accepts_details_of_its_files_too(client: TestClient) -> None:
    search = sent(client, 201, "/identify", WHY | {"details": '{"photo": [{"view": "frontal"}]}'}, FRONT)
    assert search["gallery_size"] >= 0
    assert sent(client, 422, "/identify", WHY | {"details": '{"photo": []}'}, FRONT)["code"] == "invalid_field"


def test_an_item_of_a_batch_states_missing_fingers_and_views(client: TestClient) -> None:
    samples = [{"file": 0, "position": 1, "impression": 1}, {"file": 1, "view": "right_profile"}]
    encounter = ENCOUNTER | {"fir_number": "77/2026", "missing_fingers": MISSING}
    item = {"key": "capture-1", "record": {"name": "Asha Rao"}, "encounter": encounter, "samples": samples}
    files = [("files", ("a.fmr", THUMB[1])), ("files", ("b.png", SIDE[1]))]
    answer = client.post(f"{V1}/batches", data={"items": json.dumps([item])}, files=files)
    [result] = [json.loads(line) for line in answer.text.splitlines()]
    assert result["status"] == 201, result
    [stored] = client.get(f"{V1}/records/{result['record_id']}").json()["encounters"]
    assert stored["missing_fingers"] == IN_ORDER
    assert [(sample["impression"], sample["view"]) for sample in stored["samples"]] == [
        (1, None),
        (None, "right_profile"),
    ]
    wrong = item | {"key": "capture-2", "record": {"name": "Bela Rao"}, "samples": [{"file": 0, "position": 9}]}
    answer = client.post(f"{V1}/batches", data={"items": json.dumps([wrong])}, files=files[:1])
    assert answer.json()["problem"]["detail"].startswith("The left ring is amputated")


def test_every_field_of_a_form_has_its_finger() -> None:
    assert FACE.traits.field_of(None) == "photo"
    assert FINGERPRINT.traits.field_of(FingerPosition.UNKNOWN) == "unknown_finger"
    assert FINGERPRINT.traits.field_of(FingerPosition.LEFT_LITTLE) == "left_little"
    whole = SampleDetailsIn(impression=Impression.ROLLED_NONLIVE, ppi=500)
    own = SampleDetailsIn(impression=Impression.PLAIN_LIVE_SCAN).otherwise(whole)
    assert (own.impression, own.ppi) == (Impression.PLAIN_LIVE_SCAN, 500)


def encounters_of(tmp_path: Path) -> list[tuple[list[tuple[int, str]], list[tuple[Any, Any, Any]]]]:
    """Return what this station knows of each capture: missing fingers, and position, impression and view of samples."""
    settings = Settings(data_folder=tmp_path / "data", database_url="", _env_file=None)
    with open_store(settings).as_system("a test") as store:
        return [
            (
                [(finger.position.value, finger.reason.value) for finger in stored.encounter.missing_fingers],
                [(sample.position, sample.impression, sample.view) for sample in stored.samples],
            )
            for record in store.people.find(RecordQuery(), 100).items
            for stored in record.encounters
        ]


def test_the_command_line_states_missing_fingers_and_views(run: Run, tmp_path: Path) -> None:
    """A file whose own name holds a `=` is a file."""
    files = {"thumb.fmr": THUMB[1], "side.png": SIDE[1], "a=b.png": FRONT[1]}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    enrol = ["enrol", "--name", "Asha", "--fir", "1/2026", "--station", "S1", "--district", "D1", "--state", "27"]
    enrol += ["--officer", "X", "--print", f"right_thumb={tmp_path / 'thumb.fmr'}"]
    photos = ["--photo", f"left_profile={tmp_path / 'side.png'}", "--photo", tmp_path / "a=b.png"]
    missing = ["--missing", "left_ring:amputated", "--missing", "2:damaged"]
    code, output, errors = run(*enrol, *photos, *missing)
    assert code == 0, errors
    assert "photo, left profile" in output
    assert "amputated" in output
    assert encounters_of(tmp_path) == [
        ([(2, "damaged"), (9, "amputated")], [(1, 0, None), (None, None, "left_profile"), (None, None, None)])
    ]
    for wrong, message in (("9", "FINGER:REASON"), ("9:lost", "FINGER:REASON"), ("toe:amputated", "not a finger")):
        code, _, errors = run(*enrol, "--missing", wrong)
        assert (code, message in errors) == (2, True), errors
    code, _, errors = run(*enrol, "--missing", "1:amputated")
    assert (code, "right thumb is amputated" in errors) == (2, True), errors


def test_a_manifest_states_missing_fingers_and_views(run: Run, tmp_path: Path) -> None:
    (tmp_path / "thumb.fmr").write_bytes(THUMB[1])
    (tmp_path / "side.png").write_bytes(SIDE[1])
    header = (
        "name,fir_number,station_code,district_code,state_code,date,officer,missing_fingers,finger,file,impression,view"
    )
    person = ["Asha", "1/2026", "S1", "D1", "27", "2026-01-15", "X"]
    missing = "left_ring:amputated;2:damaged"
    rows = [
        [*person, missing, "1", "thumb.fmr", "1", ""],
        [*person, missing, "photo", "side.png", "", "right_profile"],
        [*person, "lost", "photo", "side.png", "", ""],
        [*person, "", "photo", "side.png", "", "behind"],
    ]
    with (tmp_path / "people.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])
    code, output, errors = run("import", tmp_path / "people.csv")
    assert (code, output) == (2, "1 enrolled, 0 already there, 2 refused\n"), errors
    assert "'lost' is not a missing finger" in errors
    assert "'behind' is no view" in errors
    assert encounters_of(tmp_path) == [
        ([(2, "damaged"), (9, "amputated")], [(1, 1, None), (None, None, "right_profile")])
    ]


def person_folder(folder: Path, details: dict[str, Any], missing: list[dict[str, Any]]) -> Path:
    folder.mkdir(parents=True)
    (folder / "right_thumb.fmr").write_bytes(THUMB[1])
    (folder / "photo-left.png").write_bytes(SIDE[1])
    described = {"record": {"name": "Asha"}, "encounter": ENCOUNTER | {"missing_fingers": missing}, "details": details}
    (folder / "person.json").write_text(json.dumps(described))
    return folder


DETAILS = {"photo-left.png": {"view": "left_profile"}, "right_thumb.fmr": {"impression": 1, "ppi": 500}}


def test_a_persons_folder_describes_its_files(run: Run, tmp_path: Path) -> None:
    person_folder(tmp_path / "people" / "one", DETAILS, MISSING)
    person_folder(tmp_path / "people" / "two", {"photo-right.png": {"view": "right_profile"}}, [])
    person_folder(tmp_path / "people" / "three", {"photo-left.png": {"ppi": 500}}, [])
    code, output, errors = run("import", tmp_path / "people")
    assert (code, output) == (2, "1 enrolled, 0 already there, 2 refused\n"), errors
    assert "has details of 'photo-right.png', but there is no such image" in errors
    assert "a photo has no ppi" in errors
    assert encounters_of(tmp_path) == [
        ([(2, "damaged"), (9, "amputated")], [(None, None, "left_profile"), (1, 1, None)])
    ]


def test_a_queue_keeps_what_is_known_of_a_capture(run: Run, tmp_path: Path) -> None:
    folder = person_folder(tmp_path / "one", DETAILS, MISSING)
    code, key, errors = run("queue", "add", "--unchecked", folder)
    assert code == 0, errors
    settings = Settings(data_folder=tmp_path / "data", database_url="", _env_file=None)
    fields = StationQueue(settings.data_folder / "queue", master_keys(settings)).item(key.strip()).fields
    item = BatchItemIn.model_validate(fields)
    assert [finger.position.value for finger in item.encounter.missing_fingers] == [2, 9]
    assert [(sample.position, sample.impression, sample.ppi, sample.view) for sample in item.samples] == [
        (None, None, None, "left_profile"),
        (1, 1, 500, None),
    ]
    wrong = person_folder(tmp_path / "two", {}, [{"position": 1, "reason": "bandaged"}])
    code, _, errors = run("queue", "add", "--unchecked", wrong)
    assert (code, "right thumb is bandaged" in errors) == (2, True), errors
