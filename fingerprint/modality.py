"""The modality of fingerprints: what the service has to know of it."""

from __future__ import annotations

from typing import Final

from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.modality import IndexKind, Interchange, Modality, ModalityTraits

_KNOWN: Final = {position.name.lower(): position for position in FingerPosition if position}

FINGERPRINT: Final = Modality(
    "fingerprint",
    ModalityTraits(
        label="Fingerprint",
        samples_label="Fingerprints",
        noun="print",
        caption="Fingerprint",
        fields=_KNOWN | {"unknown_finger": FingerPosition.UNKNOWN},
        page_part="prints",
        positions=FingerPosition,
        has_fingers=True,
        has_ridges=True,
        index=IndexKind.MINUTIAE,
        copy_score=0.85,  # docs/accuracy.md
        compared_at_once=64,
        quality_measure="NFIQ 2",
        field_samples=2,
        interchange=Interchange(
            osia_type="FINGER",
            osia_quality="NFIQ2",
            cbeff_types=("finger", "fingerprint", "fir"),
            mosip_type="FIR",
            itl_record=14,
        ),
    ),
    __name__,
)
