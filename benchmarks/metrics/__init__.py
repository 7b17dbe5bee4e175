"""Figures from raw scores: pure functions, rates as shares from 0 to 1, words as in ISO/IEC 19795-1.

More is more alike. A pair is accepted at threshold t where its score >= t. A comparison with an image that gave no
template has the score -inf: it counts, and is accepted by no useful threshold, as FVC counts it (a score of 0 there);
what is called FNMR here holds failures to acquire too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Indices = NDArray[np.int64]
