"""What a face embedder's file does not say about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_COLOURS = ("RGB", "BGR")


@dataclass(frozen=True)
class EmbedderSettings:
    """How an embedder wants its pixels, and how long its vectors are; the keys are explained in manifest.toml."""

    colour: str = "RGB"
    mean: float = 0.0
    scale: float = 1.0
    lengths: tuple[float, float] | None = None

    @classmethod
    def of(cls, table: dict[str, Any]) -> EmbedderSettings:
        """Check and take over the manifest's table.

        Raises:
            ValueError: a value breaks its rule.
            TypeError: an unknown key, or a value of another type.
        """
        settings = cls(**table)
        if settings.colour not in _COLOURS:
            raise ValueError(f"embedder colour = {settings.colour!r} is neither RGB nor BGR")
        lengths = None
        if settings.lengths is not None:
            worst, best = map(float, settings.lengths)
            lengths = (worst, best)
            if not worst < best:
                raise ValueError("embedder lengths do not rise")
        return cls(settings.colour, float(settings.mean), float(settings.scale), lengths)
