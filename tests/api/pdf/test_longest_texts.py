"""Each paper is written with every text at its limit: in both scripts, with emoji, as one word or as short lines."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from paper_examples import DIGEST, KINDS, LANGUAGES, NOW, clearance_of, file_of, lineup_of, long
from pdf_pages import cut_off, rendered

from api.localisation.languages import language
from api.pdf.clearance import clearance_pdf, statement_in
from api.pdf.encounter_papers import fingerprint_slip_pdf, receipt_pdf
from api.pdf.lineup import lineup_pdf
from api.pdf.notice import notice_pdf
from api.pdf.paper import HashedFile, Locale, Paper, WrittenPaper
from api.pdf.section63 import section63_pdf
from biometrics.access.court_details import TEXT_LENGTH, Control, CourtDetails, DeviceKind
from biometrics.clearances.model import (
    DETAILS_LENGTH,
    ClearanceOutcome,
    ClearanceRequest,
    Decision,
)
from biometrics.clearances.statement import LONGEST_SIGNED
from biometrics.imaging.image import Image
from biometrics.kernel.casework.cases import NOTES_LENGTH
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import (
    DEVICE_LENGTH,
)
from biometrics.kernel.people.person import Person
from biometrics.kernel.technique.text import FIR_LENGTH, NAME_LENGTH
from biometrics.lineups.model import (
    Presentation,
)
from biometrics.records.store import RecordStore
from biometrics.retention.certificates import Certificate
from biometrics.use_cases.casework.clear import ApplicantPhoto

pytestmark = [pytest.mark.debian_packages, pytest.mark.slow]


def longest_request(kind: str) -> ClearanceRequest:
    for length in range(200, 0, -1):
        text = long(kind, length)
        try:
            return ClearanceRequest(text, date(1990, 1, 2), text, text, text, long(kind, 200), long(kind, 200))
        except InvalidField:
            continue
    raise AssertionError("no request is accepted")


@pytest.mark.reach
@pytest.mark.parametrize(
    ("kind", "presentation"),
    [("word", Presentation.SEQUENTIAL), *((kind, Presentation.SIMULTANEOUS) for kind in KINDS)],
)
def test_the_papers_of_a_line_up(store: RecordStore, kind: str, presentation: Presentation) -> None:
    content, wished = lineup_of(kind, presentation), language(LANGUAGES[kind])
    assert cut_off(lineup_pdf(store.database, content, wished).content) == []
    person = Person(long(kind, NAME_LENGTH), national_number="2700000001")
    people = {member.record_id: person for member in content.lineup.members}
    assert cut_off(lineup_pdf(store.database, replace(content, people=people), wished).content) == []


@pytest.mark.reach
@pytest.mark.parametrize("kind", KINDS)
def test_the_papers_of_an_arrest(store: RecordStore, kind: str) -> None:
    wished = language(LANGUAGES[kind])
    assert cut_off(fingerprint_slip_pdf(store.database, file_of(kind), wished).content) == []
    assert cut_off(receipt_pdf(store.database, file_of(kind), wished).content) == []


@pytest.mark.parametrize("kind", [*KINDS[:2], *(pytest.param(kind, marks=pytest.mark.reach) for kind in KINDS[2:])])
def test_a_clearance_certificate(store: RecordStore, kind: str) -> None:
    """What is too long for the QR code is refused when it is requested or decided, and all else can be read from it."""
    request = longest_request(kind)
    for length in range(DETAILS_LENGTH, 0, -1):
        try:
            clearance = clearance_of(request, Decision(ClearanceOutcome.RECORD, long(kind, length)))
            break
        except InvalidField:
            continue
    assert clearance.statement
    assert len(clearance.statement.encode()) <= LONGEST_SIGNED
    photo = ApplicantPhoto(DIGEST, Image(np.full((900, 400, 3), 90, np.uint8), None, "image/png"))
    content = clearance_pdf(store.database, clearance, photo, DIGEST, language(LANGUAGES[kind])).content
    assert cut_off(content) == []
    pages = [statement_in_page(page) for page in rendered(content, 6.0)]
    assert clearance.statement in pages


def statement_in_page(page: bytes) -> str:
    try:
        return statement_in(page)
    except InvalidField:
        return ""


def test_a_notice_of_destruction_with_many_keys(store: RecordStore) -> None:
    encounters = [
        {
            "encounter": f"{number}" * 36,
            "rule": "collected",
            "due": "2026-01-02",
            "basis": "Act",
            "fir": "W" * FIR_LENGTH,
            "unit": "27/519/27519004",
            "date": "2026-01-01",
            "court": "W" * NAME_LENGTH,
            "case": "W" * FIR_LENGTH,
        }
        for number in range(9)
    ]
    content = {
        "certificate": "pehchan-expungement-1",
        "id": "x",
        "at": NOW.isoformat(),
        "by": "",
        "station": "s",
        "record": "r",
        "record_removed": True,
        "national_number": "2700000001",
        "encounters": encounters,
        "searches": [],
        "samples": list(range(900)),
        "templates": [],
        "files": [DIGEST] * 500,
        "dead_keys": {str(number): DIGEST for number in range(500)},
        "public_key": DIGEST,
    }
    assert json.loads(json.dumps(content)) == content
    assert cut_off(notice_pdf(store.database, Certificate(content, DIGEST * 2), language("hi")).content) == []


@pytest.mark.parametrize("kind", [KINDS[0], *(pytest.param(kind, marks=pytest.mark.reach) for kind in KINDS[1:])])
def test_a_certificate_of_section_63(kind: str) -> None:
    device, text, name = long(kind, DEVICE_LENGTH), long(kind, TEXT_LENGTH), long(kind, NAME_LENGTH)
    details = CourtDetails(
        DeviceKind.SERVER, device, device, device, device, tuple(Control), NOW.date(), name, name, text
    )
    paper = WrittenPaper(name, b"", tuple(HashedFile(name, DIGEST) for _ in range(40)))
    certificate = section63_pdf(paper, f"{name}.pdf", details, language(LANGUAGES[kind]), NOW)
    assert cut_off(certificate.content) == []


@pytest.mark.parametrize("kind", [KINDS[0], *(pytest.param(kind, marks=pytest.mark.reach) for kind in KINDS[1:])])
def test_every_part_of_a_paper(kind: str) -> None:
    notes, name = long(kind, NOTES_LENGTH), long(kind, NAME_LENGTH)
    paper = Paper(name, NOW, Locale(language(LANGUAGES[kind])))
    paper.heading(name, 16)
    paper.text(notes)
    paper.facts([(name, notes), ("name", notes)])
    paper.table(("one", "two", "three"), [(name, notes, "x"), ("", "", "y")], (20, 100, 20))
    paper.new_page(across=True)
    paper.table(("one", "two"), [(notes, "x")], (20, 20))
    assert cut_off(paper.bytes) == []
