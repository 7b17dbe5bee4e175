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
from api.itl.latents import latent_probes
from api.itl.samples import Latent
from api.settings import Settings
from benchmarks.runs.datasets import LabelledImage, read_image
from benchmarks.search.latents import LatentPairs
from benchmarks.service.bulk_load import AT_ONCE, write_people
from biometrics.kernel.chunks import in_chunks
from biometrics.kernel.errors import UnusableSample
from biometrics.kernel.record import EnrolledSample
from biometrics.kernel.types import FingerPosition, Sample, Source, Template
from biometrics.matching.ranking import COMPARED_WITH_ALL, Ranking
from biometrics.use_cases.engine import Engine
from biometrics.use_cases.identify import MAX_CANDIDATES, SearchRequest, probes_of, search_gallery
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
    others: Sequence[Template | None],
    generated: int,
    settings: Settings,
) -> list[ServiceRank]:
    """Enrol the mates, other prints and generated ones, and search each latent."""
    with tempfile.TemporaryDirectory() as folder:
        own = settings.model_copy(
            update={
                "data_folder": Path(folder),
                "database_url": "",
                "images_url": "",
                "vectors_url": "",
                "cluster_url": "",
            }
        )
        _fill(own, mates, [*filter(None, others), *_made(model, generated)])
        with open_engine(own) as opened:
            engine = opened.as_system("a benchmark")
            numbers = _record_ids(engine, mates)
            with progress("Searching", len(pairs.latents)) as advance:
                found = []
                for image, number in zip(pairs.latents, numbers, strict=True):
                    found.append(_ranks(engine, image, number))
                    advance()
            return found


def figures(ranks: Sequence[ServiceRank], prints: int) -> dict[str, Any]:
    """Return the share of latents whose mate is among the first ones, in percent, by the service and exactly."""

    def share(found: Sequence[int | None], most: int) -> float:
        return round(100.0 * sum(rank is not None and rank <= most for rank in found) / len(found), 4)

    service, exact = [each.service for each in ranks], [each.exact for each in ranks]
    return {
        "n": len(ranks),
        "prints": prints,
        "compared_with_all": COMPARED_WITH_ALL,
        "through_service": {f"rank{most}": share(service, most) for most in RANKS},
        "exact": {f"rank{most}": share(exact, most) for most in RANKS},
        "lost": [each.latent for each in ranks if each.is_lost],
    }


def table(shown: dict[str, Any]) -> Table:
    """Show the figures, and what the shortlist loses."""
    made = Table("search", *(f"rank {most}, %" for most in RANKS), title="Latents through the service, finger unknown")
    service, exact = shown["through_service"], shown["exact"]
    for label, row in (("through the service", service), ("compared with all prints", exact)):
        made.add_row(label, *(f"{row[f'rank{most}']:.1f}" for most in RANKS))
    made.add_row("lost", *(f"{exact[f'rank{most}'] - service[f'rank{most}']:.1f}" for most in RANKS))
    made.caption = (
        f"{shown['n']} latents, {shown['prints']:,} prints; up to {shown['compared_with_all']:,} are all compared; "
        f"{len(shown['lost'])} mates are on no list of the service"
    )
    return made


def _ranks(engine: Engine, image: LabelledImage, number: str | None) -> ServiceRank:
    decoded = read_image(image.path, image.ppi)
    latent = Latent(image.path.name, decoded, image.path.read_bytes(), None, FingerPosition.UNKNOWN)
    try:
        found = latent_probes(engine, latent).probes
    except UnusableSample:
        return ServiceRank(image.subject, None, None)
    request = SearchRequest((), MAX_CANDIDATES, None, alternatives=True)
    listed = [candidate.record_id for candidate in search_gallery(engine, request, probes_of(found)).candidates]
    whole = Ranking(MAX_CANDIDATES, engine.shortlist, all_up_to=len(engine.channels[FINGERPRINT].gallery))
    networks = {FINGERPRINT: {sample.read_as.network for sample in found if sample.read_as}}
    scaled = engine.with_latent_scales(networks)
    exact = [record_id for record_id, _ in whole.of_any(scaled.matching, [sample.probe for sample in found])]
    return ServiceRank(image.subject, _place(listed, number), _place(exact[:MAX_CANDIDATES], number))


def _place(listed: Sequence[str], record_id: str | None) -> int | None:
    return listed.index(record_id) + 1 if record_id is not None and record_id in listed else None


def _fill(settings: Settings, mates: Sequence[Template | None], others: Sequence[Template]) -> None:
    """Enrol a person for each mate, whose number is its place, and one for each ten other prints."""
    people = [(number, [_print(mate, FINGERS[0])]) for number, mate in enumerate(mates) if mate is not None]
    people += [
        (len(mates) + number, [_print(template, finger) for template, finger in zip(ten, FINGERS, strict=False)])
        for number, ten in enumerate(in_chunks(others, len(FINGERS)))
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


def _made(model: str, count: int) -> Iterator[Template]:
    for seed in range(_FIRST_SEED, _FIRST_SEED + count):
        yield Template(FINGERPRINT, model, encode(synthetic_template(seed)), None)


def _print(template: Template, finger: FingerPosition) -> EnrolledSample:
    source = Source("image/png", 500, 500, 500.0)
    return EnrolledSample(Sample(FINGERPRINT, template.data, "", finger), source, template)
