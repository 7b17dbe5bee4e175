"""The placement of a finger on the platen: which point of the master is seen at each pixel of an impression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.synthetic.finger.frame import IMPRESSION_SHAPE, MASTER_SHAPE, Field

PAD_CENTRE = (0.5 * MASTER_SHAPE[1], 0.47 * MASTER_SHAPE[0])  # x, y in pixels of the master: what touches first

GRIP_AXES = (45.0, 65.0)  # pixels: semi-axes of the ellipse where the skin sticks to the platen
GRIP_FADE = 1.2  # how far outside that ellipse, in its radii, the skin moves freely


@dataclass(frozen=True)
class Placement:
    """One touch of the platen.

    `rotation` is in radians, `shift` in pixels (x, y), both of the whole finger. `roll` is how far from the pad's
    centre the finger touches, in pixels of the master (x, y). `drag` (pixels, x, y) and `twist` (radians) are how far
    the skin around the gripping centre is pulled along.
    """

    rotation: float
    shift: tuple[float, float]
    roll: tuple[float, float]
    drag: tuple[float, float]
    twist: float

    def on_finger(self) -> tuple[Field, Field]:
        """Return x and y on the master of every pixel of the impression: float32 of IMPRESSION_SHAPE, pixels."""
        height, width = IMPRESSION_SHAPE
        rows, columns = np.indices(IMPRESSION_SHAPE, dtype=np.float32)
        x, y = columns - (0.5 * width + self.shift[0]), rows - (0.5 * height + self.shift[1])
        x, y = _turn(x, y, self.rotation)
        x, y = self._distort(x, y)
        return x + np.float32(self.touch_centre[0]), y + np.float32(self.touch_centre[1])

    @property
    def touch_centre(self) -> tuple[float, float]:
        """The point of the master, in pixels, on which the touch is centred."""
        return PAD_CENTRE[0] + self.roll[0], PAD_CENTRE[1] + self.roll[1]

    def _distort(self, x: Field, y: Field) -> tuple[Field, Field]:
        """Distort as skin does that sticks in the middle and is pulled aside around it.

        Cappelli, Maio, Maltoni, "Modelling plastic distortion in fingerprint images", ICAPR 2001.
        """
        beyond_grip = np.hypot(x / GRIP_AXES[0], y / GRIP_AXES[1]) - 1
        freedom = 0.5 * (1 - np.cos(np.pi * np.clip(beyond_grip / GRIP_FADE, 0, 1)))
        pulled_x, pulled_y = _turn(x, y, self.twist)
        return (
            x + freedom * (pulled_x + np.float32(self.drag[0]) - x),
            y + freedom * (pulled_y + np.float32(self.drag[1]) - y),
        )


def _turn(x: Field, y: Field, angle: float) -> tuple[Field, Field]:
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return cos * x - sin * y, sin * x + cos * y
