"""A latent against stored prints: any finger, turned any way."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

import numpy as np
from numpy.typing import NDArray

from fingerprint.codec import decode
from fingerprint.matching.cylinders import prepare
from fingerprint.matching.matcher import match
from fingerprint.matching.parameters import MatchParameters
from fingerprint.template import FingerprintTemplate

# Other prints are assumed to be upright within a quarter turn; the orientation of a latent is unknown.
FULL_CIRCLE = MatchParameters(pairing=MatchParameters().pairing._replace(max_rotation=pi))


def compare_latent(latent: FingerprintTemplate, stored: Sequence[bytes]) -> NDArray[np.float64]:
    """Return the raw similarity of a latent to each stored template: shape (len(stored),), 0 to 1.

    `stored` are templates in the bytes of `fingerprint.codec`.

    Raises:
        InvalidTemplate: the bytes of one are damaged.
    """
    return match(prepare(latent), [prepare(decode(data)) for data in stored], FULL_CIRCLE)
