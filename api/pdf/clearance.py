"""The clearance certificate as a document, and its QR code: drawn, and read back from a document or a picture."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import segno
from PIL import Image as Pillow

from api.localisation.languages import Language
from api.pdf.fonts import FOLDER
from api.pdf.paper import HashedFile, Locale, Paper, Signature, WrittenPaper
from api.pdf.people import UnitLabels
from biometrics.accounts.display_names import names_of
from biometrics.clearances.model import Clearance, ClearanceOutcome
from biometrics.clearances.statement import parse_statement
from biometrics.imaging.image import decode
from biometrics.kernel.errors import InvalidField
from biometrics.storage.database.engine import Database
from biometrics.use_cases.casework.clear import ApplicantPhoto

SIDE: Final = 58.0  # millimetres of the QR code
_PHOTO_WIDTH, _PHOTO_HEIGHT = 35.0, 45.0  # millimetres, of a passport photo
_PHOTO_PIXELS: Final = 600  # of the longer side in the document
_BORDER: Final = 4  # modules around it
_PDF: Final = b"%PDF-"
_ATTACHED: Final = re.compile(rb'\{"born":"[^\r\n]*"\}')
_COLOUR: Final = 3  # dimensions of an image with channels


def clearance_pdf(
    database: Database,
    clearance: Clearance,
    photo: ApplicantPhoto | None,
    public_key: str,
    language: Language,
    zone: str = "",
    folder: Path = FOLDER,
) -> WrittenPaper:
    """Write the certificate that a request led to; the signed statement is in its QR code, and attached as a file.

    `photo` is the one that was searched with: without it the paper would bind the result to a typed name alone.
    """
    assert clearance.statement is not None, "it was issued, and is not erased"
    assert clearance.decided_at is not None, "it was issued"
    locale = Locale.writable(language, zone, folder)
    _, statement = locale.translate, parse_statement(clearance.statement)
    number = clearance.number
    title = _("Police clearance certificate {number}").format(number=number)
    paper = Paper(title, clearance.decided_at, locale, folder)
    paper.heading(_("Police clearance certificate"), 16)
    paper.facts(_facts(clearance, statement, UnitLabels(database, locale).label(clearance.unit.path), locale))
    paper.heading(_("Applicant"))
    _write_applicant(paper, clearance, photo)
    paper.heading(_("Statement"))
    paper.text(_statement(clearance, statement, locale), 11)
    paper.text(
        _(
            "This statement is about the records in this system on the day of the search. It says nothing about the "
            "applicant's character, and nothing about records kept elsewhere."
        )
    )
    paper.heading(_("How to check this certificate"))
    paper.room(SIDE + 2)
    paper.pdf.image(io.BytesIO(qr_code(clearance.statement)), w=SIDE, h=SIDE)
    paper.text(
        _(
            "The QR code holds this statement with the electronic signature (Ed25519) of the issuing system. Check it "
            "with “pehchan certificate verify” and the public key below, without a connection. That does not show "
            "whether the certificate was revoked since: ask the issuing office, and give the number."
        )
    )
    paper.facts([(_("Public key"), public_key)])
    paper.heading(_("Signatures"))
    by = names_of(database, [clearance.decided_by])[clearance.decided_by or ""]
    paper.signatures([Signature(by, _("Issuing officer"))])
    content, name = clearance.statement.encode(), f"{number}.json"
    paper.pdf.embed_file(bytes=content, basename=name, modification_date=clearance.decided_at)
    signed = _("Signed statement {name}, attached and in the QR code").format(name=name)
    files = [HashedFile(signed, sha256(content).hexdigest())]
    return paper.finished([*files, HashedFile(_("Photo"), photo.sha256)] if photo else files)


def _write_applicant(paper: Paper, clearance: Clearance, photo: ApplicantPhoto | None) -> None:
    """Write the particulars, with the photo that was searched with beside them."""
    pdf, _ = paper.pdf, paper.locale.translate
    facts = list(_applicant(clearance, paper.locale))
    if photo is None:
        paper.facts(facts)
        return
    facts.append((_("Photo, SHA-256"), photo.sha256))
    if photo.image is None:
        paper.facts([*facts, (_("Photo"), _("not kept any more: it was destroyed after the decision"))])
        return
    paper.room(_PHOTO_HEIGHT + 2)
    top, left = pdf.get_y(), pdf.w - pdf.r_margin - _PHOTO_WIDTH
    picture = Pillow.fromarray(photo.image.pixels)
    picture.thumbnail((_PHOTO_PIXELS, _PHOTO_PIXELS))
    width = min(_PHOTO_WIDTH, _PHOTO_HEIGHT * picture.width / picture.height)
    pdf.image(picture, left, top, width)
    paper.facts(facts, pdf.epw - _PHOTO_WIDTH - 4)
    pdf.set_y(max(pdf.get_y(), top + width * picture.height / picture.width + 2))


def qr_code(text: str) -> bytes:
    """Draw the QR code of a text as PNG, with room for what a fold or a stamp hides (level M).

    A statement has at most LONGEST_SIGNED bytes, which fit.
    """
    drawn = io.BytesIO()
    segno.make(text, error="m", encoding="utf-8", micro=False).save(drawn, kind="png", scale=6, border=_BORDER)
    return drawn.getvalue()


def statement_in(content: bytes) -> str:
    """Return the statement in a certificate's file: the document, a picture of its QR code, or the text itself.

    Raises:
        InvalidField: there is none.
        BadImage: a picture cannot be read.
    """
    if content.startswith(_PDF):
        attached = _ATTACHED.search(content)
        text = attached[0] if attached else b""
    elif content.lstrip().startswith(b"{"):
        text = content
    else:
        return _read_qr_code(content)
    try:
        return text.decode().strip()
    except UnicodeDecodeError as error:
        raise InvalidField("The file holds no clearance certificate of Pehchan; scan the QR code instead.") from error


def _read_qr_code(picture: bytes) -> str:
    pixels = decode(picture).pixels
    grey = pixels if pixels.ndim < _COLOUR else cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
    text = cv2.QRCodeDetectorAruco().detectAndDecode(grey)[0]
    if not text:
        raise InvalidField("No QR code can be read in this picture; take a sharper one of the QR code alone.")
    return text


def _facts(clearance: Clearance, statement: dict[str, Any], office: str, locale: Locale) -> Iterator[tuple[str, str]]:
    _, day = locale.translate, locale.language.day
    yield _("Number"), clearance.number
    yield _("Issued"), day(date.fromisoformat(statement["issued"]))
    yield _("Valid until"), day(date.fromisoformat(statement["until"]))
    yield _("Issuing office"), office
    yield _("For"), statement["for"]
    yield _("Receiving authority"), statement["to"]


def _applicant(clearance: Clearance, locale: Locale) -> Iterator[tuple[str, str]]:
    _, request = locale.translate, clearance.request
    assert request is not None, "it is not erased"
    yield _("Name"), request.name
    yield _("Father, mother or husband"), request.relative
    yield _("Date of birth"), locale.language.day(request.birth_date)
    yield _("Identity document"), request.document
    yield _("Basis of the check"), request.legal_basis


def _statement(clearance: Clearance, statement: dict[str, Any], locale: Locale) -> str:
    _, decision = locale.translate, clearance.decision
    assert decision is not None, "it is decided"
    searched = locale.language.day(date.fromisoformat(statement["searched"]))
    compared = _(
        "The applicant's fingerprints and photo were compared on {day} with the records of the police in this system."
    ).format(day=searched)
    if decision.outcome is ClearanceOutcome.NO_RECORD:
        return f"{compared} {_('No record was found that may be disclosed for this purpose.')}"
    return f"{compared} {_('A record was found. For this purpose the following may be disclosed:')}\n{decision.details}"
