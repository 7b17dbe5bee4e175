"""Galleries."""

from __future__ import annotations

import csv
import io
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response

from api.http.authentication import needs
from api.standards.common.answers import Json
from api.standards.osia.context import ContextDependency, documented
from api.standards.osia.schemas import PersonIds
from biometrics.kernel.access import Scope
from biometrics.osia.galleries import MAX_PAGE

router = APIRouter(prefix="/v1/galleries", tags=["Gallery"])

READ = [needs(Scope.GALLERY_READ)]
CSV = "text/csv"
_CONTENT = documented(list[PersonIds], 404)
_CONTENT[200] |= {"content": {CSV: {"schema": {"type": "string"}, "example": "PersonId, encounterId\nP-1, E-1\n"}}}


@router.get(
    "",
    dependencies=READ,
    operation_id="readGalleries",
    summary="Read the names of all galleries",
    responses=documented(list[str]),
    response_model=None,
)
def read_galleries(context: ContextDependency) -> Response:
    """Those of clients, and the kinds of encounters that came by another way."""
    return context.answer({})


@router.get(
    "/{galleryId}",
    dependencies=READ,
    operation_id="readGalleryContent",
    summary="Read who is in a gallery",
    responses=_CONTENT,
    response_model=None,
)
def read_content(
    galleryId: str,
    context: ContextDependency,
    offset: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=0, le=MAX_PAGE)] = 1000,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """As JSON, or as CSV where the Accept header is text/csv; ALL is every gallery."""
    parameters = {"galleryId": galleryId, "offset": offset, "limit": limit}
    if context.callback is not None:
        return context.accept(parameters)
    members = context.result(parameters)
    if not _wants_csv(accept):
        return Json(members)
    text = io.StringIO()
    text.write("PersonId, encounterId\n")
    csv.writer(text, lineterminator="\n").writerows((member["personId"], member["encounterId"]) for member in members)
    return Response(text.getvalue(), media_type=CSV)


def _wants_csv(accept: str) -> bool:
    """Say whether an Accept header prefers CSV to JSON."""
    weights = {"json": 0.0, "csv": 0.0}
    for part in accept.split(","):
        kind, *parameters = (parameter.strip().lower() for parameter in part.split(";"))
        weight = next((parameter[2:] for parameter in parameters if parameter.startswith("q=")), "1")
        try:
            value = float(weight)
        except ValueError:
            continue
        if kind in ("application/json", "application/*", "*/*"):
            weights["json"] = max(weights["json"], value)
        elif kind in (CSV, "text/*"):
            weights["csv"] = max(weights["csv"], value)
    return weights["csv"] > weights["json"]
