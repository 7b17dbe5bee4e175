"""Which probes of a person are of one source: one finger or the face, perhaps even one image.

Prints of two known fingers are two sources, unless they look like one finger. A print of an unknown finger is one with
another print that it looks like. Photos are always of one face. Samples that are almost the same are copies of one
image, re-saved, cropped or scaled: they are known by their templates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe
from biometrics.matching.channel import Channel

SAME_SOURCE = 40.0  # decibans: in one of 200 sets of ten prints, two fingers look like one by chance
AS_RICH = 0.8  # of the longest template of the copies of an image: a poorer copy does not count


@dataclass(frozen=True)
class ProbeSources:
    """For each probe the first probe that is of the same source, and the first that is the same image."""

    source: tuple[int, ...]
    image: tuple[int, ...]

    @classmethod
    def of(cls, channels: Mapping[Modality, Channel], probes: Sequence[Probe]) -> ProbeSources:
        """Compare the probes of a person with each other."""
        source, image = list(range(len(probes))), list(range(len(probes)))
        for index, probe in enumerate(probes):
            earlier = [at for at in range(index) if probes[at].template.modality is probe.template.modality]
            if not earlier:
                continue
            channel, traits = channels[probe.template.modality], probe.template.modality.traits
            raws = channel.recogniser.compare(probe.template, [probes[at].template for at in earlier])
            for at, raw in zip(earlier, raws.tolist(), strict=True):
                if traits.is_one_source or channel.calibration.curve.at(raw) >= SAME_SOURCE:
                    _join(source, index, at)
                if raw >= traits.copy_score:
                    _join(image, index, at)
                    _join(source, index, at)
        return cls(tuple(source), tuple(image))

    def counted(self, probes: Sequence[Probe]) -> list[int]:
        """Return the places of the probes that count: without the copies that hold clearly less than another one."""
        richest: dict[int, int] = {}
        for at, probe in zip(self.image, probes, strict=True):
            richest[at] = max(richest.get(at, 0), len(probe.template.data))
        return [
            index
            for index, probe in enumerate(probes)
            if len(probe.template.data) >= AS_RICH * richest[self.image[index]]
        ]


def _join(groups: list[int], one: int, other: int) -> None:
    """Join the groups of two places."""
    first, last = sorted((groups[one], groups[other]))
    groups[:] = [first if group == last else group for group in groups]
