"""Learn the codes of minutiae (models/trained/codes.npz) from mates made of real and generated prints.

    python -m benchmarks.training.codes ../shared/data/fingerprint/SOCOFing

The prints must not be those that the engine is measured on. Each source gets one pair of mates, made as
`fingerprint.synthetic.mates` says, of a severity drawn log-normally; their minutiae of one origin are the pairs.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.runs.datasets import read_image, read_one_print_a_finger
from biometrics.kernel.errors import UnusableSample
from biometrics.matching.local_features import CODE_BITS
from fingerprint.extraction.extractor import extract
from fingerprint.features import WEIGHTS, Projection, neighbourhoods
from fingerprint.ridge_map import NO_RIDGES
from fingerprint.synthetic.mates import mate_with_origins
from fingerprint.synthetic.templates import synthetic_template
from fingerprint.template import FingerprintTemplate
from models.registry import ModelRegistry
from models.trained import FOLDER

GENERATED = 4000  # sources in addition to the real ones, which are small
FIRST_SEED = 50_000_000  # none of these fingers is in a benchmark's gallery
FEWEST = 12  # minutiae of a source
SEVERITY_SPREAD = 0.5  # natural logarithm, one standard deviation
RIDGE = 1e-3  # of the mean variance between mates, added to all: what varies least in training is not trusted blindly
ROUNDS = 30  # of turning the axes towards the signs

Numbers = NDArray[np.float64]


def learn(sources: Sequence[FingerprintTemplate], seed: int = 5) -> Projection:
    """Learn the axes and offsets from mates of these prints."""
    rng = np.random.default_rng(seed)
    pairs = [_mated_minutiae(source, rng) for source in sources]
    first, second = (np.concatenate(side).astype(np.float64) for side in zip(*pairs, strict=True))
    mean = (first.mean(axis=0) + second.mean(axis=0)) / 2
    first, second = first - mean, second - mean
    axes = _discriminant(first, second)
    axes = axes @ _turned_towards_signs(first[::4] @ axes, rng)
    return Projection(axes.astype(np.float32), (mean @ axes).astype(np.float32))


def _mated_minutiae(
    source: FingerprintTemplate, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the neighbourhoods of the same minutiae in two impressions of one print."""
    severity = float(np.exp(SEVERITY_SPREAD * rng.standard_normal()))
    (mate, origins), (other_mate, other_origins) = (mate_with_origins(source, rng, severity) for _ in range(2))
    shared, at, other_at = np.intersect1d(origins, other_origins, return_indices=True)
    return neighbourhoods(mate)[at[shared >= 0]], neighbourhoods(other_mate)[other_at[shared >= 0]]


def _discriminant(first: Numbers, second: Numbers) -> Numbers:
    """Return the axes along which all minutiae differ most for one unit of difference between mates."""
    total = (first.T @ first + second.T @ second) / (2 * len(first))
    within = (first - second).T @ (first - second) / (2 * len(first))
    within += RIDGE * np.trace(within) / len(within) * np.eye(len(within))
    whitened = np.linalg.inv(np.linalg.cholesky(within))
    _, vectors = np.linalg.eigh(whitened @ total @ whitened.T)
    return np.asarray(whitened.T @ vectors[:, ::-1][:, :CODE_BITS])


def _turned_towards_signs(numbers: Numbers, rng: np.random.Generator) -> Numbers:
    """Return the rotation that brings numbers nearest to their signs (iterative quantisation)."""
    rotation, _ = np.linalg.qr(rng.standard_normal((CODE_BITS, CODE_BITS)))
    for _ in range(ROUNDS):
        left, _, right = np.linalg.svd(np.sign(numbers @ rotation).T @ numbers)
        rotation = (left @ right).T
    return np.asarray(rotation)


def save(projection: Projection, path: Path) -> None:
    """Write a projection, the axes in bytes with one scale each: some 30 kB."""
    scale = np.abs(projection.axes).max(axis=0) / 127
    axes = np.rint(projection.axes / scale).astype(np.int8)
    np.savez_compressed(path, axes=axes, scale=scale, offsets=projection.offsets)


def real_prints(folder: Path) -> Iterator[FingerprintTemplate]:
    """Extract the usable prints of a folder, without their ridges."""
    with tempfile.TemporaryDirectory() as data_folder:
        session = ModelRegistry(Path(data_folder)).open_session("leader")
        for image in read_one_print_a_finger(folder):
            try:
                yield replace(extract(read_image(image.path, image.ppi), session), ridges=NO_RIDGES)
            except UnusableSample:
                continue


def main() -> None:
    """Read the command line, extract, learn, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="prints named as SOCOFing's or FVC's")
    parser.add_argument("--out", type=Path, default=FOLDER / f"{WEIGHTS}.npz")
    arguments = parser.parse_args()
    generated = (synthetic_template(FIRST_SEED + i) for i in range(GENERATED))
    sources = [source for source in (*real_prints(arguments.folder), *generated) if len(source) >= FEWEST]
    save(learn(sources), arguments.out)


if __name__ == "__main__":
    main()
