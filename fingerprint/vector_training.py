"""Make whitening.npz, the numbers that `vector` needs, from a folder of real prints.

    python -m fingerprint.vector_training ../shared/data/fingerprint/SOCOFing --ppi 182

The prints must not be those that the engine is measured on. SOCOFing's images are reduced copies of 500 ppi scans.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from biometrics.errors import UnusableSample
from biometrics.image import decode
from fingerprint.extractor import extract
from fingerprint.matching.cylinders import PreparedPrint, prepare
from fingerprint.vector import DIMENSION, WHITENING_FILE, Whitening, bits, centred
from models.registry import ModelRegistry


def train(prints: Sequence[PreparedPrint]) -> Whitening:
    """Return the mean of the cylinders' bits, and the projection onto their 256 main axes at unit variance."""
    sets, valids = zip(*(bits(each) for each in prints), strict=True)
    counted = np.maximum(1.0, np.concatenate(valids).sum(axis=0))
    mean = (np.concatenate(sets) * np.concatenate(valids)).sum(axis=0) / counted
    covariance = np.cov(np.concatenate([centred(each, mean) for each in prints]).astype(np.float64), rowvar=False)
    variances, axes = np.linalg.eigh(covariance)
    first = np.argsort(variances)[::-1][:DIMENSION]
    return Whitening(mean.astype(np.float32), (axes[:, first] / np.sqrt(variances[first])).astype(np.float32))


def save(whitening: Whitening, path: Path) -> None:
    """Write the numbers, the projection in bytes with one scale a column: about 80 kB."""
    scale = np.abs(whitening.projection).max(axis=0) / 127
    projection = np.rint(whitening.projection / scale).astype(np.int8)
    np.savez_compressed(path, mean=whitening.mean, projection=projection, scale=scale)


def _prepared(folder: Path, ppi: float) -> Iterator[PreparedPrint]:
    with tempfile.TemporaryDirectory() as data_folder:
        session = ModelRegistry(Path(data_folder)).open_session("leader")
        for path in sorted(folder.iterdir()):
            try:
                yield prepare(extract(decode(path.read_bytes(), ppi), session))
            except UnusableSample:
                continue


def main() -> None:
    """Read the command line, extract, train, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ppi", type=float, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name(WHITENING_FILE))
    arguments = parser.parse_args()
    save(train(list(_prepared(arguments.folder, arguments.ppi))), arguments.out)


if __name__ == "__main__":
    main()
