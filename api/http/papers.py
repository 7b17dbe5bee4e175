"""Documents as answers: in which language they are written, and how a browser takes them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Query, Request, Response

from api.http.cookies import language_of
from api.localisation.languages import Language, language


class LanguageCode(StrEnum):
    """A language of the documents."""

    EN = "en"
    HI = "hi"


def _paper_language(
    request: Request,
    code: Annotated[
        LanguageCode | None,
        Query(alias="language", description="Language of the document; else that of `Accept-Language`"),
    ] = None,
) -> Language:
    return language(code) if code else language_of(request)


PaperLanguage = Annotated[Language, Depends(_paper_language)]


def pdf_response(content: bytes, name: str) -> Response:
    """Return a document, to be saved under a name of ASCII letters without its suffix."""
    headers = {
        "Content-Disposition": f"attachment; filename={name}.pdf",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type="application/pdf", headers=headers)
