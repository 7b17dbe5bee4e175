"""A latent against stored prints: any finger, turned any way."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

import numpy as np
from numpy.typing import NDArray

from fingerprint.codec import decode_views
from fingerprint.latents.image import LatentAspects
from fingerprint.matching.cylinders import prepare
from fingerprint.matching.parameters import LATENT
from fingerprint.matching.views import match_latent

# Other prints are assumed to be upright within a quarter turn; the orientation of a latent is unknown.
FULL_CIRCLE = LATENT._replace(pairing=LATENT.pairing._replace(max_rotation=pi))


def compare_latent(latent: LatentAspects, stored: Sequence[bytes]) -> NDArray[np.float64]:
    """Return the raw similarity of a latent to each stored template (`match_latent`): shape (len(stored),), 0 to 1.

    `stored` are templates in the bytes of `fingerprint.codec`.

    Raises:
        InvalidTemplate: the bytes of one are damaged.
    """
    candidates = [[[prepare(view) for view in decode_views(data)]] for data in stored]
    return match_latent([[prepare(view) for view in views] for views in latent], candidates, FULL_CIRCLE)
