"""Searches of latents through the service: what its shortlist loses of what an exact comparison with all prints finds.

The prints are enrolled in a station of their own, one person for each mate and for each ten other prints. Every latent
is searched twice, its finger unknown: as `POST /api/v1/identify/latent` does, and by comparison with all prints.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from api.bootstrap.engine import open_engine
from api.bootstrap.store import open_store
from api.cli.progress_bars import progress
from api.demo.people import FINGERS
from api.latent_probes import Latent, latent_probes
from api.settings import Settings
from benchmarks.metrics.identification import Searches
from benchmarks.runs.datasets import LabelledImage, read_image
from benchmarks.search.latent_figures import FPIR_HEADS, FPIRS, RANKS, rate_text, rates
from benchmarks.search.latents import LatentPairs, LatentSettings, RegionOfInterest, same_fingers
from benchmarks.service.bulk_load import AT_ONCE, write_people
from biometrics.kernel.errors import UnusableSample
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample, Source, Template
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.matching.ranking import COMPARED_WITH_ALL, Ranking
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.identify import MAX_CANDIDATES, SearchRequest, probes_of, search_gallery
from fingerprint.codec import encode
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic.templates import synthetic_template

_Candidates = list[tuple[str, float]]  # records and their decibans, best first
_FIRST_SEED = 30_000_000  # of the generated prints


@dataclass(frozen=True)
class ServiceSearches:
    """The same searches through the service, and compared with all prints: scores in decibans, one row a latent.

    A mate that is on no list has the score -inf.
    """

    latents: tuple[str, ...]
    service: Searches
    exact: Searches

    @property
    def lost(self) -> list[str]:
        """The latents whose mate the service does not list, but an exact comparison does."""
        is_lost = np.isneginf(self.service.mated) & ~np.isneginf(self.exact.mated)
        return [latent for latent, lost in zip(self.latents, is_lost, strict=True) if lost]


def search_through_service(
    model: str,
    pairs: LatentPairs,
    mates: Sequence[Template | None],
    other_prints: Sequence[Template | None],
    search: LatentSettings,
    settings: Settings,
) -> ServiceSearches:
    """Enrol the mates, other prints and generated ones, and search each latent as `search` says, without its shortlist.

    Raises:
        UnusableDataset: a folder that the settings name is not there; InvalidField: the suggested region alone.
    """
    fingers = same_fingers(pairs, search.same)
    prints = sum(template is not None for template in (*mates, *other_prints)) + search.generated
    with tempfile.TemporaryDirectory() as folder:
        station_settings = settings.model_copy(
            update={
                "data_folder": Path(folder),
                "database_url": "",
                "images_url": "",
                "vectors_url": "",
                "cluster_url": "",
            }
        )
        _fill(station_settings, mates, [*filter(None, other_prints), *_generated(model, search.generated)])
        with open_engine(station_settings) as opened:
            engine = opened.as_system("a benchmark")
            ids = _record_ids(engine, mates)
            outcomes = []
            with progress("Searching", len(pairs.latents)) as advance:
                for number, image in enumerate(pairs.latents):
                    of_finger = {ids[other] for other in fingers[number]}
                    lists = _lists(engine, image, with_suggested_region=search.region is RegionOfInterest.BOTH)
                    outcomes.append([_outcome(of_list, ids[number], of_finger, prints) for of_list in lists])
                    advance()
    names = tuple(image.subject for image in pairs.latents)
    return ServiceSearches(names, *(_searches(of_way, prints) for of_way in zip(*outcomes, strict=True)))


def figures(searches: ServiceSearches) -> dict[str, Any]:
    """Return ranks and FNIR in percent, by the service and exactly, and the latents whose mates the service loses."""
    return {
        "n": len(searches.latents),
        "prints": searches.service.gallery,
        "compared_with_all": COMPARED_WITH_ALL,
        "through_service": rates(searches.service),
        "exact": rates(searches.exact),
        "lost": searches.lost,
    }


def table(results: dict[str, Any]) -> Table:
    """Show the figures, and what the shortlist loses."""
    names = (*(f"rank{rank}" for rank in RANKS), *FPIRS)
    heads = (*(f"rank {rank}" for rank in RANKS), *FPIR_HEADS)
    ranks_table = Table(
        "search", *(f"{head}, %" for head in heads), title="Latents through the service, finger unknown"
    )
    service, exact = results["through_service"], results["exact"]
    for label, row in (("through the service", service), ("compared with all prints", exact)):
        ranks_table.add_row(label, *(rate_text(row, results["n"], name) for name in names))
    ranks_table.add_row("lost", *(f"{exact[f'rank{rank}'] - service[f'rank{rank}']:.1f}" for rank in RANKS))
    ranks_table.caption = (
        f"{results['n']} latents, {results['prints']:,} prints; up to {results['compared_with_all']:,} are all "
        f"compared; {len(results['lost'])} mates are on no list of the service"
    )
    return ranks_table


def _lists(engine: Engine, image: LabelledImage, *, with_suggested_region: bool) -> tuple[_Candidates, _Candidates]:
    """Return the candidates of a latent through the service, and those of a comparison with all prints."""
    decoded = read_image(image.path, image.ppi)
    latent = Latent(image.path.name, decoded, image.path.read_bytes(), None, FingerPosition.UNKNOWN)
    try:
        probe_samples = latent_probes(engine, latent, with_suggested_region=with_suggested_region).probes
    except UnusableSample:
        return [], []
    request = SearchRequest((), MAX_CANDIDATES, None, is_latent=True)
    through_service = search_gallery(engine, request, probes_of(probe_samples)).candidates
    gallery_size = len(engine.channels[FINGERPRINT].gallery)
    whole = Ranking(MAX_CANDIDATES, engine.shortlist, all_up_to=gallery_size, is_latent=True)
    scaled = engine.for_latent((sample.probe, sample.reading.network) for sample in probe_samples)
    exact = whole.rank(scaled.matching, [sample.probe for sample in probe_samples])[:MAX_CANDIDATES]
    return (
        [(candidate.record_id, candidate.decibans) for candidate in through_service],
        [(record_id, person.score.decibans) for record_id, person in exact],
    )


def _outcome(
    candidates: _Candidates, mate: str | None, of_finger: Set[str | None], gallery: int
) -> tuple[float, float, int]:
    """Return the mate's score, that of the best stranger, and the mate's rank among strangers."""
    decibans = dict(candidates)
    strangers = [record_id for record_id in decibans if record_id not in of_finger]
    best = max((decibans[record_id] for record_id in strangers), default=-np.inf)
    if mate not in decibans:
        return -np.inf, best, gallery
    before = list(decibans)[: list(decibans).index(mate)]
    return decibans[mate], best, 1 + sum(record_id not in of_finger for record_id in before)


def _searches(outcomes: Sequence[tuple[float, float, int]], gallery: int) -> Searches:
    mated, others, ranks = map(np.array, zip(*outcomes, strict=True))
    return Searches(np.arange(len(outcomes)), mated, others, ranks, gallery)


def _fill(settings: Settings, mates: Sequence[Template | None], other_prints: Sequence[Template]) -> None:
    """Enrol a person for each mate, whose number is its place, and one for each ten other prints."""
    people = [(number, [_print(mate, FINGERS[0])]) for number, mate in enumerate(mates) if mate is not None]
    people += [
        (len(mates) + number, [_print(template, finger) for template, finger in zip(ten, FINGERS, strict=False)])
        for number, ten in enumerate(in_chunks(other_prints, len(FINGERS)))
    ]
    with open_store(settings) as opened, progress("Enrolling", len(people)) as advance:
        store = opened.as_system("a benchmark")
        for some in in_chunks(people, AT_ONCE):
            write_people(store, some)
            advance(len(some))


def _record_ids(engine: Engine, mates: Sequence[Template | None]) -> list[str | None]:
    """Return the record of each mate: theirs are the first templates."""
    ids = engine.store.templates.ids(FINGERPRINT, engine.channels[FINGERPRINT].recogniser.model)
    stored = iter(engine.store.templates.load(ids[: sum(mate is not None for mate in mates)]))
    return [None if mate is None else next(stored).record_id for mate in mates]


def _generated(model: str, count: int) -> Iterator[Template]:
    for seed in range(_FIRST_SEED, _FIRST_SEED + count):
        yield Template(FINGERPRINT, model, encode(synthetic_template(seed)), None)


def _print(template: Template, finger: FingerPosition) -> EnrolledSample:
    source = Source("image/png", 500, 500, 500.0)
    return EnrolledSample(Sample(FINGERPRINT, template.data, "", finger), source, template)
