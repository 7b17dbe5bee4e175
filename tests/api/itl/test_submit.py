"""Transactions carried out from file to file: bookings, searches, a deletion, and what is wrong with them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from acting import ELSEWHERE, act_of
from inputs import Run, photo_of, print_of
from made_up_slaps import lay_slap, single_print
from made_up_transactions import file, fingerprint, items, record, text
from PIL import Image as Pillow

from api.bootstrap.engine import open_engine
from api.itl.samples import read_card
from api.itl.submission import refusal, submit
from api.itl.table import TransactionTable
from api.settings import Settings
from biometrics import itl
from biometrics.imaging.image import Image, decode
from biometrics.itl import DATA, Field, ItlRecord
from biometrics.itl.validation import check as check_file
from biometrics.kernel.access import Role, Scope, local_operator
from biometrics.kernel.errors import FieldFault, Forbidden, MalformedTransaction
from biometrics.kernel.people.record import Record as StoredRecord
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.retention.certificates import CertificateStore
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.retention.destruction_check import check
from biometrics.use_cases.retention.retention import Retention
from fingerprint.codec import decode as decode_template
from fingerprint.latents.marked import MarkedMinutia, MarkedPrint
from fingerprint.latents.type9 import marked_prints
from fingerprint.latents.writing import m1_record
from fingerprint.modality import FINGERPRINT

REAL = "standards/an2/jnbis-itl-references"
TABLE = replace(TransactionTable.load(), accept_poor_quality="a generated finger, dry for good")
WORDS = {"f9": "0123/2026", "f18": "VERMA, ASHA", "f22": "19880314", "f24": "F", "f73": "27519004"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    settings = Settings(data_folder=tmp_path_factory.mktemp("data"), database_url="", _env_file=None)
    with open_engine(settings) as opened:
        opened = opened.as_system("a test")
        yield opened


@pytest.fixture(scope="module")
def numbers(engine: Engine) -> list[str]:
    """Book two people with a right thumb and a left index each; return their national numbers."""
    booked = []
    for person, name in enumerate(("VERMA, ASHA", "RAO, BELA")):
        prints = [generated(person, 1, 0), generated(person, 7, 0, idc=2)]
        words = WORDS | {"f18": name, "f9": f"{person}/2026"}
        answer = itl.parse(submit(engine, file("CNA", text(**words), *prints), TABLE).content)
        booked.append(answer[1].text(14))
    return booked


def generated(person: int, position: int, impression: int, idc: int = 1) -> ItlRecord:
    content = print_of(person, FingerPosition(position).name, impression)
    image = decode(content)
    return fingerprint(idc, position, content, (image.width, image.height))


def latent(person: int, turned: bool = True, idc: int = 1) -> tuple[np.ndarray, ItlRecord]:
    """Return another impression of a right thumb as a latent, upside down."""
    pixels = decode(print_of(person, "RIGHT_THUMB", 2)).pixels
    pixels = np.ascontiguousarray(np.rot90(pixels, 2)) if turned else pixels
    height, width = pixels.shape
    values = {2: f"{idc:02d}", 3: "4", 4: "27519004", 5: "20260115", 6: str(width), 7: str(height), 8: "1", 9: "500"}
    values |= {10: "500", 11: "NONE", 12: "8", 13: "0"}
    return pixels, record(13, values | {DATA: pixels.tobytes()})


def marks(engine: Engine, pixels: np.ndarray, idc: int = 1) -> ItlRecord:
    template = engine.channels[FINGERPRINT].recogniser.extract(Image(pixels, 500.0, "image/png"))
    minutiae = decode_template(template.data).minutiae()
    marked = tuple(MarkedMinutia(each.x, each.y, each.direction, each.type) for each in minutiae)
    return m1_record(MarkedPrint(pixels.shape[1], pixels.shape[0], 500.0, marked), idc)


def answered(engine: Engine, content: bytes) -> list[ItlRecord]:
    """Submit a file, and read its answer as anybody would."""
    outcome = submit(engine, content, TABLE)
    records = itl.parse(outcome.content)
    assert not [fault for fault in check_file(records) if fault.fatal]
    return records


def count(engine: Engine) -> int:
    return engine.store.record_count()


def test_a_booking_enrols_the_person_and_is_answered(engine: Engine) -> None:
    prints = [generated(7, 2, 0), generated(7, 6, 0, idc=2)]
    photo = photo_of(0)
    size = decode(photo)
    face = record(
        10,
        {2: "03", 3: "FACE", 4: "27519004", 5: "20260115", 6: str(size.width), 7: str(size.height), 8: "0", 9: "1"}
        | {10: "1", 11: "PNG", 12: "RGB", DATA: photo},
    )
    words = WORDS | {"f19": "GUDDI|VERMA, A", "f45": "20260114", "f6": "SI R. Patil", "f27": "503", "f31": "BRO"}
    words |= {"f47": items("20260110", "BNS 2023:303(2)") + "|" + items("20260110", "BNS 2023:331"), "f4711": "own"}
    first, response, *rest = answered(engine, file("CAR", text(**words), *prints, face, f9="TCN-1"))
    assert (first.text(4), first.text(7), first.text(8), first.text(10)) == ("SRE", "27519004", "NCRB00001", "TCN-1")
    assert (response.text(59), response.text(9), response.text(18), rest) == ("N", "0123/2026", "ASHA VERMA", [])
    stored = engine.store.people.by_national_number(response.text(14))
    person, encounter = stored.person, stored.encounters[0].encounter
    assert (person.name, person.sex, person.birth_year) == ("ASHA VERMA", "female", 1988)
    assert person.aliases == ("GUDDI", "A VERMA")
    assert (person.particulars.appearance.height_cm, person.particulars.appearance.eyes) == (160, "brown")
    assert (encounter.fir_number, encounter.station_code, encounter.district_code) == ("0123/2026", "27519004", "519")
    assert (encounter.state_code, encounter.officer, str(encounter.date)) == ("27", "SI R. Patil", "2026-01-14")
    assert [section.section for section in encounter.sections] == ["303(2)", "331"]
    samples = stored.encounters[0].samples
    assert [sample.position for sample in samples] == [2, 6, None]
    sent = [each.get(DATA) for each in (*prints, face)]
    assert [engine.store.samples.image(sample.id) for sample in samples] == sent


def test_a_booking_reports_who_was_on_record_and_adds_to_the_named_record(engine: Engine, numbers: list[str]) -> None:
    before = count(engine)
    words = text(**WORDS | {"f14": numbers[0], "f9": "9/2026", "f79": "1"})
    _, response, image = answered(engine, file("CAR", words, generated(0, 1, 1)))
    assert (response.text(59), response.text(14)) == ("I", numbers[0])
    assert response.items(64)[0] == [numbers[0], "ASHA VERMA"]
    assert image.get(DATA) == print_of(0, "RIGHT_THUMB", 0)
    assert count(engine) == before
    assert len(engine.store.people.by_national_number(numbers[0]).encounters) == 2


def test_a_booking_that_arrives_again_is_answered_and_not_enrolled_again(engine: Engine) -> None:
    booked = file("CAR", text(**WORDS | {"f9": "15/2026"}), generated(12, 2, 0), f9="TCN-15")
    before = count(engine)
    answers = [itl.parse(submit(engine, booked, TABLE, local_operator("tester")).content)[1] for _ in range(2)]
    assert count(engine) == before + 1
    assert answers[0].fields == answers[1].fields
    other = file("CAR", text(**WORDS | {"f9": "16/2026"}), generated(12, 2, 0), f9="TCN-15")
    first, response = itl.parse(submit(engine, other, TABLE, local_operator("tester")).content)
    assert first.text(4) == "ERRT"
    assert "control number (1.009) was used" in response.text(60)
    assert count(engine) == before + 1


@pytest.mark.parametrize("kind", ["TPIS", "LFIS"])
def test_a_search_that_arrives_again_is_stored_once(engine: Engine, numbers: list[str], kind: str) -> None:
    latents = [latent(1, idc=idc)[1] for idc in (1, 2)]
    prints = [generated(1, 1, 1)] if kind == "TPIS" else latents
    request = file(kind, text(f9="79/2026", f83="Y"), *prints)
    act = local_operator("tester")
    first = itl.parse(submit(engine, request, TABLE, act).content)
    before = engine.store.counts().searches
    second = itl.parse(submit(engine, request, TABLE, act).content)
    assert (first[0].text(4), first[1].fields) == (second[0].text(4), second[1].fields)
    assert engine.store.counts().searches == before
    response = " ".join(message for (message,) in first[1].items(60))
    assert response.count("Search ") == len(prints)
    assert response.count("standing search") == (len(prints) if kind == "LFIS" else 0)


def test_a_ten_print_search_lists_the_candidates_with_what_was_asked_for(engine: Engine, numbers: list[str]) -> None:
    request = file("TPIS", text(f79="1", f95="Y", f9="77/2026"), generated(1, 1, 1), generated(1, 7, 1, idc=2))
    first, response, *rest = answered(engine, request)
    assert (first.text(4), response.text(59)) == ("SRT", "I")
    assert response.items(64)[0] == [numbers[1], "BELA RAO"]
    scores = [float(score) for (score,) in response.items(89)]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == len(response.items(64))
    assert [(each.type, each.text(2)) for each in rest] == [(14, "01"), (9, "01"), (14, "03"), (9, "03")]
    assert rest[0].get(DATA) == print_of(1, "RIGHT_THUMB", 0)
    assert (rest[0].text(13), rest[0].text(20)) == ("1", numbers[1])
    (thumb, index) = marked_prints([first, response, *rest])
    assert (thumb.position, index.position) == (FingerPosition.RIGHT_THUMB, FingerPosition.LEFT_INDEX)
    assert len(thumb.minutiae) > 20
    assert engine.store.searches.get(response.text(60).split()[1]).search.case_number == "77/2026"


def test_a_search_by_features_finds_by_the_minutiae_alone(engine: Engine, numbers: list[str]) -> None:
    pixels = decode(print_of(1, "RIGHT_THUMB", 1)).pixels
    first, response = answered(engine, file("TPFS", text(f9="77/2026"), marks(engine, pixels)))
    assert (first.text(4), response.items(64)[0][0]) == ("SRT", numbers[1])


@pytest.mark.parametrize("how", ["image", "features", "both"])
def test_a_latent_is_found_whichever_way_is_up(engine: Engine, numbers: list[str], how: str) -> None:
    pixels, image = latent(1)
    records = {"image": [image], "features": [marks(engine, pixels)], "both": [marks(engine, pixels), image]}[how]
    first, response, *rest = answered(
        engine, file("LFFS" if how == "features" else "LFIS", text(f79="1", f9="77/2026"), *records)
    )
    assert first.text(4) == "SRL"
    assert response.items(64)[0] == [numbers[1], "BELA RAO"]
    assert (response.items(74)[0], response.text(59)) == (["01"], "I")
    assert [each.type for each in rest] == [14]


def test_a_latent_that_is_kept_is_found_by_a_later_booking(engine: Engine) -> None:
    act = local_operator("tester")
    _, image = latent(11)
    kept = submit(engine, file("LFIS", text(f9="78/2026", f83="Y"), image), TABLE, act)
    assert "standing search" in " ".join(message for (message,) in itl.parse(kept.content)[1].items(60))
    booked = file("CNA", text(**WORDS), generated(11, 1, 0))
    response = itl.parse(submit(engine, booked, TABLE, act).content)[1]
    assert any(message.startswith("Examiners are asked") for (message,) in response.items(60))


@pytest.mark.parametrize(
    ("transaction", "lacks"),
    [
        (file("CAR", text(**WORDS), generated(0, 1, 0)), Scope.ENCOUNTER_WRITE),
        (file("CAR", text(**WORDS), generated(0, 1, 0)), Scope.IDENTIFY),
        (file("TPIS", text(f9="1/2026"), generated(0, 1, 0)), Scope.IDENTIFY),
        (file("TPIS", text(f9="1/2026", f79="1"), generated(0, 1, 0)), Scope.IMAGE_READ),
        (file("LFIS", text(f9="1/2026", f83="Y"), latent(0)[1]), Scope.WATCH_MANAGE),
        (file("DEL", text(f14="2700000001")), Scope.RECORD_EXPUNGE),
    ],
)
def test_a_transaction_needs_each_right_that_it_uses(engine: Engine, transaction: bytes, lacks: Scope) -> None:
    before = count(engine)
    act = local_operator("tester")
    held = replace(act.actor, scopes=frozenset(Scope) - {lacks})
    with pytest.raises(Forbidden, match=str(lacks)):
        submit(engine, transaction, TABLE, replace(act, actor=held))
    assert count(engine) == before


def test_of_another_units_people_only_the_unit_is_reported(engine: Engine, numbers: list[str]) -> None:
    outside = act_of(ELSEWHERE)
    request = file("TPIS", text(f9="82/2026", f79="1"), generated(1, 1, 1), generated(1, 7, 1, idc=2))
    first, response, *rest = itl.parse(submit(engine, request, TABLE, outside).content)
    assert (first.text(4), response.text(59), rest) == ("SRT", "I", [])
    assert response.items(64)[0] == ["", "Kept by unit 27/519/27519004"]
    assert numbers[1] not in str(response)
    editor = act_of(ELSEWHERE, Role.RECORDS_CLERK)
    outcome = submit(engine, file("DEL", text(f14=numbers[1])), TABLE, editor)
    assert itl.parse(outcome.content)[0].text(4) == "ERRT"
    assert engine.store.people.by_national_number(numbers[1])


def test_a_slap_is_cut_into_its_fingers_and_enrolled(engine: Engine) -> None:
    prints = [single_print(seed)[50:350, 50:250] for seed in range(4)]
    pixels = lay_slap(1, prints, missing=(2,)).pixels
    content = io.BytesIO()
    Pillow.fromarray(pixels).save(content, "PNG")
    slap = fingerprint(1, 13, content.getvalue(), pixels.shape[::-1], f3="0", f18=items("4", "XX"))
    sole = dict(zip(range(2, 14), ("02", "10", "A", "20260115", *"421555", "NONE", "8"), strict=False))
    sole |= {11: "NONE", 12: "8", 13: "61", DATA: "x" * 8}
    _, response = answered(engine, file("CNA", text(**WORDS), slap, record(19, sole)))
    stored = engine.store.people.by_national_number(response.text(14))
    assert [sample.position for sample in stored.encounters[0].samples] == [2, 3, 5]
    assert missing(stored) == {4: "amputated"}
    assert any("plantar prints are not compared" in message for (message,) in response.items(60))


def missing(stored: StoredRecord) -> dict[int, str]:
    return {finger.position.value: str(finger.reason) for finger in stored.encounters[-1].encounter.missing_fingers}


def photo(idc: int, pose: str) -> ItlRecord:
    content = photo_of(0)
    size = decode(content)
    values = {2: f"{idc:02d}", 3: "FACE", 4: "27519004", 5: "20260115", 6: str(size.width), 7: str(size.height)}
    return record(10, values | {8: "0", 9: "1", 10: "1", 11: "PNG", 12: "RGB", 20: pose, DATA: content})


def test_fingers_that_could_not_be_taken_are_stored_from_images_and_texts(engine: Engine) -> None:
    lost = record(14, {2: "03", 4: "27519004", 5: "20260115", 13: "9", 18: items("9", "XX")})
    stump = replace_field(generated(30, 2, 0, idc=4), 18, items("2", "XX"))
    thumb = replace_field(generated(30, 1, 0), 18, items("1", "UP"))
    words = WORDS | {"f84": f"{items('05', 'UP')}|{items('10', 'XX')}", "f9": "84/2026"}
    _, response = answered(engine, file("CNA", text(**words), thumb, stump, lost))
    stored = engine.store.people.by_national_number(response.text(14))
    assert missing(stored) == {2: "damaged", 5: "unable", 9: "amputated", 10: "amputated"}
    assert [sample.position for sample in stored.encounters[0].samples] == [1, 2]


def test_a_slap_without_fields_is_cut_by_the_type_2_record(engine: Engine) -> None:
    """Type-4 records have no field for amputated fingers; the FBI's Type-2 has."""
    prints = [single_print(seed)[50:350, 50:250] for seed in range(4)]
    pixels = lay_slap(1, prints, missing=(2,)).pixels
    content = io.BytesIO()
    Pillow.fromarray(pixels).save(content, "PNG")
    slap = fingerprint(1, 13, content.getvalue(), pixels.shape[::-1], f3="0")
    _, response = answered(engine, file("CNA", text(**WORDS | {"f84": items("4", "XX")}), slap))
    stored = engine.store.people.by_national_number(response.text(14))
    assert [sample.position for sample in stored.encounters[0].samples] == [2, 3, 5]
    assert missing(stored) == {4: "amputated"}


def test_the_view_of_a_photo_is_read_and_written_as_its_pose(engine: Engine) -> None:
    """D, a pose that is given by angles, and a code that nobody knows are no view."""
    poses = {"F": "frontal", "L": "left_profile", "R": "right_profile", "a": "angled", "D": None, "": None}
    photos = [photo(idc, pose) for idc, pose in enumerate(poses, start=2)]
    _, response = answered(engine, file("CNA", text(**WORDS | {"f9": "85/2026"}), generated(31, 1, 0), *photos))
    stored = engine.store.people.by_national_number(response.text(14))
    assert [sample.view for sample in stored.encounters[0].samples] == [None, *poses.values()]
    request = file("TPIS", text(f79="1", f96="Y", f9="77/2026"), generated(31, 1, 1))
    _, response, *rest = answered(engine, request)
    assert response.items(64)[0][0] == stored.national_number
    assert [image.text(20) for image in rest if image.type == 10] == ["F", "L", "R", "A", "", ""]


def replace_field(original: ItlRecord, number: int, value: str) -> ItlRecord:
    """Return a record with a field more, in its place."""
    fields = sorted((*original.fields, Field(number, value.encode())), key=lambda field: field.number)
    return replace(original, fields=tuple(fields))


def test_a_deletion_removes_the_record_and_a_second_one_is_refused(engine: Engine) -> None:
    _, response = answered(engine, file("CNA", text(**WORDS), generated(9, 3, 0)))
    number = response.text(14)
    deletion = file("DEL", text(f14=number))
    first, response = answered(engine, deletion)
    assert (first.text(4), response.text(14)) == ("SRE", number)
    Retention(engine.store).finish()
    certificate = CertificateStore(engine.store.database, engine.store.act).find(
        response.text(60).split("certificate ")[1].rstrip(".")
    )
    assert certificate
    assert [entry["rule"] for entry in certificate.content["encounters"]] == ["deletion_requested"]
    assert first.text(10) in certificate.content["encounters"][0]["basis"]
    assert not [result for result in check(engine.store, certificate) if result.problems]
    assert answered(engine, deletion)[1].fields == response.fields
    assert not engine.store.people.find(RecordQuery(national_number=number)).items
    first, response = answered(engine, file("DEL", text(f14=number)))
    assert first.text(4) == "ERRT"
    assert response.text(60).startswith("unknown_record:")


def test_a_print_without_anything_usable_is_answered_and_nothing_is_written(engine: Engine) -> None:
    before = count(engine)
    blank = io.BytesIO()
    Pillow.new("L", (400, 400), 255).save(blank, "PNG")
    empty = fingerprint(1, 1, blank.getvalue(), (400, 400))
    outcome = submit(engine, file("CAR", text(**WORDS), empty), TABLE)
    first, response = itl.parse(outcome.content)
    assert outcome.refused is not None
    assert (first.text(4), response.text(60).partition(":")[0]) == ("ERRT", "too_few_minutiae")
    assert count(engine) == before
    good = generated(8, 4, 0, idc=2)
    _, response = answered(engine, file("CNA", text(**WORDS), empty, good))
    assert any(message.startswith("Left out: right thumb") for (message,) in response.items(60))


def test_all_faults_are_reported_together_and_nothing_is_written(engine: Engine) -> None:
    before = count(engine)
    words = text(f18="", f22="1988-03-14", f24="Q", f47=items("20260110", "theft"), f73="ABC", f45="29990101", f79="x")
    broken = fingerprint(1, 1, b"no image", (4, 2), f8="")
    with pytest.raises(MalformedTransaction) as raised:
        submit(engine, file("CAR", words, broken, f5="soon"), TABLE)
    faults = {fault.field: fault.found for fault in raised.value.faults}
    assert faults == {
        "1.005": "soon",
        "2.009": "",
        "2.018": "",
        "2.022": "1988-03-14",
        "2.024": "Q",
        "2.045": "29990101",
        "2.047": "theft",
        "2.073": "AB",
        "2.079": "x",
        "14.008": "",
        "14.999": "8 bytes",
    }
    assert all(fault.expected and fault.record for fault in raised.value.faults)
    assert count(engine) == before


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (file("XYZ", text(**WORDS)), "field 1.004 (TOT) is 'XYZ', a type of transaction that is not taken here: CAR"),
        (file("CAR", text(**WORDS)), "field 1.003 lists nothing to recognise a person by"),
        (file("CAR"), "There is no Type-2 record: field 2.018 (NAM) must give the person's name."),
        (file("TPIS", text()), "field 2.009 (OCA) must give a FIR number"),
        (file("TPIS", text(f9="1/2026")), "field 1.003 lists nothing to recognise a person by"),
        (file("LFIS", text(f9="1/2026")), "field 1.003 lists no latent"),
        (file("DEL", text()), "field 2.014 (UCN) must give a national number of ten digits"),
        (file("DEL", text(f14="12")), "field 2.014: The national number must be ten digits"),
        (file("LFFS", text(), record(9, {2: "01", 3: "4", 4: "U"})), "field 9.137 is missing"),
    ],
)
def test_an_unusable_transaction_is_refused_with_the_reason(engine: Engine, content: bytes, detail: str) -> None:
    with pytest.raises(MalformedTransaction) as raised:
        submit(engine, content, TABLE)
    assert detail in raised.value.message
    first, words = itl.parse(refusal(content, TABLE, raised.value) or b"")
    header = itl.read(content).records[0]
    assert (first.text(4), first.text(10)) == ("ERRT", header.text(9))
    assert any(detail in message for (message,) in words.items(60))


def test_names_in_other_scripts_come_back_as_they_went(engine: Engine) -> None:
    words = record(2, {2: "00", 9: "5/2026", 18: "वर्मा, आशा", 73: "27519004"})
    content = file("CNA", words, generated(5, 8, 0), f15="003\x1fUTF-8")
    first, response = answered(engine, content)
    assert (first.text(15), response.text(18)) == ("003", "आशा वर्मा")


def test_another_reader_finds_the_same_in_an_answer(engine: Engine, numbers: list[str]) -> None:
    nistitl = pytest.importorskip("nistitl")
    outcome = submit(engine, file("TPIS", text(f79="1", f9="77/2026"), generated(0, 1, 1)), TABLE)
    theirs = nistitl.Message()
    theirs.parse(outcome.content)
    assert theirs.TOT == "SRT"
    assert [entry.type for entry in theirs] == [entry.type for entry in itl.parse(outcome.content)]
    assert theirs[2][999].value == itl.parse(outcome.content)[2].get(DATA)


@pytest.mark.essential
def test_real_files_are_searched_with_and_booked(engine: Engine, shared_data: Path) -> None:
    card = itl.parse((shared_data / REAL / "type-4-tpcard.an2").read_bytes())
    rolled = card[2:4]
    booked = replaced(card, "CAR", text(**WORDS | {"f14": "2799999991"}), rolled)
    _, response = answered(engine, booked)
    assert response.text(14) == "2799999991"
    stored = engine.store.people.by_national_number("2799999991").encounters[0].samples
    assert [(sample.position, sample.media_type) for sample in stored] == [(1, "image/x-wsq"), (2, "image/x-wsq")]
    whole = itl.parse((shared_data / REAL / "type-14-tpcard-nqm.an2").read_bytes())
    search = replaced(whole, "TPIS", text(f79="1", f9="77/2026"), [each for each in whole if each.type == 14][:1])
    _, response, image = answered(engine, search)
    assert response.items(64)[0][0] == "2799999991"
    assert (image.text(11), image.get(DATA)) == ("WSQ20", rolled[0].get(9))


def test_missing_fingers_and_poses_of_real_files_are_read(shared_data: Path) -> None:
    contents = {}
    for name in ("jnbis-itl-references/type-14-amp-nqm-utf8.an2", "ebts-jet/sample.eft"):
        path = shared_data / "standards/an2" / name
        faults: list[FieldFault] = []
        card = read_card(itl.parse(path.read_bytes()), faults)
        contents[path.name] = (
            [(finger.position.value, str(finger.reason)) for finger in card.missing],
            [sample.view for sample in card.samples if sample.position is None],
            len(card.cut),
        )
        assert not faults
    assert contents == {
        "type-14-amp-nqm-utf8.an2": ([(9, "amputated")], [], 9),
        "sample.eft": ([], ["frontal"], 0),
    }


@pytest.mark.slow
def test_every_real_file_is_answered_or_refused_for_a_reason(engine: Engine, shared_data: Path) -> None:
    for name in ("type-9-13-9-14-m1.an2", "type-9-13-m1.an2", "type-13-14-latent-match.an2", "type-9-13-std.an2"):
        records = itl.parse((shared_data / REAL / name).read_bytes())
        first, response = answered(engine, replaced(records, "LFIS", text(f9="77/2026"), records[2:]))
        assert (first.text(4), response.text(59)) == ("SRL", "N"), name
    for name in ("type-7-latent.an2", "type-8-sig.an2"):
        records = itl.parse((shared_data / REAL / name).read_bytes())
        with pytest.raises(MalformedTransaction, match="nothing to recognise a person by"):
            submit(engine, replaced(records, "TPIS", text(f9="77/2026"), records[2:]), TABLE)
    # Neither image shows what its record says: no palm, and not a whole eye.
    for name, code in (("type-15-palms.an2", "too_few_minutiae"), ("type-17-iris.an2", "unusable_sample")):
        records = itl.parse((shared_data / REAL / name).read_bytes())
        first, response = answered(engine, replaced(records, "TPIS", text(f9="77/2026"), records[2:]))
        assert (first.text(4), response.text(60).split(":")[0]) == ("ERRT", code)


def replaced(records: list[ItlRecord], type_of_transaction: str, words: ItlRecord, rest: list[ItlRecord]) -> bytes:
    """Return a file of the images of a real one."""
    resolutions = {f"f{number}": records[0].text(number) or "00.00" for number in (11, 12)}
    return file(type_of_transaction, words, *rest, **resolutions)


def test_a_damaged_transaction_never_fails_by_accident(engine: Engine) -> None:
    rng = np.random.default_rng(3)
    good = file("TPIS", text(f79="1", f9="77/2026"), fingerprint(1, 1, b"\x89PNG", (4, 2)), latent(0)[1])
    kinds = (b"CAR", b"LFIS", b"DEL", b"TPIS")
    for _ in range(300):
        damaged = bytearray(good[: int(rng.integers(60, len(good)))] if rng.random() < 0.3 else good)
        for place in rng.integers(0, min(len(damaged), 600), 3):
            damaged[place] = rng.integers(256)
        content = bytes(damaged).replace(b"TPIS", kinds[rng.integers(4)])
        try:
            itl.parse(submit(engine, content, TABLE).content)
        except MalformedTransaction as error:
            if written := refusal(content, TABLE, error):
                itl.parse(written)


def test_submit_writes_the_answer_and_ends_with_2_where_it_is_refused(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "a.an2", tmp_path / "answers" / "b.an2"
    path.write_bytes(file("DEL", text(f14="2700000001")))
    code, shown, _ = run("itl", "submit", path, "--out", out)
    assert code == 2
    assert "1.004  TOT  Type of transaction: ERRT" in shown
    assert itl.parse(out.read_bytes())[1].text(60).startswith("unknown_record:")
    path.write_bytes(file("DEL", text(), f5="soon"))
    code, _, error = run("itl", "submit", path, "--out", out)
    assert code == 2
    assert "Record 1, field 1.005 (DAT) is 'soon' where a date YYYYMMDD belongs." in error
    assert "Record 2, field 2.014 (UCN) must give a national number of ten digits." in error
    assert len(itl.parse(out.read_bytes())[1].items(60)) == 2
