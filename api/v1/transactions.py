"""ANSI/NIST-ITL transactions: a file in, its answer's file out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.http.authentication import needs_sign_in
from api.http.operations import Answer, Caller, Run, operation
from api.http.turns import IN_TURN, LATER
from api.itl.submission import submit
from biometrics import itl

router = APIRouter(prefix="/itl", tags=["transactions"])

MEDIA_TYPE = "application/octet-stream"  # none is registered
_ENCODINGS = {  # media type, and the ending of a file's name
    itl.Encoding.TRADITIONAL: (MEDIA_TYPE, "an2"),
    itl.Encoding.XML: ("application/xml", "xml"),
}
_FILE = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type, _ in _ENCODINGS.values()}


async def _content(request: Request) -> bytes:
    return await request.body()


@dataclass(frozen=True)
class TransactionInput:
    """A file; `candidate` is which one INTERPOL's answer has, from 1."""

    content: bytes
    candidate: int = 1


@operation("POST /api/v1/itl/transactions", TransactionInput)
def _submit(caller: Caller, upload: TransactionInput) -> Answer[Response]:
    outcome = submit(caller.engine, upload.content, caller.services.itl_table, caller.act, upload.candidate)
    kind = itl.parse(outcome.content)[0].text(itl.TOT)
    media_type, ending = _ENCODINGS[itl.encoding_of(outcome.content) or itl.Encoding.TRADITIONAL]
    headers = {"Content-Disposition": f'attachment; filename="answer.{ending}"', "X-Transaction-Type": kind}
    if outcome.searches:
        headers["Link"] = ", ".join(f'</api/v1/searches/{search_id}>; rel="related"' for search_id in outcome.searches)
    return Answer(Response(outcome.content, media_type=media_type, headers=headers))


@router.post(
    "/transactions",
    summary="Process an ANSI/NIST-ITL transaction",
    dependencies=[needs_sign_in(), LATER, IN_TURN],
    response_class=Response,
    responses={200: {"content": _FILE, "description": "The answer: SRE, SRT, SRL, ERRT or ERR"}},
    openapi_extra={"requestBody": {"required": True, "content": _FILE}},
)
def process_transaction(
    content: Annotated[bytes, Depends(_content)],
    run: Run,
    candidate: Annotated[
        int, Query(ge=1, le=99, description="Which candidate an answer to INTERPOL has, as it can have only one")
    ] = 1,
) -> Response:
    """Enrol, search or delete, by the type of transaction (1.004); request and answer are ANSI/NIST-ITL files.

    The file is in the traditional encoding or in XML (NIEM); the answer is in the same. All its faults are listed in
    `errors`, field by field. A valid transaction that cannot be carried out, such as a search with an unusable print,
    is answered by an ERRT file, INTERPOL's (domain INT-I) by ERR. The scopes needed are those of the requested
    operation. `Link` names the searches that were made.
    """
    return run(_submit, TransactionInput(content, candidate))
