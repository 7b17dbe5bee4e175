"""A dry comparison of two models: the same searches answered by both.

The probes are samples of people on record, each left out of the gallery, so that a mate is another sample of the same
person; and the kept probes of stored searches (`compare_searches`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.labels import Moment
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe
from biometrics.matching.calibration import USUAL_FPIR, threshold_for_fpir
from biometrics.matching.ranking import Ranked, Ranking
from biometrics.matching.scoring import comparable
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.models.compare_searches import CANDIDATES, StoredComparison, compare_searches


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
class ModelComparison:
    """The searches of a comparison, and the score that one in a thousand strangers reaches, in decibans.

    `stored` are stored searches, answered again.
    """

    searches: tuple[ComparedSearch, ...]
    threshold: float
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
    searches = tuple(_compared(pair, modality, templates) for templates in _drawn(pair, modality, people))
    stored = compare_searches((before, after), modality, stored_searches)
    counts = {"searches": len(searches), "stored": len(stored.searches)}
    engine.store.note(Action.MODELS_COMPARED, model, modality=modality, **counts)
    return ModelComparison(searches, threshold_for_fpir(USUAL_FPIR, engine.store.record_count()), stored)


def _drawn(pair: tuple[Engine, Engine], modality: Modality, people: int) -> Iterator[tuple[StoredTemplate, ...]]:
    """Yield the two templates of one sample each of some people, who have templates of both models."""
    models = [engine.channels[modality].recogniser.model for engine in pair]
    reader = pair[0].store.templates
    record_ids: set[str] = set()
    for drawn in reader.draw(modality, models[0], 20 * people):
        if len(record_ids) == people:
            return
        if drawn.record_id in record_ids:
            continue
        stored = reader.of_records([drawn.record_id], models).get(drawn.record_id, [])
        drawn_template = next((template for template in stored if template.id == drawn.id), None)
        by_model = {
            template.template.model: template
            for template in stored
            if drawn_template and template.sample_id == drawn_template.sample_id
        }
        if len(by_model) == len(models):
            record_ids.add(drawn.record_id)
            yield tuple(by_model[model] for model in models)


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
