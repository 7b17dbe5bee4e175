"""All that recognising by one modality needs."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace

from biometrics.kernel.recognition.types import Template
from biometrics.matching.calibration import Calibration
from biometrics.matching.gallery import Gallery
from biometrics.matching.latent_scale import KindScale, LatentScale
from biometrics.matching.ports import LatentRecogniser, Recogniser


@dataclass(frozen=True)
class Channel:
    """All that one modality needs: extraction and comparison, the searchable set, and the meaning of its scores.

    `standing` holds the probes of standing searches, which enrolments look for. `earlier` are other scales of the same
    model, by their digests: searches that were answered by one of them are replayed with it. `latents` are the scales
    of latents by their digests, the one to use first; `latent_scale` states the scores of a search with a latent, None
    where none does.
    """

    recogniser: Recogniser
    gallery: Gallery
    calibration: Calibration
    standing: Gallery | None = None
    earlier: Mapping[str, Calibration] = field(default_factory=dict)
    latents: Mapping[str, LatentScale] = field(default_factory=dict)
    latent_scale: LatentScale | None = None

    @property
    def has_scale(self) -> bool:
        """Whether its scores have a meaning; without one they order candidates, and reach no threshold."""
        return not self.calibration.only_orders

    def is_same(self, raw: float, min_decibans: float) -> bool:
        """Return whether a raw score is that of copies of an image, or reaches `min_decibans`."""
        return raw >= self.recogniser.modality.traits.copy_score or self.calibration.curve.at(raw) >= min_decibans

    def scale_of(self, probe: Template) -> Calibration | KindScale:
        """Return the scale for a probe's comparisons: a latent's kind if there is one, else the calibration."""
        if self.latent_scale is None or not isinstance(self.recogniser, LatentRecogniser):
            return self.calibration
        content = self.recogniser.latent_content(probe)
        kind = None if content is None else self.latent_scale.kind_of(content)
        return self.calibration if kind is None else KindScale(kind, self.calibration)

    def for_latents(self, networks: Set[str | None]) -> Channel:
        """Return this channel with the scale of latents, if it is of all networks (None: minutiae that were marked)."""
        scale = next(iter(self.latents.values()), None)
        fits = scale is not None and networks <= {None, scale.network}
        return replace(self, latent_scale=scale if fits else None)

    def as_answered(self, digests: Mapping[str, str]) -> Channel:
        """Return this channel with the scales, by their digests, that a search was answered by, where they are kept."""
        calibration = self.earlier.get(digests.get("calibration", ""), self.calibration)
        return replace(self, calibration=calibration, latent_scale=self.latents.get(digests.get("latent_scale", "")))

    def first_look(self, probe: Template) -> Template:
        """Return the template to compare with the whole shortlist: the probe, or a latent's faster version."""
        return self.recogniser.first_look(probe) if isinstance(self.recogniser, LatentRecogniser) else probe
