"""Each paper is written with every text at its limit: in both scripts, with emoji, as one word or as short lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from pdf_pages import cut_off, rendered
from records_examples import encounter

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
    Clearance,
    ClearanceOutcome,
    ClearanceRequest,
    ClearanceState,
    Decision,
)
from biometrics.clearances.statement import LONGEST_SIGNED, sign_statement
from biometrics.kernel.access import Unit
from biometrics.kernel.casework.cases import NOTES_LENGTH
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import (
    ACT_LENGTH,
    DEVICE_LENGTH,
    MAX_SECTIONS,
    OFFICER_LENGTH,
    PLACE_LENGTH,
    SECTION_LENGTH,
    Section,
)
from biometrics.kernel.people.person import MAX_ALIASES, Person
from biometrics.kernel.people.record import Record, StoredEncounter
from biometrics.kernel.recognition.capture import CropBox
from biometrics.kernel.technique.text import FIR_LENGTH, NAME_LENGTH
from biometrics.lineups.model import (
    PHOTOS,
    Band,
    Choice,
    InstructionLanguage,
    Lineup,
    LineupMember,
    LineupState,
    Look,
    Presentation,
    Sought,
    Viewing,
    WitnessAnswer,
)
from biometrics.records.store import RecordStore
from biometrics.retention.certificates import Certificate
from biometrics.storage.tables.lineups import WITNESS_LENGTH
from biometrics.use_cases.casework.lineup import LineupPaper
from biometrics.use_cases.retention.encounter_papers import EncounterFile

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DIGEST = "a1" * 32
UNITS = {"word": "W", "hindi": "\u0915\u094d\u0937\u093f ", "hindi word": "\u0936\u094d\u0930", "emoji": "\U0001f468 "}
KINDS = ["word", "hindi", "hindi word", "emoji", "lines"]
LANGUAGES = {"word": "en", "lines": "en", "emoji": "en", "hindi": "hi", "hindi word": "hi"}

pytestmark = [pytest.mark.debian_packages, pytest.mark.slow]


def long(kind: str, length: int) -> str:
    """Return a text of a kind that is as long as its limit; on one line unless it may have several."""
    unit = UNITS.get(kind, "a\n" if length == NOTES_LENGTH else "a b ")
    return (unit * length)[:length].strip().ljust(length, "x")


def lineup_of(kind: str, presentation: Presentation) -> LineupPaper:
    notes = long(kind, NOTES_LENGTH)
    look = Look(is_grey=True, brightness=100, filled=0.0)
    members = tuple(
        LineupMember(n, f"record {n}", n, n == 1, CropBox(0, 0, 40, 50), DIGEST, look, Band.MIDDLE if n > 1 else None)
        for n in range(1, PHOTOS + 1)
    )
    simultaneous = presentation is Presentation.SIMULTANEOUS
    places: Sequence[int | None] = (None,) if simultaneous else range(1, PHOTOS + 1)
    answers = tuple(
        WitnessAnswer(number, place, Choice.NO, notes, notes, NOW) for number, place in enumerate(places, start=1)
    )
    order = tuple(range(1, PHOTOS + 1))
    viewing = Viewing(
        number=1,
        witness=long(kind, WITNESS_LENGTH),
        operator="operator",
        present=notes,
        language=InstructionLanguage.HI,
        started_at=NOW,
        seed=DIGEST,
        order=order,
        commitment=DIGEST,
        ended_at=NOW,
        remarks=notes,
        seal=DIGEST,
        answers=answers,
    )
    lineup = Lineup(
        id=1,
        owner="maker",
        unit=Unit("27", "519", "27519004"),
        fir_number=long(kind, FIR_LENGTH),
        description=notes,
        sought=Sought(),
        presentation=presentation,
        greyscale=True,
        state=LineupState.CLOSED,
        created_at=NOW,
        ready_at=NOW,
        commitment=DIGEST,
        closed_at=NOW,
        closed_because=notes,
        seal=DIGEST,
        version=1,
        members=members,
        viewings=(viewing,),
    )
    return LineupPaper(lineup, {}, None)


def file_of(kind: str) -> EncounterFile:
    name = long(kind, NAME_LENGTH)
    aliases = tuple(f"{number:02}{name[2:]}" for number in range(MAX_ALIASES))
    section = Section(long(kind, ACT_LENGTH), long(kind, SECTION_LENGTH))
    sections = tuple(replace(section, section=f"{n:03}{section.section[3:]}") for n in range(MAX_SECTIONS))
    visit = encounter(
        fir_number=long(kind, FIR_LENGTH),
        sections=sections,
        place=long(kind, PLACE_LENGTH),
        officer=long(kind, OFFICER_LENGTH),
        device=long(kind, DEVICE_LENGTH),
    )
    stored = StoredEncounter("e", visit, NOW, ())
    record = Record("r", Person(name, aliases=aliases, national_number="2700000001"), NOW, 1, (stored,))
    return EncounterFile(record, stored, {})


def clearance_of(request: ClearanceRequest, decision: Decision) -> Clearance:
    asked = Clearance(
        id="c",
        number="CC-27519004-2026-0001",
        state=ClearanceState.REQUESTED,
        unit=Unit("27", "519", "27519004"),
        search_id="s",
        searched_at=NOW,
        request=request,
        requested_by="one",
        requested_at=NOW,
        cases=(),
        decision=None,
        decided_by=None,
        decided_at=None,
        expires_on=None,
        statement=None,
        ended_by=None,
        ended_at=None,
        ended_because=None,
    )
    statement = sign_statement(asked, decision, NOW.date(), NOW.date(), DIGEST, lambda _: DIGEST * 2)
    return replace(asked, decision=decision, decided_by="two", decided_at=NOW, statement=statement)


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
    content = clearance_pdf(store.database, clearance, DIGEST, language(LANGUAGES[kind])).content
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
        {"encounter": f"{number}" * 36, "rule": "collected", "due": "2026-01-02", "basis": "Act"} for number in range(9)
    ]
    content = {
        "certificate": "pehchan-expungement-1",
        "id": "x",
        "at": NOW.isoformat(),
        "by": "",
        "station": "s",
        "record": "r",
        "record_removed": True,
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
