"""From a photo of an eye to its code and quality."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from biometrics.imaging.image import Image
from biometrics.kernel.errors import UnusableSample
from iris.code import IrisCode, code_of
from iris.comparison import LEAST
from iris.geometry import EyeParts, Grey
from iris.identity import MANIFEST, model_digest
from iris.normalisation import unroll
from iris.quality import IrisQuality, measure
from iris.segmentation import find_parts
from iris.visibility import VisibilityNetwork
from models.registry import ModelRegistry

LEAST_SIDE = 120  # pixels of a photo's shorter side
MOST_SIDE = 1280  # of its longer one
_LEAST_SPREAD = 4.0  # grey levels, standard deviation; less shows nothing
_LEAST_COLOUR = 6.0  # grey levels between the channels, on average, that near-infrared photos do not have


@dataclass(frozen=True, eq=False)
class ExtractedIris:
    """What a photo gave: the code, how good the photo is, and where the parts of the eye were found."""

    code: IrisCode
    quality: IrisQuality
    parts: EyeParts


class IrisExtractor:
    """The engine. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Open the network, prepared in a folder.

        Raises:
            ModelMissing, ModelMismatch: as for `ModelRegistry.open_session`.
        """
        registry = ModelRegistry(folder, MANIFEST)
        self._network = VisibilityNetwork(registry)
        self.model = model_digest(registry)

    def extract(self, image: Image) -> ExtractedIris:
        """Return what a near-infrared photo of one eye gives.

        Raises:
            UnusableSample: a photo in visible light, of a wrong size or of nothing; no iris; or too little of it seen.
        """
        grey = _near_infrared(image)
        parts = find_parts(grey, self._network)
        code = code_of(unroll(grey.astype(np.float32), parts))
        if code.counted < 2 * LEAST:
            raise UnusableSample("Too little of the iris can be seen. Open the eye wide, and avoid reflections.")
        return ExtractedIris(code, measure(grey, parts), parts)

    def locate(self, image: Image) -> EyeParts:
        """Return where the parts of the eye are.

        Raises:
            UnusableSample: as for `extract`.
        """
        return find_parts(_near_infrared(image), self._network)

    def measure(self, image: Image) -> IrisQuality:
        """Return how good a photo is.

        Raises:
            UnusableSample: as for `extract`.
        """
        grey = _near_infrared(image)
        return measure(grey, find_parts(grey, self._network))


def _near_infrared(image: Image) -> Grey:
    """Return the pixels as grey, where the photo can be one in near-infrared light.

    Raises:
        UnusableSample: it has colours, a wrong size, or shows nothing.
    """
    if not LEAST_SIDE <= min(image.width, image.height) <= max(image.width, image.height) <= MOST_SIDE:
        raise UnusableSample(
            f"The photo has {image.width} x {image.height} pixels; one of a single eye has {LEAST_SIDE} to {MOST_SIDE}."
        )
    channels = image.rgb().astype(np.float32)
    if float(np.ptp(channels, axis=2).mean()) > _LEAST_COLOUR:
        raise UnusableSample(
            "The photo is in colour, so it was taken in visible light. Take it with an iris camera, in near-infrared "
            "light of 700 to 900 nm."
        )
    grey = image.grey()
    if float(grey.std()) < _LEAST_SPREAD:
        raise UnusableSample("Nothing can be seen in the photo of the eye; take it again.")
    return grey
