"""Use case of unsolved latents: to compare them with each other.

A check is requested in the transaction that makes a latent's standing search, or stores a new template of it, and the
request is removed in the transaction that writes the links. So a crash loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Final

from biometrics.kernel.access import SERVICE
from biometrics.kernel.recognition.types import Probe
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.matching.calibration import threshold_for_fpir
from biometrics.matching.channel import Channel
from biometrics.searches.model import SearchProbe
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.engine.pending import work_off_each
from biometrics.watchlist.checks import CheckReader
from biometrics.watchlist.link_rows import LinkCheck

COMPARED: Final = 1000  # probes of others that the index names for each probe of a latent, to be compared in full
AT_ONCE: Final = 100  # of those, that are read and compared at a time
BATCH: Final = 100  # checks fetched at a time

FALSE_LINKS: Final = 0.1  # a latent: what an examiner is asked to look at in vain
MARGIN: Final = 2.0  # decibans by which strangers' latents score higher than whole prints, at most (docs/latents.md)


def least_decibans(latents: int) -> float:
    """Return the score from which two latents are linked, among a number of unsolved ones."""
    return threshold_for_fpir(FALSE_LINKS, latents) + MARGIN


def check_links(engine: Engine, standing_id: str) -> list[str]:
    """Compare a latent with the other unsolved ones, and store its links; return the ids of those that are new.

    A check is carried out once, even if several callers ask for it.
    """
    engine = engine.as_system("compares unsolved latents")
    checks = CheckReader(engine.store.database)
    if (check := checks.link_check(standing_id)) is None:
        return []
    threshold = least_decibans(checks.unsolved_count())
    scores = _scores(engine, checks, check)
    links = {other: (number, score) for other, (number, score) in scores.items() if score >= threshold}
    with engine.store.for_actor(SERVICE).begin() as work:
        new = work.checks.answer_link_check(check, links)
        if new is None:
            work.leave_unchanged()
        else:
            work.audit(Action.LATENT_CHECKED, check.search_id, compared=len(scores), links=len(links), new=new)
    return new or []


def work_off_links(engine: Engine, stopped: Callable[[], bool] = lambda: False) -> int:
    """Compare the latents that wait, and forget links of solved ones; return how many checks.

    Once `stopped` says so, the rest is left to the next time.

    Raises:
        StoreUnavailable: the rest waits.
    """
    store = engine.store.as_system("compares unsolved latents")
    with store.begin() as work:
        work.checks.end_dead_links()
    checks = CheckReader(store.database)
    return work_off_each(
        store,
        lambda: checks.waiting_links(BATCH),
        lambda work, standing_id: work.checks.note_link_try(standing_id),
        lambda standing_id: check_links(engine, standing_id),
        "The comparison of an unsolved latent with others failed; it is tried again.",
        stopped=stopped,
    )


def _scores(engine: Engine, checks: CheckReader, check: LinkCheck) -> dict[str, tuple[int, float]]:
    """Return the number and the score of each unsolved latent compared, by its standing search.

    Two latents are compared by the first model in use that has read both.
    """
    scores: dict[str, tuple[int, float]] = {}
    searches = engine.store.searches
    search_probes = searches.probes_of([check.search_id]).get(check.search_id, ())
    for model, channel in engine.by_model.items():
        probes = _probes(search_probes, model)
        if not probes or not channel.latents or channel.standing is None:  # links of other models were not measured
            continue
        features = (channel.recogniser.features(probe.template) for probe in probes)
        alike = {
            int(hit_id)
            for probe_features in features
            for hit_id in channel.standing.search(probe_features, COMPARED).ids
        }
        linkable = checks.linkable(check, sorted(alike))
        new = sorted(other.search_id for other in linkable if other.standing_id not in scores)
        for chunk in in_chunks(new, AT_ONCE):
            raw = _raw_scores(
                channel, probes, {key: _probes(stored, model) for key, stored in searches.probes_of(chunk).items()}
            )
            for other in linkable:
                if other.search_id in raw:
                    scores[other.standing_id] = (other.number, channel.calibration.curve.at(raw[other.search_id]))
    return scores


def _probes(stored: Sequence[SearchProbe], model: str) -> list[Probe]:
    return [new_probe.probe for probe in stored if (new_probe := probe.to_search_again([model]))]


def _raw_scores(
    channel: Channel, probes: Sequence[Probe], other_probes: Mapping[str, Sequence[Probe]]
) -> dict[str, float]:
    """Return the best raw score of some probes with those of each of the others.

    Two that are both turned by half a circle lie as the same two upright do.
    """
    best = {key: -inf for key, key_probes in other_probes.items() if key_probes}
    flat = [(key, other) for key, key_probes in other_probes.items() for other in key_probes]
    for probe in probes:
        facing = [(key, other) for key, other in flat if not (probe.is_upside_down and other.is_upside_down)]
        scores = channel.recogniser.compare(probe.template, [other.template for _, other in facing])
        for (key, _), score in zip(facing, scores, strict=True):
            best[key] = max(best[key], float(score))
    return {key: score for key, score in best.items() if score > -inf}
