"""Rewritings of LEADER's layers that do the same with less work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.graph import Value, Weights

BLOCK = 16  # channels: ONNX Runtime's fastest convolutions take multiples of it
EPSILON = 1e-3  # Keras's, in layer normalisation


def whole_blocks(channels: int) -> int:
    """Return the least multiple of BLOCK that holds so many channels."""
    return -(-channels // BLOCK) * BLOCK


def widened(values: Weights, width: int, axis: int) -> Weights:
    """Add zeros at the end of an axis, up to `width`."""
    pads = [(0, 0)] * values.ndim
    pads[axis] = (0, width - values.shape[axis])
    return np.pad(values, pads)


@dataclass(frozen=True, eq=False)
class Maps:
    """Maps in the graph: `width` channels, of which the first len(order) are the author's channels `order`."""

    value: Value
    order: NDArray[np.int64]
    width: int

    def reordered(self, weights: Weights, axis: int) -> Weights:
        """Return the author's weights for these channels, reordered and widened along an axis as the maps are."""
        return widened(weights.take(self.order, axis), self.width, axis)


def before_doubling(kernel: Weights) -> Weights:
    """Return what a 5 x 5 kernel does to maps that were doubled (each pixel repeated 2 x 2 times), before doubling.

    Args:
        kernel: shape (5, 5, channels in, channels out).

    Returns:
        Shape (3, 3, channels in, 4, channels out): a 3 x 3 kernel for each pixel of the 2 x 2, in reading order.
    """
    phases = np.zeros((3, 3, kernel.shape[2], 4, kernel.shape[3]))
    for phase, (y, x) in enumerate(np.ndindex(2, 2)):
        for i, j in np.ndindex(5, 5):
            phases[(y + i - 2) // 2 + 1, (x + j - 2) // 2 + 1, :, phase] += kernel[i, j]
    return phases


def unit_norm_form(width: int) -> tuple[Weights, float]:
    """Return how a layer normalisation of `width` channels becomes a division by the Euclidean norm.

    The channels x become `x @ centring`, with a further channel of the constant given; that vector, divided by its norm
    and times the root of `width`, is the normalised x (and a channel to ignore).
    """
    return np.eye(width) - 1.0 / width, float(np.sqrt(width * EPSILON))


def separated(kernel: NDArray[np.float64]) -> tuple[Weights, Weights]:
    """Split a symmetric product kernel, shape (n, n, 1, 1), into a column (n, 1, 1, 1) and a row (1, n, 1, 1)."""
    middle = kernel.shape[0] // 2
    line = kernel[:, middle : middle + 1] / np.sqrt(kernel[middle, middle])
    return line, line.transpose(1, 0, 2, 3)
