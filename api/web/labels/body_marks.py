"""What the forms that find marks on the body choose from."""

from __future__ import annotations

from typing import Any, Final

from api.localisation.translatable import N_
from biometrics.kernel.recognition.body_marks import BodyMarkKind, BodyPart, BodySide, MarkColour, TattooClass

_BEGINNINGS: Final = {  # the first part of each region, in the order of the parts
    BodyPart.HEAD: N_("Head and neck"),
    BodyPart.SHOULDER: N_("Shoulders and trunk"),
    BodyPart.ARM: N_("Arm and hand"),
    BodyPart.HIP: N_("Hip and groin"),
    BodyPart.THIGH: N_("Leg and foot"),
}


def _regions() -> list[tuple[str, list[BodyPart]]]:
    """Return the regions of the body, from head to foot, each with its parts."""
    regions: list[tuple[str, list[BodyPart]]] = []
    for part in BodyPart:
        if part in _BEGINNINGS:
            regions.append((_BEGINNINGS[part], []))
        if part is not BodyPart.OTHER:
            regions[-1][1].append(part)
    return regions


MARK_CHOICES: Final[dict[str, Any]] = {
    "mark_kinds": BodyMarkKind,
    "body_regions": _regions(),
    "body_sides": (BodySide.LEFT, BodySide.RIGHT),
    "mark_colours": MarkColour,
    "tattoo_classes": TattooClass,
}
