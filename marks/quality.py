"""How well a photo shows a mark: its size, sharpness and contrast, and what is refused."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.quality_parts import QualityParts
from biometrics.kernel.errors import UnusableSample
from biometrics.kernel.recognition.types import QualityFault

LEAST_SIDE = 32  # pixels; smaller ones are refused
GOOD_SIDE = 200  # pixels of the shorter side; MobileNetV2 sees no more than 224
LEAST_CONTRAST = 2.0  # grey levels, standard deviation; less is refused: nothing can be seen
GOOD_CONTRAST = 40.0
GOOD_SHARPNESS = 12.0  # grey levels: the standard deviation of the Laplacian at a longer side of 512 pixels
_LONGER = 512

_FAULTS = {
    "size": QualityFault.SMALL_MARK,
    "sharpness": QualityFault.BLURRED_MARK,
    "contrast": QualityFault.FAINT_MARK,
}


class MarkQuality(QualityParts):
    """How good a photo of a mark is."""

    @property
    def faults(self) -> tuple[QualityFault, ...]:
        """What is wrong."""
        return tuple(_FAULTS[name] for name in self.poor)


def measure(rgb: NDArray[np.uint8]) -> MarkQuality:
    """Measure the photo of a mark, shape (height, width, 3)."""
    side, contrast = min(rgb.shape[:2]), _grey(rgb).std()
    height, width = rgb.shape[:2]
    scale = min(1.0, _LONGER / max(height, width))  # enlarging a small photo would only blur it
    size = max(1, round(width * scale)), max(1, round(height * scale))
    grey = _grey(np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8))
    sharpness = cv2.Laplacian(grey, cv2.CV_32F).std()
    measures = {
        "size": side / GOOD_SIDE,
        "sharpness": sharpness / GOOD_SHARPNESS,
        "contrast": contrast / GOOD_CONTRAST,
    }
    return MarkQuality({name: int(100 * min(1.0, float(value))) for name, value in measures.items()})


def require_usable(rgb: NDArray[np.uint8]) -> None:
    """Refuse a photo that shows nothing.

    Raises:
        UnusableSample: it is too small or too even.
    """
    height, width = rgb.shape[:2]
    if min(height, width) < LEAST_SIDE:
        raise UnusableSample(
            f"The photo of the mark has {width} x {height} pixels; {LEAST_SIDE} are needed at least. Come closer."
        )
    if _grey(rgb).std() < LEAST_CONTRAST:
        raise UnusableSample("Nothing can be seen in the photo of the mark; take it again in better light.")


def _grey(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
