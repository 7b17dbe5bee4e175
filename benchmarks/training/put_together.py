"""Single prints varied, and several put together, as how their ridges run: in an image, or by minutiae."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.several import minutiae
from fingerprint.several.flow import STEP, RidgeFlow
from fingerprint.several.grid import GRID, SQUARE, Planes
from fingerprint.several.minutiae import Points
from fingerprint.several.network import LEAST_MINUTIAE
from fingerprint.template import MAX_MINUTIAE

Print = TypeVar("Print")
Generator = np.random.Generator

_WIDEST = GRID * SQUARE  # pixels at 500 ppi: a larger print is refused by its size
_LEAST_SQUARES = 60  # of a print that is trained on
_NARROWEST = 8  # squares


@dataclass(frozen=True)
class Variation:
    """How a print is varied: scale, share of those that are cut, and of those with the joint below."""

    scales: tuple[float, float]
    cut: float
    joint: float


SINGLE = Variation((0.8, 1.6), 0.45, 0.3)
OF_SEVERAL = Variation((0.65, 1.2), 0.4, 0.1)


class PrintKind(ABC, Generic[Print]):
    """What can be done to prints of one kind; pixels are at 500 ppi."""

    @abstractmethod
    def mirrored(self, source: Print) -> Print:
        """Mirror it left to right."""

    @abstractmethod
    def turned(self, source: Print, degrees: float) -> Print:
        """Turn it counter-clockwise."""

    @abstractmethod
    def scaled(self, source: Print, across: float, down: float) -> Print:
        """Scale it."""

    @abstractmethod
    def cut(self, source: Print, rng: Generator) -> Print:
        """Return a rectangle of at least half its width and height."""

    @abstractmethod
    def with_joint(self, source: Print, rng: Generator) -> Print:
        """Add what lies below the crease of the last joint: ridges that run nearly one way."""

    @abstractmethod
    def spoiled(self, source: Print, rng: Generator) -> Print:
        """Take parts away, as a dry finger or a poor extractor does."""

    @abstractmethod
    def side_by_side(self, first: Print, second: Print, gap: float, offset: float) -> Print:
        """Lay the second to the right of the first, a gap between them, so much lower."""

    @abstractmethod
    def transposed(self, source: Print) -> Print:
        """Exchange right and down."""

    @abstractmethod
    def numbers(self, source: Print) -> Planes | None:
        """Return what the network looks at; None of a print that is too large or too small to be looked at."""

    def varied(self, source: Print, how: Variation, rng: Generator) -> Print:
        """Mirror, scale, turn and cut it, each at random."""
        if rng.random() < 0.5:
            source = self.mirrored(source)
        if rng.random() < 0.6:
            scale = float(np.exp(rng.uniform(*np.log(how.scales))))
            source = self.scaled(source, scale, scale * float(np.exp(rng.normal(0, 0.12))))
        if rng.random() < how.joint:
            source = self.with_joint(source, rng)
        if rng.random() < 0.6:
            source = self.turned(source, float(rng.normal(0, 18) if rng.random() < 0.8 else rng.uniform(-90, 90)))
        return self.cut(source, rng) if rng.random() < how.cut else source

    def arranged(self, prints: Sequence[Print], rng: Generator, gap: float | None = None) -> Print:
        """Lay prints in one row or column, or in two where they are four or more; `gap` is drawn where not given."""
        if len(prints) >= 4:
            half = len(prints) // 2
            rows = [self._in_line(part, rng, gap) for part in (prints[:half], prints[half:])]
            return self.transposed(self._in_line([self.transposed(row) for row in rows], rng, gap))
        if rng.random() < 0.5:
            return self._in_line(prints, rng, gap)
        return self.transposed(self._in_line([self.transposed(print_) for print_ in prints], rng, gap))

    def _in_line(self, prints: Sequence[Print], rng: Generator, gap: float | None) -> Print:
        line = prints[0]
        for print_ in prints[1:]:
            drawn = float(rng.choice([8, 12, 24, 50, 75, 120]))
            line = self.side_by_side(line, print_, drawn if gap is None else gap, float(rng.uniform(-70, 70)))
        return line


class Flows(PrintKind[RidgeFlow]):
    """Prints as an image shows them."""

    def mirrored(self, source: RidgeFlow) -> RidgeFlow:
        """Mirror it."""
        return source.mirrored()

    def turned(self, source: RidgeFlow, degrees: float) -> RidgeFlow:
        """Turn it."""
        return source.turned(degrees).trimmed()

    def transposed(self, source: RidgeFlow) -> RidgeFlow:
        """Exchange right and down."""
        return RidgeFlow(-np.conj(source.across.T), source.mask.T)

    def scaled(self, source: RidgeFlow, across: float, down: float) -> RidgeFlow:
        """Scale it."""
        rows, columns = source.mask.shape
        size = (max(_NARROWEST, round(columns * across)), max(_NARROWEST, round(rows * down)))
        mask = source.mask.astype(np.float32)
        real, imaginary, weight = (
            cv2.resize((plane * mask).astype(np.float32), size)
            for plane in (source.across.real, source.across.imag, mask)
        )
        across_ridges = np.asarray((real + 1j * imaginary) / np.maximum(weight, 1e-3), np.complex128)
        return RidgeFlow(across_ridges, weight > 0.5)

    def cut(self, source: RidgeFlow, rng: Generator) -> RidgeFlow:
        """Cut it."""
        rows, columns = source.mask.shape
        if min(rows, columns) <= 2 * _NARROWEST - 2:
            return source
        height, width = (round(rng.uniform(0.5, 1) * side) for side in (rows, columns))
        top, left = int(rng.integers(rows - height + 1)), int(rng.integers(columns - width + 1))
        part = np.s_[top : top + height, left : left + width]
        return RidgeFlow(source.across[part], source.mask[part]).trimmed()

    def with_joint(self, source: RidgeFlow, rng: Generator) -> RidgeFlow:
        """Add the joint below."""
        rows, columns = source.mask.shape
        height, width = round(rng.uniform(0.25, 0.8) * rows) + 2, max(6, round(rng.uniform(0.6, 1.05) * columns))
        y, x = np.mgrid[0:height, 0:width]
        right, down = (x - width / 2) / width, (y - height / 2) / height
        across = np.asarray(-np.exp(-2j * _joint(right, down, rng)) * rng.uniform(0.5, 0.95), np.complex128)
        mask = np.abs(2 * right) ** 4 + np.abs(2 * down) ** 4 < 1.2
        below = RidgeFlow(across * mask, mask)
        first, second = (self.transposed(flow) for flow in (source, below))
        return self.transposed(
            self.side_by_side(first, second, STEP * float(rng.integers(0, 6)), 24 * rng.uniform(-1, 1))
        )

    def spoiled(self, source: RidgeFlow, rng: Generator) -> RidgeFlow:
        """Take a strip and some patches away."""
        mask, (rows, columns) = source.mask.copy(), source.mask.shape
        if rng.random() < 0.3:
            angle, (y, x) = rng.uniform(0, np.pi), np.mgrid[0:rows, 0:columns]
            down, right = rng.uniform(0.2, 0.8, 2)
            distance = (x - columns * right) * np.cos(angle) + (y - rows * down) * np.sin(angle)
            mask &= np.abs(distance) > rng.uniform(0.5, 4)
        if rng.random() < 0.3:
            noise = cv2.GaussianBlur(rng.standard_normal(mask.shape).astype(np.float32), (0, 0), rng.uniform(1.5, 4))
            mask &= noise > np.quantile(noise, rng.uniform(0, 0.3))
        return RidgeFlow(source.across, mask)

    def side_by_side(self, first: RidgeFlow, second: RidgeFlow, gap: float, offset: float) -> RidgeFlow:
        """Lay the second print next to the first; a gap of less than a square is none."""
        lower = round(offset / STEP)
        height = max(first.mask.shape[0], second.mask.shape[0]) + abs(lower)
        width = first.mask.shape[1] + int(gap // STEP) + second.mask.shape[1]
        across, mask = np.zeros((height, width), np.complex128), np.zeros((height, width), np.bool_)
        for flow, left, shift in ((first, 0, -(lower // 2)), (second, width - second.mask.shape[1], lower // 2)):
            rows, columns = flow.mask.shape
            top = min(max((height - rows) // 2 + shift, 0), height - rows)
            across[top : top + rows, left : left + columns] = flow.across
            mask[top : top + rows, left : left + columns] = flow.mask
        return RidgeFlow(across, mask)

    def numbers(self, source: RidgeFlow) -> Planes | None:
        """Return what the network looks at."""
        flow = source.trimmed()
        if flow.mask.sum() < _LEAST_SQUARES or max(flow.mask.shape) * STEP > _WIDEST:
            return None
        return flow.numbers()


class PointSets(PrintKind[Points]):
    """Prints as their minutiae."""

    def mirrored(self, source: Points) -> Points:
        """Mirror it."""
        return minutiae.mirrored(source)

    def turned(self, source: Points, degrees: float) -> Points:
        """Turn it."""
        return minutiae.turned(source, degrees)

    def transposed(self, source: Points) -> Points:
        """Exchange right and down."""
        x, y, direction = source.T
        return np.stack([y, x, -np.pi / 2 - direction], axis=1)

    def scaled(self, source: Points, across: float, down: float) -> Points:
        """Scale it; directions follow."""
        x, y, direction = source.T
        turned = np.arctan2(down * np.sin(direction), across * np.cos(direction))
        return np.stack([across * x, down * y, turned], axis=1)

    def cut(self, source: Points, rng: Generator) -> Points:
        """Cut it."""
        low, size = source[:, :2].min(axis=0), np.ptp(source[:, :2], axis=0)
        part = size * rng.uniform(0.5, 1, 2)
        corner = low + rng.uniform(0, 1, 2) * (size - part)
        return _enough(source, np.all((source[:, :2] >= corner) & (source[:, :2] <= corner + part), axis=1))

    def with_joint(self, source: Points, rng: Generator) -> Points:
        """Add the joint below, with about as many minutiae for its size."""
        low, size = source[:, :2].min(axis=0), np.ptp(source[:, :2], axis=0)
        height, width = size[1] * rng.uniform(0.25, 0.8), size[0] * rng.uniform(0.6, 1.05)
        count = int(len(source) * rng.uniform(0.4, 1.3) * height * width / (size.prod() + 1))
        right, down = rng.uniform(-0.5, 0.5, (2, count))
        direction = _joint(right, down, rng) + rng.normal(0, 0.2, count) + np.pi * rng.integers(0, 2, count)
        top = low[1] + size[1] + rng.uniform(5, 70)
        x = low[0] + size[0] / 2 + right * width + rng.normal(0, 20)
        return np.concatenate([source, np.stack([x, top + (down + 0.5) * height, direction], axis=1)])

    def spoiled(self, source: Points, rng: Generator) -> Points:
        """Leave minutiae out, turn some at random, and keep no more than a template holds."""
        if rng.random() < 0.5:
            source = _enough(source, rng.random(len(source)) < rng.uniform(0.4, 1))
        if rng.random() < 0.3:
            wrong = rng.random(len(source)) < rng.uniform(0, 0.2)
            source = np.where(
                wrong[:, None] & [False, False, True], rng.uniform(0, 2 * np.pi, (len(source), 1)), source
            )
        return source[rng.permutation(len(source))[:MAX_MINUTIAE]]

    def side_by_side(self, first: Points, second: Points, gap: float, offset: float) -> Points:
        """Lay the second print next to the first."""
        low, high = first[:, :2].min(axis=0), first[:, :2].max(axis=0)
        its_low, its_high = second[:, :2].min(axis=0), second[:, :2].max(axis=0)
        shift = np.array([high[0] + gap - its_low[0], (low[1] + high[1] - its_low[1] - its_high[1]) / 2 + offset, 0.0])
        return np.concatenate([first, second + shift])

    def numbers(self, source: Points) -> Planes | None:
        """Return what the network looks at."""
        if len(source) < LEAST_MINUTIAE or np.ptp(source[:, :2], axis=0).max() > _WIDEST:
            return None
        return minutiae.numbers(source)


def draw(
    kind: PrintKind[Print], count: int, pick: Callable[[], Print], rng: Generator, *, several: bool
) -> NDArray[np.float32]:
    """Return what the network looks at, of so many varied single prints, or of two to six put together."""
    drawn: list[Planes] = []
    while len(drawn) < count:
        if several:
            number = int(rng.choice([2, 2, 2, 3, 4, 6]))
            example = kind.arranged([kind.varied(pick(), OF_SEVERAL, rng) for _ in range(number)], rng)
            if rng.random() < 0.3:
                example = kind.turned(example, float(rng.uniform(-90, 90)))
        else:
            example = kind.varied(pick(), SINGLE, rng)
        if (numbers := kind.numbers(kind.spoiled(example, rng))) is not None:
            drawn.append(numbers)
    return np.stack(drawn)


def _joint(right: NDArray[np.float64], down: NDArray[np.float64], rng: Generator) -> NDArray[np.float64]:
    """Return how the ridges run there: radians, nearly the same everywhere."""
    slope, bend, fall, arch = rng.normal(0, (0.35, 0.5, 0.2, 0.3))
    return np.asarray(slope + bend * right + fall * down + arch * right**2)


def _enough(points: Points, mask: NDArray[np.bool_]) -> Points:
    return points[mask] if mask.sum() >= LEAST_MINUTIAE else points
