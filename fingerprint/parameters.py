"""Every number of the extractor, with its unit; the matcher's are in `matching/parameters.py`."""

from __future__ import annotations

from typing import NamedTuple

ENGINE = 3  # part of the model's identity: raise it whenever a change gives other templates or other scores

PPI = 500.0  # pixels an inch: the resolution of templates, assumed if neither file nor caller states one

RIDGE_PERIOD = 9.0  # pixels at 500 ppi: the mean distance of ridges

# latents
# Height by width of a latent when it is compared, by what they are on its image; its area stays. A finger that was
# pressed or drawn along leaves a longer or a wider latent, and a photo taken askew shows it so (docs/latents.md).
ASPECTS = (1.0, 0.64, 0.8, 1.25, 1.5625)

# segmentation
BLOCK = 16.0  # pixels at 500 ppi: a block's side, nearly two ridges
MIN_CONTRAST = 6.0  # grey levels: the least standard deviation in a block with ridges
RELATIVE_CONTRAST = 0.3  # of the strongest blocks' standard deviation (95th percentile)
MIN_PATCH = 0.1  # of the largest connected patch's area, for another patch to be kept
MARGIN = 2  # blocks around the foreground

WHOLE_IMAGE = 600_000  # pixels at 500 ppi: a rolled finger's image; a larger one is cut down to its foreground
MAX_FOREGROUND = 1_000_000  # pixels at 500 ppi: 4 square inches, for which LEADER takes 5 s and 1.2 GB

# minutiae
MIN_QUALITY = 0.35  # of a minutia that is kept
RELIABLE_QUALITY = 0.6  # of a minutia that is as good as certain
MIN_RELIABLE = 4  # reliable minutiae in a usable print
REDUCTION = 1.5  # by which a print is made smaller before the fast extractor looks at it
CLEAR_RELIABLE = 15  # reliable minutiae found so, of a print that need not be read in full
MIN_MEAN_QUALITY = 0.5  # of the kept minutiae in a usable print; photos of other things lie below
SAME_PLACE, SAME_DIRECTION = 9.0, 0.5  # pixels at 500 ppi, and radians, between two views of one minutia


class RidgeMapParameters(NamedTuple):
    """How an image becomes a ridge map; sigmas, gaps and widths in pixels at 500 ppi."""

    sigma_mean: float = 9.0  # of the grey level that is taken off
    sigma_contrast: float = 12.0  # of the contrast that is evened out
    relative_floor: float = 0.15  # of the strongest contrast (95th percentile), added to the contrast divided by
    floor: float = 2.0  # grey levels, added too
    clip: float = 2.5  # deviations
    sigma_foreground: float = 6.0  # of the contrast that separates print from background
    relative_contrast: float = 0.25  # of the strongest (95th percentile), for a print
    min_contrast: float = 4.0  # grey levels, for a print
    gap: float = 17.0  # that is closed
    min_width: float = 61.0  # of what can be a print
    sigma_tensor: float = 7.0  # of the structure tensor
    sigma_orientation: float = 4.0  # of the orientation
    sigma_across: float = 4.0  # of a filter's window, across the ridges
    sigma_along: float = 5.5  # and along them
    clear_response: float = 0.16  # deviations: a filter's answer where ridges are as clear as need be
    min_clear: float = 0.5  # mean clearness, times the share that is print, of a tile that is kept
