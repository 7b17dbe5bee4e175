"""A whole ten-print card of made-up prints, in one image."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import cv2
import numpy as np

PPI = 500
FIELD = round(1.6 * PPI)  # pixels: the side of one finger's field
TOP = 300  # pixels above the first row: the card's head
_LABELS = ("THUMB", "INDEX", "MIDDLE", "RING", "LITTLE")


def lay_card(prints: Mapping[int, np.ndarray], missing: Collection[int] = ()) -> np.ndarray:
    """Lay prints out by their position codes, 1 to 10, in ruled and labelled fields: grey pixels on light paper."""
    sheet = np.full((TOP + 2 * FIELD + 200, 5 * FIELD), 240, np.uint8)
    cv2.putText(sheet, "FINGERPRINT CARD  NAME  FIR", (60, 150), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 0, 4)
    for code in range(1, 11):
        x, y = (code - 1) % 5 * FIELD, TOP + (code - 1) // 5 * FIELD
        cv2.rectangle(sheet, (x, y), (x + FIELD - 1, y + FIELD - 1), 0, 3)
        label = f"{'RL'[(code - 1) // 5]}. {_LABELS[(code - 1) % 5]}"
        cv2.putText(sheet, label, (x + 20, y + 50), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 2)
        if code not in missing:
            own = prints[code]
            height, width = own.shape
            left, top = x + (FIELD - width) // 2, y + 120 + (FIELD - 120 - height) // 2
            place = sheet[top : top + height, left : left + width]
            place[:] = np.minimum(place, own)
    return sheet
