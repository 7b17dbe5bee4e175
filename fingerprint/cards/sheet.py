"""Cut a whole ten-print card, scanned in one image, into its ten rolled prints.

Such a card has the right hand's fingers in a row, thumb to little finger, and the left hand's in the row below, in the
same order; what stands above and below, such as the slaps, is not looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from biometrics.imaging.image import Image
from biometrics.kernel.errors import SlapNotSegmented
from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.cards import parameters as p
from fingerprint.cards.box import RotatedBox
from fingerprint.cards.pieces import Piece, pieces
from fingerprint.cards.ridges import ridge_map, skin_mask
from fingerprint.cards.slap import CutFinger
from fingerprint.parameters import PPI

_RIGHT, _LEFT = (tuple(FingerPosition(code) for code in codes) for codes in (range(1, 6), range(6, 11)))


@dataclass(frozen=True)
class _Block:
    """An upright rectangle that holds the skin of one print, in inches from the image's corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def joined(self, other: _Block) -> _Block:
        edges = min(self.left, other.left), min(self.top, other.top)
        return _Block(*edges, max(self.right, other.right), max(self.bottom, other.bottom))


def cut_sheet(image: Image, missing: Collection[FingerPosition] = ()) -> tuple[CutFinger, ...]:
    """Cut the image of a whole card, upright, into the rolled prints of both hands, right thumb first.

    `missing` names fingers without a print on the card. An image without a resolution is taken to have 500 ppi.

    Raises:
        SlapNotSegmented: there are no two rows, one below the other, of as many prints as there must be.
    """
    pixels, ppi = image.grey(), image.ppi or PPI
    expected = [[finger for finger in hand if finger not in missing] for hand in (_RIGHT, _LEFT)]
    rows = _rows([_block(piece) for piece in pieces(skin_mask(ridge_map(pixels, ppi)))])
    for pair in pairwise(rows):
        if [len(row) for row in pair] == [len(hand) for hand in expected]:
            blocks = [block for row in pair for block in row]
            fingers = [finger for hand in expected for finger in hand]
            return tuple(_cut(image, block, finger, ppi) for block, finger in zip(blocks, fingers, strict=True))
    counts = ", ".join(str(len(row)) for row in rows) or "none"
    expected_rows = " and ".join(str(len(hand)) for hand in expected)
    raise SlapNotSegmented(
        f"The card must show {expected_rows} rolled prints in two rows; prints found, row by row: {counts}. Scan it "
        "upright and whole, say which fingers are missing, or send the prints one by one."
    )


def _block(piece: Piece) -> _Block:
    edges = (piece.x.min(), piece.y.min(), piece.x.max() + 1, piece.y.max() + 1)
    return _Block(*(float(edge) / p.CELL_PPI for edge in edges))


def _rows(blocks: Sequence[_Block]) -> list[list[_Block]]:
    """Return the prints in rows from above, each from the left; pieces of one print are joined."""
    rows: list[list[_Block]] = []
    for block in sorted(blocks, key=lambda block: block.middle):
        if rows and block.middle - rows[-1][0].middle < p.ROW_HEIGHT:
            rows[-1].append(block)
        else:
            rows.append([block])
    return [_prints(row) for row in rows]


def _prints(row: Sequence[_Block]) -> list[_Block]:
    merged: list[_Block] = []
    for block in sorted(row, key=lambda block: block.left):
        if merged and block.left - merged[-1].right < p.PRINT_GAP:
            merged[-1] = merged[-1].joined(block)
        else:
            merged.append(block)
    return merged


def _cut(image: Image, block: _Block, finger: FingerPosition, ppi: float) -> CutFinger:
    centre = (block.left + block.right) / 2 * ppi - 0.5, block.middle * ppi - 0.5
    size = (block.right - block.left + 2 * p.MARGIN) * ppi, (block.bottom - block.top + 2 * p.MARGIN) * ppi
    box = RotatedBox(*centre, *size, angle=0.0)
    upright = box.cut(image.grey())
    upright.setflags(write=False)
    return CutFinger(finger, box, Image(upright, image.ppi, "image/png"), 1.0)
