"""A dry comparison of two models: the same searches answered by both.

The probes are samples of people on record, each left out of the gallery, so that a mate is another sample of the same
person; and the kept probes of stored searches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.labels import Moment
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe
from biometrics.matching.calibration import USUAL_FPIR, threshold_for_fpir
from biometrics.matching.ranking import Ranked, Ranking
from biometrics.matching.scoring import comparable
from biometrics.searches.model import SearchProbe
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine.engine import Engine

CANDIDATES = 10


@dataclass(frozen=True)
class Answer:
    """How a model answered a search: the mate's rank (None: not among the first) and score, and the best stranger's.

    Scores are in decibans, None where there is nobody.
    """

    rank: int | None
    mate: float | None
    stranger: float | None


@dataclass(frozen=True)
class ComparedSearch:
    """One search by the model in force and by another one; `has_mate`: another sample of the person is on record."""

    record_id: str
    sample_id: int
    has_mate: bool
    before: Answer
    after: Answer

    @property
    def won(self) -> bool:
        """Whether only the other model names the mate first."""
        return self.has_mate and self.after.rank == 1 and self.before.rank != 1

    @property
    def lost(self) -> bool:
        """Whether only the model in force names the mate first."""
        return self.has_mate and self.before.rank == 1 and self.after.rank != 1

    @property
    def moved(self) -> bool:
        """Whether the mate has another rank."""
        return self.has_mate and self.before.rank != self.after.rank


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
    """The searches that were compared; `left_out` cannot be: one of the models has no template of a probe, or of
    the person whom the other one names first, so that it could not name that person.
    """

    searches: tuple[ComparedStoredSearch, ...]
    left_out: int

    @property
    def differing(self) -> list[ComparedStoredSearch]:
        """The searches in which the models name different people first."""
        return [search for search in self.searches if search.differs]


@dataclass(frozen=True)
class ModelComparison:
    """The searches of a comparison, and the score that one in a thousand strangers reaches, in decibans.

    `left_out` counts the people who were not searched for, because one of the models has no template of one of their
    samples. `stored` are stored searches, answered again.
    """

    searches: tuple[ComparedSearch, ...]
    threshold: float
    left_out: int
    stored: StoredComparison

    @property
    def mated(self) -> list[ComparedSearch]:
        """The searches for people with another sample on record."""
        return [search for search in self.searches if search.has_mate]

    def named_first(self, *, after: bool) -> int:
        """Count the mates that one of the models names first."""
        return sum((search.after if after else search.before).rank == 1 for search in self.mated)

    def wrongly_named(self, *, after: bool) -> int:
        """Count the searches in which a stranger reaches the threshold."""
        scores = [(search.after if after else search.before).stranger for search in self.searches]
        return sum(score is not None and score >= self.threshold for score in scores)


def compare_models(
    engine: Engine, modality: Modality, model: str, people: int, stored_searches: int = 0
) -> ModelComparison:
    """Search with one sample of each of up to `people` people, by the model in force and by another one.

    Up to `stored_searches` are answered again by both as well. The same gallery gives the same people and searches.
    Nothing but an audit entry is stored.

    Raises:
        InvalidField: the model is not installed, or in force.
    """
    before, after = engine, engine.with_models({modality: model})
    if after.channels[modality].recogniser.model == before.channels[modality].recogniser.model:
        raise InvalidField("Compare the model in force with another installed one; see 'pehchan reextract status'.")
    pair = (before, after)
    drawn, left_out = _drawn(pair, modality, people)
    searches = tuple(_compared(pair, modality, templates) for templates in drawn)
    stored = _compare_searches((before, after), modality, stored_searches)
    counts = {"searches": len(searches), "stored": len(stored.searches)}
    engine.store.note(Action.MODELS_COMPARED, model, modality=modality, **counts)
    return ModelComparison(searches, threshold_for_fpir(USUAL_FPIR, engine.store.record_count()), left_out, stored)


def _drawn(
    pair: tuple[Engine, Engine], modality: Modality, people: int
) -> tuple[list[tuple[StoredTemplate, ...]], int]:
    """Return the two templates of one sample each of some people, and how many people lack a template of a model."""
    models = _models(pair, modality)
    reader = pair[0].store.templates
    drawn: dict[str, tuple[StoredTemplate, ...]] = {}
    left_out: set[str] = set()
    for template in reader.draw(modality, models[0], 20 * people):
        if len(drawn) == people:
            break
        if template.record_id in drawn or template.record_id in left_out:
            continue
        stored = reader.of_records([template.record_id], models).get(template.record_id, [])
        sample_ids = {other.sample_id for other in stored if other.id == template.id}
        by_model = {other.template.model: other for other in stored if other.sample_id in sample_ids}
        if not _is_complete(stored, models):
            left_out.add(template.record_id)
        elif len(by_model) == len(models):
            drawn[template.record_id] = tuple(by_model[model] for model in models)
    return list(drawn.values()), len(left_out)


def _models(engines: Sequence[Engine], modality: Modality) -> list[str]:
    return [engine.channels[modality].recogniser.model for engine in engines]


def _is_complete(stored: Sequence[StoredTemplate], models: Sequence[str]) -> bool:
    """Whether each of a person's samples that has a template of one of the models has one of each."""
    samples = [{template.sample_id for template in stored if template.template.model == model} for model in models]
    return all(of_model == samples[0] for of_model in samples)


def _compared(pair: tuple[Engine, Engine], modality: Modality, templates: Sequence[StoredTemplate]) -> ComparedSearch:
    first = templates[0]
    references = pair[0].store.templates.of_records([first.record_id], [first.template.model])[first.record_id]
    probe = Probe(first.template, first.position)
    has_mate = any(comparable(probe, other) for other in references if other.sample_id != first.sample_id)
    before, after = (_answer(engine, modality, template) for engine, template in zip(pair, templates, strict=True))
    return ComparedSearch(first.record_id, first.sample_id, has_mate, before, after)


def _answer(engine: Engine, modality: Modality, template: StoredTemplate) -> Answer:
    everything = Moment(2**62, frozenset({template.id}))
    ranking = Ranking(CANDIDATES, engine.shortlist, at={modality: everything})
    ranked: Ranked = ranking.rank(engine.matching, [Probe(template.template, template.position, "probe")])
    rank = next((at for at, (record_id, _) in enumerate(ranked, 1) if record_id == template.record_id), None)
    strangers = [person.score.decibans for record_id, person in ranked if record_id != template.record_id]
    mate = None if rank is None else ranked[rank - 1][1].score.decibans
    return Answer(rank, mate, max(strangers, default=None))


def _compare_searches(engines: Sequence[Engine], modality: Modality, limit: int) -> StoredComparison:
    """Answer up to `limit` stored searches whose files are kept again, by the probes of a modality and two models.

    `engines` have the models in the place of those in force. Nothing is stored.
    """
    compared, left_out, models = [], 0, _models(engines, modality)
    for search_id, searched in islice(_with_probes_of(engines[0], modality), limit):
        by_model = [_by(engine, modality, searched) for engine in engines]
        if any(probes is None for probes in by_model):
            left_out += 1
            continue
        is_latent = any(probe.reading.latent for probe in searched)
        before, after = (
            _first(engine, probes or [], is_latent=is_latent) for engine, probes in zip(engines, by_model, strict=True)
        )
        named = {first.record_id for first in (before, after) if first.record_id is not None}
        templates = engines[0].store.templates.of_records(sorted(named), models)
        if before != after and not all(_is_complete(templates.get(record_id, []), models) for record_id in named):
            left_out += 1
            continue
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
    ranked = Ranking(CANDIDATES, engine.shortlist, is_latent=is_latent).rank(engine.matching, probes)
    return First(ranked[0][0], ranked[0][1].score.decibans) if ranked else First(None, None)
