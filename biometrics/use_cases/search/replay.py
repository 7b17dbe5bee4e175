"""Replay: is a search of then answered in the same way today, on the gallery as it was?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from biometrics.kernel.errors import ReplayImpossible
from biometrics.kernel.people.labels import Filter
from biometrics.kernel.recognition.modality import Modality
from biometrics.matching.ranking import Ranking
from biometrics.searches.model import COMPARED_WITH_ALL, INDEX, ListedPeople, SearchCandidate, StoredSearch
from biometrics.storage.audit.log import Action
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
        ReplayImpossible: no probe is kept, the model of then is not installed, or the search's calibration is not kept,
            or the search was of one gallery of a client's.
    """
    stored = engine.store.searches.get(search_id)
    search, settings = stored.search, stored.search.settings
    probes = [probe.probe for probe in search.probes]
    answered_by = settings["identity"]
    models = {Modality.named(name): str(channel["model"]) for name, channel in answered_by.items()}
    if missing := sorted(model for model in models.values() if engine.channel_of(model) is None):
        raise ReplayImpossible(
            f"The search was answered by a model that is not installed, {missing[0][:16]}; put its entry back into the "
            "models manifest, or replay it on an installation that has it."
        )
    if not probes:
        raise ReplayImpossible("No probe of this search is kept: it was a field check, or they were destroyed.")
    engine = engine.with_models(models).with_scales(_scales(answered_by, "calibration"))
    engine = engine.with_latent_scale_of(_scales(answered_by, "latent_scale"))
    if answered_by != identity(engine, probes):
        raise ReplayImpossible(
            "The search was answered by another model, index or calibration than the one in use today; replay it on an "
            "installation of that version."
        )
    if settings.get("gallery"):
        raise ReplayImpossible("The search was of one gallery, whose encounters change; make a new search.")
    sequence_after = settings["sequence_after"]
    past = {
        modality: engine.store.templates.history(search.sequence, sequence_after, modality, model)
        for modality, model in models.items()
    }
    moments = {modality: change.moment for modality, change in past.items()}
    where = without_merged(engine, Filter.of_content(settings["where"]))
    all_up_to = settings.get(COMPARED_WITH_ALL, 0)  # of a latent
    ranking = Ranking(settings["max_candidates"], settings["shortlist"], where, moments, all_up_to)
    lists = rank_lists(engine, ranking, probes, search.unit, search.threshold_elsewhere, is_latent=search.is_latent)
    max_candidates, target = settings["max_candidates"], settings["target_fpir"]
    of_unit = [
        line for unit_list in lists for line in unit_list.candidates(max_candidates, search.gallery_size, target)
    ]
    reported = tuple(candidate for candidate in search.candidates if candidate.elsewhere is not None)
    candidates = (*of_unit, *reported)
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
        index_differs=settings[INDEX] != index_methods(engine, probes),
    )
    engine.store.note(
        Action.SEARCH_REPLAYED, stored.id, same=replayed.same, records=[candidate.record_id for candidate in candidates]
    )
    return replayed


def _scales(identity: Mapping[str, Mapping[str, Any]], kind: str) -> dict[Modality, str]:
    """Return the digest of a kind of scale that a search was answered by, for each modality of its probes that had."""
    return {Modality.named(name): str(channel[kind]) for name, channel in identity.items() if kind in channel}
