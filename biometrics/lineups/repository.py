"""Line-ups within a unit of work: each step in its order, by whom it may be done."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, or_, select, update

from biometrics.access.jurisdiction import codes_of, unit_of
from biometrics.access.persons import ids_of, resolve_merged_ids
from biometrics.access.rights import needs
from biometrics.kernel.access import Scope
from biometrics.kernel.casework.cases import clean_notes
from biometrics.kernel.errors import NotBlind, WrongStep
from biometrics.kernel.people.encounter import compared_fir
from biometrics.kernel.technique.text import FIR_LENGTH, clean_text, folded
from biometrics.lineups import rows
from biometrics.lineups.model import (
    Choice,
    Lineup,
    LineupMember,
    LineupState,
    NewLineup,
    NewViewing,
    Viewing,
    WitnessStatement,
    lineup_seal,
    order_commitment,
    order_of,
    photos_commitment,
    viewing_seal,
)
from biometrics.storage.audit.log import names_any
from biometrics.storage.database.locks import Lock, hold_each
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.lineups import (
    WITNESS_LENGTH,
    lineup_answers,
    lineup_members,
    lineup_viewings,
    lineups,
)
from biometrics.storage.tables.people import encounters
from biometrics.storage.transaction import Transaction


class LineupRepository:
    """The line-ups of an actor's unit and those below it. What it returns has all that is hidden from the operator."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    @needs(Scope.CASE_READ, Scope.IMAGE_READ, Scope.ENCOUNTER_READ)
    def add(self, new: NewLineup, members: Sequence[LineupMember]) -> Lineup:
        """Add a line-up of the actor's unit.

        Raises:
            InvalidField: a text is missing or too long.
        """
        connection, unit = self._work.connection, unit_of(self._work.act)
        added = insert(lineups).values(
            owner=self._work.actor_id,
            **codes_of(unit),
            fir_number=clean_text("FIR number", new.fir_number, FIR_LENGTH),
            description=clean_notes(new.description, "description by the witness"),
            sought={name: value for name, value in asdict(new.sought).items() if value is not None},
            presentation=new.presentation,
            greyscale=new.greyscale,
            state=LineupState.DRAFT,
            created_at=datetime.now(UTC),
            version=1,
        )
        lineup_id: int = connection.execute(added.returning(lineups.c.id)).scalar_one()
        connection.execute(insert(lineup_members), [rows.member_row(lineup_id, member) for member in members])
        return self.get(lineup_id)

    @needs(Scope.CASE_READ)
    def get(self, lineup_id: int) -> Lineup:
        """Return a line-up with all that is hidden: show what its `seen_by` returns.

        Raises:
            UnknownLineup: there is none of this number that one may see.
        """
        return rows.load_visible(self._work.connection, unit_of(self._work.act), lineup_id)

    @needs(Scope.CASE_READ, Scope.IMAGE_READ, Scope.ENCOUNTER_READ)
    def replace(self, lineup_id: int, member: LineupMember) -> Lineup:
        """Put another filler in the place of one.

        Raises:
            UnknownLineup, WrongStep: as for `get`, or it is not the maker's draft, or the place is the suspect's.
        """
        lineup = self._draft(lineup_id)
        if lineup.member(member.ordinal).is_suspect:
            raise WrongStep("Only fillers can be replaced; make another line-up for another suspect.")
        connection, columns = self._work.connection, lineup_members.c
        rows.change(connection, lineup)
        same_member = (columns.lineup_id == lineup.id, columns.ordinal == member.ordinal)
        connection.execute(update(lineup_members).where(*same_member).values(**rows.member_row(lineup.id, member)))
        return self.get(lineup.id)

    @needs(Scope.CASE_READ, Scope.IMAGE_READ)
    def fix(self, lineup_id: int) -> Lineup:
        """Fix the photos of a draft: from now on it can be shown.

        Raises:
            UnknownLineup, WrongStep: as for `replace`.
        """
        lineup = self._draft(lineup_id)
        ready = {"state": LineupState.READY, "ready_at": datetime.now(UTC)}
        rows.change(self._work.connection, lineup, **ready, commitment=photos_commitment(lineup.members))
        return self.get(lineup.id)

    @needs(Scope.CASE_READ, Scope.IMAGE_READ)
    def start(self, lineup_id: int, new: NewViewing) -> Lineup:
        """Begin to show a line-up to a witness who was instructed: draw an order, and fix it.

        Raises:
            UnknownLineup: there is none of this number that one may see.
            WrongStep: it is not ready, the witness has seen it, or records of it were merged.
            NotBlind: the actor made it, was shown the suspect's record or may read the audit log.
        """
        lineup = self.get(lineup_id)
        lineup.require(LineupState.READY)
        self._require_blind(lineup)
        name = clean_text("witness", new.witness, WITNESS_LENGTH)
        key = folded(name)[:WITNESS_LENGTH]
        self._require_first(lineup, key)
        self._require_apart(lineup)
        seed = secrets.token_hex(32)
        connection = self._work.connection
        rows.change(connection, lineup)
        connection.execute(
            insert(lineup_viewings).values(
                lineup_id=lineup.id,
                number=len(lineup.viewings) + 1,
                witness=name,
                witness_key=key,
                operator=self._work.actor_id,
                present=clean_notes(new.present, "persons present"),
                language=new.language,
                started_at=datetime.now(UTC),
                seed=seed,
                photo_order=list(order_of(seed, lineup.members)),
                commitment=order_commitment(lineup, seed),
                remarks="",
            )
        )
        return self.get(lineup.id)

    @needs(Scope.CASE_READ, Scope.IMAGE_READ)
    def answer(self, lineup_id: int, number: int, statement: WitnessStatement) -> Lineup:
        """Record what a witness says of a photo, or of all together, in their own words.

        Raises:
            UnknownLineup: there is none of this number that one may see.
            NotBlind: another officer shows it.
            WrongStep, InvalidField: as for `Viewing.require_answerable`, or a text is missing.
        """
        lineup, viewing = self._require_open_viewing(lineup_id, number)
        position, choice = statement.position, statement.choice
        viewing.require_answerable(lineup.presentation, position, choice)
        connection = self._work.connection
        witness_words = clean_notes(statement.words, "words of the witness")
        needs_none = choice is Choice.NO and not statement.confidence.strip()
        sure = "" if needs_none else clean_notes(statement.confidence, "confidence in words")
        rows.change(connection, lineup)
        connection.execute(
            insert(lineup_answers).values(
                lineup_id=lineup.id,
                viewing=number,
                number=len(viewing.answers) + 1,
                position=position,
                choice=choice,
                words=witness_words,
                confidence=sure,
                at=datetime.now(UTC),
            )
        )
        return self.get(lineup.id)

    @needs(Scope.CASE_READ, Scope.IMAGE_READ)
    def end(self, lineup_id: int, number: int, remarks: str) -> Lineup:
        """End a viewing, and seal what was recorded.

        Raises:
            UnknownLineup: there is none of this number that one may see.
            NotBlind: another officer shows it.
            WrongStep: it has ended.
            InvalidField: not all photos were answered about, and no remark says why.
        """
        lineup, viewing = self._require_open_viewing(lineup_id, number)
        required = not viewing.is_complete(lineup.presentation)
        clean_remarks = clean_notes(remarks, "reason for ending early") if required or remarks.strip() else ""
        rows.change(self._work.connection, lineup)
        self._end(lineup, viewing, clean_remarks, datetime.now(UTC))
        return self.get(lineup.id)

    @needs(Scope.CASE_READ, Scope.IMAGE_READ)
    def close(self, lineup_id: int, because: str) -> Lineup:
        """Close a line-up and seal it; viewings that have not ended end with it.

        Raises:
            UnknownLineup: there is none of this number that one may see.
            WrongStep: it is closed, or another officer made it.
            InvalidField: nobody has seen it, and there is no reason.
        """
        connection, before = self._work.connection, self.get(lineup_id)
        # First: those who record what a witness says change the line-up, then its viewing.
        hold_each(connection, Lock.LINEUP, lineups.c.id, [before.id])
        lineup = self.get(lineup_id)
        lineup.require(LineupState.DRAFT, LineupState.READY)
        lineup.require_maker(self._work.act)
        clean_reason = clean_notes(because, "reason") if not lineup.viewings or because.strip() else ""
        at = datetime.now(UTC)
        for viewing in lineup.viewings:
            if viewing.ended_at is None:
                self._end(lineup, viewing, clean_reason, at)
        whole = self.get(lineup.id)
        values = {"state": LineupState.CLOSED, "closed_at": at, "closed_because": clean_reason}
        rows.change(connection, whole, **values, seal=lineup_seal(whole, at))
        return self.get(lineup.id)

    def _draft(self, lineup_id: int) -> Lineup:
        lineup = self.get(lineup_id)
        lineup.require(LineupState.DRAFT)
        lineup.require_maker(self._work.act)
        return lineup

    def _require_open_viewing(self, lineup_id: int, number: int) -> tuple[Lineup, Viewing]:
        lineup = self.get(lineup_id)
        viewing = lineup.viewing(number)
        lineup.require_operator(self._work.act, viewing)
        if viewing.ended_at is not None:
            raise WrongStep("This viewing has ended, and cannot be changed.")
        return lineup, viewing

    def _end(self, lineup: Lineup, viewing: Viewing, remarks: str, at: datetime) -> None:
        columns = lineup_viewings.c
        this = update(lineup_viewings).where(columns.lineup_id == lineup.id, columns.number == viewing.number)
        seal = viewing_seal(lineup, viewing, at, remarks)
        self._work.connection.execute(this.values(ended_at=at, remarks=remarks, seal=seal))

    def _require_first(self, lineup: Lineup, witness_key: str) -> None:
        """Refuse a witness who has been shown the suspect, under whatever id, in a line-up of the case.

        Viewings that begin at once in line-ups of one suspect wait for each other here.
        """
        connection, columns = self._work.connection, lineup_viewings.c
        person, case = ids_of(connection, lineup.suspect.record_id), compared_fir(lineup.fir_number)
        of_person = select(lineups.c.id, lineups.c.fir_number).join(lineup_members)
        of_person = of_person.where(lineup_members.c.is_suspect, lineup_members.c.record_id.in_(person))
        ids = [row.id for row in connection.execute(of_person) if compared_fir(row.fir_number) == case]
        hold_each(connection, Lock.LINEUP, lineups.c.id, ids)
        earlier_viewings = select(columns.lineup_id).where(
            columns.lineup_id.in_(ids), columns.witness_key == witness_key
        )
        if connection.execute(earlier_viewings.limit(1)).first():
            raise WrongStep("This witness has been shown a line-up of this case; a witness sees a line-up once.")

    def _require_apart(self, lineup: Lineup) -> None:
        """Refuse a line-up of which two records were merged since: one person would be shown twice."""
        ids = {member.record_id for member in lineup.members}
        lead_of = resolve_merged_ids(self._work.connection, sorted(ids))
        if len({lead_of.get(record_id, record_id) for record_id in ids}) < len(ids):
            raise WrongStep("Two people of this line-up were found to be one; close it, and make another.")

    def _require_blind(self, lineup: Lineup) -> None:
        """Refuse an operator who may know which of the six is the suspect."""
        act = self._work.act
        if act is None:
            raise NotBlind("A line-up is shown by an officer under their own account.")
        if act.actor.id == lineup.owner:
            raise NotBlind("You made this line-up and know the suspect; have it shown by another officer.")
        if act.actor.may(Scope.AUDIT_READ):
            raise NotBlind(
                "You may read the audit log, which could tell who the suspect is; have another officer show it."
            )
        connection, columns = self._work.connection, audit_entries.c
        names_suspect = names_any(_ids_about(connection, lineup.suspect.record_id))
        if connection.execute(
            select(columns.number).where(columns.actor_id == act.actor.id, names_suspect).limit(1)
        ).first():
            raise NotBlind(
                "You have seen a record of this line-up, also in a list, a search or a case; have it shown by an "
                "officer who has not."
            )


def _ids_about(connection: Connection, record_id: str) -> list[str]:
    """Return the ids by which the audit log names a person: of records, of their encounters and of cases about them."""
    ids = ids_of(connection, record_id)
    collected = select(encounters.c.id).where(encounters.c.record_id.in_(ids))
    about = select(cases.c.id).where(or_(cases.c.candidate_id.in_(ids), cases.c.record_id.in_(ids)))
    return [*ids, *connection.execute(collected).scalars(), *connection.execute(about).scalars()]
