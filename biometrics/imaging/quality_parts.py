"""The quality of an image by several parts, each from 0 to 100."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ACCEPTABLE: Final = 25  # of each part


@dataclass(frozen=True)
class QualityParts:
    """How good an image is: `parts` by name, each 0 (useless) to 100 (best)."""

    parts: dict[str, int]

    @property
    def score(self) -> int:
        """That of the worst part."""
        return min(self.parts.values())

    @property
    def acceptable(self) -> bool:
        """Whether no part is too poor."""
        return not self.poor

    @property
    def poor(self) -> tuple[str, ...]:
        """The names of the parts that are too poor."""
        return tuple(name for name, value in self.parts.items() if value < ACCEPTABLE)
