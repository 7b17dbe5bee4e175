"""Cells of codes: each code lies in the cell of its nearest landmark, and is compared with the probe's codes near that.

Similar codes lie near the same landmarks. So a code is compared only with the eight codes of the probe, of usually 40,
that are nearest to its cell's landmark; one vector instruction compares eight. This is an inverted file (Sivic,
Zisserman, "Video Google", ICCV 2003; several cells for a code of the probe: Jégou, Douze, Schmid, "Product Quantization
for Nearest Neighbor Search", PAMI 2011) read by gallery code instead of by probe, so that the
prints stay in their order. `benchmarks.training.landmarks` learns the landmarks.
"""

from __future__ import annotations

import io
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import ModelMismatch, ModelMissing
from biometrics.kernel.technique.bits import popcount
from biometrics.kernel.technique.compiler import njit
from index.feature_sets.lanes import LANES

CELLS = 256
PROBE_CODES = 80  # of a probe; for each so many, begun, a cell has `LANES` of them

FILE = Path(__file__).with_name("landmarks.npz")
SHA256: Final = "bf02d4d78e3ea0c8ccad6bd0e91ac3f18f471a0adfdda772aa05ebdcf0f55d29"  # of the file; see `read_landmarks`


def read_landmarks(file: Path = FILE) -> NDArray[np.uint64]:
    """Return the landmarks in a file, shape (CELLS, 2).

    Raises:
        ModelMissing: the file cannot be read.
        ModelMismatch: its hash is not `SHA256`.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ModelMissing(f"The landmarks {file} cannot be read: {error}. Install Pehchan again.") from error
    if sha256(content).hexdigest() != SHA256:
        raise ModelMismatch(
            f"The landmarks {file} are not those that Pehchan was released with. Install Pehchan again."
        )
    codes: NDArray[np.uint64] = np.load(io.BytesIO(content))["codes"]
    return codes


LANDMARKS = read_landmarks()
DIGEST = sha256(LANDMARKS.astype("<u8").tobytes()).hexdigest()[:8]  # cells of other landmarks are not to be compared

_CELL_BITS = np.uint64(8)


class ProbeCells(NamedTuple):
    """The codes of a probe to compare in each cell: `LANES`, or a multiple.

    `codes`: uint64, one after the other for each cell and each eight: eight first halves and eight second halves.
    `numbers` and `directions`: uint8, of the same features: which of the probe's they are, and theirs.
    """

    codes: NDArray[np.uint64]
    numbers: NDArray[np.uint8]
    directions: NDArray[np.uint8]


@njit()
def cells_of(first: NDArray[np.uint64], second: NDArray[np.uint64], landmarks: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Return the cells of codes by their halves, shape (n,); of equally near landmarks it is the first one's."""
    cells = np.empty(len(first), np.uint8)
    lefts, rights = landmarks[:, 0].copy(), landmarks[:, 1].copy()
    for j in range(len(first)):
        nearest = np.uint64(1) << np.uint64(63)
        for cell in range(len(lefts)):
            differing = popcount(first[j] ^ lefts[cell]) + popcount(second[j] ^ rights[cell])
            nearest = min(nearest, differing << _CELL_BITS | np.uint64(cell))
        cells[j] = nearest & np.uint64(CELLS - 1)
    return cells


def probe_cells(first: NDArray[np.uint64], second: NDArray[np.uint64], directions: NDArray[np.uint8]) -> ProbeCells:
    """Return what to compare in each cell: the codes of a probe, at most 255, nearest to its landmark."""
    parts = -(-len(first) // PROBE_CODES)
    count = np.bitwise_count
    differing = count(LANDMARKS[:, :1] ^ first) + count(LANDMARKS[:, 1:] ^ second)  # at most 128: uint8
    order = np.argsort(differing, axis=1, kind="stable")
    chosen = order[:, np.arange(parts * LANES) % max(1, len(first))]  # of a few codes some are there twice
    halves = np.stack([first[chosen], second[chosen]], axis=1).reshape(CELLS, 2, parts, LANES)
    numbers = chosen.astype(np.uint8).ravel()
    return ProbeCells(_aligned(halves.swapaxes(1, 2).ravel()), numbers, directions[numbers])


def _aligned(codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Copy codes to where each eight lie in one line of the processor's cache."""
    room = np.empty(len(codes) + LANES, np.uint64)
    start = -(room.ctypes.data // room.itemsize) % LANES
    room[start : start + len(codes)] = codes
    return room[start : start + len(codes)]
