"""A dry comparison of two models on stored searches: the person that each names first among those on record now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe
from biometrics.matching.ranking import Ranked, Ranking
from biometrics.searches.model import SearchProbe
from biometrics.use_cases.engine.engine import Engine

CANDIDATES = 10


@dataclass(frozen=True)
class First:
    """The record that a model names first, and its score in decibans; both None where it names no one."""

    record_id: str | None
    decibans: float | None


@dataclass(frozen=True)
class ComparedStoredSearch:
    """A stored search answered by the model in force and by another one; a latent has scores without a scale."""

    search_id: str
    is_latent: bool
    before: First
    after: First

    @property
    def differs(self) -> bool:
        """Whether the two name different people first."""
        return self.before.record_id != self.after.record_id


@dataclass(frozen=True)
class StoredComparison:
    """The searches that were compared; `left_out` have a kept probe without a template of one of the models."""

    searches: tuple[ComparedStoredSearch, ...]
    left_out: int

    @property
    def differing(self) -> list[ComparedStoredSearch]:
        """The searches in which the models name different people first."""
        return [search for search in self.searches if search.differs]


def compare_searches(engines: Sequence[Engine], modality: Modality, limit: int) -> StoredComparison:
    """Answer up to `limit` stored searches whose files are kept again, by the probes of a modality and two models.

    `engines` have the models in the place of those in force. Nothing is stored.
    """
    compared, left_out = [], 0
    for search_id, searched in islice(_with_probes_of(engines[0], modality), limit):
        by_model = [_by(engine, modality, searched) for engine in engines]
        if any(probes is None for probes in by_model):
            left_out += 1
            continue
        is_latent = any(probe.reading.latent for probe in searched)
        before, after = (
            _first(engine, probes or [], is_latent=is_latent) for engine, probes in zip(engines, by_model, strict=True)
        )
        compared.append(ComparedStoredSearch(search_id, is_latent, before, after))
    return StoredComparison(tuple(compared), left_out)


def _with_probes_of(engine: Engine, modality: Modality) -> Iterator[tuple[str, list[SearchProbe]]]:
    """Yield the searches whose files are kept, by id, with their probes of a modality where there are any."""
    after, reader = "", engine.store.searches
    while ids := reader.with_images(after):
        of_searches = reader.probes_of(ids)
        for search_id in ids:
            probes = [probe for probe in of_searches.get(search_id, ()) if probe.probe.template.modality is modality]
            if probes:
                yield search_id, probes
        after = ids[-1]


def _by(engine: Engine, modality: Modality, searched: Sequence[SearchProbe]) -> list[Probe] | None:
    """Return probes by an engine's model; None where one has no template of it."""
    model = engine.channels[modality].recogniser.model
    probes = [probe.to_search_again([model]) for probe in searched]
    return None if None in probes else [probe.probe for probe in probes if probe is not None]


def _first(engine: Engine, probes: Sequence[Probe], *, is_latent: bool) -> First:
    rank = Ranking.rank_any if is_latent else Ranking.rank
    ranked: Ranked = rank(Ranking(CANDIDATES, engine.shortlist), engine.matching, probes)
    return First(ranked[0][0], ranked[0][1].score.decibans) if ranked else First(None, None)
