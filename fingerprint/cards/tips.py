"""From pieces of skin to fingertips: which way the hand points, which pieces are one finger, where its tip ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fingerprint.cards import parameters as p
from fingerprint.cards.box import RotatedBox
from fingerprint.cards.pieces import Piece
from fingerprint.cards.ridges import Mask

_STEP = 0.04  # inches: rows and columns of a finger's profile
_TURN = np.deg2rad(np.arange(-p.MAX_TILT, p.MAX_TILT + 1, 3.0))


@dataclass(frozen=True)
class Tip:
    """A fingertip.

    `box` is in cells; `across` and `top`, in inches, say how far its end lies to the right and down of the image's
    corner, as the hand leans; `score` is 0 to 1: how much it looks like one.
    """

    box: RotatedBox
    across: float
    top: float
    score: float


def find_tips(parts: Sequence[Piece], mask: Mask, tilt: float) -> list[Tip]:
    """Return the fingertips of a hand that leans `tilt` radians to the left, from the image's left to its right.

    `parts` are the pieces of `mask`; those of no finger's size are left out.
    """
    whole = _whole_pieces(parts, mask)
    tips: list[Tip] = []
    for tip in sorted(filter(None, (_tip(finger, mask, tilt) for finger in _fingers(whole, tilt))), key=_top):
        if all(_side_by_side(tip, above) for above in tips):  # else it is a lower phalanx of that finger
            tips.append(tip)
    return sorted(tips, key=lambda tip: tip.across)


def _top(tip: Tip) -> float:
    return tip.top


def _side_by_side(tip: Tip, other: Tip) -> bool:
    """Say whether two tips are so far apart that they are two fingers'."""
    return abs(tip.across - other.across) >= p.APART * (tip.box.width + other.box.width) / 2 / p.CELL_PPI


def likely_tilts(parts: Sequence[Piece]) -> list[float]:
    """Return how far the hand may lean to the left, in radians, the likeliest first.

    Two cues: the skin's projection across the hand, whose squares' sum is largest where fingers and gaps line
    up, and the long axes of the pieces. Upright hands are more usual than leaning ones.
    """
    if not parts:
        return []
    x, y = np.concatenate([piece.x for piece in parts]), np.concatenate([piece.y for piece in parts])
    cells = Piece(x - x.mean(), y - y.mean())
    sharpness = np.log([_sharpness(cells, float(turn)) for turn in _TURN])
    likelihood = sharpness + _agreement(parts) - p.UPRIGHT * _TURN**2
    order = np.argsort(-likelihood, kind="stable")
    return [float(_TURN[i]) for i in order if likelihood[i] >= likelihood[order[0]] - p.TILT_DOUBT]


def _sharpness(cells: Piece, tilt: float) -> float:
    across, _ = cells.along(tilt)
    counts = np.bincount(np.floor((across - across.min()) / _STEP).astype(np.int64))
    return float((counts.astype(np.float64) ** 2).sum())


def _agreement(parts: Sequence[Piece]) -> NDArray[np.float64]:
    """Return how well the pieces' long axes agree with each turn: 1 to -1, less where they are round."""
    total, agreement = 0.05, np.zeros(len(_TURN))
    for piece in parts:
        major, minor, lean = _axes(piece)
        weight = piece.area * float(np.clip(major / max(minor, 1e-6) - 1.05, 0, 1))
        agreement += weight * np.cos(2 * (lean - _TURN))
        total += weight
    return np.asarray(agreement / total)


def _whole_pieces(parts: Sequence[Piece], mask: Mask) -> list[Piece]:
    """Leave out what the image's side cuts off: a print in the next box of the card."""
    width = mask.shape[1]
    usual = float(np.median([_breadth(piece) for piece in parts if piece.area >= p.MIN_TIP_AREA] or [0.0]))
    return [
        piece
        for piece in parts
        if not (piece.x.min() <= 1 or piece.x.max() >= width - 2)
        or np.ptp(piece.x) / p.CELL_PPI >= p.EDGE_WIDTH * usual
    ]


def _axes(piece: Piece) -> tuple[float, float, float]:
    """Return a piece's lengths along its main axes, inches, and how far the longer one leans to the left, radians."""
    covariance = np.cov(np.stack([piece.x, piece.y]))
    values, vectors = np.linalg.eigh(covariance)
    minor, major = 4 * np.sqrt(np.maximum(values, 0)) / p.CELL_PPI
    x, y = vectors[:, 1] if vectors[1, 1] < 0 else -vectors[:, 1]  # pointing up
    return float(major), float(minor), float(np.arctan2(-x, -y))


def _breadth(piece: Piece) -> float:
    return _axes(piece)[1]


def _fingers(parts: Sequence[Piece], tilt: float) -> list[list[Piece]]:
    """Group the pieces that lie above each other, from the tip on."""
    fingers: list[list[Piece]] = []
    for piece in sorted(parts, key=lambda part: float(part.along(tilt)[1].mean())):
        above = max(fingers, key=lambda finger: _shared(finger[-1], piece, tilt), default=None)
        if above is not None and _shared(above[-1], piece, tilt) >= p.STACKED:
            above.append(piece)
        else:
            fingers.append([piece])
    return fingers


def _shared(piece: Piece, other: Piece, tilt: float) -> float:
    """Return which part of the narrower piece's breadth lies above or below the other piece."""
    (low_a, high_a), (low_b, high_b) = (np.percentile(part.along(tilt)[0], (3, 97)) for part in (piece, other))
    return float((min(high_a, high_b) - max(low_a, low_b)) / min(high_a - low_a, high_b - low_b))


def _tip(finger: Sequence[Piece], mask: Mask, tilt: float) -> Tip | None:
    """Return the box of a finger's uppermost piece that can be a tip, from its end to the first crease."""
    scores = [_score(piece) for piece in finger]
    if max(scores) <= 0.0:
        return None
    first = next(i for i, score in enumerate(scores) if score >= 0.5 * max(scores))
    piece = finger[first]
    angle = _lean(finger[first:], tilt)
    across, along = piece.along(angle)
    left, right = np.percentile(across, (1, 99))
    width = float(right - left)
    cut_off = piece.x.min() <= 1 or piece.x.max() >= mask.shape[1] - 2
    longest = p.TIP_LENGTH * width * (p.CUT_OFF if cut_off else 1.0)
    top, bottom = _ends(mask, angle, (float(left), float(right)), float(np.median(along)), longest)
    if not p.FINGER_WIDTH[0] <= width <= p.FINGER_WIDTH[1] or (bottom - top) * width < p.MIN_TIP_AREA:
        return None
    middle, centre = (left + right) / 2, (top + bottom) / 2
    cos, sin = np.cos(angle), np.sin(angle)
    box = RotatedBox(
        x=float(middle * cos + centre * sin) * p.CELL_PPI,
        y=float(centre * cos - middle * sin) * p.CELL_PPI,
        width=(width + 2 * p.MARGIN) * p.CELL_PPI,
        height=(bottom - top + 2 * p.MARGIN) * p.CELL_PPI,
        angle=float(np.rad2deg(angle)),
    )
    end = Piece(np.array([box.x]), np.array([box.y - box.height / 2])).along(tilt)
    return Tip(box, across=float(end[0][0]), top=float(end[1][0]), score=scores[first])


def _score(piece: Piece) -> float:
    """Return how much a piece looks like a fingertip: large enough, broad enough, and compact."""
    major, minor, _ = _axes(piece)
    size = min(1.0, piece.area / (2 * p.MIN_TIP_AREA))
    broad = float(np.clip((minor - 0.7 * p.FINGER_WIDTH[0]) / (0.6 * p.FINGER_WIDTH[0]), 0, 1))
    compact = min(1.0, piece.area / (np.pi / 4 * major * minor))
    return size * broad * compact


def _lean(finger: Sequence[Piece], tilt: float) -> float:
    """Return how far a finger leans to the left, in radians: as its own axis does, so far as that is clear."""
    cells = Piece(np.concatenate([piece.x for piece in finger]), np.concatenate([piece.y for piece in finger]))
    major, minor, lean = _axes(cells)
    clear = float(np.clip(2 * (major / max(minor, 1e-6) - 1.1), 0, 1))
    limit = np.deg2rad(p.MAX_LEAN)
    off = (lean - tilt + np.pi / 2) % np.pi - np.pi / 2
    return tilt + clear * float(np.clip(off, -limit, limit)) if abs(off) < 2 * limit else tilt


def _ends(mask: Mask, angle: float, sides: tuple[float, float], start: float, longest: float) -> tuple[float, float]:
    """Return where a finger's tip begins and ends, in inches along it, going up and down from `start`."""
    y, x = np.nonzero(mask)
    across, along = Piece(x.astype(np.float64), y.astype(np.float64)).along(angle)
    within = (across >= sides[0]) & (across <= sides[1])
    width = sides[1] - sides[0]
    rows = np.floor((along[within] - start) / _STEP).astype(np.int64)
    reach = round(2 * longest / _STEP)
    rows = rows[np.abs(rows) < reach] + reach
    filled = np.bincount(rows, minlength=2 * reach) / (width * _STEP * p.CELL_PPI**2)
    top = _run(filled[:reach][::-1])
    down = filled[reach:]
    first, last = (max(1, round(part * width / _STEP) - top) for part in p.CREASE)
    bottom = min(_run(down), max(1, round(longest / _STEP) - top))
    seeking = down[first : min(last, bottom)]
    if len(seeking) and seeking.min() < p.CREASE_DEPTH * float(np.median(filled[reach - top : reach + bottom])):
        bottom = first + int(np.argmin(seeking))
    return start - top * _STEP, start + bottom * _STEP


def _run(filled: NDArray[np.float64]) -> int:
    """Count the rows from the first on that hold skin; one empty row in between is let pass."""
    empty = np.nonzero((filled < p.ROW_FILLED) & (np.append(filled[1:], 0.0) < p.ROW_FILLED))[0]
    return max(1, int(empty[0]) if len(empty) else len(filled))
