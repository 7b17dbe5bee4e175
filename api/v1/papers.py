"""Documents for courts and for the file of a station, as PDF in English or Hindi."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.http.authentication import needs
from api.http.dependencies import EngineDependency
from api.http.errors import raising
from api.http.papers import PaperLanguage, pdf_response
from api.http.schemas import PDF
from api.http.turns import IN_TURN
from api.pdf.case_report import case_report_pdf
from api.services import services_of
from api.v1.cases import Cases
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import NothingToCompare, WrongStep
from biometrics.use_cases.court_report import court_report

router = APIRouter(tags=["papers"])


@router.get(
    "/cases/{case_id}/report",
    summary="Get the report of a case for a court",
    dependencies=[needs(Scope.CASE_READ), IN_TURN],
    response_class=Response,
    responses=PDF | raising(WrongStep, NothingToCompare),
)
def read_case_report(
    case_id: str, engine: EngineDependency, cases: Cases, request: Request, language: PaperLanguage
) -> Response:
    """Fetch a PDF of a closed case: people, images with the marked minutiae, opinions, chain of custody, signatures.

    Of an identification it evaluates the automatic comparison in the form of the guideline of ENFSI. The same case
    gives the same bytes. It is in English if the server has no font for the language. The audit log keeps that it was
    made.
    """
    services = services_of(request)
    report = court_report(engine, cases, case_id, services.likelihood_scales)
    content = case_report_pdf(engine.store.database, report, language, services.time_zone)
    return pdf_response(content, f"case-{report.case.view.number}")
