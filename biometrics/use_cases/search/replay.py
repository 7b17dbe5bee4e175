"""Replay: is a search of then answered in the same way today, on the gallery as it was?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from biometrics.kernel.errors import ReplayImpossible
from biometrics.kernel.people.labels import Filter, Moment
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe
from biometrics.matching.ranking import Ranking
from biometrics.searches.model import COMPARED_WITH_ALL, INDEX, ListedPeople, Search, SearchCandidate, StoredSearch
from biometrics.storage.audit.log import Action
from biometrics.templates.models import ModelStore
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.identify import identity, index_methods, without_merged
from biometrics.use_cases.search.unit_search import rank_lists


@dataclass(frozen=True)
class Replay:
    """A stored search, and its answer made again; nothing of it is stored.

    `removed` counts templates of that time that no longer exist: they can have no part in the new answer.
    `meanwhile` counts templates that were enrolled while the search ran: it may have seen them or not. `before` is the
    stored list, with records that were merged since under their survivors' ids. `listed` are the people of
    `candidates`. `index_differs`: the index selects the templates that are compared in another way than it did then, so
    that people near the end of the list may be others.
    """

    stored: StoredSearch
    before: tuple[SearchCandidate, ...]
    candidates: tuple[SearchCandidate, ...]
    listed_people: ListedPeople
    removed: int
    meanwhile: int
    index_differs: bool

    @property
    def same(self) -> bool:
        """Whether the list is the same: people, order, scores, and what they are made of."""
        return self.candidates == self.before


def replay(engine: Engine, search_id: str) -> Replay:
    """Answer a stored search again with what was known at its time.

    What it reported of other units stays as it was: a new search of them would reveal whether their records have
    changed.

    Raises:
        UnknownSearch: there is none of this id.
        ReplayImpossible: no probe is kept, the model of then is not installed or was removed, or the search's
            calibration is not kept, or the search was of one gallery of a client's.
    """
    stored = engine.store.searches.get(search_id)
    search, probes = stored.search, [probe.probe for probe in stored.search.probes]
    engine = _engine_of_then(engine, search, probes)
    past = {
        Modality.named(name): engine.store.templates.history(
            search.sequence, search.settings["sequence_after"], Modality.named(name), digests["model"]
        )
        for name, digests in search.settings["identity"].items()
    }
    candidates = _candidates_of_then(engine, search, probes, {modality: past[modality].moment for modality in past})
    survivors = engine.store.people.resolve_merged_ids([candidate.record_id for candidate in search.candidates])
    replayed = Replay(
        stored,
        tuple(
            replace(candidate, record_id=survivors.get(candidate.record_id, candidate.record_id))
            for candidate in search.candidates
        ),
        candidates,
        engine.store.searches.listed_people(candidates),
        removed=sum(change.removed for change in past.values()),
        meanwhile=sum(change.meanwhile for change in past.values()),
        index_differs=search.settings[INDEX] != index_methods(engine, probes),
    )
    engine.store.note(
        Action.SEARCH_REPLAYED, stored.id, same=replayed.same, records=[candidate.record_id for candidate in candidates]
    )
    return replayed


def _engine_of_then(engine: Engine, search: Search, probes: Sequence[Probe]) -> Engine:
    """Return an engine that answers as the one that answered a search.

    Raises:
        ReplayImpossible: there is none, or the search cannot be made again.
    """
    answered_by = search.settings["identity"]
    models = sorted(str(digests["model"]) for digests in answered_by.values())
    if missing := [model for model in models if engine.channel_of(model) is None]:
        raise ReplayImpossible(
            f"The search was answered by a model that is not installed, {missing[0][:16]}; put its entry back into the "
            "models manifest, or replay it on an installation that has it."
        )
    in_use = {row.model for row in ModelStore(engine.store.database).in_use()}
    if removed := [model for model in models if model not in in_use]:
        raise ReplayImpossible(
            f"The search cannot be repeated: the model that answered it, {removed[0][:16]}, was removed from use with "
            "its templates."
        )
    if not probes:
        raise ReplayImpossible("No probe of this search is kept: it was a field check, or they were destroyed.")
    engine = engine.as_answered(answered_by)
    if answered_by != identity(engine, probes):
        raise ReplayImpossible(
            "The search was answered by another model, index or calibration than the one in use today; replay it on an "
            "installation of that version."
        )
    if search.settings.get("gallery"):
        raise ReplayImpossible("The search was of one gallery, whose encounters change; make a new search.")
    return engine


def _candidates_of_then(
    engine: Engine, search: Search, probes: Sequence[Probe], moments: Mapping[Modality, Moment]
) -> tuple[SearchCandidate, ...]:
    """Return the candidates of the templates of some moments, and the people of other units as they were reported."""
    settings = search.settings
    ranking = Ranking(
        settings["max_candidates"],
        settings["shortlist"],
        without_merged(engine, Filter.of_content(settings["where"])),
        moments,
        settings.get(COMPARED_WITH_ALL, 0),
        search.is_latent,
    )
    lists = rank_lists(engine, ranking, probes, search.unit, search.threshold_elsewhere)
    of_unit = (
        line
        for unit_list in lists
        for line in unit_list.candidates(ranking.candidates, search.gallery_size, settings["target_fpir"])
    )
    return (*of_unit, *(candidate for candidate in search.candidates if candidate.elsewhere is not None))
