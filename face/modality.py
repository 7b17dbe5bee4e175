"""The modality of faces: what the service has to know of it."""

from __future__ import annotations

from typing import Final

from biometrics.kernel.recognition.modality import IndexKind, Interchange, Modality, ModalityTraits

FACE: Final = Modality(
    "face",
    ModalityTraits(
        label="Face",
        samples_label="Photos",
        noun="photo",
        caption="Photo of a face",
        fields={"photo": None},
        page_part="photos",
        index=IndexKind.VECTORS,
        copy_score=0.93,  # docs/accuracy.md
        compared_at_once=1024,  # by one product of matrices
        quality_measure="ISO/IEC 29794-5",
        has_views=True,
        has_boxes=True,
        is_one_source=True,
        excluding_quality=60,  # docs/face.md
        field_samples=1,
        interchange=Interchange(
            osia_type="FACE",
            osia_quality="ISO_29794_5",
            cbeff_types=("face", "fid"),
            mosip_type="FID",
            itl_record=10,
            itl_images=("FACE",),
        ),
    ),
    __name__,
)
