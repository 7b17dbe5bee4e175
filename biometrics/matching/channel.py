"""All that recognising by one modality needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from biometrics.kernel.types import Modality
from biometrics.matching.calibration import Calibration
from biometrics.matching.gallery import Gallery
from biometrics.matching.ports import Recogniser


@dataclass(frozen=True)
class ScaleKey:
    """What a learned scale belongs to: a model, and the shipped calibration (SHA-256) that it corrects."""

    modality: Modality
    model: str
    shipped: str


@dataclass(frozen=True)
class Channel:
    """All that one modality needs: extraction and comparison, the searchable set, and the meaning of its scores.

    `standing` holds the probes of standing searches, which enrolments look for. `earlier` are other scales of the same
    model, by their digests: searches that were answered by one of them are replayed with it. `calibration` is the
    scale in use: that of the files, or one that was learned from the gallery and corrects the `uncorrected` one.
    """

    recogniser: Recogniser
    gallery: Gallery
    calibration: Calibration
    standing: Gallery | None = None
    earlier: Mapping[str, Calibration] = field(default_factory=dict)
    uncorrected: Calibration | None = None

    @property
    def shipped(self) -> Calibration:
        """The scale of the files."""
        return self.uncorrected or self.calibration

    @property
    def has_scale(self) -> bool:
        """Whether its scores have a meaning; without one they order candidates, and reach no threshold."""
        return not self.calibration.only_orders

    def is_same(self, raw: float, least: float) -> bool:
        """Say whether a raw score is that of copies of an image, or reaches so many decibans."""
        return raw >= self.recogniser.modality.traits.copy_score or self.calibration.curve.at(raw) >= least

    def by(self, scale: Calibration) -> Channel:
        """Return this channel with another scale in use."""
        return replace(self, calibration=scale, uncorrected=self.shipped)

    @property
    def scale_key(self) -> ScaleKey:
        """What the learned scales of this channel are stored under."""
        return ScaleKey(self.recogniser.modality, self.recogniser.model, self.shipped.digest)
