"""A fixed-length vector of a print, for engines that search vectors by inner product.

Each minutia's code (see `features`) is compared with the codes of 2048 landmarks, minutiae picked at random in
training: it counts for those that it differs from in about 50 bits or fewer. The counts of a print's minutiae are added
up, which neither rotation nor shift changes, and the square root is taken, so that what many minutiae share does not
drown the rest. A linear discriminant, learned from whole prints and their mates, takes the 512 combinations that say
most of which finger it is. A byte a number is enough.

Sources: Jegou, Chum, "Negative evidences and co-occurences in image retrieval", ECCV 2012, for square root and
whitening of pooled local features; Fukunaga, Introduction to Statistical Pattern Recognition, 2nd ed., section 10.2,
for the discriminant. `benchmarks.training.vector` learns it; docs/decisions/0010-print-vector.md has the figures.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.bits import popcount
from biometrics.kernel.technique.compiler import njit
from biometrics.matching.local_features import CODE_BITS
from models.trained import manifest, read_weights

DIMENSION = 512
WEIGHTS = "vector"

HALF = 50.0  # differing bits at which a minutia counts half for a landmark
SLOPE = 2.5  # bits by which it counts e times less, well above


class Embedding(NamedTuple):
    """What a print's codes are compared with, and how the counts are combined.

    `landmarks` are codes, uint64 (landmarks, 2); `mean` is taken off the square roots of the counts, float32
    (landmarks,); the rest times `axes`, int8 (landmarks, 512), times each axis' `scale`, float32 (512,), is the vector
    before it is brought to unit length.
    """

    landmarks: NDArray[np.uint64]
    mean: NDArray[np.float32]
    axes: NDArray[np.int8]
    scale: NDArray[np.float32]


_WEIGHTS = (1 / (1 + np.exp((np.arange(CODE_BITS + 1) - HALF) / SLOPE))).astype(np.float32)


def vector(features: NDArray[np.void]) -> NDArray[np.float32]:
    """Return the vector of a print: shape (512,), float32, unit length; without minutiae it is arbitrary.

    Args:
        features: of the print's minutiae, shape (minutiae,), dtype `LOCAL_FEATURE`.
    """
    embedding = _embedding()
    combined = _combined(roots(features, embedding.landmarks) - embedding.mean, embedding.axes) * embedding.scale
    unit: NDArray[np.float32] = combined / np.linalg.norm(combined)
    return unit


def vector_space(feature_space: str) -> str:
    """Return the SHA-256 (hex) of all that decides on the vectors made of features of one space."""
    learned = manifest()[WEIGHTS].sha256
    return sha256(f"{feature_space} vector {learned} half {HALF} slope {SLOPE}".encode()).hexdigest()


def roots(features: NDArray[np.void], landmarks: NDArray[np.uint64]) -> NDArray[np.float32]:
    """Return for each landmark the square root of what a print's minutiae count for it, float32 (landmarks,)."""
    counted: NDArray[np.float32] = _counted(np.ascontiguousarray(features["code"]), landmarks, _WEIGHTS)
    return np.sqrt(counted)


@njit()
def _counted(
    codes: NDArray[np.uint64], landmarks: NDArray[np.uint64], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    counted = np.zeros(len(landmarks), np.float32)
    for i in range(len(codes)):
        low, high = codes[i, 0], codes[i, 1]
        for k in range(len(landmarks)):
            differing = popcount(low ^ landmarks[k, 0]) + popcount(high ^ landmarks[k, 1])
            counted[k] += weights[np.int64(differing)]
    return counted


@njit(fastmath={"contract"})
def _combined(numbers: NDArray[np.float32], axes: NDArray[np.int8]) -> NDArray[np.float32]:
    """Multiply; a loop, because BLAS's threads would take longer to start than this takes, and axes stay bytes."""
    combined = np.zeros(axes.shape[1], np.float32)
    for k in range(axes.shape[0]):
        for axis in range(axes.shape[1]):
            combined[axis] += numbers[k] * np.float32(axes[k, axis])
    return combined


@cache
def _embedding() -> Embedding:
    return read_weights(WEIGHTS, read_embedding)


def read_embedding(stored: Any) -> Embedding:
    """Read the arrays that `benchmarks.training.vector` saves."""
    return Embedding(**{name: stored[name] for name in Embedding._fields})
