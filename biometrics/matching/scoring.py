"""How well probes match one person: a calibrated score a sample, and one for them all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.capture import may_be_one
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe
from biometrics.matching.calibration import Score, best_of
from biometrics.matching.channel import Channel
from biometrics.matching.fusion import PERSON_BOUND, agree, fuse, fused

SAME_SOURCE = 40.0  # decibans: in one of 200 sets of ten prints, two fingers look like one by chance
AS_RICH = 0.8  # of the longest template of the copies of an image: a poorer copy does not count

Compared = Mapping[int, Mapping[int, Score]]  # scores by the places of the probe and of the stored template
StoredSource = tuple[Modality, int | None]  # of a person: a finger, the face, or one of several samples


@dataclass(frozen=True)
class SampleScore:
    """The score of one probe with one person's templates, and the stored sample that it is most like.

    `counted` is False if another probe of the same source is more alike. The score of one that is counted is that of
    all probes of its source.
    """

    probe: Probe
    sample_id: int
    score: Score
    counted: bool = True


@dataclass(frozen=True)
class PersonScore:
    """The fused score of all probes with one person, and what it is made of."""

    score: Score
    samples: tuple[SampleScore, ...]

    def with_scale(self, *, fits: bool) -> PersonScore:
        """Return it with or without a scale that fits the samples."""
        samples = tuple(replace(sample, score=replace(sample.score, calibrated=fits)) for sample in self.samples)
        return PersonScore(replace(self.score, calibrated=fits), samples)

    def bounded(self, max_decibans: float) -> PersonScore:
        """Return the score with the stated decibans limited to `max_decibans`."""

        def at_most(score: Score) -> Score:
            return replace(score, bound=min(score.bound, max_decibans))

        samples = tuple(replace(sample, score=at_most(sample.score)) for sample in self.samples)
        return PersonScore(at_most(self.score), samples)


def comparable(probe: Probe, stored: StoredTemplate) -> bool:
    """Say whether two templates can be compared: made by one model, and of no two different known fingers or eyes."""
    if probe.template.model != stored.template.model:
        return False
    return may_be_one(probe.position, stored.position)


def score_person(
    channels: Mapping[Modality, Channel], probes: Sequence[Probe], templates: Sequence[StoredTemplate]
) -> PersonScore | None:
    """Compare every probe with every template of one person that it may be compared with; None where there is none."""
    return PersonComparison(channels, probes).score(templates)


def bound_of(channels: Mapping[Modality, Channel], probes: Sequence[Probe]) -> float:
    """Return the most that may be stated of a person's score with these probes, in decibans."""
    bounds = [channels[probe.template.modality].calibration.bound for probe in probes]
    return min(PERSON_BOUND, fused(bounds)) if len(bounds) > 1 else bounds[0]


def stated_at(channels: Mapping[Modality, Channel], probes: Sequence[Probe], threshold: float) -> float:
    """Return the decibans to state for a threshold: the least that a scale of these probes allows."""
    return min(channels[probe.template.modality].calibration.stated_at(threshold) for probe in probes)


@dataclass(frozen=True)
class ProbeSources:
    """For each probe of a person the first that is of the same source, finger or face, and that is the same image.

    Prints of two known fingers are two sources, unless they look like one finger. A print of an unknown finger is
    one with another print that it looks like. Photos are always of one face. Samples that are almost the same are
    copies of one image, re-saved, cropped or scaled: they are known by their templates.
    """

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


class PersonComparison:
    """Probes of one person, prepared to be compared with many people.

    What depends on each other counts once: probes of one source, copies of one image, and several stored samples of one
    source (`biometrics/matching/fusion.py`). Scores without a calibration count only where there are no others. Probes
    that look most like the same stored finger are of one source, too:
    they may be, where one of the numbers is unknown.
    """

    def __init__(self, channels: Mapping[Modality, Channel], probes: Sequence[Probe]) -> None:
        """Find out which probes are of one source."""
        self._channels, self._probes = channels, probes
        self._sources = ProbeSources.of(channels, probes)
        self._counted = frozenset(self._sources.counted(probes))

    def score(self, templates: Sequence[StoredTemplate]) -> PersonScore | None:
        """Compare with a person's templates, where they may be compared; None where there are none."""
        return self.score_all([templates])[0]

    def score_all(self, people: Sequence[Sequence[StoredTemplate]]) -> list[PersonScore | None]:
        """Compare with each of several people, as `score` does, with one call of the matcher for each probe."""
        everyone = [stored for templates in people for stored in templates]
        of_probes = [self._compared(probe, everyone) for probe in self._probes]
        scores, begin = [], 0
        for templates in people:
            end = begin + len(templates)
            compared = ({at - begin: scored[at] for at in range(begin, end) if at in scored} for scored in of_probes)
            by_probe = {probe_index: of_probe for probe_index, of_probe in enumerate(compared) if of_probe}
            scores.append(self._of_person(by_probe, templates) if by_probe else None)
            begin = end
        return scores

    def _of_person(self, compared: Compared, templates: Sequence[StoredTemplate]) -> PersonScore:
        by_probe = {probe_index: self._of_source([probe_index], compared, templates) for probe_index in compared}
        by_source = {}
        for places in self._sources_in(compared, templates):
            best = max(places, key=lambda index: by_probe[index].decibans)
            by_source[best] = self._of_source(places, compared, templates)
        samples = (
            SampleScore(
                self._probes[probe_index],
                templates[_best(compared[probe_index])].sample_id,
                by_source.get(probe_index, score),
                counted=probe_index in by_source,
            )
            for probe_index, score in by_probe.items()
        )
        scores = list(by_source.values())
        return PersonScore(fuse([score for score in scores if score.calibrated] or scores), tuple(samples))

    def fused_by_source(self, decibans: Mapping[int, float]) -> float:
        """Combine the decibans of the best comparison of each probe, by the places of the probes."""
        best: dict[int, float] = {}
        for probe_index, value in decibans.items():
            source = self._sources.source[probe_index]
            best[source] = max(value, best.get(source, 0.0))
        return fused(list(best.values()))

    def _compared(self, probe: Probe, templates: Sequence[StoredTemplate]) -> dict[int, Score]:
        """Return the scores of a probe by the places of the templates."""
        places = [index for index, stored in enumerate(templates) if comparable(probe, stored)]
        if not places:
            return {}
        channel = self._channels[probe.template.modality]
        raws = channel.recogniser.compare(probe.template, [templates[index].template for index in places])
        scale = channel.scale_of(probe.template)
        return {index: scale.score(float(raw)) for index, raw in zip(places, raws, strict=True)}

    def _sources_in(self, compared: Compared, templates: Sequence[StoredTemplate]) -> list[list[int]]:
        """Return the places of the probes that count, those of one source together."""
        groups: list[tuple[set[tuple[str, int | StoredSource]], list[int]]] = []
        for probe_index in sorted(self._counted & compared.keys()):
            stored = templates[_best(compared[probe_index])]
            keys: set[tuple[str, int | StoredSource]] = {("stored", _source_of(stored))}
            keys, places = keys | {("probe", self._sources.source[probe_index])}, [probe_index]
            for group in [group for group in groups if group[0] & keys]:
                groups.remove(group)
                keys, places = keys | group[0], group[1] + places
            groups.append((keys, places))
        return [places for _, places in groups]

    def _of_source(self, places: Sequence[int], compared: Compared, templates: Sequence[StoredTemplate]) -> Score:
        """Return the score of some probes of one source: that of the stored source that they look like most."""
        images: dict[tuple[int, int], Score] = {}
        for probe_index in places:
            for stored, score in compared[probe_index].items():
                image = (self._sources.image[probe_index], stored)
                images[image] = min(score, images.get(image, score), key=_decibans)
        sources: defaultdict[StoredSource, list[Score]] = defaultdict(list)
        for (_, stored), score in images.items():
            sources[_source_of(templates[stored])].append(score)
        score = best_of(max((agree(scores) for scores in sources.values()), key=_decibans), len(sources))
        compared_with = {index for probe_index in places for index in compared[probe_index]}
        return score.of_samples(
            [self._probes[probe_index].template for probe_index in places],
            [templates[index].template for index in compared_with],
        )


def _source_of(stored: StoredTemplate) -> StoredSource:
    """Return the source of a stored sample: the finger or the face; every other sample is its own source."""
    modality = stored.template.modality
    one_source = bool(modality.traits.positions) or modality.traits.is_one_source
    return modality, stored.position if one_source else stored.sample_id


def _best(scores: Mapping[int, Score]) -> int:
    return max(scores, key=lambda index: scores[index].decibans)


def _decibans(score: Score) -> float:
    return score.decibans


def _join(groups: list[int], one: int, other: int) -> None:
    """Join the groups of two places."""
    first, last = sorted((groups[one], groups[other]))
    groups[:] = [first if group == last else group for group in groups]
