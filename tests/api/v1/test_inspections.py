"""Files are cut and assessed before anybody is enrolled, and acts and sections are suggested."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
from fastapi.testclient import TestClient
from inputs import form, group_photo, photo_of, print_of
from made_up_cards import lay_card
from made_up_slaps import lay_slap, single_print
from made_up_transactions import file as transaction
from made_up_transactions import fingerprint, items, record, text
from officers import Officer
from PIL import Image as Pillow

from api.app import create_app
from api.settings import Settings
from biometrics.imaging.image import decode
from biometrics.itl import ItlRecord
from fingerprint.itl import TENPRINT

V1 = "/api/v1"
POOR = "fingerprint/FVC2004/DB2_B/107_1.png"  # NFIQ 2: 5


def inspected(client: TestClient, status: int = 200, /, *, of: tuple[str, bytes], **fields: Any) -> dict[str, Any]:
    kind, content = of
    answer = client.post(f"{V1}/inspections", data=fields, files={kind: (f"{kind}.bin", content)})
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "PNG", dpi=(500, 500))
    return file.getvalue()


def records(client: TestClient) -> int:
    return int(client.get(f"{V1}/health").json()["records"])


def test_a_print_is_assessed_and_nothing_is_enrolled(client: TestClient) -> None:
    before = records(client)
    [first] = inspected(client, of=("finger", print_of(0, "right_thumb", 0)), position=1)["samples"]
    assert first["position"] == 1
    assert first["acceptable"]
    assert 10 <= first["quality"] <= 100
    assert first["refusal"] is first["box"] is first["image"] is None
    assert records(client) == before


def test_advice_names_the_faults_of_a_poor_print(client: TestClient, shared_data: Path) -> None:
    [first] = inspected(client, of=("finger", (shared_data / POOR).read_bytes()), position=2)["samples"]
    assert (first["quality"], first["acceptable"]) == (5, False)
    assert first["quality_faults"]
    assert len(first["quality_advice"]) == len(first["quality_faults"])


def test_a_file_that_browsers_do_not_show_comes_back_as_png(client: TestClient) -> None:
    tiff = io.BytesIO()
    Pillow.open(io.BytesIO(print_of(0, "right_thumb", 0))).save(tiff, "TIFF")
    [first] = inspected(client, of=("finger", tiff.getvalue()), position=1)["samples"]
    assert first["image"]["media_type"] == "image/png"
    shown = decode(base64.b64decode(first["image"]["base64"]))
    assert np.array_equal(shown.grey(), decode(tiff.getvalue()).grey())


def test_only_the_sample_that_shows_nobody_is_refused(client: TestClient) -> None:
    for of, code in (
        (("finger", b"no image"), "unsupported_image"),
        (("photo", png(np.full((400, 300, 3), 200, np.uint8))), "no_face"),
        (("photo", group_photo(0, 0)), "several_faces"),
    ):
        [first] = inspected(client, of=of)["samples"]
        assert first["refusal"]["code"] == code
        assert ".bin" not in first["refusal"]["detail"], "the caller knows which file it was"
        assert (first["quality"], first["acceptable"]) == (None, False)


def test_a_photo_is_answered_with_the_parts_of_its_quality(client: TestClient) -> None:
    [first] = inspected(client, of=("photo", photo_of(0)))["samples"]
    assert first["modality"] == "face"
    assert first["position"] is None
    assert first["acceptable"]
    assert first["quality_parts"]


def test_a_slap_is_cut_and_what_was_cut_can_be_enrolled(client: TestClient) -> None:
    prints = [single_print(seed)[50:350, 50:250] for seed in range(4)]
    slap = png(lay_slap(1, prints).pixels)
    result = inspected(client, of=("slap", slap), position=13)["samples"]
    assert [item["position"] for item in result] == [2, 3, 4, 5]
    assert all(item["box"] and item["image"]["media_type"] == "image/png" for item in result)
    names = ("right_index", "right_middle", "right_ring", "right_little")
    files = [
        (name, (f"{name}.png", base64.b64decode(item["image"]["base64"])))
        for name, item in zip(names, result, strict=True)
        if item["refusal"] is None
    ]
    assert files
    fields = form(name="Cut Up") | {"accept_poor_quality": "made up"}
    answer = client.post(f"{V1}/enrolments", data=fields, files=files)
    assert answer.status_code == 201, answer.text
    stored = answer.json()["encounters"][0]["samples"]
    own = {item["position"]: item["quality"] for item in result}
    assert {item["position"]: item["quality"] for item in stored} == {
        code: quality for code, quality in own.items() if code in {item["position"] for item in stored}
    }
    assert {round(item["ppi"]) for item in stored} == {500}


def test_the_missing_finger_of_a_slap_has_to_be_stated(client: TestClient) -> None:
    prints = [single_print(seed)[50:350, 50:250] for seed in range(4)]
    slap = png(lay_slap(2, prints, left_hand=True, missing={2}).pixels)
    assert inspected(client, 422, of=("slap", slap), position=14)["code"] == "slap_not_segmented"
    result = inspected(client, of=("slap", slap), position=14, missing=[9])["samples"]
    assert [item["position"] for item in result] == [10, 8, 7]


def test_a_card_is_cut_into_ten(client: TestClient) -> None:
    card = png(lay_card({code: single_print(code) for code in range(1, 11)}))
    result = inspected(client, of=("card", card), impression=3)["samples"]
    assert [item["position"] for item in result] == list(range(1, 11))
    assert {item["impression"] for item in result} == {3}


def raw(idc: int, position: int, pixels: np.ndarray, **changed: str) -> ItlRecord:
    """Return an uncompressed print as a transaction's record."""
    return fingerprint(idc, position, pixels.tobytes(), (pixels.shape[1], pixels.shape[0]), f11="NONE", **changed)


def test_a_transaction_gives_the_files_of_its_records_as_they_are(client: TestClient) -> None:
    index = print_of(0, "left_index", 0)
    size = decode(index)
    thumb = decode(print_of(0, "left_thumb", 0)).grey()
    face = photo_of(0)
    slap = lay_slap(1, [single_print(seed)[50:350, 50:250] for seed in range(4)], missing={2}).pixels
    lost = record(TENPRINT, {2: "06", 4: "27519004", 5: "20260115", 13: "8", 18: items("8", "UP")})
    booking = transaction(
        "CAR",
        text(f18="VERMA, ASHA", f84=items("10", "XX")),
        fingerprint(1, 7, index, (size.width, size.height), f3="3"),
        raw(2, 6, thumb, f9="1000", f10="1000"),
        raw(3, 13, slap, f3="0", f18=items("4", "XX")),
        face_record(4, face, "L"),
        lost,
    )
    answer = inspected(client, of=("transaction", booking))
    reasons = {4: "amputated", 8: "unable", 10: "amputated"}
    assert answer["missing_fingers"] == [{"position": item, "reason": why} for item, why in reasons.items()]
    result = {sample["position"]: sample for sample in answer["samples"]}
    assert list(result) == [2, 3, 5, 6, 7, None]
    assert [result[cut]["original"] for cut in (2, 3, 5)] == [None] * 3
    assert {
        item: (result[item]["original"]["media_type"], result[item]["original"]["filename"]) for item in (6, 7, None)
    } == {
        6: ("image/x-portable-graymap", "record-4.pgm"),
        7: ("image/png", "record-3.png"),
        None: ("image/png", "record-6.png"),
    }
    sent = {item: base64.b64decode(result[item]["original"]["base64"]) for item in (6, 7, None)}
    assert (sent[7], sent[None], sent[6].endswith(thumb.tobytes())) == (index, face, True)
    assert {
        item: (result[item]["impression"], result[item]["ppi"], result[item]["view"]) for item in (2, 6, 7, None)
    } == {
        2: (0, 500, None),
        6: (1, 1000, None),
        7: (3, 500, None),
        None: (None, None, "left_profile"),
    }


def test_a_file_that_is_no_transaction_contains_only_itself(client: TestClient) -> None:
    for of in (("finger", print_of(0, "right_thumb", 0)), ("photo", photo_of(0))):
        answer = inspected(client, of=of)
        assert (answer["samples"][0]["original"], answer["missing_fingers"]) == (None, [])


def test_a_transactions_texts_are_read_by_the_table(client: TestClient) -> None:
    prints = fingerprint(1, 7, print_of(0, "left_index", 0), (400, 400))
    for wrong in (items("12", "XX"), items("x", "XX"), items("3", "ZZ"), "3"):
        message = inspected(client, 422, of=("transaction", transaction("CAR", text(f84=wrong), prints)))
        assert (message["code"], message["errors"][0]["field"]) == ("malformed_transaction", "2.084")


def face_record(idc: int, content: bytes, pose: str) -> ItlRecord:
    image = decode(content)
    values = {2: f"{idc:02d}", 3: "FACE", 4: "27519004", 5: "20260115", 6: str(image.width), 7: str(image.height)}
    return record(10, values | {8: "0", 9: "1", 10: "1", 11: "PNG", 12: "RGB", 20: pose, 999: content})


def test_one_file_is_sent_and_its_position_is_one_of_its_own(client: TestClient) -> None:
    finger = print_of(0, "right_thumb", 0)
    assert client.post(f"{V1}/inspections", data={"position": 1}).json()["code"] == "invalid_field"
    two = client.post(f"{V1}/inspections", files={"finger": finger, "photo": photo_of(0)})
    assert (two.status_code, two.json()["code"]) == (422, "invalid_field")
    for of, position in (("finger", 13), ("slap", 3)):
        assert inspected(client, 422, of=(of, finger), position=position)["code"] == "invalid_field"


def test_an_enrolment_states_whether_a_case_was_opened(client: TestClient) -> None:
    fields = form(name="Seen Before") | {"accept_poor_quality": "generated"}
    answers = []
    for impression in (0, 1, 1):
        key = {"Idempotency-Key": f"duplicate-{impression}"}
        files = [(finger, ("a.png", print_of(40, finger, impression))) for finger in ("right_thumb", "left_index")]
        answers.append(client.post(f"{V1}/enrolments", data=fields, files=files, headers=key).json())
    first, second, again = answers
    assert first["duplicate_cases"] == []
    [case] = second["duplicate_cases"]
    assert client.get(f"{V1}/cases/{case}").json()["record_id"] == second["id"]
    [number] = second["duplicate_case_numbers"]
    assert client.get(f"{V1}/cases/{number}").json()["id"] == case
    assert again == second
    assert second["checked"]
    assert second["encounter_id"] == second["encounters"][0]["id"]


def test_an_enrolment_that_is_compared_later_says_so(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path / "data", check_at_once=False, _env_file=None)
    with Officer(create_app(settings)) as officer:
        sent = {"right_thumb": ("a.png", print_of(0, "right_thumb", 0))}
        answer = officer.post(f"{V1}/enrolments", data=form(), files=sent).json()
    assert (answer["checked"], answer["duplicate_cases"]) == (False, [])
