"""Several samples' scores to one score a person."""

from __future__ import annotations

import math
from collections.abc import Sequence

from biometrics.calibration import Score


def fuse(scores: Sequence[Score]) -> Score:
    """Combine independent scores by Fisher's method on their false match rates.

    With y = -sum(ln FMR_i) over n samples, the combined FMR is the upper tail of a chi-square with 2n degrees of
    freedom at 2y, which for even degrees is exp(-y) * sum(y^i / i!, i < n). A sample that is missing on either side
    is simply not in `scores`, and costs nothing.
    Source: R. A. Fisher, Statistical Methods for Research Workers, 4th ed., section 21.1.
    """
    y = -sum(score.log_fmr for score in scores)
    series, term = 1.0, 1.0
    for i in range(1, len(scores)):
        term *= y / i
        series += term
    log_fmr = min(0.0, -y + math.log(series))
    return Score(-10.0 * log_fmr / math.log(10.0) + 0.0, any(score.extrapolated for score in scores))
