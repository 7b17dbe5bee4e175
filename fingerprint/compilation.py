"""Compiles the kernels before the first comparison needs them; numba keeps them on disk.

Two processes share the work. One runs `compile_search`, which begins with what a comparison calls last: the other, with
`compile_comparison`, finds that on the disk when it gets there.
"""

from __future__ import annotations

import numpy as np

from biometrics.kernel.people.labels import LABEL
from fingerprint.features import features
from fingerprint.matching.cylinders import prepare
from fingerprint.matching.explanation import explain
from fingerprint.matching.kernels.batch import Batch, PrintArrays, pack, side
from fingerprint.matching.kernels.comparison import space
from fingerprint.matching.kernels.consolidation import align
from fingerprint.matching.kernels.motion import Motion
from fingerprint.matching.kernels.ridge_windows import PATCH_WORDS, ridge_grid
from fingerprint.matching.kernels.ridges import ridge_agreement
from fingerprint.matching.matcher import match
from fingerprint.matching.parameters import SECTIONS, MatchParameters
from fingerprint.ridge_map import NO_RIDGES
from fingerprint.template import FingerprintTemplate, MinutiaType
from index.feature_sets import FeatureSetIndex

_PARAMETERS = MatchParameters()
_SIDE = 400  # pixels
_MINUTIAE = 40


def compile_comparison() -> None:
    """Compile what comparing and explaining needs."""
    prints = [prepare(_template(seed)) for seed in range(2)]
    match(prints[0], prints)
    explain(prints[0], prints[1])


def compile_search() -> None:
    """Compile the end of a comparison, and what searching an index needs."""
    _compile_alignment()
    prints = [features(_template(seed)) for seed in range(3)]
    index = FeatureSetIndex(closer_each=1)  # so few that the quick comparison runs as well as the exact one
    index.add(np.arange(3), prints, np.zeros(3, LABEL))
    index.search(prints[0], 1)


def _compile_alignment() -> None:
    room = space(_MINUTIAE, _PARAMETERS)
    a = b = _empty_print()
    ridge_agreement(a.ridges, b.ridges, Motion(room.alignment.motion, 0), _PARAMETERS.skin, _PARAMETERS.ridges)
    align(a, b, 0, _PARAMETERS, room.pairing, room.alignment)


def _empty_print() -> PrintArrays:
    """Return a print without minutiae, made without compiling anything."""
    packed = pack(
        np.zeros((SECTIONS + 1, 0), np.uint64),
        np.zeros((3, 0)),
        np.zeros((2, 0)),
        0,
        np.zeros((0, PATCH_WORDS), np.uint32),
        ridge_grid(NO_RIDGES),
    )
    starts = np.array([0, len(packed)])
    arrays: PrintArrays = side.py_func(Batch(packed, starts, np.zeros(1, np.int64), 0), 0)
    return arrays


def _template(seed: int) -> FingerprintTemplate:
    """Return minutiae drawn at random: what is compiled depends only on the types."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, _SIDE, (2, _MINUTIAE)).astype(np.float32)
    return FingerprintTemplate(
        width=_SIDE,
        height=_SIDE,
        x=places[0],
        y=places[1],
        direction=rng.uniform(0, 2 * np.pi, _MINUTIAE).astype(np.float32),
        quality=np.ones(_MINUTIAE, np.float32),
        type=np.full(_MINUTIAE, MinutiaType.ENDING, np.uint8),
    )
