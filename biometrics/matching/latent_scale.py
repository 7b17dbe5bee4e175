"""How rare the score of a latent is among the prints of other people, for an investigator.

A calibration is made from whole prints and does not say this. A scale of latents belongs to one model and to the
weights that find the minutiae of latents, and is a JSON file made by `pehchan calibrate latents`:

    format      1
    modality    "fingerprint"
    model       SHA-256 of the model whose scores these are
    network     SHA-256 of the weights that found the minutiae of the images
    kinds       of latents, each with
                marked      true of minutiae that were marked, false of those found in an image
                minutiae    [least, most]: how many they had, as the mean of a latent's views
                latents     how many there were          prints   of other people, that each was compared with
                knots       [[raw, decibans], ...], both rising from 0 decibans: what is stated of one comparison
                tops        the best score of a stranger of each latent, rising
    people, sets, command, checks      what it was made from, and what was seen on data that had no part in it

What is stated is an upper end of how often strangers score so high, see `benchmarks/search/latent_scale.py`. Nothing is
extrapolated: the last knot is the bound. A few minutiae never state much, whatever a file says (`MOST_OF_FEW`),
and no latent states more of a person than one whole print does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.recognition.evidence import LatentsSeen
from biometrics.kernel.recognition.modality import Modality
from biometrics.matching.calibration import Calibration, Score
from biometrics.matching.scale_file import load_scale

FORMAT: Final = 1
FEW: Final = 12  # minutiae, below which a latent states hardly anything
MOST_OF_FEW: Final = 10.0  # decibans that one comparison of such a latent states at most: it says little either way
_BEYOND: Final = 1.0  # decibans above the bound, of a score that no stranger of the data reached


class LatentContent(NamedTuple):
    """What selects the scale of a latent: its minutiae, as the mean of its views, and whether they were marked."""

    minutiae: float
    marked: bool


@dataclass(frozen=True)
class LatentKind:
    """The scale of latents of one kind; see the module's text for the fields. `raws` and `decibans` have shape (n,)."""

    marked: bool
    least: int
    most: int
    latents: int
    prints: int
    raws: NDArray[np.float64]
    decibans: NDArray[np.float64]
    tops: tuple[float, ...]

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> Self:
        """Make it of its part of a file.

        Raises:
            ValueError, KeyError, TypeError: the content breaks a rule.
        """
        raws, decibans = np.array(content["knots"], dtype=np.float64).reshape(-1, 2).T
        min_minutiae, max_minutiae = (int(value) for value in content["minutiae"])
        tops = tuple(float(top) for top in content["tops"])
        if len(raws) < 2 or not np.isfinite([raws, decibans]).all():
            raise ValueError("a kind needs two knots or more")
        if decibans[0] != 0 or not (np.diff(raws) > 0).all() or not (np.diff(decibans) >= 0).all():
            raise ValueError("knots must rise from 0 decibans")
        if not 0 < min_minutiae <= max_minutiae or len(tops) != content["latents"] or list(tops) != sorted(tops):
            raise ValueError("a kind needs its numbers of minutiae, and the best stranger of each latent, rising")
        return cls(
            bool(content["marked"]),
            min_minutiae,
            max_minutiae,
            int(content["latents"]),
            int(content["prints"]),
            raws,
            decibans,
            tops,
        )

    @property
    def bound(self) -> float:
        """The most that is stated of one comparison, in decibans."""
        measured = float(self.decibans[-1])
        return min(measured, MOST_OF_FEW) if self.least < FEW else measured

    def holds(self, content: LatentContent) -> bool:
        """Say whether a latent is of this kind."""
        return self.marked == content.marked and self.least <= content.minutiae < self.most + 1

    def score(self, raw: float, calibration: Calibration) -> Score:
        """Return the score of one comparison: its order by the calibration of whole prints, its rarity by this."""
        beyond = raw > self.raws[-1]
        decibans = float(np.interp(raw, self.raws, self.decibans)) + _BEYOND * beyond
        evidence = LatentsSeen(
            self.latents, self.prints, len(self.tops) - bisect_left(self.tops, raw), self.least, self.most, self.marked
        )
        return Score(calibration.curve.at(raw), bool(beyond), decibans, decibans, self.bound, seen=evidence)


@dataclass(frozen=True)
class LatentScale:
    """The scale of latents of one model and network; `digest` is the SHA-256 (hex) of its file."""

    modality: Modality
    model: str
    network: str
    kinds: tuple[LatentKind, ...]
    digest: str = ""

    @classmethod
    def load(cls, path: Path) -> LatentScale:
        """Read a file.

        Raises:
            CalibrationUnusable: absent, of another form, or not monotone.
        """
        problem = "is no scale of latents"
        return load_scale(path, lambda content, digest: replace(cls.parse(content), digest=digest), problem)

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> Self:
        """Make it of a file's content.

        Raises:
            ValueError, KeyError, TypeError: the content breaks a rule.
        """
        if content["format"] != FORMAT:
            raise ValueError(f"format {content['format']}, this version reads {FORMAT}")
        kinds = tuple(LatentKind.parse(kind) for kind in content["kinds"])
        return cls(Modality.named(content["modality"]), str(content["model"]), str(content["network"]), kinds)

    def kind_of(self, content: LatentContent) -> LatentKind | None:
        """Return the kind of a latent; None where no such latents were measured."""
        return next((kind for kind in self.kinds if kind.holds(content)), None)


@dataclass(frozen=True)
class KindScale:
    """The scale for comparisons with one latent: its kind, and the calibration of whole prints."""

    kind: LatentKind
    calibration: Calibration

    def score(self, raw: float) -> Score:
        """Convert one raw score."""
        return self.kind.score(raw, self.calibration)
