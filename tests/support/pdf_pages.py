"""How the pages of a PDF look, by PDFium: that they are A4, and that nothing on them is cut off or overlaps."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import combinations
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

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
    """Return what is cut off on the pages of a document; `faults_of` also compares all that is on them, and is slow."""
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
    """Return where the pictures are, page by page."""
    with pypdfium2.PdfDocument(content) as document:
        return [box for page in document for kind, box in _boxes(page) if kind == pdfium.FPDF_PAGEOBJ_IMAGE]


def _faults(page: Any) -> Iterator[str]:
    width, height = page.get_width() * _POINT, page.get_height() * _POINT
    if sorted(round(side) for side in (width, height)) != list(A4):
        yield f"{width:.0f} x {height:.0f} mm is not A4"
    boxes = list(_boxes(page))
    yield from _cut_off(page, boxes)
    texts = [box for kind, box in boxes if kind == pdfium.FPDF_PAGEOBJ_TEXT]
    images = [box for kind, box in boxes if kind == pdfium.FPDF_PAGEOBJ_IMAGE]
    if not texts:
        yield "there is no text"
    pairs = [*combinations(texts, 2), *((text, image) for text in texts for image in images), *combinations(images, 2)]
    for one, other in pairs:
        if _overlap(one, other):
            yield f"two objects overlap: {one} and {other}"


def _boxes(page: Any) -> Iterator[tuple[int, Box]]:
    """Yield each text, picture and line with its box."""
    for item in page.get_objects():
        left, bottom, right, top = (side * _POINT for side in item.get_bounds())
        yield item.type, (left, bottom, right, top)


def _cut_off(page: Any, boxes: list[tuple[int, Box]]) -> Iterator[str]:
    width, height = page.get_width() * _POINT, page.get_height() * _POINT
    for kind, (left, bottom, right, top) in boxes:
        if left < _EDGE or bottom < _EDGE or right > width - _EDGE or top > height - _EDGE:
            yield f"an object of kind {kind} is cut off: {left:.1f} to {right:.1f}, {bottom:.1f} to {top:.1f} mm"


def _overlap(one: Box, other: Box) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    up = min(one[3], other[3]) - max(one[1], other[1])
    height = max(one[3] - one[1], other[3] - other[1])
    is_line = abs(one[1] - other[1]) < 2 * _TOUCH and height < 8.0  # where a vowel sign may lie over its consonant
    return across > (height if is_line else _TOUCH) and up > _TOUCH
