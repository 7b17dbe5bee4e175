"""The modality of ears: what the service has to know of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from biometrics.kernel.recognition.modality import IndexKind, Modality, ModalityTraits

CALIBRATIONS: Final = Path(__file__).with_name("calibration")
EAR: Final = Modality(
    "ear",
    ModalityTraits(
        label="Ear",
        samples_label="Ear photos",
        noun="ear photo",
        caption="Photo of an ear",
        fields={"ear_photo": None},
        page_part="ears",
        index=IndexKind.VECTORS,
        copy_score=0.99,
        compared_at_once=1024,
        quality_measure="contrast",
        is_one_source=True,
    ),
    __name__,
)
