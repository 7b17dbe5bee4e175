"""How good an image of a palm is, by what was extracted from it, and what to do about one that is not."""

from __future__ import annotations

from biometrics.imaging.quality_parts import QualityParts
from biometrics.kernel.recognition.types import QualityFault
from fingerprint.parameters import PPI, RELIABLE_QUALITY
from fingerprint.ridge_map import TILE
from palm.template import PalmTemplate

GOOD_AREA = 40.0  # square centimetres with ridges: most of a palm
GOOD_RELIABLE = 200  # minutiae that are as good as certain
GOOD_CLEAR = 0.8  # mean quality of the minutiae, above LEAST_CLEAR
LEAST_CLEAR = 0.4
_TILE_AREA = (2.54 * TILE / PPI) ** 2  # square centimetres

_FAULTS = {
    "area": QualityFault.SMALL_PALM,
    "minutiae": QualityFault.UNCLEAR_PALM,
    "clearness": QualityFault.UNCLEAR_PALM,
}


class PalmQuality(QualityParts):
    """How good an image of a palm is."""

    @property
    def faults(self) -> tuple[QualityFault, ...]:
        """What is wrong."""
        return tuple(dict.fromkeys(_FAULTS[name] for name in self.poor))


def measure(template: PalmTemplate) -> PalmQuality:
    """Measure a palm by its template."""
    measures = {
        "area": len(template.ridges) * _TILE_AREA / GOOD_AREA,
        "minutiae": float((template.quality >= RELIABLE_QUALITY).sum()) / GOOD_RELIABLE,
        "clearness": (float(template.quality.mean()) - LEAST_CLEAR) / (GOOD_CLEAR - LEAST_CLEAR),
    }
    return PalmQuality({name: int(100 * min(1.0, max(0.0, value))) for name, value in measures.items()})
