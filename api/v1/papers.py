"""Documents for courts and for the file of a station, as PDF in English or Hindi."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.http.authentication import needs
from api.http.dependencies import EngineDependency, StoreDependency
from api.http.errors import raising
from api.http.schemas import PDF
from api.http.turns import IN_TURN
from api.services import services_of
from api.v1.cases import Cases
from api.v1.paper_response import PaperDependency
from api.v1.retention import Certificates, certificate_of
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import NothingToCompare, UndecodableImage, WrongStep
from biometrics.storage.audit.log import Action
from biometrics.use_cases.casework.court_report import court_report
from biometrics.use_cases.retention.encounter_papers import EncounterPaper, encounter_file

router = APIRouter(tags=["papers"])


@router.get(
    "/cases/{case_id}/report",
    summary="Get the report of a case for a court",
    dependencies=[needs(Scope.CASE_READ), IN_TURN],
    response_class=Response,
    responses=PDF | raising(WrongStep, NothingToCompare),
)
def read_case_report(
    case_id: str,
    engine: EngineDependency,
    cases: Cases,
    request: Request,
    options: PaperDependency,
) -> Response:
    """Fetch a PDF of a closed case: people, images with the marked minutiae, opinions, chain of custody, signatures.

    Of an identification it evaluates the automatic comparison in the form of the guideline of ENFSI. The same case
    gives the same bytes. It is in English if the server has no font for the language. The audit log keeps that it was
    made.
    """
    services = services_of(request)
    report = court_report(engine, cases, case_id, services.likelihood_scales)
    from api.pdf.case_report import case_report_pdf

    content = case_report_pdf(engine.store.database, report, options.language, options.zone)
    return options.response(engine.store, content, f"case-{report.case.view.number}")


@router.get(
    "/records/{record_id}/encounters/{encounter_id}/fingerprint-slip",
    summary="Get the fingerprint slip of an encounter",
    dependencies=[needs(Scope.ENCOUNTER_READ), needs(Scope.IMAGE_READ), IN_TURN],
    response_class=Response,
    responses=PDF | raising(UndecodableImage),
)
def read_fingerprint_slip(
    record_id: str,
    encounter_id: str,
    engine: EngineDependency,
    options: PaperDependency,
) -> Response:
    """Fetch a PDF with the rolled and plain prints of ten fingers, each in its box, the particulars and the FIR.

    Each print has its life size; one that is larger than its box is cut, never reduced. The audit log has an entry for
    the slip and for each print.
    """
    from api.pdf.encounter_papers import fingerprint_slip_pdf, slip_samples

    file = encounter_file(engine, record_id, encounter_id, EncounterPaper.FINGERPRINT_SLIP, slip_samples)
    content = fingerprint_slip_pdf(engine.store.database, file, options.language, options.zone)
    return options.response(engine.store, content, f"fingerprint-slip-{file.record.national_number}")


@router.get(
    "/records/{record_id}/encounters/{encounter_id}/receipt",
    summary="Get the receipt of an encounter",
    dependencies=[needs(Scope.ENCOUNTER_READ), needs(Scope.IMAGE_READ), IN_TURN],
    response_class=Response,
    responses=PDF | raising(UndecodableImage),
)
def read_encounter_receipt(
    record_id: str,
    encounter_id: str,
    engine: EngineDependency,
    options: PaperDependency,
) -> Response:
    """Fetch a PDF with the particulars of an arrest or event, a photo and the print of a thumb.

    The audit log has an entry for the receipt and for each image.
    """
    from api.pdf.encounter_papers import receipt_pdf, receipt_samples

    file = encounter_file(engine, record_id, encounter_id, EncounterPaper.RECEIPT, receipt_samples)
    content = receipt_pdf(engine.store.database, file, options.language, options.zone)
    return options.response(engine.store, content, f"receipt-{file.record.national_number}")


@router.get(
    "/expungements/{expungement_id}/notice",
    summary="Get the notice of a destruction to a court",
    dependencies=[needs(Scope.RETENTION_MANAGE)],
    response_class=Response,
    responses=PDF,
)
def read_expungement_notice(
    expungement_id: str,
    certificates: Certificates,
    store: StoreDependency,
    options: PaperDependency,
) -> Response:
    """Fetch the notice to a court of what a certificate says was destroyed, as PDF. It names no person."""
    certificate = certificate_of(expungement_id, certificates)
    store.note(Action.PAPER_MADE, str(certificate.content["record"] or ""), paper="notice", expungement=certificate.id)
    from api.pdf.notice import notice_pdf

    content = notice_pdf(store.database, certificate, options.language, options.zone)
    return options.response(store, content, f"notice-{certificate.id}")
