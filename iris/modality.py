"""The modality of irises: what the service has to know of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from biometrics.kernel.recognition.capture import EyePosition
from biometrics.kernel.recognition.modality import IndexKind, Interchange, Modality, ModalityTraits

CALIBRATIONS: Final = Path(__file__).with_name("calibration")
IRIS: Final = Modality(
    "iris",
    ModalityTraits(
        label="Iris",
        samples_label="Irises",
        noun="photo of an iris",
        caption="Iris",
        fields={
            "iris_right": EyePosition.RIGHT_EYE,
            "iris_left": EyePosition.LEFT_EYE,
            "iris_unknown": EyePosition.UNKNOWN,
        },
        page_part="irises",
        positions=EyePosition,
        index=IndexKind.OWN,
        copy_score=0.75,  # docs/iris.md
        compared_at_once=64,
        quality_measure="ISO/IEC 29794-6",
        interchange=Interchange(
            osia_type="IRIS",
            osia_quality="ISO_29794_6",
            cbeff_types=("iris", "iir"),
            mosip_type="IIR",
            itl_record=17,
        ),
    ),
    __name__,
)
