"""How a probe was read from its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self

from biometrics.kernel.recognition.capture import CropBox, Impression


class PlacedBy(StrEnum):
    """Who placed a minutia on a latent."""

    EXAMINER = "examiner"
    SOFTWARE = "software"  # it was suggested, and the examiner accepted it


@dataclass(frozen=True)
class Reading:
    """All that another model needs, besides the file, to read a probe in the same way.

    `ppi` and `impression` are what was stated, None where nothing was. A `latent` was read as one, within `region`
    (corners in pixels of the image; None: all of it), `turned` by half a circle where so. `marked` are minutiae that an
    examiner marked, which no model made; `placed_by` says of each who placed it, None where its file does not. `box` is
    the part of a photo that is the sample, None where all of it is. `network` is the SHA-256 (hex) of the weights that
    found the minutiae of a latent, None where the model found them.
    """

    ppi: float | None = None
    impression: Impression | None = None
    latent: bool = False
    turned: bool = False
    marked: bool = False
    region: tuple[tuple[float, float], ...] | None = None
    box: CropBox | None = None
    placed_by: tuple[PlacedBy | None, ...] | None = None
    network: str | None = None

    def content(self) -> dict[str, Any]:
        """Return the differences from a plain sample, as plain JSON; `of_content` reads it."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value not in (None, False)}

    @classmethod
    def of_content(cls, content: Mapping[str, Any]) -> Self:
        """Make it of what `content` gave."""
        values = dict(content)
        if "impression" in values:
            values["impression"] = Impression(values["impression"])
        if "region" in values:
            values["region"] = tuple((x, y) for x, y in values["region"])
        if "box" in values:
            values["box"] = CropBox(*values["box"])
        if "placed_by" in values:
            values["placed_by"] = tuple(one and PlacedBy(one) for one in values["placed_by"])
        return cls(**values)
