"""How well probes match one person: a calibrated score a sample, and one for them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from biometrics.kernel.templates import StoredTemplate
from biometrics.kernel.types import FingerPosition, Modality, Probe
from biometrics.matching.calibration import Score, best_of
from biometrics.matching.channel import Channel
from biometrics.matching.fusion import fuse


@dataclass(frozen=True)
class SampleScore:
    """The best comparison of one probe with one person's templates, and the stored sample that gave it."""

    probe: Probe
    sample_id: int
    score: Score


@dataclass(frozen=True)
class PersonScore:
    """The fused score of all probes with one person, and what it is made of."""

    score: Score
    samples: tuple[SampleScore, ...]

    def with_scale(self, *, fits: bool) -> PersonScore:
        """Return it with or without a scale that fits the samples."""
        samples = tuple(replace(sample, score=replace(sample.score, calibrated=fits)) for sample in self.samples)
        return PersonScore(replace(self.score, calibrated=fits), samples)


def comparable(probe: Probe, stored: StoredTemplate) -> bool:
    """Say whether two templates may be of the same characteristic: one modality, and no two different known fingers."""
    if probe.template.modality is not stored.template.modality:
        return False
    return not probe.position or stored.position in (probe.position, FingerPosition.UNKNOWN)


def score_person(
    channels: Mapping[Modality, Channel], probes: Sequence[Probe], templates: Sequence[StoredTemplate]
) -> PersonScore | None:
    """Compare every probe with every template of one person that it may be compared with; None where there is none."""
    samples = []
    for probe in probes:
        candidates = [stored for stored in templates if comparable(probe, stored)]
        if candidates:
            samples.append(_best(channels[probe.template.modality], probe, candidates))
    if not samples:
        return None
    return PersonScore(fuse([sample.score for sample in samples]), tuple(samples))


def _best(channel: Channel, probe: Probe, candidates: Sequence[StoredTemplate]) -> SampleScore:
    raw = channel.recogniser.compare(probe.template, [stored.template for stored in candidates])
    winner = int(raw.argmax())
    score = best_of(channel.calibration.score(float(raw[winner])), len(candidates))
    return SampleScore(probe, candidates[winner].sample_id, score)
