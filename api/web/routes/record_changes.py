"""Pages that records are changed on: corrections, merging two records of one person, moving an encounter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.http.authentication import needs
from api.http.dependencies import StoreDependency
from api.http.errors import details_of
from api.v1.records_schemas import PersonVersionOut, RecordOut
from api.web.labels.people import changes, described, form_inputs
from api.web.pages import Pages, PagesDependency
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import InvalidField, OutOfJurisdiction, UnknownEncounter, UnknownRecord
from biometrics.kernel.people import particulars
from biometrics.kernel.people.person import Sex, is_national_number
from biometrics.kernel.recognition import body_marks
from biometrics.records.store import RecordStore

router = APIRouter()


# What the form of a person chooses from.
_WORDS: Final = {
    "sexes": Sex,
    "relations": particulars.Relation,
    "documents": particulars.DocumentKind,
    "marks": body_marks.BodyMarkKind,
    "parts": body_marks.BodyPart,
    "sides": body_marks.BodySide,
}


@router.get("/records/{record_id}/correction", dependencies=[needs(Scope.ENCOUNTER_WRITE)])
def show_correction(record_id: str, pages: PagesDependency, store: StoreDependency) -> Response:
    """Show the form that a person's data are corrected by."""
    record = RecordOut.of(store.people.get(record_id))
    return pages.show("record_correction.html", record=record, words=_WORDS, inputs=form_inputs())


@router.get("/records/{record_id}/changes", dependencies=[needs(Scope.ENCOUNTER_READ)])
def show_changes(record_id: str, pages: PagesDependency, store: StoreDependency, since: int = 0) -> Response:
    """Show what was changed of a person's data since a version of the record."""
    record = RecordOut.of(store.people.get(record_id))
    later = [old for old in store.history.of_person(record.id) if old.version >= since]
    changed = changes(PersonVersionOut.of(later[0]), record, pages.language) if later else []
    return pages.show("record_changes.html", record=record, changes=changed, is_newer=record.version > since)


@router.get("/records/{record_id}/merge", dependencies=[needs(Scope.RECORD_MERGE)])
def show_merge(
    record_id: str,
    pages: PagesDependency,
    store: StoreDependency,
    other: Annotated[str, Query(description="Number or id of the other record")] = "",
) -> Response:
    """Show two records side by side, to be made one."""
    record = RecordOut.of(store.people.get(record_id))
    match = _other(store, record.id, other)
    values: dict[str, Any] = {"asked": other, "problem": match.problem, "sides": _sides(pages, record, match.record)}
    return pages.show("record_merge.html", record=record, other=match.record, **values)


@router.get("/records/{record_id}/encounters/{encounter_id}/move", dependencies=[needs(Scope.RECORD_MERGE)])
def show_move(
    record_id: str, encounter_id: str, pages: PagesDependency, store: StoreDependency, to: str = ""
) -> Response:
    """Show where an encounter would be moved to."""
    record = RecordOut.of(store.people.get(record_id))
    encounter = next((encounter for encounter in record.encounters if encounter.id == encounter_id), None)
    if encounter is None:
        raise UnknownEncounter(f"There is no encounter {encounter_id} in this record; check the number.")
    match = _other(store, record.id, to)
    described_person = described(match.record, pages.language) if match.record else {}
    values: dict[str, Any] = {"asked": to, "problem": match.problem, "described": described_person}
    return pages.show("record_move.html", record=record, encounter=encounter, other=match.record, **values)


@dataclass(frozen=True)
class _Other:
    """Another record that was asked for, or why there is none."""

    record: RecordOut | None = None
    problem: dict[str, Any] | None = None  # details, as of any error


def _other(store: RecordStore, record_id: str, number: str) -> _Other:
    """Find another record than one, by its national number or its id."""
    text = number.strip()
    if not text:
        return _Other()
    try:
        by_number = is_national_number(text)
        record = store.people.by_national_number(text) if by_number else store.people.get(text)
    except (UnknownRecord, OutOfJurisdiction, InvalidField) as error:
        return _Other(problem=details_of(error))
    if record.id == record_id:
        itself = InvalidField("This is the number of this record itself; give that of the other one.")
        return _Other(problem=details_of(itself))
    return _Other(RecordOut.of(record))


def _sides(pages: Pages, record: RecordOut, other: RecordOut | None) -> list[tuple[str, str, str]]:
    """Return label, one record's text and the other's, of all that is known of either."""
    if other is None:
        return []
    texts, other_texts = (described(person, pages.language) for person in (record, other))
    return [(label, text, other_texts[label]) for label, text in texts.items() if text or other_texts[label]]
