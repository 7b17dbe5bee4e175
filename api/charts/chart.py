"""The charted comparison of a case as a document: both images, numbered pairs, and what is known of the case."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image as Pillow

from api.charts.fonts import FOLDER
from api.charts.paper import Paper, Point
from biometrics.cases import View
from biometrics.charts import Affine, MarkedImage
from biometrics.engine import Engine
from biometrics.errors import NothingToCompare
from biometrics.records.colleagues import Names, names_of
from biometrics.side_by_side import Piece, SideBySide

LONGEST: Final = 2000  # pixels of a picture's longer side; a larger one is made smaller
MILLIMETRES: Final = 25.4  # an inch
_HEIGHT: Final = 136.0  # millimetres of the pictures

_HINTS: Final = (
    "The numbers mark what the machine found to agree in both images: the same number is the same point. They are a "
    "hint, and no examiner's opinion; what examiners came to is told on the next page, as far as it may be known now."
)


def chart_pdf(engine: Engine, sides: SideBySide, folder: Path = FOLDER) -> bytes:
    """Write the chart of two images of a case, as whoever looks may know the case now.

    The same case gives the same bytes on the same machine.

    Raises:
        NothingToCompare: one of the images is none, but another system's minutiae.
    """
    view = sides.view
    moment = max([view.created_at, *(one.at for one in view.analyses), *(one.at for one in view.opinions)])
    paper = Paper(f"Comparison in case {view.id}", f"Pehchan {version('pehchan')} · case {view.id}", moment, folder)
    paper.heading(f"Comparison: {_called(sides.probe)} and {_called(sides.candidate)}", 14)
    _lay_pictures(paper, sides)
    paper.text(_HINTS, 8)
    paper.new_page()
    paper.heading("The case", 14)
    paper.facts(_facts(view))
    for piece, what in ((sides.probe, "What asks"), (sides.candidate, "Candidate")):
        paper.heading(f"{what}: {_called(piece)}")
        paper.facts(_of_image(piece))
    names = names_of(engine.store.database, view.authors)
    _write_opinions(paper, view, names)
    paper.heading("Made by")
    identity = engine.channels[sides.probe.image.modality]
    paper.facts(
        (
            ("Software", f"Pehchan {version('pehchan')}"),
            ("Model (SHA-256)", identity.recogniser.model),
            ("Pairs found", str(len(sides.chart.pairs))),
        )
    )
    if paper.fonts.lacks:
        paper.text("Texts in other scripts are written in Latin letters: this machine has no font for them.", 8)
    return paper.bytes


def _lay_pictures(paper: Paper, sides: SideBySide) -> None:
    chart = sides.chart
    pictures = []
    for place, (piece, marked, motion) in enumerate(
        ((sides.probe, chart.probe, chart.frame.probe), (sides.candidate, chart.candidate, chart.frame.candidate))
    ):
        marks = [marked.marks[pair[place]] for pair in chart.pairs]
        points = [(mark.x, mark.y) for mark in marks]
        upright = motion if chart.frame.ppi is None else None
        picture, moved = _picture(piece, points, upright, (chart.frame.width, chart.frame.height))
        pictures.append((f"{('What asks', 'Candidate')[place]}: {_called(piece)}", picture, moved))
    scales = paper.pictures(pictures, _HEIGHT)
    said = [_enlarged(chart.probe, pictures[0][1], scales[0]), _enlarged(chart.candidate, pictures[1][1], scales[1])]
    if all(said):
        paper.text(f"Enlarged on A4: what asks {said[0]}, the candidate {said[1]}.", 8)


def _picture(
    piece: Piece, points: list[Point], upright: Affine | None, size: tuple[int, int]
) -> tuple[Pillow.Image, list[Point]]:
    """Return an image as it is printed, and points on it; a face is set upright."""
    image = piece.exhibit.image
    if image is None:
        raise NothingToCompare(f"{piece.image.name} is no image; it cannot be charted.")
    picture = Pillow.fromarray(image.pixels)
    if upright is not None:
        a, b, c, d, e, f = upright
        motion = np.array([[a, c, e], [b, d, f], [0, 0, 1]])
        way_back = np.linalg.inv(motion)[:2].ravel().tolist()
        laid = picture.transform(size, Pillow.Transform.AFFINE, way_back, Pillow.Resampling.BICUBIC, fillcolor=0)
        return laid, [(a * x + c * y + e, b * x + d * y + f) for x, y in points]
    factor = min(1.0, LONGEST / max(picture.size))
    smaller = picture.resize((round(picture.width * factor), round(picture.height * factor))) if factor < 1 else picture
    return smaller, [(x * factor, y * factor) for x, y in points]


def _enlarged(marked: MarkedImage, picture: Pillow.Image, scale: float) -> str:
    """Say how much larger than life a print is printed, "" of what has no resolution."""
    if marked.ppi is None:
        return ""
    life = marked.width * MILLIMETRES / marked.ppi
    return f"{picture.width * scale / life:.1f} times"


def _facts(view: View) -> Iterator[tuple[str, str]]:
    question = view.question
    yield "Case", view.id
    yield "How it came up", question.kind.replace("_", " ")
    yield "State", view.state.replace("_", " ")
    yield "Outcome", (view.outcome or "none yet").replace("_", " ")
    yield "Unit", question.unit.path
    yield "Opened", f"{view.created_at:%Y-%m-%d %H:%M} UTC"
    if view.finding:
        yield "Found by the machine", f"{view.finding.score:.1f} decibans of false match, place {view.finding.rank}"


def _of_image(piece: Piece) -> Iterator[tuple[str, str]]:
    image = piece.exhibit.image
    yield "Name in the case", piece.image.name
    yield "SHA-256 of the file", sha256(piece.content).hexdigest()
    if image:
        ppi = f", {image.ppi:g} ppi by the file" if image.ppi else ""
        yield "Image", f"{image.width} x {image.height} pixels{ppi}, {image.media_type}"


def _write_opinions(paper: Paper, view: View, names: Names) -> None:
    for analysis in view.analyses:
        value = "of value" if analysis.of_value else "of no value"
        paper.heading(f"Analysis: {value}")
        paper.text(f"{analysis.notes}\n{names[analysis.actor]}, {analysis.at:%Y-%m-%d %H:%M} UTC")
    for opinion in view.opinions:
        paper.heading(f"{opinion.part.capitalize()}: {opinion.conclusion.replace('_', ' ')}")
        because = f"It supersedes the one before, because: {opinion.because}\n" if opinion.because else ""
        looked = f"\nLooked at: {', '.join(opinion.looked_at)}" if opinion.looked_at else ""
        informed = "\nHad read what the search found before taking the case." if opinion.actor in view.informed else ""
        by = f"{names[opinion.actor]}, {opinion.at:%Y-%m-%d %H:%M} UTC"
        paper.text(f"{because}{opinion.notes}\n{by}{looked}{informed}")
    if not view.opinions:
        paper.text("No opinion that may be told now.")


def _called(piece: Piece) -> str:
    return "photo of a face" if piece.image.position is None else piece.image.position.label
