"""Irises in the formats of other systems: ANSI/NIST-ITL Type-17, ISO/IEC 19794-6, MOSIP's CBEFF and OSIA."""

from __future__ import annotations

import io
from base64 import b64encode
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from inputs import form, print_of
from made_up_eyes import photo
from made_up_transactions import file, record, text
from mosip_client import bir, document
from officers import Officer, new_key
from PIL import Image

from api.itl.attachments import image_record
from api.itl.samples import read_card
from api.standards.mosip.cbeff import read, samples_of
from api.standards.mosip.reasons import Refused
from api.standards.osia.samples import read_sample_set
from api.standards.osia.schemas import BiometricData
from biometrics import itl
from biometrics.imaging.image import decode
from biometrics.imaging.image_records import read_images, write_iris
from biometrics.itl import DATA, IDC, Field, ItlRecord
from biometrics.kernel.access import Role
from biometrics.kernel.errors import FieldFault, InvalidInput, UnsupportedRecord
from biometrics.kernel.people.record import StoredSample
from biometrics.kernel.recognition.capture import EyePosition
from biometrics.kernel.recognition.types import Sample
from iris.modality import IRIS

pytestmark = pytest.mark.when_changed("api.standards.osia", "api.standards.mosip", "api.itl", "iris")

RECORDS = "standards/iso19794"
RIGHT, LEFT, UNKNOWN = EyePosition.RIGHT_EYE, EyePosition.LEFT_EYE, EyePosition.UNKNOWN


@cache
def png(eye: int = 720) -> bytes:
    made = io.BytesIO()
    Image.fromarray(photo(eye).pixels).save(made, "PNG")
    return made.getvalue()


def type_17(idc: int, eye: str, content: bytes = b"") -> ItlRecord:
    values = {IDC: f"{idc:02d}", 3: eye, 4: "27519004", 5: "20260115", 6: "320", 7: "240", 8: "0", 9: "1", 10: "1"}
    return record(17, {**values, 11: "PNG", 12: "8", 13: "GRAY"} | ({DATA: content} if content else {}))


def of_transaction(*records: ItlRecord) -> tuple[list[Sample], list[FieldFault], list[str]]:
    faults: list[FieldFault] = []
    card = read_card(itl.parse(file("CAR", *records)), faults)
    return list(card.samples), faults, list(card.notes)


def test_irises_of_a_transaction_are_read_one_of_each_eye() -> None:
    again = type_17(4, "2", png(721))
    found, faults, notes = of_transaction(type_17(2, "1", png()), type_17(3, "2", png()), again)
    assert [(sample.modality, sample.position, sample.content) for sample in found] == [
        (IRIS, RIGHT, png()),
        (IRIS, LEFT, png()),
    ]
    assert (faults, len(notes)) == ([], 1)


def test_an_eye_that_could_not_be_taken_is_stored_as_a_finger_is() -> None:
    """Field 17.028 says why; where there is a photo of the eye all the same, it is a damaged one."""
    words = [
        ("1", "MA", b""),
        ("2", "UC", b""),
        ("1", "UC", png()),
        ("2", "MA", png(721)),
        ("0", "UC", b""),
        ("3", "UC", b""),
    ]
    stored = []
    for eye, code, content in words:
        faults: list[FieldFault] = []
        fields = sorted((*type_17(2, eye, content).fields, Field(28, code.encode())), key=lambda each: each.number)
        card = read_card(itl.parse(file("CAR", ItlRecord(17, tuple(fields)))), faults)
        stored.append([(each.position, each.reason.value) for each in card.missing] or len(faults))
    assert stored == [[(RIGHT, "amputated")], [(LEFT, "unable")], 0, [(LEFT, "damaged")], 1, 1]


def test_an_iris_record_that_holds_no_image_is_refused() -> None:
    found, faults, _ = of_transaction(type_17(2, "1", b"no image"))
    assert (found, len(faults)) == ([], 1)


@pytest.mark.parametrize("eye", EyePosition)
def test_what_is_written_of_an_iris_reads_the_same(eye: EyePosition) -> None:
    stored = StoredSample(1, "e", "r", IRIS, eye, None, "image/png", 320, 240, None, 80, (), {}, "", "", 1, "")
    [sample], faults, _ = of_transaction(image_record(stored, png(), 2, "27519004", date(2026, 1, 15), "2700000001"))
    assert (sample.position, sample.content, faults) == (eye, png(), [])


@pytest.mark.parametrize(("name", "eye"), [("info_left_auth", LEFT), ("info_right_registration", RIGHT)])
def test_mosips_records_of_irises_are_read_and_compared(shared_data: Path, name: str, eye: EyePosition) -> None:
    content = (shared_data / RECORDS / "mosip-bio-utils" / "Iris" / f"{name}.iso").read_bytes()
    [image] = read_images(content)
    assert image.content == (shared_data / RECORDS / "mosip-bio-utils" / "Iris" / f"{name}.jp2").read_bytes()
    assert image.position == eye


def test_nists_record_of_an_iris_is_read(shared_data: Path) -> None:
    [image] = read_images((shared_data / RECORDS / "libbiomeval" / "iris01.iso2011").read_bytes())
    assert (image.position, image.content[:4], image.ppi) == (LEFT, b"\x89PNG", None)


def test_a_damaged_record_of_an_iris_is_refused(shared_data: Path) -> None:
    content = (shared_data / RECORDS / "libbiomeval" / "iris01.iso2011").read_bytes()
    for damaged in (content[:40], content[:-1], content[:4] + b"010\0" + content[8:]):
        with pytest.raises(InvalidInput):
            read_images(damaged)
    with pytest.raises(UnsupportedRecord):
        read_images(content[:14] + b"\1" + content[15:])  # with certificates


@pytest.mark.parametrize(
    ("name", "eye", "quality"), [("info_left_auth", LEFT, 80), ("info_right_registration", RIGHT, 50)]
)
def test_a_record_of_an_iris_is_written_as_mosip_writes_it(
    shared_data: Path, name: str, eye: EyePosition, quality: int
) -> None:
    folder = shared_data / RECORDS / "mosip-bio-utils" / "Iris"
    theirs = bytearray((folder / f"{name}.iso").read_bytes())
    theirs[20:29], theirs[43], theirs[45] = b"\xff" * 9, 1, 0
    assert write_iris((folder / f"{name}.jp2").read_bytes(), eye, quality) == theirs


def test_a_stored_iris_is_downloaded_as_a_record(client: Officer) -> None:
    picture = io.BytesIO()
    Image.open(io.BytesIO(png(722))).convert("RGB").save(picture, "BMP")  # which the standard does not know
    files = {"iris_unknown": picture.getvalue(), "right_thumb": print_of(60, "right_thumb", 0)}
    data = form() | {"accept_poor_quality": "generated"}
    enrolled = client.post("/api/v1/enrolments", data=data, files=files).json()
    ids = {sample["modality"]: sample["id"] for sample in enrolled["encounters"][0]["samples"]}
    record = client.get(f"/api/v1/samples/{ids['iris']}/image", params={"format": "iso_19794_6"})
    [image] = read_images(record.content)
    assert (image.position, decode(image.content).pixels.tolist()) == (UNKNOWN, photo(722).pixels.tolist())
    refused = client.get(f"/api/v1/samples/{ids['fingerprint']}/image", params={"format": "iso_19794_6"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_field")


@pytest.mark.parametrize(("word", "eye"), [("Right", RIGHT), ("Left", LEFT), ("", UNKNOWN), ("Left Iris", LEFT)])
def test_an_iris_of_mosip_is_of_the_eye_that_it_says(word: str, eye: EyePosition) -> None:
    [sample] = samples_of(read(document(bir("Iris", word, png()))))
    assert (sample.modality, sample.position, sample.impression) == (IRIS, eye, None)


def test_an_iris_of_mosip_that_contradicts_its_record_is_refused(shared_data: Path) -> None:
    content = (shared_data / RECORDS / "mosip-bio-utils" / "Iris" / "info_left_auth.iso").read_bytes()
    assert samples_of(read(document(bir("Iris", "", content))))[0].position is LEFT
    for wrong in (bir("Iris", "Right", content), bir("Finger", "Left Thumb", content), bir("Iris", "Nose", content)):
        with pytest.raises(Refused):
            samples_of(read(document(wrong)))


@pytest.mark.parametrize(("word", "eye"), [("EYE_RIGHT", RIGHT), ("EYE_LEFT", LEFT), ("EYE_UNDEF", UNKNOWN)])
def test_an_iris_of_osia_is_of_the_eye_that_it_says(word: str, eye: EyePosition) -> None:
    image = b64encode(png()).decode()
    item = BiometricData.model_validate({"biometricType": "IRIS", "biometricSubType": word, "image": image})
    read_of = read_sample_set([item], lambda _: b"")
    assert [(sample.modality, sample.position) for sample in read_of.samples] == [(IRIS, eye)]
    both = item.model_copy(update={"biometricSubType": "EYE_BOTH"})
    assert read_sample_set([both], lambda _: b"").samples == ()


def test_a_booking_with_irises_is_found_by_them(client: Officer) -> None:
    words = text(f9="31/2026", f18="VERMA, ASHA", f73="27519004")
    key = new_key(client.application.state.services.accounts, Role.MACHINE_CLIENT, unit="27")
    headers = {"Authorization": key, "Content-Type": "application/octet-stream"}
    booking = file("CAR", words, type_17(2, "1", png()), type_17(3, "2", png(721)))
    booked = client.post("/api/v1/itl/transactions", content=booking, headers=headers)
    first, message = itl.parse(booked.content)
    assert first.text(itl.TOT) == "SRE", message.text(60)
    found = client.post("/api/v1/identify", files={"iris_left": png(721)}).json()["candidates"]
    assert (found[0]["record"]["national_number"], found[0]["above_threshold"]) == (message.text(14), True)
