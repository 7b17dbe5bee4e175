"""The charted comparison of a case as a PDF: both images, numbered pairs, and the facts of the case.

It is in the reader's language if the machine has a font for it, else in English. `_` translates a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image as Pillow

from api.localisation import languages
from api.localisation.image_labels import image_labels, label_of, look_text
from api.localisation.strength_labels import strength_text
from api.localisation.value_labels import word
from api.pdf.fonts import FOLDER, writes_devanagari
from api.pdf.paper import Paper, Point
from biometrics.access.units import UnitStore
from biometrics.accounts.display_names import Names, names_of
from biometrics.cases.view import CaseView
from biometrics.imaging.charts import Affine, MarkedImage
from biometrics.kernel.cases import Finding, Opinion, Side
from biometrics.kernel.errors import NothingToCompare
from biometrics.use_cases.compare import CaseExhibit, SideBySide
from biometrics.use_cases.engine import Engine
from biometrics.use_cases.examine import CaseImage, images_of

LONGEST: Final = 2000  # pixels of a picture's longer side; a larger one is made smaller
MILLIMETRES: Final = 25.4  # an inch
_HEIGHT: Final = 136.0  # millimetres of the pictures

Places = tuple[Point | None, Point | None]  # of one number on the probe and on the candidate's image, in pixels
Say = Callable[[str], str]  # translates a text of the catalogues to the language of the chart
Labels = Mapping[str, str]  # what the images of the case are called, by their names
When = Callable[[datetime], str]  # writes a moment in that language


def chart_pdf(
    engine: Engine, sides: SideBySide, language: languages.Language, zone: str = "", folder: Path = FOLDER
) -> bytes:
    """Write the chart of two images of a case, with what the viewer may know now; `folder` has the fonts.

    Times are those of a time zone, by default this machine's.

    The same case gives the same bytes in the same language on the same machine.

    Raises:
        NothingToCompare: one of the two is another system's minutiae without an image.
    """
    chosen_language = language if writes_devanagari(folder) else languages.language(languages.SOURCE)
    _, view = chosen_language.translations.gettext, sides.view
    latest = max([view.created_at, *(entry.at for entry in view.analyses), *(entry.at for entry in view.opinions)])
    title = _("Comparison in case {number}").format(number=view.number)
    paper = Paper(title, f"Pehchan {version('pehchan')} · {title}", latest, folder)
    when = partial(chosen_language.moment, zone=zone)
    labels = _labels(images_of(engine.store, view), _)
    names = {"probe": labels[sides.probe.image.name], "candidate": labels[sides.candidate.image.name]}
    paper.heading(_("Comparison: {probe} and {candidate}").format(**names), 14)
    detected = [(sides.chart.probe.marks[a], sides.chart.candidate.marks[b]) for a, b in sides.chart.pairs]
    _lay_pictures(paper, sides, labels, [((a.x, a.y), (b.x, b.y)) for a, b in detected], _)
    paper.text(
        _(
            "Equal numbers mark minutiae that the automatic comparison paired in both images. They are a hint, not an "
            "examiner's opinion. The next page has the examiners' opinions that may be shown now."
        ),
        8,
    )
    if sides.chart.frame.stretch:
        across, down = sides.chart.frame.stretch
        text = _("For the automatic comparison the latent was stretched: width {width} %, height {height} %.")
        paper.text(text.format(width=round(100 * across), height=round(100 * down)), 8)
    authors = names_of(engine.store.database, view.authors)
    for opinion in view.opinions:
        if opinion.marks and opinion.pair == (sides.probe.image.name, sides.candidate.image.name):
            _write_marks(paper, sides, labels, opinion, authors, _)
    paper.new_page()
    paper.heading(_("The case"), 14)
    paper.facts(_facts(view, UnitStore(engine.store.database).label(view.question.unit.path), labels, when, _))
    for piece, what in _both(sides, _):
        paper.heading(f"{what}: {labels[piece.image.name]}")
        paper.facts(_of_image(piece, _))
    _write_opinions(paper, view, labels, authors, when, _)
    _write_makers(paper, sides, _)
    return paper.bytes


def _write_makers(paper: Paper, sides: SideBySide, _: Say) -> None:
    paper.heading(_("Made by"))
    paper.facts(
        (
            (_("Software"), f"Pehchan {version('pehchan')}"),
            (_("Model (SHA-256)"), sides.probe.exhibit.template.model),
            (_("Pairs found"), str(len(sides.chart.pairs))),
        )
    )
    if paper.fonts.lacks:
        paper.text("Texts in other scripts are written in Latin letters: this machine has no font for them.", 8)


def _both(sides: SideBySide, _: Say) -> tuple[tuple[CaseExhibit, str], tuple[CaseExhibit, str]]:
    """Return both images with their captions."""
    return (sides.probe, _("Probe")), (sides.candidate, _("Candidate"))


def _write_marks(paper: Paper, sides: SideBySide, labels: Labels, opinion: Opinion, authors: Names, _: Say) -> None:
    """Write a page of both images with the minutiae that the author of an opinion marked on them."""
    paper.new_page()
    title = _("Marked by {name}: {conclusion}")
    paper.heading(title.format(name=authors[opinion.actor], conclusion=_(word(opinion.conclusion))), 14)
    _lay_pictures(paper, sides, labels, [(mark.probe, mark.candidate) for mark in opinion.marks], _)
    paper.text(_("Equal numbers mark minutiae that the examiner found in both images."), 8)


def _lay_pictures(paper: Paper, sides: SideBySide, labels: Labels, numbered: Sequence[Places], _: Say) -> None:
    chart = sides.chart
    pictures = []
    marked = ((chart.probe, chart.frame.probe), (chart.candidate, chart.frame.candidate))
    for index, ((piece, what), (_image, motion)) in enumerate(zip(_both(sides, _), marked, strict=True)):
        upright = motion if chart.frame.ppi is None else None
        picture, moved = _picture(
            piece, [places[index] for places in numbered], upright, (chart.frame.width, chart.frame.height)
        )
        pictures.append((f"{what}: {labels[piece.image.name]}", picture, moved))
    scales = paper.pictures(pictures, _HEIGHT)
    probe, candidate = (
        _enlarged(image, picture, scale)
        for (image, _motion), (_caption, picture, _points), scale in zip(marked, pictures, scales, strict=True)
    )
    if probe and candidate:
        text = _("Enlarged on A4: probe {probe} times, candidate {candidate} times.")
        paper.text(text.format(probe=probe, candidate=candidate), 8)


def _picture(
    piece: CaseExhibit, points: Sequence[Point | None], upright: Affine | None, size: tuple[int, int]
) -> tuple[Pillow.Image, list[Point | None]]:
    """Return an image as printed, and points on it; a face is set upright."""
    image = piece.exhibit.image
    if image is None:
        raise NothingToCompare(f"{piece.image.name} is no image; it cannot be charted.")
    picture = Pillow.fromarray(image.pixels)
    if upright is not None:
        a, b, c, d, e, f = upright
        motion = np.array([[a, c, e], [b, d, f], [0, 0, 1]])
        way_back = np.linalg.inv(motion)[:2].ravel().tolist()
        laid = picture.transform(size, Pillow.Transform.AFFINE, way_back, Pillow.Resampling.BICUBIC, fillcolor=0)
        return laid, [point and (a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f) for point in points]
    factor = min(1.0, LONGEST / max(picture.size))
    smaller = picture.resize((round(picture.width * factor), round(picture.height * factor))) if factor < 1 else picture
    return smaller, [point and (point[0] * factor, point[1] * factor) for point in points]


def _enlarged(marked: MarkedImage, picture: Pillow.Image, scale: float) -> str:
    """Return the magnification of a print on paper, "" if it has no resolution."""
    if marked.ppi is None:
        return ""
    life = marked.width * MILLIMETRES / marked.ppi
    return f"{picture.width * scale / life:.1f}"


def _facts(view: CaseView, unit: str, labels: Labels, when: When, _: Say) -> Iterator[tuple[str, str]]:
    question = view.question
    yield _("Case"), view.number
    yield _("How it came up"), _(word(question.kind))
    yield _("State of the case"), _(word(view.state))
    yield _("Outcome"), _(word(view.outcome)) if view.outcome else _("none yet")
    if view.pair:
        yield _("Rests on"), _pair_text(view.pair, labels, _)
    yield _("Unit"), unit
    yield _("Opened"), when(view.created_at)
    if view.finding:
        yield _("Automatic comparison"), _finding_text(view.finding, _)


def _finding_text(finding: Finding, _: Say) -> str:
    """Return what the automatic comparison found, in words."""
    place = _("place {rank} of its list").format(rank=finding.rank)
    return f"{strength_text(finding.evidence, _)} ({place})"


def _of_image(piece: CaseExhibit, _: Say) -> Iterator[tuple[str, str]]:
    image = piece.exhibit.image
    yield _("SHA-256 of the file"), sha256(piece.content).hexdigest()
    if image:
        size = _("{width} x {height} pixels").format(width=image.width, height=image.height)
        ppi = [_("{ppi} ppi by the file").format(ppi=f"{image.ppi:g}")] if image.ppi else []
        yield _("Image"), ", ".join([size, *ppi, image.media_type])


def _write_opinions(paper: Paper, view: CaseView, labels: Labels, names: Names, when: When, _: Say) -> None:
    for analysis in view.analyses:
        paper.heading(_("Analysis: of value") if analysis.of_value else _("Analysis: of no value"))
        paper.text(f"{analysis.notes}\n{names[analysis.actor]}, {when(analysis.at)}")
    for opinion in view.opinions:
        paper.heading(f"{_(word(opinion.part))}: {_(word(opinion.conclusion))}")
        lines = [opinion.notes, f"{names[opinion.actor]}, {when(opinion.at)}"]
        if opinion.because:
            lines.insert(0, _("Supersedes the previous opinion: {reason}").format(reason=opinion.because))
        if opinion.against_ratio:
            lines.append(_("Goes against the automatic comparison, which supports two different sources."))
        if opinion.grounds:
            lines.append(_("Grounds: {grounds}").format(grounds=opinion.grounds))
        if opinion.pair:
            lines.append(_("Based on {images}.").format(images=_pair_text(opinion.pair, labels, _)))
        if opinion.looked_at:
            lines.append(
                _("Looked at: {images}").format(
                    images=", ".join(look_text(look, labels, _) for look in opinion.looked_at)
                )
            )
        if opinion.actor in view.informed:
            lines.append(_("Had read the search results before taking the case."))
        paper.text("\n".join(lines))
    if not view.opinions:
        paper.text(_("No opinion can be shown now."))


def _labels(images: Sequence[CaseImage], _: Say) -> Labels:
    """Return what to call each image of a case, of both sides."""
    return {
        name: label
        for side in Side
        for name, label in image_labels([image for image in images if image.side is side], _).items()
    }


def _pair_text(pair: tuple[str, str], labels: Labels, _: Say) -> str:
    probe, candidate = (label_of(name, labels, _) for name in pair)
    return _("{probe} and {candidate}").format(probe=probe, candidate=candidate)
