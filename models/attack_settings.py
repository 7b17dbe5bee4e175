"""What the file of a detector of presentation attacks does not say about itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

_COLOURS = ("RGB", "BGR")


@dataclass(frozen=True)
class AttackSettings:
    """How such a detector wants its faces, and which of its outputs are attacks; manifest.toml explains the keys."""

    attacks: tuple[int, ...]
    side: int = 80
    reach: float = 2.7
    colour: str = "BGR"
    mean: float = 0.0
    scale: float = 1.0
    limit: float = 0.5

    @classmethod
    def of(cls, table: dict[str, Any]) -> AttackSettings:
        """Check and take over a manifest's table.

        Raises:
            ValueError: a value breaks its rule.
            TypeError: an unknown key, one that is missing, or a value of another type.
        """
        settings = cls(**table)
        if settings.colour not in _COLOURS:
            raise ValueError(f"attack colour = {settings.colour!r} is neither RGB nor BGR")
        if not settings.attacks:
            raise ValueError("attack attacks names no output")
        return replace(
            settings,
            attacks=tuple(int(output) for output in settings.attacks),
            side=int(settings.side),
            reach=float(settings.reach),
            mean=float(settings.mean),
            scale=float(settings.scale),
            limit=float(settings.limit),
        )
