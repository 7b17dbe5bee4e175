"""Learn the landmarks of the cells that an index of prints sorts codes into (index/feature_sets/landmarks.npz).

    python -m benchmarks.training.landmarks

Takes the codes of generated prints, none of which is in a benchmark's gallery, and repeats Lloyd's algorithm for bits:
a landmark has each bit that most codes of its cell have. Learn them again when the codes change
(`benchmarks.training.codes`), and enter the SHA-256 that this prints in `index.feature_sets.cells`; saved indexes are
then rebuilt.
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from benchmarks.training.codes import FIRST_SEED
from fingerprint.features import features
from fingerprint.synthetic.templates import synthetic_template
from index.feature_sets.cells import CELLS, FILE, cells_of

PRINTS = 2500
ROUNDS = 10


def learn(codes: NDArray[np.uint64], seed: int = 1) -> NDArray[np.uint64]:
    """Return the landmarks of some codes, shape (n, 2): shape (CELLS, 2)."""
    rng = np.random.default_rng(seed)
    landmarks = codes[rng.choice(len(codes), CELLS, replace=False)]
    bits = np.unpackbits(codes.view(np.uint8), axis=1)
    first, second = np.ascontiguousarray(codes.T)
    for _ in range(ROUNDS):
        cells = cells_of(first, second, landmarks)
        for cell in range(CELLS):
            cell_bits = bits[cells == cell]
            landmarks[cell] = np.packbits(2 * cell_bits.sum(axis=0) > len(cell_bits)).view(np.uint64)
    return landmarks


def main() -> None:
    """Learn and save."""
    prints = [features(synthetic_template(FIRST_SEED + number)) for number in range(PRINTS)]
    np.savez(FILE, codes=learn(np.concatenate([print_features["code"] for print_features in prints])))
    print(sha256(FILE.read_bytes()).hexdigest())  # noqa: T201


if __name__ == "__main__":
    main()
