"""Papers with texts as long as they may be, in several scripts, of one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from records_examples import encounter

from biometrics.clearances.model import (
    Clearance,
    ClearanceRequest,
    ClearanceState,
    Decision,
)
from biometrics.clearances.statement import sign_statement
from biometrics.kernel.access import Unit
from biometrics.kernel.casework.cases import NOTES_LENGTH
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
from biometrics.kernel.technique.clock import day_of
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
from biometrics.storage.tables.lineups import WITNESS_LENGTH
from biometrics.use_cases.casework.lineup import LineupPaper
from biometrics.use_cases.retention.encounter_papers import EncounterFile

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DIGEST = "a1" * 32
UNITS = {"word": "W", "hindi": "\u0915\u094d\u0937\u093f ", "hindi word": "\u0936\u094d\u0930", "emoji": "\U0001f468 "}
KINDS = ["word", "hindi", "hindi word", "emoji", "lines"]
LANGUAGES = {"word": "en", "lines": "en", "emoji": "en", "hindi": "hi", "hindi word": "hi"}


def long(kind: str, length: int) -> str:
    """Return a text of a kind that is as long as its limit; on one line unless it may have several."""
    unit = UNITS.get(kind, "a\n" if length == NOTES_LENGTH else "a b ")
    return (unit * length)[:length].strip().ljust(length, "x")


def lineup_of(kind: str, presentation: Presentation, now: datetime = NOW) -> LineupPaper:
    notes = long(kind, NOTES_LENGTH)
    look = Look(is_grey=True, brightness=100, filled=0.0)
    members = tuple(
        LineupMember(n, f"record {n}", n, n == 1, CropBox(0, 0, 40, 50), DIGEST, look, Band.MIDDLE if n > 1 else None)
        for n in range(1, PHOTOS + 1)
    )
    simultaneous = presentation is Presentation.SIMULTANEOUS
    places: Sequence[int | None] = (None,) if simultaneous else range(1, PHOTOS + 1)
    answers = tuple(
        WitnessAnswer(number, place, Choice.NO, notes, notes, now) for number, place in enumerate(places, start=1)
    )
    order = tuple(range(1, PHOTOS + 1))
    viewing = Viewing(
        number=1,
        witness=long(kind, WITNESS_LENGTH),
        operator="operator",
        present=notes,
        language=InstructionLanguage.HI,
        started_at=now,
        seed=DIGEST,
        order=order,
        commitment=DIGEST,
        ended_at=now,
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
        created_at=now,
        ready_at=now,
        commitment=DIGEST,
        closed_at=now,
        closed_because=notes,
        seal=DIGEST,
        version=1,
        members=members,
        viewings=(viewing,),
    )
    return LineupPaper(lineup, {}, None)


def file_of(kind: str, now: datetime = NOW) -> EncounterFile:
    name = long(kind, NAME_LENGTH)
    aliases = tuple(f"{number:02}{name[2:]}" for number in range(MAX_ALIASES))
    section = Section(long(kind, ACT_LENGTH), long(kind, SECTION_LENGTH))
    sections = tuple(replace(section, section=f"{n:03}{section.section[3:]}") for n in range(MAX_SECTIONS))
    visit = encounter(
        fir_number=f"1{long(kind, FIR_LENGTH)[1:]}",
        sections=sections,
        place=long(kind, PLACE_LENGTH),
        officer=long(kind, OFFICER_LENGTH),
        device=long(kind, DEVICE_LENGTH),
    )
    stored = StoredEncounter("e", visit, now, ())
    record = Record("r", Person(name, aliases=aliases, national_number="2700000001"), now, 1, (stored,))
    return EncounterFile(record, stored, {})


def clearance_of(request: ClearanceRequest, decision: Decision, now: datetime = NOW) -> Clearance:
    asked = Clearance(
        id="c",
        number="CC-27519004-2026-0001",
        state=ClearanceState.REQUESTED,
        unit=Unit("27", "519", "27519004"),
        search_id="s",
        searched_at=now,
        request=request,
        requested_by="one",
        requested_at=now,
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
    statement = sign_statement(asked, decision, day_of(now), day_of(now), DIGEST, lambda _: DIGEST * 2)
    return replace(asked, decision=decision, decided_by="two", decided_at=now, statement=statement)
