"""How good a print is, by NFIQ 2, and what an officer can do about one that is not.

NFIQ 2 says how good; why comes mostly from the image itself, for NFIQ 2's features do not distinguish a dry finger
from a wet one on sensors of different make. The thresholds were set on FVC2002 and FVC2004
(docs/decisions/0004-quality.md).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.image import Image
from biometrics.kernel.recognition.types import Assessment, QualityFault
from fingerprint.extraction.appearance import PrintAppearance, appearance
from fingerprint.extraction.resolution import resampled
from fingerprint.extraction.ridges import even_print, ridge_flow
from fingerprint.extraction.segmentation import foreground
from fingerprint.nfiq2 import Nfiq2Quality
from fingerprint.parameters import PPI, WHOLE_IMAGE
from fingerprint.several.network import may_show_several

FLOOR = 10  # NFIQ 2: below it a print is enrolled only with a reason
GOOD = 25  # NFIQ 2: from it on prints are missed no less often the higher the score, so that none need be taken again

NO_PRINT_AREA = 25.0  # square millimetres: a patch of 5 mm, less than any print that can be compared
SMALL_AREA = 100.0  # square millimetres: a fingertip
DRY_BLANK = 0.65  # share of the print that is nearly without ridges
DRY_BELOW, DRY_CERTAINTY = 20, 0.6  # score, and NFIQ 2's certainty of orientation: ridges broken into grains
WET_FULL = 0.2  # share of the print that is nearly all ridge
FAINT_CONTRAST = 16.0  # grey levels
SMUDGED_SHARPNESS = 0.28  # of paper scanned sharply: 0.3 to 0.45; of sensors: more

_CERTAINTY = "OCL_Bin10_Mean"


def assess(pixels: NDArray[np.uint8], measured: Nfiq2Quality) -> Assessment:
    """Assess a grey image of one finger at 500 ppi, shape (height, width), of which NFIQ 2 was measured.

    A good print is at most too small: no officer is sent to moisten a finger whose print cannot get better.
    """
    several = (QualityFault.SEVERAL_PRINTS,) if may_show_several(ridge_flow(even_print(pixels))) else ()
    faults = (*_faults(appearance(pixels), measured), *several)
    return Assessment(measured.score, faults, measured.score >= FLOOR and not several)


def finger_pixels(image: Image, scale: float) -> NDArray[np.uint8]:
    """Return the grey pixels of the finger in an image, brought to 500 ppi; `scale` is 500 by the image's own ppi."""
    pixels = image.grey()
    if pixels.size * scale * scale > WHOLE_IMAGE and (box := foreground(pixels, PPI / scale)):
        pixels = box.cut(pixels)
    return resampled(pixels, scale)


def _faults(looks: PrintAppearance, measured: Nfiq2Quality) -> tuple[QualityFault, ...]:
    if looks.area < NO_PRINT_AREA:
        return (QualityFault.NO_PRINT,)
    small = (QualityFault.TOO_SMALL,) if looks.area < SMALL_AREA else ()
    return small if measured.score >= GOOD else (*small, *_reasons(looks, measured))


def _reasons(looks: PrintAppearance, measured: Nfiq2Quality) -> tuple[QualityFault, ...]:
    """Return why a print is not good."""
    wet = looks.full > WET_FULL
    grainy = measured.score < DRY_BELOW and measured.features.get(_CERTAINTY, 1.0) < DRY_CERTAINTY
    present_faults = {
        QualityFault.TOO_DRY: looks.blank > DRY_BLANK or (grainy and not wet),
        QualityFault.TOO_WET: wet,
        QualityFault.LOW_CONTRAST: looks.contrast < FAINT_CONTRAST,
        QualityFault.MOVED: looks.sharpness < SMUDGED_SHARPNESS,
    }
    return tuple(fault for fault, present in present_faults.items() if present)
