"""A paper as an answer, or the certificate of section 63(4) BSA about it.

Routes import `api.pdf` when a paper is asked for: it takes an eighth of a start of the server to load.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Query, Request, Response

from api.http.papers import PaperLanguage, pdf_response
from api.localisation.languages import Language
from api.services import services_of
from biometrics.access.units import UnitStore
from biometrics.kernel.access import Unit
from biometrics.records.store import RecordStore

if TYPE_CHECKING:
    from api.pdf.paper import WrittenPaper


class PaperDocument(StrEnum):
    """What to fetch."""

    PAPER = "paper"
    CERTIFICATE = "certificate"


@dataclass(frozen=True)
class PaperOptions:
    """How a paper is asked for: its language, the station's time zone, and whether it or the certificate about it."""

    language: Language
    zone: str
    document: PaperDocument

    def response(self, store: RecordStore, paper: WrittenPaper, name: str) -> Response:
        """Return a paper as the file `name`.pdf, or the certificate about it."""
        if self.document is PaperDocument.PAPER:
            return pdf_response(paper.content, name)
        unit = store.act.actor.unit if store.act else Unit()
        details = UnitStore(store.database).court_details(unit)
        from api.pdf.section63 import section63_pdf

        certificate = section63_pdf(paper, f"{name}.pdf", details, self.language, datetime.now(UTC))
        return pdf_response(certificate.content, f"{name}-section-63")


def _paper_options(
    request: Request,
    language: PaperLanguage,
    document: Annotated[
        PaperDocument,
        Query(
            description="`paper`, or `certificate`: the certificate of section 63(4)(c) BSA 2023 about the paper in "
            "this language, with the hash report"
        ),
    ] = PaperDocument.PAPER,
) -> PaperOptions:
    return PaperOptions(language, services_of(request).time_zone, document)


PaperDependency = Annotated[PaperOptions, Depends(_paper_options)]
