"""The scales of likelihood ratios of this installation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from biometrics.matching.likelihood import LikelihoodScale
from models import CALIBRATIONS, LIKELIHOOD


def likelihood_scales(operator_folder: Path | None = None) -> Mapping[str, LikelihoodScale]:
    """Return the scales by the digest of their model: those in the folder of the operator's calibrations come first.

    Raises:
        CalibrationUnusable: a file is damaged.
    """
    return _loaded(tuple(folder / LIKELIHOOD for folder in (CALIBRATIONS, operator_folder) if folder is not None))


@cache
def _loaded(folders: tuple[Path, ...]) -> Mapping[str, LikelihoodScale]:
    scales = [LikelihoodScale.load(path) for folder in folders for path in sorted(folder.glob("*.json"))]
    return {scale.model: scale for scale in scales}
