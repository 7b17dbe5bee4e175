"""Finding people's records, and all about one of them on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import ValidationError, create_model

from api.accounts.accounts import Accounts
from api.bootstrap.store import audit_log_of
from api.http.authentication import AccountsDependency, ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.errors import details_of, details_of_invalid
from api.http.pagination import After
from api.http.schemas import Schema, adapter_of
from api.localisation.translatable import N_
from api.v1.cases import Cases
from api.v1.merges_schemas import MergeOut, MoveOut, ProvenanceOut
from api.v1.portraits import picture, portrait
from api.v1.records_schemas import RecordOut, RecordPage
from api.v1.retention import RetentionDependency
from api.v1.retention_schemas import ClockOut
from api.v1.searches_schemas import MentionPageOut
from api.web.audit_details import shown_entry
from api.web.labels import retention as retention_reasons
from api.web.labels.body_marks import MARK_CHOICES
from api.web.labels.people import described
from api.web.pages import PagesDependency
from api.web.record_history import ShownCorrection, encounter_corrections, person_corrections, timeline
from biometrics.access.jurisdiction import is_made_here
from biometrics.accounts.display_names import names_of
from biometrics.accounts.saved_filters import OF_ONE_PERSON, SavedFilterReader
from biometrics.audit.reader import EntryQuery
from biometrics.kernel.access import Act, Purpose, Scope
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.court import CourtEvent, Verdict
from biometrics.kernel.people.encounter import EncounterKind, LegalBasis
from biometrics.kernel.people.person import Sex
from biometrics.kernel.people.record import ME, LinkKind, RecordQuery
from biometrics.kernel.people.retention_rules import OrderKind
from biometrics.kernel.technique.clock import today
from biometrics.records.store import RecordStore

router = APIRouter()

# What the forms of a record choose from, and how a link is called from its other end.
_KINDS: Final[dict[str, Any]] = {
    "events": CourtEvent,
    "verdicts": Verdict,
    "links": LinkKind,
    "links_back": {
        LinkKind.FOLLOWS: N_("Is followed by"),
        LinkKind.SAME_CASE: N_("Is of the same case as"),
        LinkKind.IDENTIFIES: N_("States to be"),
    },
    "orders": OrderKind,
    "bases": LegalBasis,
    "looked_for": (EncounterKind.MISSING, EncounterKind.UNIDENTIFIED_BODY, EncounterKind.WANTED),
}
SHOWN: Final = 25  # records on a page of the list, searches on that of a record


# The conditions as they were typed: the page says in its form what is wrong with one.
_TYPED: Final[dict[str, Any]] = {column.name: (str, "") for column in fields(RecordQuery)} | {"after": (After, None)}
RecordSearch: Any = create_model("RecordSearch", __base__=Schema, **_TYPED)


@router.get("/records", dependencies=[needs(Scope.ENCOUNTER_READ)])
def find_records(
    pages: PagesDependency,
    act: ActDependency,
    store: StoreDependency,
    search: Annotated[RecordSearch, Query()],
) -> Response:
    """Show the search form and its results; empty fields are no filter.

    Opened without a query it shows the first of the list's views that has a record.
    """
    sent: dict[str, Any] = search.model_dump(exclude={"after"}, exclude_unset=True)
    filled = {name: value for name, value in sent.items() if value.strip()}
    day = today()
    views = _views(day, enrols=pages.may(Scope.ENCOUNTER_WRITE))
    page, problem, conditions = None, None, filled
    try:
        for conditions in [filled] if sent or search.after else views.values():
            page = store.people.find(adapter_of(RecordQuery).validate_strings(conditions), SHOWN, search.after)
            if page.items:
                break
    except ValidationError as error:
        problem = details_of_invalid(error.errors())
    except InvalidField as error:
        problem = details_of(error)
    saved = SavedFilterReader(store.database, act).list()
    return pages.show(
        "records.html",
        422 if problem else 200,
        asked=filled,
        sexes=Sex,
        **MARK_CHOICES,
        found=RecordPage.of(page) if page else None,
        stored={record.id: (record, picture(record)) for record in page.items} if page else {},
        problem=problem,
        sent=sent,
        views=views,
        today=day,
        shown=conditions,
        saved=saved,
        current=next((one for one in saved if one.conditions == conditions), None),
        may_save=bool(conditions) and not problem and not conditions.keys() & OF_ONE_PERSON,
    )


def _views(day: date, *, enrols: bool) -> dict[str, dict[str, str]]:
    """Return the views of the list by their names, as fields of its query; the list opens with the first that fits."""
    mine = {N_("Enrolled by me"): {"enrolled_by": ME}} if enrols else {}
    return mine | {
        N_("My unit today"): {"first_date": str(day)},
        N_("My unit, last 7 days"): {"first_date": str(day - timedelta(days=6))},
        N_("Newest"): {},
    }


@router.get("/records/{record_id}", dependencies=[needs(Scope.ENCOUNTER_READ)])
def show_record(
    record_id: str,
    pages: PagesDependency,
    act: ActDependency,
    store: StoreDependency,
    cases: Cases,
    retention: RetentionDependency,
    accounts: AccountsDependency,
    after: After = None,
    looked: bool = False,
) -> Response:
    """Show all about a person; `after` goes on in the list of searches.

    `looked`: with who looked, of which reading is an entry of the audit log; to those who may read that log.
    """
    stored = store.people.get(record_id)
    record = RecordOut.of(stored)
    encounters = sorted(record.encounters, key=lambda encounter: encounter.date, reverse=True)
    clocked: list[ClockOut] = []
    if pages.may(Scope.RETENTION_MANAGE):
        clocked = [ClockOut.of(clock) for clock in retention.clocks_of(record.id, today())]
    mentions = None
    if pages.may(Scope.SEARCH_READ):
        mentions = MentionPageOut.of(store.searches.mentions_of(record.id, SHOWN, after))
    provenance = ProvenanceOut.model_validate(store.history.provenance(record.id))
    corrections = person_corrections(record, store, pages.language)
    revised = encounter_corrections(record, store, pages.language)
    identified = cases.identified(record.id) if pages.may(Scope.CASE_READ) else []
    return pages.show(
        "record.html",
        record=record,
        asked=record_id,
        person=described(record, pages.language),
        encounters=encounters,
        by_id={encounter.id: encounter for encounter in encounters},
        made_here={encounter.id for encounter in stored.encounters if is_made_here(act, encounter.encounter)},
        photo=portrait(sample for encounter in encounters for sample in encounter.samples),
        clocks={clock.encounter_id: clock for clock in clocked},
        whys={clock.encounter_id: retention_reasons.why(clock, pages.language) for clock in clocked},
        found=mentions,
        identified=identified,
        timeline=timeline(encounters, identified, [*corrections, *revised], provenance.merges),
        looked=_lookers(record.id, act, store, accounts) if looked and pages.may(Scope.AUDIT_READ) else None,
        purposes={purpose.value: purpose for purpose in Purpose},
        corrections=corrections,
        revised=revised,
        names=names_of(store.database, _account_ids(record, [*corrections, *revised], provenance)),
        merges=provenance.merges,
        pending=provenance.pending,
        duplicates=cases.undecided_duplicates([record.id]) if pages.may(Scope.CASE_READ) else {},
        moves=[move for move in provenance.moves if move.merge_id is None],
        undoable=_undoable(record, provenance),
        kinds=_KINDS,
        today=today(),
    )


def _lookers(record_id: str, act: Act, store: RecordStore, accounts: Accounts) -> list[dict[str, Any]]:
    """Return the newest entries of the audit log about a record."""
    entries = audit_log_of(store).find(act, EntryQuery(record_id), SHOWN).items
    logins = accounts.users.logins(act, {entry.actor_id for entry in entries})
    return [shown_entry(entry, logins, {}) for entry in entries]


def _account_ids(record: RecordOut, corrections: Sequence[ShownCorrection], provenance: ProvenanceOut) -> list[str]:
    """Return the ids of the accounts that entered or changed something."""
    entered = [encounter.enrolled_by for encounter in record.encounters]
    merged = [account_id for merge in provenance.merges for account_id in (merge.created_by, merge.undone_by)]
    changed = [correction.by for correction in corrections]
    return [*entered, *changed, *merged, *(move.created_by for move in provenance.moves)]


def _undoable(record: RecordOut, provenance: ProvenanceOut) -> set[str]:
    """Return the ids of the merges and moves that can be undone from this record."""
    undone = {move.undoes_id for move in provenance.moves}
    encounter_ids = {encounter.id for encounter in record.encounters}

    def is_held(merge: MergeOut) -> bool:
        return merge.undone_at is None and merge.survivor_id == record.id

    def stands(move: MoveOut) -> bool:
        is_own = move.merge_id is None and move.undoes_id is None and move.id not in undone
        return is_own and move.to_id == record.id and move.encounter_id in encounter_ids

    merges = {merge.id for merge in provenance.merges if is_held(merge)}
    return merges | {move.id for move in provenance.moves if stands(move)}
