"""Use case: a photo line-up, from the fillers that are proposed to the record that is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.access import Scope
from biometrics.kernel.errors import LineupRefused, WrongStep
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Record
from biometrics.lineups.model import FILLERS, Lineup, LineupMember, LineupState, NewLineup, NewViewing, WitnessStatement
from biometrics.lineups.reader import LineupReader
from biometrics.matching.channel import Channel
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action
from biometrics.use_cases.casework.lineup_fillers import (
    Filler,
    eligibility,
    is_another,
    lineup_picture,
    lineup_png_of,
    member_of,
    ranked,
)
from biometrics.use_cases.engine.engine import Engine

OFFERED: Final = 20  # fillers that are offered for one that is replaced

MAKE, REPLACE, FIX, START, ANSWER, END, CLOSE = (
    "make line-up",
    "replace filler",
    "fix line-up",
    "start viewing",
    "answer in viewing",
    "end viewing",
    "close line-up",
)  # the steps of requests


@dataclass(frozen=True, eq=False)
class LineupPaper:
    """A closed line-up with the photos that still exist as they were shown, by ordinal.

    `people`, by record id, are who is who; None on the paper that does not say it.
    """

    lineup: Lineup
    photos: Mapping[int, NDArray[np.uint8]]
    people: Mapping[str, Person] | None


def make_lineup(engine: Engine, new: NewLineup) -> Lineup:
    """Make a draft: a suspect and the fillers that are proposed, each with the photo as it will be shown.

    Raises:
        UnknownRecord, OutOfJurisdiction: there is no such record that the unit sees.
        LineupRefused: the suspect must not be in one, or too few people fit.
        InvalidField: a text is missing or too long.
    """
    if before := _answered(engine.store, MAKE):
        return before
    reader, channel = eligibility(engine)
    suspect = reader.suspect(new.record_id)
    fitting = ranked(engine, channel, suspect, reader.fillers(suspect.record_id, new.fir_number, new.sought))
    members = [member_of(engine, channel, suspect, None, new.greyscale)]
    members += _chosen_fillers(engine, channel, fitting, new.greyscale)
    members.sort(key=lambda member: member.photo_sha256)  # the number tells nothing
    numbered = [replace(member, ordinal=number) for number, member in enumerate(members, start=1)]
    with engine.store.begin(MAKE) as work:
        if work.is_first:
            lineup = work.lineups.add(new, numbered)
            for member in numbered:
                work.audit(Action.LINEUP_PHOTO_USED, member.record_id, lineup=lineup.subject)
            work.audit(Action.LINEUP_MADE, lineup.subject)
            work.remember(lineup.id)
        return work.lineups.get(work.answer).seen_by(engine.store.act)


def fillers_for(engine: Engine, lineup_id: int) -> list[Filler]:
    """Return others who may be fillers of a draft, the best first; only to its maker.

    Raises:
        UnknownLineup, WrongStep: there is no such draft of the actor.
    """
    lineup = _own_draft(engine, lineup_id)
    return [filler for filler in _fitting(engine, lineup) if not _is_in(lineup, filler.record_id)][:OFFERED]


def replace_filler(engine: Engine, lineup_id: int, ordinal: int, record_id: str) -> Lineup:
    """Put another filler, by record, in the place of one.

    Raises:
        UnknownLineup, WrongStep: there is no such draft of the actor.
        LineupRefused: this person does not fit, or is in the line-up.
    """
    if before := _answered(engine.store, REPLACE):
        return before
    lineup, (_, channel) = _own_draft(engine, lineup_id), eligibility(engine)
    fitting = {filler.record_id: filler for filler in _fitting(engine, lineup)}
    other_fillers = [
        fitting[member.record_id]
        for member in lineup.fillers
        if member.ordinal != ordinal and member.record_id in fitting
    ]
    filler = fitting.get(record_id)
    if filler is None or _is_in(lineup, record_id) or not is_another(channel, filler, other_fillers):
        raise LineupRefused("This person is not among the fillers that fit; choose one of those that are offered.")
    member = member_of(engine, channel, filler.portrait, filler.band, lineup.greyscale)
    with engine.store.begin(REPLACE) as work:
        if work.is_first:
            changed = work.lineups.replace(lineup_id, replace(member, ordinal=ordinal))
            work.audit(Action.LINEUP_PHOTO_USED, member.record_id, lineup=changed.subject)
            work.audit(Action.LINEUP_CHANGED, changed.subject)
            work.remember(lineup_id)
        return work.lineups.get(work.answer).seen_by(engine.store.act)


def fix_lineup(engine: Engine, lineup_id: int, *, photos_checked: bool) -> Lineup:
    """Fix the photos of a draft, once its maker has looked at each.

    Raises:
        UnknownLineup, WrongStep: there is no such draft of the actor, or the photos were not looked at.
        LineupRefused: a photo is not there any more as it was.
    """
    if before := _answered(engine.store, FIX):
        return before
    if not photos_checked:
        raise WrongStep("Look at each photo: no name, date or board may show. Then confirm that you have.")
    lineup = _own_draft(engine, lineup_id)
    fitting = {filler.record_id for filler in _fitting(engine, lineup)}
    for member in lineup.members:
        if not member.is_suspect and member.record_id not in fitting:
            raise LineupRefused(f"The person of photo {member.ordinal} does not fit any more; replace the filler.")
        lineup_picture(engine.store, lineup, member)
    with engine.store.begin(FIX) as work:
        if work.is_first:
            fixed = work.lineups.fix(lineup_id)
            work.audit(Action.LINEUP_READY, fixed.subject, photos=fixed.commitment)
            work.remember(lineup_id)
        return work.lineups.get(work.answer).seen_by(engine.store.act)


def start_viewing(store: RecordStore, lineup_id: int, new: NewViewing) -> Lineup:
    """Begin to show a line-up to a witness, once the instructions were read to them and understood.

    Raises:
        UnknownLineup, NotBlind, InvalidField: as for `LineupRepository.start`.
        WrongStep: the same, or the witness was not instructed.
    """
    if not new.instructed:
        raise WrongStep("Read the instructions to the witness, and confirm that they were understood.")
    with store.begin(START) as work:
        if work.is_first:
            lineup = work.lineups.start(lineup_id, new)
            viewing = lineup.viewings[-1]
            detail = {"viewing": viewing.number, "commitment": viewing.commitment, "instructions": new.language}
            work.audit(Action.LINEUP_STARTED, lineup.subject, **detail)
            work.remember(lineup_id)
        return work.lineups.get(work.answer).seen_by(store.act)


def show_photo(engine: Engine, lineup_id: int, number: int, position: int) -> bytes:
    """Return the photo at a position of a viewing as PNG, for the witness; only one that is shown now.

    Raises:
        UnknownLineup: there is none of this number that one may see.
        NotBlind: another officer shows it.
        WrongStep: another photo is shown, or none any more.
        LineupRefused: the photo is not there any more as it was.
    """
    store = engine.store
    with store.begin() as work:
        lineup = work.lineups.get(lineup_id)
        viewing = lineup.viewing(number)
        lineup.require_operator(store.act, viewing)
        if position not in viewing.positions(lineup.presentation):
            raise WrongStep("This photo is not shown now; record the answer to the one that is.")
        work.audit(Action.LINEUP_SHOWN, lineup.subject, viewing=number, position=position)
    return lineup_png_of(store, lineup, lineup.member(viewing.order[position - 1]))


def preview(engine: Engine, lineup_id: int, ordinal: int) -> bytes:
    """Return the photo of a member as PNG, to those who may know who is who.

    Raises:
        UnknownLineup, WrongStep, LineupRefused: as for `show_photo`.
    """
    with engine.store.begin() as work:
        lineup = work.lineups.get(lineup_id)
        if not lineup.shows_key_to(engine.store.act):
            raise WrongStep("The photos are shown in the witness's order only; start a viewing.")
        member = lineup.member(ordinal)
        work.audit(Action.LINEUP_READ, lineup.subject, records=[member.record_id])
    return lineup_png_of(engine.store, lineup, member)


def answer_viewing(store: RecordStore, lineup_id: int, number: int, statement: WitnessStatement) -> Lineup:
    """Record at once what the witness said; see `LineupRepository.answer`."""
    with store.begin(ANSWER) as work:
        if work.is_first:
            lineup = work.lineups.answer(lineup_id, number, statement)
            work.audit(Action.LINEUP_ANSWERED, lineup.subject, viewing=number, position=statement.position)
            work.remember(lineup_id)
        return work.lineups.get(work.answer).seen_by(store.act)


def end_viewing(store: RecordStore, lineup_id: int, number: int, remarks: str) -> Lineup:
    """End a viewing, and seal what was recorded; see `LineupRepository.end`."""
    with store.begin(END) as work:
        if work.is_first:
            lineup = work.lineups.end(lineup_id, number, remarks)
            work.audit(Action.LINEUP_ENDED, lineup.subject, viewing=number, seal=lineup.viewing(number).seal)
            work.remember(lineup_id)
        return work.lineups.get(work.answer).seen_by(store.act)


def close_lineup(store: RecordStore, lineup_id: int, because: str) -> Lineup:
    """Close a line-up and seal it; see `LineupRepository.close`."""
    with store.begin(CLOSE) as work:
        if work.is_first:
            lineup = work.lineups.close(lineup_id, because)
            work.audit(Action.LINEUP_CLOSED, lineup.subject, seal=lineup.seal)
            work.remember(lineup_id)
        return work.lineups.get(work.answer).seen_by(store.act)


def lineup_paper(store: RecordStore, lineup_id: int, *, with_key: bool) -> LineupPaper:
    """Gather the paper of a closed line-up, with who is who if `with_key`. The audit log names it.

    Raises:
        UnknownLineup: there is none of this number that the actor may see.
        WrongStep: it is not closed, or the actor may not have this paper.
    """
    act = store.act
    with store.begin() as work:
        lineup = work.lineups.get(lineup_id)
        lineup.require(LineupState.CLOSED)
        key = lineup.shows_key_to(act)
        operates = act is not None and any(viewing.operator == act.actor.id for viewing in lineup.viewings)
        if not (key or (operates and not with_key)):
            raise WrongStep("Only the officers of a line-up and supervisors of cases have its papers; ask one of them.")
        work.audit(Action.PAPER_MADE, lineup.subject, key=with_key, records=lineup.record_ids if with_key else [])
    photos = {}
    for member in lineup.members:
        try:
            photos[member.ordinal] = lineup_picture(store, lineup, member)
        except LineupRefused:
            continue  # destroyed since; the paper says so
    if not with_key or act is None or not act.actor.may(Scope.ENCOUNTER_READ):
        return LineupPaper(lineup, photos, None)
    readable = store.people.named([member.record_id for member in lineup.members])
    return LineupPaper(
        lineup, photos, {key: record.person for key, record in readable.items() if isinstance(record, Record)}
    )


def _answered(store: RecordStore, step: str) -> Lineup | None:
    """Return the line-up as the first arrival of this request left it or others since, None where this is the first."""
    if store.answered_before(step) is None:
        return None
    with store.begin(step) as work:
        return work.lineups.get(work.answer).seen_by(store.act)


def _own_draft(engine: Engine, lineup_id: int) -> Lineup:
    """Return a draft of the actor's own."""
    act = engine.store.act
    assert act is not None, "a line-up is made by an officer"
    lineup = LineupReader(engine.store.database, act).get(lineup_id)
    lineup.require(LineupState.DRAFT)
    lineup.require_maker(act)
    return lineup


def _is_in(lineup: Lineup, record_id: str) -> bool:
    return any(member.record_id == record_id for member in lineup.members)


def _fitting(engine: Engine, lineup: Lineup) -> list[Filler]:
    reader, channel = eligibility(engine)
    suspect = reader.suspect(lineup.suspect.record_id)
    people = reader.fillers(suspect.record_id, lineup.fir_number, lineup.sought)
    return ranked(engine, channel, suspect, people)


def _chosen_fillers(engine: Engine, channel: Channel, fitting: Sequence[Filler], greyscale: bool) -> list[LineupMember]:
    """Return the fillers that are proposed: the first who fit, each another person with a single face in the photo."""
    chosen: list[Filler] = []
    members: list[LineupMember] = []
    for filler in fitting:
        if len(chosen) < FILLERS and is_another(channel, filler, chosen):
            with suppress(LineupRefused):  # a photo in which no single face is found again
                members.append(member_of(engine, channel, filler.portrait, filler.band, greyscale))
                chosen.append(filler)
    if len(chosen) < FILLERS:
        raise LineupRefused(
            f"Only {len(chosen)} of the {FILLERS} fillers that are needed fit: adults of the unit, of the suspect's "
            "sex and age and the witness's description, whose photos may be used. Have a unit above yours make the "
            "line-up."
        )
    return members
