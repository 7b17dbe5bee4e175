"""The certificate of section 63(4)(c) Bharatiya Sakshya Adhiniyam 2023 about a paper, in the form of its Schedule.

Part A is for the person in charge of the device, Part B for an expert; the hash report is enclosed. What the unit
stated is filled in, and what it did not state is a blank to fill in by hand. docs/papers.md names the source.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from api.localisation.languages import Language
from api.localisation.value_labels import word
from api.pdf.fonts import FOLDER
from api.pdf.paper import HashedFile, Locale, Paper, Translate, WrittenPaper
from biometrics.access.court_details import Control, CourtDetails, DeviceKind

_IST: Final = ZoneInfo("Asia/Kolkata")  # the Schedule asks for it, whatever zone the station keeps
_BLANK: Final = "_" * 30
_SHORT_BLANK: Final = "_" * 18
_WIDTHS: Final = (10, 62, 22, 84)  # shares: number, file, algorithm, hash
ALGORITHM: Final = "SHA-256"


def section63_pdf(
    about: WrittenPaper,
    file_name: str,
    details: CourtDetails,
    wished: Language,
    now: datetime,
    folder: Path = FOLDER,
) -> WrittenPaper:
    """Write the certificate about a paper, which was saved as `file_name`, and the files that it rests on."""
    locale = Locale.writable(wished, "Asia/Kolkata", folder)
    _ = locale.translate
    of_paper = _("The paper: {title}; file {name}").format(title=about.title, name=file_name)
    hashed = [HashedFile(of_paper, sha256(about.content).hexdigest()), *about.files]
    name = _("Certificate under section 63(4)(c) BSA 2023: {title}").format(title=about.title)
    document = Paper(name, now, locale, folder)
    document.heading(_("CERTIFICATE"), 15)
    document.text(
        _(
            "The Schedule, section 63(4)(c) of the Bharatiya Sakshya Adhiniyam, 2023. It is to be submitted with the "
            "electronic record each time that the record is submitted for admission."
        )
    )
    document.facts([(_("About"), about.title)])
    document.heading(_("PART A (To be filled by the Party)"), 12)
    document.text(_affirmation(details, _))
    document.text(
        _(
            "I have produced electronic record/output of the digital record taken from the following device/digital "
            "record source (tick mark):"
        )
    )
    _write_device(document, details, _)
    document.text(
        _(
            "The digital device or the digital record source was under the lawful control for regularly creating, "
            "storing or processing information for the purposes of carrying out regular activities and during this "
            "period, the computer or the communication device was working properly and the relevant information was "
            "regularly fed into the computer during the ordinary course of business. If the computer/digital device at "
            "any point of time was not working properly or out of operation, then it has not affected the "
            "electronic/digital record or its accuracy."
        )
    )
    since = f"{details.used_since:%d/%m/%Y}" if details.used_since else _SHORT_BLANK
    document.text(
        _("Period of regular use: from {since} to {until}.").format(
            since=since, until=f"{now.astimezone(_IST):%d/%m/%Y}"
        )
    )
    held = "   ".join(_choice(_(word(control)), control in details.control) for control in Control)
    document.text(
        _("The digital device or the source of the digital record is (select as applicable), by me:") + f"\n{held}"
    )
    _write_hashes(document, hashed[0], len(hashed), _)
    _write_signing(document, details.in_charge, _("Name and signature"), _)
    document.new_page()
    document.heading(_("PART B (To be filled by the Expert)"), 12)
    document.text(_affirmation(CourtDetails(), _))
    document.text(
        _(
            "The produced electronic record/output of the digital record are obtained from the following "
            "device/digital record source (tick mark):"
        )
    )
    _write_device(document, details, _)
    _write_hashes(document, hashed[0], len(hashed), _)
    _write_signing(document, "", _("Name, designation and signature"), _)
    document.new_page()
    _write_hash_report(document, hashed, now, _)
    return document.finished(hashed)


def _choice(label: str, is_ticked: bool) -> str:
    """Return a box with its label on one line."""
    return f"{'[X]' if is_ticked else '[  ]'} {label}".replace(" ", "\N{NO-BREAK SPACE}")


def _affirmation(details: CourtDetails, _: Translate) -> str:
    return _(
        "I, {name}, son/daughter/spouse of {relative}, residing/employed at {address}, do hereby solemnly affirm and "
        "sincerely state and submit as follows:"
    ).format(
        name=details.in_charge or _BLANK, relative=details.relative or _BLANK, address=details.address or 2 * _BLANK
    )


def _write_device(document: Paper, details: CourtDetails, _: Translate) -> None:
    sources = [_choice(_(word(kind)), kind is details.device) for kind in DeviceKind]
    document.text(f"{'   '.join(sources)}: {_SHORT_BLANK}")
    document.facts(
        (
            (_("Make and model"), details.make_and_model or _BLANK),
            (_("Colour"), details.colour or _BLANK),
            (_("Serial number"), details.serial_number or _BLANK),
            (_("IMEI/UIN/UID/MAC/Cloud ID (as applicable)"), details.identifier or _BLANK),
            (
                _("Other relevant information"),
                _("Software: Pehchan {version}").format(version=version("pehchan")) + f"; {_BLANK}",
            ),
        )
    )


def _write_hashes(document: Paper, paper: HashedFile, count: int, _: Translate) -> None:
    document.text(
        _(
            "I state that the HASH value/s of the electronic/digital record/s is {hash} (of the paper), and of all "
            "{count} files as the enclosed hash report lists them, obtained through the following algorithm:"
        ).format(hash=paper.sha256, count=count)
        + "\n"
        + "   ".join(_choice(name, name == "SHA256") for name in ("SHA1", "SHA256", "MD5", _("Other")))
    )
    document.text(_("(Hash report to be enclosed with the certificate)"))


def _write_signing(document: Paper, name: str, capacity: str, _: Translate) -> None:
    document.room(40)
    document.text(f"{capacity}:" + (f" {name}" if name else ""))
    for blank in (
        _("Signature"),
        _("Date (DD/MM/YYYY)"),
        _("Time (IST), 24 hours"),
        _("Place"),
    ):
        document.blank(blank)
    document.pdf.ln(3)


def _write_hash_report(document: Paper, files: Sequence[HashedFile], now: datetime, _: Translate) -> None:
    document.heading(_("Hash report"), 13)
    document.facts(
        (
            (_("Computed"), f"{now.astimezone(_IST):%d/%m/%Y, %H:%M:%S} IST"),
            (_("Software"), f"Pehchan {version('pehchan')}"),
        )
    )
    rows = [(str(number), file.name, ALGORITHM, file.sha256) for number, file in enumerate(files, start=1)]
    document.table((_("No."), _("File"), _("Algorithm"), _("Hash")), rows, _WIDTHS)
    document.text(
        _(
            "To check the hash of this paper, compute the SHA-256 of the PDF file as it was saved: sha256sum on Linux, "
            "certutil -hashfile FILE SHA256 on Windows."
        )
    )
