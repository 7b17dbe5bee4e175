"""What came of the checks of enrolments and latents, written with the removal of the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from biometrics.access.persons import resolve_merged_ids
from biometrics.access.rights import unrestricted
from biometrics.cases.rows import case_asked, insert_case, known_different, lock_case_numbers
from biometrics.kernel.casework.cases import CaseKind, Conclusion, Finding, Question
from biometrics.kernel.technique.clock import today
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import notify
from biometrics.storage.audit.clock_check import is_plausible
from biometrics.storage.tables.people import encounters
from biometrics.storage.tables.watchlist import standing_searches
from biometrics.storage.transaction import Transaction
from biometrics.subscriptions.rows import notify_subscribers
from biometrics.watchlist import check_rows, link_rows
from biometrics.watchlist.checks import CheckNotRequested
from biometrics.watchlist.link_rows import LinkCheck
from biometrics.watchlist.model import Candidate, Check, Checked, Standing
from biometrics.watchlist.rows import end_standing, hold_expired, load_standing, still_standing

Verified = Callable[[], frozenset[Conclusion]]


@unrestricted("only the service makes checks")
class CheckRepository:
    """Checks of enrolments and of latents within a unit of work of the service."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    def put_off(self, *encounter_ids: str) -> None:
        """Note that checks failed, or are about to be tried: others come first."""
        check_rows.put_off(self._work.connection, encounter_ids)

    def waive(self, encounter_ids: Sequence[str]) -> None:
        """Cancel the checks of enrolments, as of the generated people of a benchmark."""
        for encounter_id in sorted(encounter_ids):
            check_rows.end_check(self._work.connection, encounter_id)

    def end_expired(self) -> int:
        """End the standing searches whose last day is past, unless the clock may be wrong; return how many."""
        connection = self._work.connection
        past = hold_expired(connection, today())
        if not past or not is_plausible(connection, self._work.clock_gap):
            return 0
        return sum(end_standing(connection, standing_id, "", "its last day is past") for standing_id in past)

    def note_link_try(self, standing_id: str) -> None:
        """Note that a latent is about to be compared with the others: they come first if that fails."""
        link_rows.note_try(self._work.connection, standing_id)

    def end_dead_links(self) -> int:
        """Remove the links of latents that are not searched for any more, or were solved; return how many."""
        return link_rows.remove_dead_links(self._work.connection)

    def answer_link_check(self, check: LinkCheck, scores: Mapping[str, tuple[int, float]]) -> list[str] | None:
        """Write the links of a latent: numbers and scores of others, by standing search; return the ids of new ones.

        Those who search for either latent are notified of them. None if the check was requested again meanwhile, or is
        not requested any more: then nothing was written.
        """
        connection = self._work.connection
        new = link_rows.replace_links(connection, check, scores)
        for link_id, standing_ids in new or ():
            for standing in load_standing(connection, standing_searches.c.id.in_(standing_ids)):
                notify(connection, standing.owner, NotificationKind.LINK_FOUND, link_id, standing.id)
        return None if new is None else [link_id for link_id, _ in new]

    def take(self, encounter_id: str) -> Check:
        """Remove the request for a check that is carried out now, and return its subject.

        Raises:
            CheckNotRequested: it was carried out meanwhile, or its enrolment removed.
        """
        connection = self._work.connection
        check = check_rows.load_check(connection, encounter_id)
        if check is None or not check_rows.end_check(connection, encounter_id):
            raise CheckNotRequested(encounter_id)
        return check

    def take_in_part(self, encounter_id: str, model: str) -> Check:
        """Return the subject of a check, whose request stays until a model is in use that made one of its templates.

        Raises:
            CheckNotRequested: as for `take`.
        """
        connection = self._work.connection
        check = check_rows.load_check(connection, encounter_id)
        if check is None:
            raise CheckNotRequested(encounter_id)
        check_rows.wait_for(connection, encounter_id, model)
        return check

    def answer(self, check: Check, checked: Checked, verified: Verified) -> list[str]:
        """Write the result of a check, cases and notifications, and return the ids of the cases that it opened.

        What a standing search hits is asked about, urgently, only where the evidence supports it: several fingers
        together can reach a threshold by one that is rare, and speak against one person. `verified` says for each new
        case which conclusions a second examiner must confirm.
        """
        return _Finishing(self._work.connection, check, verified).finish(checked)


class _Finishing:
    """One check within its transaction."""

    def __init__(self, connection: Connection, check: Check, verified: Verified) -> None:
        self._connection = connection
        self._check = check
        self._verified = verified

    def finish(self, checked: Checked) -> list[str]:
        candidates = self._surviving(checked.candidates)
        people = self._people_searched_for([candidate.record_id for candidate in candidates])
        searches = self._still_standing([hit.standing_id for hit in checked.hits])
        alike = []
        for candidate in candidates:
            standing = people.get(candidate.record_id) if candidate.finding.evidence.supports else None
            threshold = min(checked.watched, checked.duplicate) if standing else checked.duplicate
            if candidate.finding.score >= threshold and candidate.record_id in self._there:
                alike.append((candidate, standing))
        units = [search.unit for search in searches.values()] + [self._check.unit] * len(alike)
        if units:
            lock_case_numbers(self._connection, units)
        case_ids = [
            self._ask_about_search(searches[hit.standing_id], hit.finding)
            for hit in checked.hits
            if hit.standing_id in searches and hit.finding.evidence.supports
        ]
        case_ids += [
            self._ask_about_record(candidate.record_id, candidate.finding, own_search)
            for candidate, own_search in alike
        ]
        self._notify_of_sighting()
        return [case_id for case_id in case_ids if case_id]

    def _surviving(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return the candidates, best first, under the records that theirs were merged into meanwhile, each once."""
        ends = resolve_merged_ids(self._connection, [candidate.record_id for candidate in candidates])
        surviving: dict[str, Candidate] = {}
        for candidate in candidates:
            record_id = ends.get(candidate.record_id, candidate.record_id)
            surviving.setdefault(record_id, replace(candidate, record_id=record_id))
        return list(surviving.values())

    def _people_searched_for(self, record_ids: Sequence[str]) -> dict[str, Standing]:
        """Return the standing searches for the people of some records; note which records there still are."""
        query = select(encounters.c.record_id).distinct().where(encounters.c.record_id.in_(record_ids))
        self._there = set(self._connection.execute(query).scalars()) - {self._check.record_id}
        of_records = encounters.c.record_id.in_([*record_ids, self._check.record_id])
        searches = load_standing(self._connection, of_records, *still_standing(today()))
        return {standing.record_id: standing for standing in searches if standing.record_id}

    def _still_standing(self, standing_ids: Sequence[str]) -> dict[str, Standing]:
        by_id = standing_searches.c.id.in_(standing_ids)
        return {search.id: search for search in load_standing(self._connection, by_id, *still_standing(today()))}

    def _ask_about_search(self, standing: Standing, finding: Finding) -> str | None:
        check = self._check
        question = Question(
            CaseKind.STANDING_HIT,
            candidate_id=check.record_id,
            search_id=standing.search_id,
            encounter_id=check.encounter_id,
            standing_id=standing.id,
            owner=standing.owner,
            unit=standing.unit,
            is_urgent=True,
        )
        if known_different(self._connection, question):
            return None
        case_id = insert_case(self._connection, question, finding, self._verified())
        if case_id:
            notify(
                self._connection, standing.owner, NotificationKind.STANDING_HIT, case_id, standing.id, check.record_id
            )
        return case_id

    def _ask_about_record(self, candidate_id: str, finding: Finding, standing: Standing | None) -> str | None:
        check = self._check
        question = Question(
            CaseKind.STANDING_HIT if standing else CaseKind.DUPLICATE,
            candidate_id=candidate_id,
            record_id=check.record_id,
            encounter_id=check.encounter_id,
            standing_id=standing.id if standing else None,
            owner=standing.owner if standing else check.owner,
            unit=check.unit,
            is_urgent=standing is not None,
        )
        if known_different(self._connection, question):
            return None
        opened = insert_case(self._connection, question, finding, self._verified())
        case_id = opened or case_asked(self._connection, question)
        if standing and case_id:
            notify(
                self._connection, standing.owner, NotificationKind.STANDING_HIT, case_id, standing.id, check.record_id
            )
        for standing_search in self._standing_of_own(new=True):
            if case_id:
                notify(
                    self._connection,
                    standing_search.owner,
                    NotificationKind.STANDING_HIT,
                    case_id,
                    standing_search.id,
                    candidate_id,
                )
        return opened

    def _notify_of_sighting(self) -> None:
        """Notify of the new encounter those who search for the person of this record, or subscribe to them."""
        check, booked = self._check, NotificationKind.PERSON_BOOKED
        notify_subscribers(self._connection, booked, [check.record_id], check.encounter_id, check.unit, check.owner)
        for standing in self._standing_of_own(new=False):
            notify(
                self._connection,
                standing.owner,
                NotificationKind.SIGHTING,
                self._check.encounter_id,
                standing.id,
                self._check.record_id,
            )

    def _standing_of_own(self, *, new: bool) -> list[Standing]:
        """Return the standing searches for the person of this record, that of this encounter or all others."""
        of_record = encounters.c.record_id == self._check.record_id
        searches = load_standing(self._connection, of_record, *still_standing(today()))
        return [standing for standing in searches if (standing.encounter_id == self._check.encounter_id) is new]
