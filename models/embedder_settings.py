"""What a face embedder's file does not say about itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

_COLOURS = ("RGB", "BGR")

Point = tuple[float, float]

# Where most embedders want the landmarks in 112 x 112 pixels: ArcFace's template.
ARCFACE_TEMPLATE: tuple[Point, ...] = (
    (38.2946, 51.6963),
    (73.5318, 51.5014),
    (56.0252, 71.7366),
    (41.5493, 92.3655),
    (70.7299, 92.2041),
)


@dataclass(frozen=True)
class EmbedderSettings:
    """How an embedder wants its faces, and how long its vectors are; the keys are explained in manifest.toml."""

    colour: str = "RGB"
    mean: float = 0.0
    scale: float = 1.0
    lengths: tuple[float, float] | None = None
    side: int = 112
    template: tuple[Point, ...] = ARCFACE_TEMPLATE
    beside: str = ""
    joined: Path | None = None

    @classmethod
    def of(cls, table: dict[str, Any], folder: Path) -> EmbedderSettings:
        """Check and take over the table of a manifest that lies in `folder`.

        Raises:
            ValueError: a value breaks its rule.
            TypeError: an unknown key, or a value of another type.
        """
        settings = cls(**table)
        if settings.colour not in _COLOURS:
            raise ValueError(f"embedder colour = {settings.colour!r} is neither RGB nor BGR")
        if bool(settings.beside) != bool(settings.joined):
            raise ValueError("embedder beside and joined go together: which network, and how both become one vector")
        return replace(
            settings,
            mean=float(settings.mean),
            scale=float(settings.scale),
            lengths=_rising(settings.lengths),
            side=int(settings.side),
            template=_five_points(settings.template),
            joined=folder / settings.joined if settings.joined else None,
        )


def _rising(lengths: tuple[float, float] | None) -> tuple[float, float] | None:
    if lengths is None:
        return None
    worst, best = map(float, lengths)
    if not worst < best:
        raise ValueError("embedder lengths do not rise")
    return worst, best


def _five_points(template: tuple[Point, ...]) -> tuple[Point, ...]:
    points = tuple((float(x), float(y)) for x, y in template)
    if len(points) != 5:
        raise ValueError(f"embedder template has {len(points)} points instead of five")
    return points
