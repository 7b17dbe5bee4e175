"""Compiles the kernels before the first comparison needs them."""

from __future__ import annotations

from fingerprint.matching.cylinders import PreparedPrint, prepare
from fingerprint.matching.explanation import explain
from fingerprint.matching.kernels.batch import batch, side
from fingerprint.matching.kernels.comparison import space
from fingerprint.matching.kernels.motion import Motion
from fingerprint.matching.kernels.ridges import ridge_agreement
from fingerprint.matching.matcher import match
from fingerprint.matching.parameters import MatchParameters
from fingerprint.synthetic.templates import synthetic_template

_PARAMETERS = MatchParameters()


def compile_comparison() -> None:
    """Compile all that comparing and explaining needs; numba keeps it on disk."""
    prints = _prints()
    match(prints[0], prints)
    explain(*prints)


def compile_ridge_agreement() -> None:
    """Compile the part of the comparison that it calls last, so that another process can do so meanwhile."""
    prints = batch(_prints())
    motion = Motion(space(prints.minutiae, _PARAMETERS).alignment.motion, 2)
    ridge_agreement(side(prints, 0).ridges, side(prints, 1).ridges, motion, _PARAMETERS.skin, _PARAMETERS.ridges)


def _prints() -> tuple[PreparedPrint, PreparedPrint]:
    return prepare(synthetic_template(0)), prepare(synthetic_template(1))
