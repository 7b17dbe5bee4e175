"""How good a photo of an iris is, by the terms of ISO/IEC 29794-6, and what to do about what is not.

The measures follow the standard's definitions; how each becomes 0 to 100 is ours.
"""

from __future__ import annotations

import cv2
import numpy as np

from biometrics.imaging.quality_parts import QualityParts
from biometrics.kernel.recognition.types import QualityFault
from iris.geometry import EyeParts, Floats, Grey, Mask, Outline

_LATERAL = np.deg2rad(30)  # from the horizontal: where sclera is seen

_FAULTS = {
    "usable_area": QualityFault.COVERED_IRIS,
    "iris_sclera_contrast": QualityFault.FAINT_IRIS,
    "iris_pupil_contrast": QualityFault.FAINT_PUPIL,
    "dilation": QualityFault.ODD_PUPIL,
    "sharpness": QualityFault.BLURRED_IRIS,
    "margin": QualityFault.CUT_OFF_IRIS,
    "gaze": QualityFault.LOOKS_ASIDE,
    "size": QualityFault.SMALL_IRIS,
}
_GOOD = {  # the measure that counts as 100
    "usable_area": 0.85,
    "iris_sclera_contrast": 0.25,
    "iris_pupil_contrast": 0.7,
    "dilation": 1.0,
    "sharpness": 0.3,
    "margin": 1.0,
    "gaze": 1.0,
    "size": 100.0,
}


class IrisQuality(QualityParts):
    """How good a photo of an iris is."""

    @property
    def faults(self) -> tuple[QualityFault, ...]:
        """What is wrong."""
        return tuple(_FAULTS[name] for name in self.poor)


def measure(grey: Grey, parts: EyeParts) -> IrisQuality:
    """Measure a photo whose parts were found."""
    pupil, limbus = parts.pupil, parts.limbus
    hole, disc = pupil.contains(grey.shape), limbus.contains(grey.shape)
    iris = float(np.median(grey[parts.usable])) if parts.usable.any() else 0.0
    dark = float(np.median(grey[hole])) if hole.any() else 255.0
    white = _sclera(grey, limbus)
    area = np.pi * (limbus.radius**2 - pupil.radius**2)
    weber = abs(iris - dark) / (20 + dark)
    centre_distance = float(np.hypot(pupil.x - limbus.x, pupil.y - limbus.y)) / limbus.radius
    measures = {
        "usable_area": parts.usable.sum() / area,
        "iris_sclera_contrast": abs(white - iris) / max(1.0, white + iris - 2 * dark) if dark < iris else 0.0,
        "iris_pupil_contrast": weber / (0.75 + weber),
        "dilation": _dilation(pupil.radius / limbus.radius),
        "sharpness": _sharpness(grey, parts.usable, disc & ~hole),
        "margin": _margin(grey.shape, limbus),
        "gaze": min(_roundness(pupil), _roundness(limbus), 1 - max(0.0, centre_distance - 0.1) / 0.15),
        "size": limbus.radius,
    }
    return IrisQuality(
        {name: int(100 * min(1.0, max(0.0, float(value) / _GOOD[name]))) for name, value in measures.items()}
    )


def _sclera(grey: Grey, limbus: Outline) -> float:
    """Return the median lightness beside the iris, at 1.1 to 1.2 radii."""
    turns = np.concatenate([np.linspace(-_LATERAL, _LATERAL, 40) + side for side in (0, np.pi)])
    radii = limbus.radii(turns)[:, None] * np.linspace(1.1, 1.2, 5)
    return float(np.median(_sampled(grey, limbus, turns, radii)))


def _sampled(grey: Grey, about: Outline, turns: Floats, radii: Floats) -> Floats:
    columns = np.clip(np.rint(about.x + radii * np.cos(turns[:, None])), 0, grey.shape[1] - 1).astype(int)
    rows = np.clip(np.rint(about.y + radii * np.sin(turns[:, None])), 0, grey.shape[0] - 1).astype(int)
    return np.asarray(grey[rows, columns], np.float64)


def _dilation(ratio: float) -> float:
    """Return 1 where the pupil has 0.25 to 0.6 of the iris's radius, and 0 from 0.1 down and 0.8 up."""
    return min(1.0, (ratio - 0.1) / 0.15, (0.8 - ratio) / 0.2)


def _sharpness(grey: Grey, usable: Mask, ring: Mask) -> float:
    """Return the deviation of the finest detail as a share of that of all detail up to 8 pixels."""
    chosen = usable if usable.any() else ring
    if not chosen.any():
        return 0.0
    light = grey.astype(np.float32)
    fine = light - cv2.GaussianBlur(light, (0, 0), 1.5)
    coarse = light - cv2.GaussianBlur(light, (0, 0), 8)
    return float(fine[chosen].std() / max(1.0, float(coarse[chosen].std())))


def _margin(shape: tuple[int, ...], limbus: Outline) -> float:
    """Return how much room is around the iris: 1 for 0.2 radii at each side, 0 where a fifth is cut off."""
    room = min(limbus.x, shape[1] - limbus.x, limbus.y, shape[0] - limbus.y) / limbus.radius - 1
    return (room + 0.2) / 0.4


def _roundness(outline: Outline) -> float:
    """Return 1 for a circle, 0 for one that is squeezed by a third."""
    return 1 - (1 - outline.roundness) / 0.12
