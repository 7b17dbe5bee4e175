"""The modality of palms: what the service has to know of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from biometrics.kernel.recognition.capture import PalmPosition
from biometrics.kernel.recognition.modality import IndexKind, Interchange, Modality, ModalityTraits

CALIBRATIONS: Final = Path(__file__).parent  # calibration.json only puts scores in an order
PALM: Final = Modality(
    "palm",
    ModalityTraits(
        label="Palm",
        samples_label="Palms",
        noun="palm",
        caption="Palm print",
        fields={f"palm_{position.name.lower().replace('_palm', '')}": position for position in PalmPosition},
        page_part="palms",
        positions=PalmPosition,
        has_ridges=True,
        index=IndexKind.MINUTIAE,
        copy_score=0.85,
        compared_at_once=8,
        quality_measure="area and clearness of the minutiae",
        interchange=Interchange(itl_record=15),
    ),
    __name__,
)
