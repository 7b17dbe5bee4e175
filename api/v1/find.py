"""One field to find people, cases and searches: each part is its own listing, with its rights and audit entry."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import Field

from api.http.authentication import ActDependency, needs_sign_in
from api.http.dependencies import StoreDependency
from api.http.schemas import Schema
from api.v1.cases import Cases
from api.v1.cases_schemas import CaseOut, CasePageOut
from api.v1.display_names import ColleaguesDependency
from api.v1.records_schemas import RecordPage, RecordSummary
from api.v1.searches_schemas import SearchLineOut, SearchPageOut
from biometrics.cases.reader import CaseQuery
from biometrics.cases.view import is_in_person
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.technique.text import clean_text
from biometrics.searches.listing import SearchQuery

router = APIRouter(tags=["records"])

LONGEST: Final = 200  # code points
SHOWN: Final = 10  # of each kind
_NATIONAL_NUMBER: Final = re.compile(r"[0-9]{10}")


class FoundOut(Schema):
    """What a text was found in, at most 10 of each kind; the listings of each kind have all."""

    records: list[RecordSummary] = Field(description="By name, national number or FIR; empty without the right")
    cases: list[CaseOut] = Field(description="The case of this number")
    searches: list[SearchLineOut] = Field(description="Made for this case or FIR, the newest first")
    more_records: bool = Field(default=False, description="There are more: `GET /records` with the same text has all")
    more_searches: bool = Field(default=False, description="There are more: `GET /searches` with the same text has all")


@router.get("/find", summary="Find people, cases and searches", dependencies=[needs_sign_in()])
def find(
    text: Annotated[str, Query(max_length=LONGEST, description="A name, national number, FIR or case number")],
    act: ActDependency,
    store: StoreDependency,
    cases: Cases,
    colleagues: ColleaguesDependency,
) -> FoundOut:
    """Find what you may see by a name, a national number, an FIR or a case number.

    Each kind is listed by the rules of `GET /records`, `GET /cases` and `GET /searches`, which also write the entries
    of the audit log. A kind that you have no right to list is empty.
    """
    text = clean_text("text", text, LONGEST, required=False)
    if not text:
        raise InvalidField("Enter a name, a national number, an FIR or a case number.")
    has_number = _has_number(text)
    results = FoundOut(records=[], cases=[], searches=[])
    if act.actor.may(Scope.ENCOUNTER_READ):
        people = RecordPage.of(store.people.find(RecordQuery(**record_words(text)), SHOWN))
        results.records, results.more_records = people.records, people.next is not None
    if has_number and act.actor.may(Scope.CASE_READ) and is_in_person(act):
        results.cases = CasePageOut.of(cases.find(CaseQuery(number=text), SHOWN, None)).cases
    if has_number and act.actor.may(Scope.SEARCH_READ):
        searches = SearchPageOut.of(store.searches.find(SearchQuery(case_number=text), SHOWN))
        results.searches, results.more_searches = searches.searches, searches.next is not None
    return colleagues.fill_names(results)


def record_words(text: str) -> dict[str, Any]:
    """Return the field of a `RecordQuery` that a text is looked for in, with the text."""
    if _NATIONAL_NUMBER.fullmatch(text):
        return {"national_number": text}
    return {"fir_number" if _has_number(text) else "name": text}


def _has_number(text: str) -> bool:
    return any(letter.isdecimal() for letter in text)
