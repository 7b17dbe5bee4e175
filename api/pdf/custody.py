"""The chain of custody on paper: where each image came from, its digest then and now, and every step to the opinion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from api.localisation.image_labels import label_of
from api.localisation.value_labels import word
from api.pdf.case_images import CaseLabels
from api.pdf.paper import Paper
from api.pdf.people import UnitLabels, day_and_time, exhibit_facts
from biometrics.accounts.display_names import Names
from biometrics.kernel.access import Purpose, Unit
from biometrics.kernel.casework.cases import Side
from biometrics.use_cases.casework.court_report import CourtReport, ReportedImage

_WIDTHS: Final = (40, 56, 60, 22)  # shares: time, step, by whom, entry of the audit log


def write_custody(paper: Paper, report: CourtReport, labels: CaseLabels, names: Names, units: UnitLabels) -> None:
    """Write the origin of each image and the steps of the case; all of it is from rows and from the audit log."""
    _ = paper.locale.translate
    paper.heading(_("Chain of custody"), 13)
    paper.text(
        _("From the capture of the images to the last opinion, by the records and the audit log of the service.")
    )
    for name, piece in report.images.items():
        paper.heading(f"{_(word(piece.image.side))}: {labels[name]}", 10)
        paper.facts(_origin(paper, report, piece, names, units))
    paper.heading(_("Steps"), 10)
    head = (_("Time"), _("Step"), _("By"), _("Audit entry"))
    rows = sorted(_steps(paper, report, labels, names, units), key=lambda row: row[0])
    paper.table(head, [row for _at, row in rows], _WIDTHS)
    if report.case.steps:
        last = report.case.steps[-1]
        text = _("Each audit entry holds the SHA-256 of the one before it. SHA-256 of entry {number}: {digest}")
        paper.text(text.format(number=last.number, digest=last.hash), 8)


def _origin(
    paper: Paper, report: CourtReport, piece: ReportedImage, names: Names, units: UnitLabels
) -> Iterator[tuple[str, str]]:
    _, locale = paper.locale.translate, paper.locale
    if piece.encounter is not None:
        encounter = piece.encounter.encounter
        yield _("Captured"), ", ".join(part for part in (day_and_time(encounter, locale), encounter.place) if part)
        yield _("Event"), _(word(encounter.kind))
        yield _("FIR"), encounter.fir_number
        unit = Unit(encounter.state_code, encounter.district_code, encounter.station_code)
        yield _("Police station"), units.label(unit.path)
        yield _("Officer"), encounter.officer
        yield _("Capture device"), encounter.device
        yield _("Legal basis"), _(word(encounter.legal_basis))
    elif piece.search is not None:
        search = piece.search.search
        stated = [(name, fact) for name, fact in exhibit_facts(search.exhibit, locale) if fact]
        yield from stated or [(_("Captured"), _("not recorded: the file was sent with a search"))]
        yield _("FIR"), search.case_number
        yield _("Officer"), search.officer
        yield _("Purpose"), _(word(Purpose(search.purpose))) if search.purpose else ""
        yield _("Unit"), units.label(search.unit.path)
    by = names[piece.received_by] if piece.received_by else _("account not recorded")
    yield _("Received"), f"{locale.second(piece.received_at)}, {by}"
    yield _("SHA-256 when received"), piece.received_sha256
    yield _("SHA-256 of the file now"), piece.sha256
    same = piece.sha256 == piece.received_sha256
    yield _("Comparison"), _("The file is unchanged.") if same else _("THE FILE IS NOT THE ONE THAT WAS RECEIVED.")


def _steps(
    paper: Paper, report: CourtReport, labels: CaseLabels, names: Names, units: UnitLabels
) -> Iterator[tuple[datetime, tuple[str, str, str, str]]]:
    """Yield the steps by the audit log, and when each examiner opened an image, by the case."""
    _, moment = paper.locale.translate, paper.locale.second
    places = {step.actor: step.unit for step in report.case.steps}
    for step in report.case.steps:
        by = f"{names[step.actor]}, {units.label(step.unit)}"
        yield step.at, (moment(step.at), _(word(step.action)), by, str(step.number))
    sides = {Side.PROBE: _("Probe"), Side.CANDIDATE: _("Candidate")}
    for reported in report.case.looks:
        look = reported.look
        name, _rest, compared = look.image.partition(" ")
        text = _("Opened: {image}").format(image=f"{sides[look.side]}: {label_of(name, labels, _)}")
        if compared:
            text = f"{text} {_('with corresponding minutiae')}"
        unit = places.get(look.actor, "")
        number = "" if reported.number is None else str(reported.number)
        yield look.at, (moment(look.at), text, f"{names[look.actor]}{', ' if unit else ''}{units.label(unit)}", number)
