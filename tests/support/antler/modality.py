"""The modality of antlers, which no police takes: what the service has to know of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from biometrics.kernel.recognition.capture import Position
from biometrics.kernel.recognition.modality import IndexKind, Modality, ModalityTraits


class AntlerPosition(Position):
    """Which antler."""

    UNKNOWN = 200, "Unknown antler", "unknown antler"
    RIGHT_ANTLER = 201, "Right antler"
    LEFT_ANTLER = 202, "Left antler"


CALIBRATIONS: Final = Path(__file__).with_name("calibration")  # measured by no command, so that it only orders
ANTLER: Final = Modality(
    "antler",
    ModalityTraits(
        label="Antler",
        samples_label="Antlers",
        noun="photo of an antler",
        caption="Photo of an antler",
        fields={
            "antler_right": AntlerPosition.RIGHT_ANTLER,
            "antler_left": AntlerPosition.LEFT_ANTLER,
            "antler_unknown": AntlerPosition.UNKNOWN,
        },
        page_part="antlers",
        positions=AntlerPosition,
        index=IndexKind.VECTORS,
        copy_score=0.99,
        compared_at_once=1024,
        quality_measure="contrast",
    ),
    __name__,
)
