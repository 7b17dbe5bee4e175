"""The images of a case on paper: at life size, and each pair enlarged with the minutiae that were marked on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from PIL import Image as Pillow

from api.localisation.image_labels import image_labels
from api.localisation.value_labels import word
from api.pdf.charted import (
    EXAMINER,
    MOST_POINTS,
    SOFTWARE,
    SOFTWARE_PREFIX,
    Colour,
    Point,
    PrintedImage,
    PrintedLine,
    charted,
    life_size,
    moved,
)
from api.pdf.paper import Paper, Translate
from biometrics.accounts.display_names import Names
from biometrics.kernel.casework.annotations import DrawingKind
from biometrics.kernel.casework.cases import Pair, Side
from biometrics.kernel.casework.opinions import Opinion
from biometrics.kernel.recognition.reading import PlacedBy
from biometrics.use_cases.casework.court_report import CourtReport

CaseLabels = Mapping[str, str]  # what the images of a case are called, by their names

SUGGESTED: Final = PlacedBy.SOFTWARE
_ROOM: Final = 90.0  # millimetres, for the images at life size with their heading

Numbered = tuple[Sequence[Point | None], Sequence[Point | None]]  # points of both images, by their numbers


def case_labels(report: CourtReport, _: Translate) -> CaseLabels:
    """Return what to call each image of a case."""
    return {
        name: label
        for side in Side
        for name, label in image_labels([image for image in report.case_images if image.side is side], _).items()
    }


def write_images(paper: Paper, report: CourtReport, labels: CaseLabels) -> None:
    """Write the images at life size."""
    printed = [_printed(paper, report, labels, name) for name in report.images]
    images = [image for image in printed if image is not None]
    _ = paper.locale.translate
    paper.room(_ROOM)
    paper.heading(_("Images"), 13)
    if not images:
        paper.text(_("No image can be printed: none is stored any more, or they are minutiae without an image."))
        return
    if any(image.ppi is not None for image in images):
        paper.text(_("At life size if printed on A4 without scaling: this line is 50 mm long."))
        pdf = paper.pdf
        pdf.set_draw_color(0)
        pdf.set_line_width(0.5)
        pdf.line(pdf.l_margin, pdf.get_y() + 1, pdf.l_margin + 50, pdf.get_y() + 1)
        pdf.ln(5)
    life_size(paper, images)


def write_charts(paper: Paper, report: CourtReport, labels: CaseLabels, names: Names) -> None:
    """Write pages for each opinion with marks and for the automatic comparison; without either, the pair alone."""
    _, written = paper.locale.translate, False
    for opinion in report.case.view.opinions:
        if (opinion.marks or opinion.drawings) and opinion.pair:
            title = _("Marked by {name}: {conclusion}").format(
                name=names[opinion.actor], conclusion=_(word(opinion.conclusion))
            )
            note = _("Equal numbers mark features that the examiner found in both images.")
            late = report.case.view.after_analysis(opinion)
            if late:
                note = f"{note} {_('Those with * were marked on the probe, or changed, after the analysis.')}"
            written |= _write_pair(
                paper, report, labels, opinion.pair, title, note, _marked(opinion), EXAMINER, opinion
            )
    if report.pair is None:
        return
    if report.chart is not None:
        chart = report.chart
        pairs = [(chart.probe.marks[a], chart.candidate.marks[b]) for a, b in chart.pairs]
        points: Numbered = [(a.x, a.y) for a, _b in pairs], [(b.x, b.y) for _a, b in pairs]
        note = _(
            "Equal numbers mark minutiae that the automatic comparison paired in both images. They are a hint, not an "
            "examiner's opinion."
        )
        if chart.frame.stretch:
            width, height = (round(100 * factor) for factor in chart.frame.stretch)
            text = _("For the automatic comparison the latent was stretched: width {width} %, height {height} %.")
            note = f"{note} {text.format(width=width, height=height)}"
        placed_by = report.images[report.pair[0]].placed_by
        accepted = [
            f"{SOFTWARE_PREFIX}{at}"
            for at, (a, _b) in enumerate(chart.pairs, start=1)
            if placed_by[a : a + 1] == (SUGGESTED,)
        ]
        if accepted:
            text = _(
                "By the file of the marks, suggested by the software and accepted by the examiner on the probe: "
                "{numbers}."
            )
            note = f"{note} {text.format(numbers=', '.join(accepted))}"
        _write_pair(paper, report, labels, report.pair, _("Automatic comparison"), note, points, SOFTWARE)
    elif not written:
        _write_pair(paper, report, labels, report.pair, _("Images compared"), "", ((), ()), SOFTWARE)


def _lines(opinion: Opinion, image: str) -> list[PrintedLine]:
    """Return what was drawn on an image: lines of ridge counts with their names, and ridges that were followed."""
    return [
        PrintedLine(drawing.path, f"R{number}" if drawing.kind is DrawingKind.RIDGE_COUNT else "")
        for number, drawing in enumerate(opinion.drawings, start=1)
        if drawing.image == image
    ]


def _marked(opinion: Opinion) -> Numbered:
    return [mark.probe for mark in opinion.marks], [mark.candidate for mark in opinion.marks]


def _write_pair(
    paper: Paper,
    report: CourtReport,
    labels: CaseLabels,
    pair: Pair,
    title: str,
    note: str,
    numbered: Numbered,
    colour: Colour,
    opinion: Opinion | None = None,
) -> bool:
    """Write as many pages of a pair as its points need; return whether both images are there to be printed."""
    images = list(_prepared(paper, report, labels, pair, numbered))
    if len(images) < 2:
        return False
    if opinion:
        late = report.case.view.after_analysis(opinion)
        on_probe = [mark.probe_direction for mark in opinion.marks]
        on_candidate = [mark.candidate_direction for mark in opinion.marks]
        images = [replace(images[0], starred=late, directions=on_probe), replace(images[1], directions=on_candidate)]
        images = [
            replace(image, lines=_lines(opinion, name)) for image, name in zip(images, opinion.pair or (), strict=True)
        ]
    else:
        images = [replace(image, prefix=SOFTWARE_PREFIX) for image in images]
    total = max(len(points) for points in numbered)
    for first in range(0, max(total, 1), MOST_POINTS):
        paper.new_page(across=True)
        paper.heading(title, 13)
        if note:
            paper.text(note, 8)
        charted(paper, (images[0], images[1]), first, colour)
    return True


def _prepared(
    paper: Paper, report: CourtReport, labels: CaseLabels, pair: Pair, numbered: Numbered
) -> Iterator[PrintedImage]:
    """Yield both images of a pair with their points; faces are set upright as they were compared."""
    frame = report.chart.frame if report.chart and report.pair == pair else None
    motions = (frame.probe, frame.candidate) if frame and frame.ppi is None else (None, None)
    for name, points, motion in zip(pair, numbered, motions, strict=True):
        printed = _printed(paper, report, labels, name) if name in report.images else None
        if printed is None:
            continue
        image = replace(printed, points=points)
        yield moved(image, motion, (frame.width, frame.height)) if frame and motion else image


def _printed(paper: Paper, report: CourtReport, labels: CaseLabels, name: str) -> PrintedImage | None:
    """Return an image of a case as something to print; None for another system's minutiae."""
    piece = report.images[name]
    if piece.picture is None:
        return None
    side = paper.locale.translate(word(piece.image.side))
    ppi, picture = piece.picture.ppi, Pillow.fromarray(piece.picture.pixels)
    if not piece.image.modality.traits.has_ridges:
        return PrintedImage(f"{side}: {labels[name]}", picture, None)
    chart = report.chart
    marked = dict(zip(report.pair, (chart.probe, chart.candidate), strict=True)) if chart and report.pair else {}
    read = marked[name].ppi if name in marked else None
    return PrintedImage(f"{side}: {labels[name]}", picture, ppi or read, has_stated_ppi=ppi is not None)
