"""Every number of the extractor, with its unit; the matcher's are in `matching/parameters.py`."""

from __future__ import annotations

PPI = 500.0  # pixels an inch: the resolution of templates, and assumed where neither file nor caller tells one

RIDGE_PERIOD = 9.0  # pixels at 500 ppi: the mean distance of ridges

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
MIN_MEAN_QUALITY = 0.5  # of the kept minutiae in a usable print; photos of other things lie below

# quality
FULL_MINUTIAE = 40.0  # minutiae, each counted by its quality, that make a print as rich as it need be
