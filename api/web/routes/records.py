"""Finding people's records, and all about one of them on one page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import ValidationError, validate_call

from api.http.authentication import ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.errors import details_of, details_of_invalid
from api.http.pagination import After
from api.http.schemas import Schema
from api.localisation.translatable import N_
from api.v1.encounters_schemas import EncounterOut, EncounterVersionOut
from api.v1.merges_schemas import MergeOut, MoveOut, ProvenanceOut
from api.v1.record_query import record_query
from api.v1.records_schemas import PersonVersionOut, RecordOut, RecordPage
from api.v1.retention import RetentionDependency
from api.v1.retention_schemas import ClockOut
from api.v1.searches_schemas import MentionPageOut
from api.web.labels import retention as retention_reasons
from api.web.labels.body_marks import MARK_CHOICES
from api.web.labels.encounters import changes_of
from api.web.labels.people import DescribedChange, changes, described
from api.web.pages import Pages, PagesDependency
from api.web.portraits import portrait
from biometrics.access.jurisdiction import is_made_here
from biometrics.accounts.display_names import names_of
from biometrics.kernel.access import Purpose, Scope
from biometrics.kernel.clock import today
from biometrics.kernel.court import CourtEvent, Verdict
from biometrics.kernel.encounter import EncounterKind
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.person import Sex
from biometrics.kernel.record import LinkKind, RecordQuery
from biometrics.kernel.retention_rules import OrderKind
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
    "looked_for": (EncounterKind.MISSING, EncounterKind.UNIDENTIFIED_BODY, EncounterKind.WANTED),
}
SHOWN: Final = 25  # records on a page of the list, searches on that of a record


class RecordSearch(Schema):
    """The conditions of `record_query`, as they were typed: the page says in its form what is wrong with one."""

    name: str = ""
    national_number: str = ""
    sex: str = ""
    birth_year: str = ""
    fir_number: str = ""
    fir_year: str = ""
    station_code: str = ""
    district_code: str = ""
    state_code: str = ""
    first_date: str = ""
    last_date: str = ""
    section: str = ""
    act: str = ""
    mark: str = ""
    mark_kind: str = ""
    body_part: str = ""
    body_side: str = ""
    mark_colour: str = ""
    tattoo_class: str = ""
    after: After = None


_query: Final[Callable[..., RecordQuery]] = validate_call(record_query)


@router.get("/records", dependencies=[needs(Scope.ENCOUNTER_READ)])
def find_records(pages: PagesDependency, store: StoreDependency, search: Annotated[RecordSearch, Query()]) -> Response:
    """Show the search form and its results; empty fields are no filter."""
    sent: dict[str, Any] = search.model_dump(exclude={"after"}, exclude_unset=True)
    filled = {name: value for name, value in sent.items() if value.strip()}
    page, problem = None, None
    if sent:
        try:
            page = RecordPage.of(store.people.find(_query(**filled), SHOWN, search.after))
        except ValidationError as error:
            problem = details_of_invalid(error.errors())
        except InvalidField as error:
            problem = details_of(error)
    return pages.show(
        "records.html",
        422 if problem else 200,
        asked=filled,
        sexes=Sex,
        **MARK_CHOICES,
        found=page,
        problem=problem,
        sent=sent,
    )


@dataclass(frozen=True)
class ShownCorrection:
    """A correction of a person's data: change, time and author."""

    at: dt.datetime
    by: str
    changes: Sequence[DescribedChange]


@dataclass(frozen=True)
class EncounterCorrection(ShownCorrection):
    """A correction of an encounter; `with_samples`: its prints and photos were replaced, too."""

    encounter: EncounterOut
    with_samples: bool


@router.get("/records/{record_id}", dependencies=[needs(Scope.ENCOUNTER_READ)])
def show_record(
    record_id: str,
    pages: PagesDependency,
    act: ActDependency,
    store: StoreDependency,
    retention: RetentionDependency,
    after: After = None,
) -> Response:
    """Show all about a person; `after` goes on in the list of searches."""
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
    corrections = _corrections(record, store, pages)
    revised = _revised(record, store, pages)
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
        purposes={purpose.value: purpose for purpose in Purpose},
        corrections=corrections,
        revised=revised,
        names=names_of(store.database, _who([*corrections, *revised], provenance)),
        merges=provenance.merges,
        pending=provenance.pending,
        moves=[move for move in provenance.moves if move.merge_id is None],
        undoable=_undoable(record, provenance),
        kinds=_KINDS,
        today=today(),
    )


def _corrections(record: RecordOut, store: RecordStore, pages: Pages) -> list[ShownCorrection]:
    """Return what was changed of a person's data, the newest first."""
    states = [PersonVersionOut.of(old) for old in store.history.of_person(record.id)]
    after: list[PersonVersionOut | RecordOut] = [*states[1:], record]
    corrections = [
        ShownCorrection(old.changed_at, old.changed_by, changes(old, new, pages.language))
        for old, new in zip(states, after, strict=False)
    ]
    return corrections[::-1]


def _revised(record: RecordOut, store: RecordStore, pages: Pages) -> list[EncounterCorrection]:
    """Return what was changed of a person's encounters, the newest first."""
    histories = store.history.of_encounters(record.id)
    corrections = []
    for encounter in record.encounters:
        versions = [EncounterVersionOut.of(old) for old in histories.get(encounter.id, ())]
        for old, changed in zip(versions, changes_of(versions, encounter, pages.language), strict=True):
            replaced = bool(old.sample_ids)
            corrections.append(EncounterCorrection(old.changed_at, old.changed_by, changed, encounter, replaced))
    return sorted(corrections, key=lambda correction: correction.at, reverse=True)


def _who(corrections: Sequence[ShownCorrection], provenance: ProvenanceOut) -> list[str]:
    """Return the ids of those who changed something."""
    merged = [who for merge in provenance.merges for who in (merge.created_by, merge.undone_by)]
    return [*(correction.by for correction in corrections), *merged, *(move.created_by for move in provenance.moves)]


def _undoable(record: RecordOut, provenance: ProvenanceOut) -> set[str]:
    """Return the ids of the merges and moves that can be undone from this record."""
    undone = {move.undoes_id for move in provenance.moves}
    here = {encounter.id for encounter in record.encounters}

    def is_held(merge: MergeOut) -> bool:
        return merge.undone_at is None and merge.survivor_id == record.id

    def stands(move: MoveOut) -> bool:
        is_own = move.merge_id is None and move.undoes_id is None and move.id not in undone
        return is_own and move.to_id == record.id and move.encounter_id in here

    merges = {merge.id for merge in provenance.merges if is_held(merge)}
    return merges | {move.id for move in provenance.moves if stands(move)}
