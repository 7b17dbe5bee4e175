"""Learn the fixed-length vector of a print (models/trained/vector.npz) from mates of real and generated prints.

    python -m benchmarks.training.vector ../shared/data/fingerprint/SOCOFing

The prints must not be those that the engine is measured on. Each source gets pairs of mates, made as
`fingerprint.synthetic.mates` says, of a severity drawn log-normally for each pair. Takes two minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.training.codes import FEWEST, SEVERITY_SPREAD, real_prints
from fingerprint.features import features
from fingerprint.synthetic.mates import mate_with_origins
from fingerprint.synthetic.templates import synthetic_template
from fingerprint.template import FingerprintTemplate
from fingerprint.vector import DIMENSION, WEIGHTS, Embedding, roots
from models.trained import FOLDER

GENERATED = 14_000  # sources in addition to the real ones, which are small
PAIRS_A_REAL_PRINT = 2
FIRST_SEED = 61_000_000  # none of these fingers is in a benchmark's gallery
LANDMARKS = 2048
RIDGE = 1.0  # of the mean variance between mates, added to all: made-up mates differ in fewer ways than real ones
POWER = -0.25  # of an axis' variance over that between mates, times which it counts

Numbers = NDArray[np.float64]


def learn(sources: Sequence[FingerprintTemplate], seed: int = 1, landmarks: int = LANDMARKS) -> Embedding:
    """Learn landmarks and axes from a pair of mates of each source.

    There must be as many sources as landmarks, and as many landmarks as axes (512), or more.
    """
    rng = np.random.default_rng(seed)
    mates = [_mates(source, rng) for source in sources]
    codes = np.concatenate([features["code"] for pair in mates for features in pair])
    picked = codes[rng.choice(len(codes), landmarks, replace=False)]
    first, second = (np.stack([roots(pair[side], picked) for pair in mates]).astype(np.float64) for side in (0, 1))
    mean = (first.mean(axis=0) + second.mean(axis=0)) / 2
    axes = _discriminant(first - mean, second - mean)
    scale = np.abs(axes).max(axis=0) / 127
    return Embedding(picked, mean.astype(np.float32), np.rint(axes / scale).astype(np.int8), scale.astype(np.float32))


def _mates(source: FingerprintTemplate, rng: np.random.Generator) -> tuple[NDArray[np.void], NDArray[np.void]]:
    severity = float(np.exp(SEVERITY_SPREAD * rng.standard_normal()))
    mate, other = (features(mate_with_origins(source, rng, severity)[0]) for _ in range(2))
    return mate, other


def _discriminant(first: Numbers, second: Numbers) -> Numbers:
    """Return the axes along which all prints differ most for one unit of difference between mates, weighted."""
    total = (first.T @ first + second.T @ second) / (2 * len(first))
    within = (first - second).T @ (first - second) / (2 * len(first))
    within += RIDGE * np.trace(within) / len(within) * np.eye(len(within))
    whitened = np.linalg.inv(np.linalg.cholesky(within))
    ratios, vectors = np.linalg.eigh(whitened @ total @ whitened.T)
    first_axes = slice(None, -DIMENSION - 1, -1)
    return np.asarray(whitened.T @ vectors[:, first_axes] * ratios[first_axes] ** POWER)


def save(embedding: Embedding, path: Path) -> None:
    """Write an embedding, the axes in bytes: some 1 MB."""
    np.savez_compressed(path, **embedding._asdict())


def main() -> None:
    """Read the command line, extract, learn, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="prints named as SOCOFing's or FVC's")
    parser.add_argument("--out", type=Path, default=FOLDER / f"{WEIGHTS}.npz")
    arguments = parser.parse_args()
    generated = (synthetic_template(FIRST_SEED + i) for i in range(GENERATED))
    sources = [*real_prints(arguments.folder)] * PAIRS_A_REAL_PRINT + [*generated]
    save(learn([source for source in sources if len(source) >= FEWEST]), arguments.out)


if __name__ == "__main__":
    main()
