"""How the pages of a PDF look, by PDFium: that they are A4, and that nothing on them is cut off or overlaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

A4 = (210.0, 297.0)  # millimetres
_POINT = 25.4 / 72  # millimetres
_EDGE = 5.0  # millimetres that printers leave blank
_TOUCH = 0.8  # millimetres by which the boxes of two objects may overlap: letters do not fill them

Box = tuple[float, float, float, float]  # left, bottom, right, top, in millimetres


def faults_of(content: bytes) -> list[str]:
    """Return what is wrong with how the pages of a document look; a page without anything on it is wrong, too."""
    with pypdfium2.PdfDocument(content) as document:
        return [f"page {number}: {fault}" for number, page in enumerate(document, start=1) for fault in _faults(page)]


def cut_off(content: bytes) -> list[str]:
    """Return what is cut off on the pages of a document; vowel signs of full lines may overlap."""
    with pypdfium2.PdfDocument(content) as document:
        return [fault for page in document for fault in _cut_off(page, list(_boxes(page)))]


def rendered(content: bytes, scale: float = 3.0) -> list[bytes]:
    """Return each page as PNG, `scale` pixels a point."""
    pages = []
    with pypdfium2.PdfDocument(content) as document:
        for page in document:
            file = BytesIO()
            page.render(scale=scale).to_pil().save(file, "PNG")
            pages.append(file.getvalue())
    return pages


def pictures_of(content: bytes) -> list[Box]:
    with pypdfium2.PdfDocument(content) as document:
        return [box for page in document for kind, box in _boxes(page) if kind == pdfium.FPDF_PAGEOBJ_IMAGE]


def _faults(page: Any) -> Iterator[str]:
    width, height = page.get_width() * _POINT, page.get_height() * _POINT
    if sorted(round(side) for side in (width, height)) != list(A4):
        yield f"{width:.0f} x {height:.0f} mm is not A4"
    boxes = list(_boxes(page))
    yield from _cut_off(page, boxes)
    texts = _of_kind(boxes, pdfium.FPDF_PAGEOBJ_TEXT)
    images = _of_kind(boxes, pdfium.FPDF_PAGEOBJ_IMAGE)
    if not len(texts):
        yield "there is no text"
    objects = np.concatenate([texts, images])
    for first, box in enumerate(objects, start=1):
        yield from (f"two objects overlap: {box} and {other}" for other in _overlapping(box, objects[first:]))


def _of_kind(boxes: Sequence[tuple[int, Box]], wanted: int) -> NDArray[np.float64]:
    return np.array([box for kind, box in boxes if kind == wanted]).reshape(-1, 4)


def _boxes(page: Any) -> Iterator[tuple[int, Box]]:
    """Yield each text, picture and line with its box."""
    for item in page.get_objects():
        left, bottom, right, top = (side * _POINT for side in item.get_bounds())
        yield item.type, (left, bottom, right, top)


def _cut_off(page: Any, boxes: Sequence[tuple[int, Box]]) -> Iterator[str]:
    width, height = page.get_width() * _POINT, page.get_height() * _POINT
    for kind, (left, bottom, right, top) in boxes:
        if left < _EDGE or bottom < _EDGE or right > width - _EDGE or top > height - _EDGE:
            yield f"an object of kind {kind} is cut off: {left:.1f} to {right:.1f}, {bottom:.1f} to {top:.1f} mm"


def _overlapping(box: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return those of other boxes (n x 4) that overlap a box by more than they touch."""
    across = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    up = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    height = np.maximum(box[3] - box[1], others[:, 3] - others[:, 1])
    # on one line a vowel sign may lie over its consonant
    is_line = (np.abs(box[1] - others[:, 1]) < 2 * _TOUCH) & (height < 8.0)
    return others[(across > np.where(is_line, height, _TOUCH)) & (up > _TOUCH)]
