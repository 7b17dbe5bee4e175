"""What stands for a print in a search: its minutiae, each as a code of its surroundings, a place and a direction."""

from __future__ import annotations

import numpy as np

CODE_BITS = 128
MOST = 255  # of a finger's print, and of any probe: more are left out
MOST_HELD = 2000  # of one set that an index holds: a palm has some
DIRECTIONS = 256  # steps a turn

# One row a minutia. Codes are alike where few of their bits differ. x and y are in pixels at 500 ppi, y up; the
# direction is counter-clockwise from the x axis.
LOCAL_FEATURE = np.dtype([("code", "<u8", (CODE_BITS // 64,)), ("x", "<i2"), ("y", "<i2"), ("direction", "u1")])
