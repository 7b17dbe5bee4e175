"""CBEFF documents: what is read of them, and that hostile ones are refused without harm."""

from __future__ import annotations

import base64
import tracemalloc
from pathlib import Path

import pytest
from cbeff_mutations import mutated, taken
from inputs import photo_of, print_of
from mosip_client import NAMESPACE, bir, document, face, face_record, finger, finger_record

from api.standards.mosip.cbeff import MAX_DEPTH, MAX_ELEMENTS, MAX_RECORDS, read, samples_of
from api.standards.mosip.reasons import Reason, Refused
from biometrics.kernel.recognition.capture import FingerPosition, Impression
from biometrics.kernel.recognition.types import Sample
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

pytestmark = pytest.mark.when_changed("api.standards.mosip")

PRINT = print_of(0, "right_thumb", 0)


def samples(*records: str) -> list[Sample]:
    return samples_of(read(document(*records)))


def reason(content: bytes) -> Reason:
    with pytest.raises(Refused) as refused:
        samples_of(read(content))
    return refused.value.reason


def test_prints_and_photos_are_read_and_other_kinds_left_out() -> None:
    read_of = samples(finger(0), bir("Signature", "", b"x"), bir("ExceptionPhoto", "", photo_of(0)), face(1))
    assert read_of == [
        Sample(FINGERPRINT, PRINT, "record 1", FingerPosition.RIGHT_THUMB, Impression.PLAIN_LIVE_SCAN, 500.0),
        Sample(FACE, photo_of(1), "record 4"),
    ]


def test_every_finger_is_named_as_mosip_does() -> None:
    words = ("Thumb", "IndexFinger", "MiddleFinger", "RingFinger", "LittleFinger")
    named = [f"{side} {word}" for side in ("Right", "Left") for word in words]
    result = samples(*(bir("Finger", name, PRINT) for name in named))
    assert [sample.position for sample in result] == [FingerPosition(code) for code in range(1, 11)]
    assert samples(bir("FINGER", "Left Index Finger", PRINT))[0].position is FingerPosition.LEFT_INDEX
    assert samples(bir("Finger", "", PRINT))[0].position is FingerPosition.UNKNOWN


def test_an_image_record_says_the_finger_where_the_document_does_not() -> None:
    assert samples(bir("Finger", "", finger_record(PRINT, 8)))[0].position is FingerPosition.LEFT_MIDDLE
    assert samples(bir("Finger", "Left Thumb", finger_record(PRINT, 0)))[0].position is FingerPosition.LEFT_THUMB


@pytest.mark.parametrize(
    "record",
    [
        bir("Finger", "Left Thumb", finger_record(PRINT, 1)),
        bir("Finger", "Left IndexFinger MiddleFinger RingFinger LittleFinger", PRINT),
        bir("Finger", "", finger_record(PRINT, 13)),
        bir("Finger", "Right Thumb", face_record(photo_of(0))),
        bir("Face", "", finger_record(PRINT)),
        bir("Face", "", "RklSAD..."),
        bir("Face", "F" * 500, photo_of(0)),
    ],
    ids=["another finger", "a slap", "a slap's record", "a face", "a finger", "no base64", "a long word"],
)
def test_a_record_that_contradicts_itself_is_refused(record: str) -> None:
    assert reason(document(record)) is Reason.INVALID_CBEFF


def test_a_document_without_anything_to_compare_is_said_to_have_no_data() -> None:
    assert reason(document()) is Reason.NO_DATA
    assert reason(document(bir("Signature", "", b"x"), bir("Finger", "Right Thumb", ""))) is Reason.NO_DATA


def test_a_document_is_read_with_and_without_its_namespace_and_in_other_forms() -> None:
    plain = document(face(0)).replace(f' xmlns="{NAMESPACE}"'.encode(), b"")
    prefixed = document(face(0)).replace(b"<BIR", b"<c:BIR").replace(b"</BIR", b"</c:BIR")
    prefixed = prefixed.replace(b"xmlns=", b"xmlns:c=")
    url_safe = bir("Face", "", base64.urlsafe_b64encode(photo_of(0)).decode().rstrip("="))
    in_utf_16 = document(face(0)).decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    for content in (plain, b"\xef\xbb\xbf" + plain, document(url_safe), in_utf_16):
        assert [sample.content for sample in samples_of(read(content))] == [photo_of(0)]
    assert read(prefixed.replace(b"<c:BIRInfo", b"<BIRInfo").replace(b"</c:BIRInfo", b"</BIRInfo"))


def test_mosips_own_example_is_read(shared_data: Path) -> None:
    page = (shared_data / "standards" / "mosip" / "kit_docs_cbeff.xml.md").read_text()
    example = page.split("``` xml")[2].split("```")[0].strip()
    result = read(example.replace("RklSAD...", "RklSADAyMAA=").encode())
    assert [record.kind for record in result] == ["Finger"] * 10 + ["Face"] + ["Iris"] * 2
    assert all(record.content == b"FIR\x00020\x00" for record in result)
    assert reason(example.encode()) is Reason.INVALID_CBEFF


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
HOSTILE = {
    "entities in entities": f'<!DOCTYPE BIR [<!ENTITY a0 "ha">{LAUGHS}]><BIR><BIR><BDB>&a11;</BDB></BIR></BIR>',
    "an entity from outside": '<!DOCTYPE BIR [<!ENTITY e SYSTEM "file:///etc/passwd">]><BIR><BDB>&e;</BDB></BIR>',
    "a document type from outside": '<!DOCTYPE BIR SYSTEM "http://127.0.0.1:9/x.dtd"><BIR/>',
    "a document type alone": "<!DOCTYPE BIR><BIR/>",
    "depth": "<BIR>" * (MAX_DEPTH + 1) + "</BIR>" * (MAX_DEPTH + 1),
    "very great depth": "<BIR>" * 100_000,
    "many records": "<BIR>" + bir("Iris", "", b"x") * (MAX_RECORDS + 1) + "</BIR>",
    "many elements": "<BIR>" + "<X/>" * MAX_ELEMENTS + "</BIR>",
    "many elements in the records": "<BIR>" + f"<BIR>{'<X/>' * 200}</BIR>" * 100 + "</BIR>",
    "many empty records": "<BIR>" + "<BIR/>" * MAX_ELEMENTS + "</BIR>",
    "many attributes": "<BIR " + " ".join(f'a{n}="1"' for n in range(MAX_ELEMENTS)) + "/>",
    "another document": "<html/>",
    "no document": "",
    "text": "Not XML.",
    "one that was cut": document(face(0)).decode()[:-10],
    "one with more behind": document(face(0)).decode() + "<BIR/>",
    "an encoding that is none": '<?xml version="1.0" encoding="no-such-thing"?><BIR/>',
    "an encoding of several bytes": '<?xml version="1.0" encoding="utf-7"?><BIR/>',
    "an undeclared entity": "<BIR>&nothing;</BIR>",
    "a zero byte": "<BIR>\0</BIR>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused(name: str) -> None:
    assert reason(HOSTILE[name].encode()) is Reason.INVALID_CBEFF


def test_a_hostile_document_takes_no_memory() -> None:
    tracemalloc.start()
    try:
        assert reason(HOSTILE["entities in entities"].encode()) is Reason.INVALID_CBEFF
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_parts_unknown_to_mosip_are_passed_over() -> None:
    odd = document(face(0)).replace(b"<BDB>", b"<!-- x --><?php x?><BDB><![CDATA[").replace(b"</BDB>", b"]]></BDB><X/>")
    assert [sample.content for sample in samples_of(read(odd))] == [photo_of(0)]


def test_a_document_may_have_as_many_elements_as_records_of_mosip_need() -> None:
    records = [bir("Iris", "Right", b"IIR")] * (MAX_RECORDS - 1)
    assert len(read(document(*records, face(0)))) == MAX_RECORDS


def test_mutated_documents_are_read_or_refused_and_nothing_else() -> None:
    original = document(finger(0), face(0), bir("Finger", "Left Thumb", finger_record(bytes(1024), 0, 0, (32, 32))))
    outcomes = {taken(content) for content in mutated(original, 7, 200)}
    assert {Reason.INVALID_CBEFF, "read"} <= outcomes
