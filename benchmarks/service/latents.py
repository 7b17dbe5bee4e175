"""Searches of latents through the service: what its shortlist loses of what an exact comparison with all prints finds.

The prints are enrolled in a station of their own, one person for each mate and for each ten other prints. Every latent
is searched twice, its finger unknown: as `POST /api/v1/identify/latent` does, and by comparison with all prints.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from api.bootstrap.engine import open_engine
from api.bootstrap.store import open_store
from api.cli.progress_bars import progress
from api.demo.people import FINGERS
from api.latent_probes import Latent, latent_probes
from api.settings import Settings
from benchmarks.runs.datasets import LabelledImage, read_image
from benchmarks.search.latents import LatentPairs
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

RANKS = (1, 5, 20)
_FIRST_SEED = 30_000_000  # of the generated prints


@dataclass(frozen=True)
class ServiceRank:
    """The rank of a latent's mate through the service, and compared with all prints; None where it is on no list."""

    latent: str
    service: int | None
    exact: int | None

    @property
    def is_lost(self) -> bool:
        """Whether the service does not list a mate that an exact comparison lists."""
        return self.service is None and self.exact is not None


def ranks_through_service(
    model: str,
    pairs: LatentPairs,
    mates: Sequence[Template | None],
    other_prints: Sequence[Template | None],
    generated: int,
    settings: Settings,
) -> list[ServiceRank]:
    """Enrol the mates, other prints and generated ones, and search each latent."""
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
        _fill(station_settings, mates, [*filter(None, other_prints), *_generated(model, generated)])
        with open_engine(station_settings) as opened:
            engine = opened.as_system("a benchmark")
            numbers = _record_ids(engine, mates)
            with progress("Searching", len(pairs.latents)) as advance:
                ranks = []
                for image, number in zip(pairs.latents, numbers, strict=True):
                    ranks.append(_ranks(engine, image, number))
                    advance()
            return ranks


def figures(ranks: Sequence[ServiceRank], prints: int) -> dict[str, Any]:
    """Return the share of latents whose mate is among the first ones, in percent, by the service and exactly."""

    def share(ranks_of_mates: Sequence[int | None], max_rank: int) -> float:
        return round(
            100.0 * sum(rank is not None and rank <= max_rank for rank in ranks_of_mates) / len(ranks_of_mates), 4
        )

    service, exact = [rank.service for rank in ranks], [rank.exact for rank in ranks]
    return {
        "n": len(ranks),
        "prints": prints,
        "compared_with_all": COMPARED_WITH_ALL,
        "through_service": {f"rank{max_rank}": share(service, max_rank) for max_rank in RANKS},
        "exact": {f"rank{max_rank}": share(exact, max_rank) for max_rank in RANKS},
        "lost": [rank.latent for rank in ranks if rank.is_lost],
    }


def table(results: dict[str, Any]) -> Table:
    """Show the figures, and what the shortlist loses."""
    ranks_table = Table(
        "search", *(f"rank {max_rank}, %" for max_rank in RANKS), title="Latents through the service, finger unknown"
    )
    service, exact = results["through_service"], results["exact"]
    for label, row in (("through the service", service), ("compared with all prints", exact)):
        ranks_table.add_row(label, *(f"{row[f'rank{max_rank}']:.1f}" for max_rank in RANKS))
    ranks_table.add_row("lost", *(f"{exact[f'rank{max_rank}'] - service[f'rank{max_rank}']:.1f}" for max_rank in RANKS))
    ranks_table.caption = (
        f"{results['n']} latents, {results['prints']:,} prints; up to {results['compared_with_all']:,} are all "
        f"compared; {len(results['lost'])} mates are on no list of the service"
    )
    return ranks_table


def _ranks(engine: Engine, image: LabelledImage, number: str | None) -> ServiceRank:
    decoded = read_image(image.path, image.ppi)
    latent = Latent(image.path.name, decoded, image.path.read_bytes(), None, FingerPosition.UNKNOWN)
    try:
        probe_samples = latent_probes(engine, latent).probes
    except UnusableSample:
        return ServiceRank(image.subject, None, None)
    request = SearchRequest((), MAX_CANDIDATES, None, is_latent=True)
    candidate_ids = [
        candidate.record_id for candidate in search_gallery(engine, request, probes_of(probe_samples)).candidates
    ]
    gallery_size = len(engine.channels[FINGERPRINT].gallery)
    whole = Ranking(MAX_CANDIDATES, engine.shortlist, all_up_to=gallery_size, is_latent=True)
    scaled = engine.for_latent((sample.probe, sample.reading.network) for sample in probe_samples)
    exact = [record_id for record_id, _ in whole.rank(scaled.matching, [sample.probe for sample in probe_samples])]
    return ServiceRank(image.subject, _rank_of(candidate_ids, number), _rank_of(exact[:MAX_CANDIDATES], number))


def _rank_of(candidate_ids: Sequence[str], record_id: str | None) -> int | None:
    return candidate_ids.index(record_id) + 1 if record_id is not None and record_id in candidate_ids else None


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
