"""Browsing the photos of scars, marks and tattoos."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import ValidationError, create_model

from api.http.authentication import needs
from api.http.dependencies import StoreDependency
from api.http.errors import details_of, details_of_invalid
from api.http.pagination import After, cursor, number_after
from api.http.schemas import Schema, adapter_of
from api.web.labels.body_marks import MARK_CHOICES
from api.web.pages import PagesDependency
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.record import MARK_CONDITIONS, Record, RecordQuery

router = APIRouter()

SHOWN: Final = 24  # photos of a page


# The conditions as they were typed, and the beginning of an NCIC code.
_TYPED: Final[dict[str, Any]] = dict.fromkeys((*MARK_CONDITIONS, "mark_code"), (str, "")) | {"after": (After, None)}
MarkSearch: Any = create_model("MarkSearch", __base__=Schema, **_TYPED)


@router.get("/marks", dependencies=[needs(Scope.ENCOUNTER_READ)])
def browse_marks(pages: PagesDependency, store: StoreDependency, search: Annotated[MarkSearch, Query()]) -> Response:
    """Show photos of marks that meet conditions, the newest first, each with the record that it is of."""
    sent: dict[str, Any] = search.model_dump(exclude={"after"}, exclude_unset=True)
    filled = {name: value for name, value in sent.items() if value.strip()}
    page, problem = None, None
    try:
        of_mark = {name: value for name, value in filled.items() if name != "mark_code"}
        query = adapter_of(RecordQuery).validate_strings(of_mark)
        page = store.people.marks(query, search.mark_code, SHOWN, number_after(search.after))
    except ValidationError as error:
        problem = details_of_invalid(error.errors())
    except InvalidField as error:
        problem = details_of(error)
    people = store.people.named([mark.record_id for mark in page.items]) if page and page.items else {}
    return pages.show(
        "marks.html",
        422 if problem else 200,
        asked=filled,
        **MARK_CHOICES,
        page=page,
        people={key: record for key, record in people.items() if isinstance(record, Record)},
        problem=problem,
        next=cursor(page.after) if page else None,
        after=search.after,
    )
