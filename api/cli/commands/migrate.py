"""`pehchan migrate`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from api.bootstrap.engine import open_engine
from api.bootstrap.store import open_images
from api.cli.arguments import AsJson
from api.cli.progress_bars import bars
from api.cli.terminal import print_result
from api.settings import Settings
from biometrics.backup.replicate import move
from biometrics.backup.restore import require_restored
from biometrics.backup.verify import CopyCheck
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.technique.private_folders import work_folder
from biometrics.use_cases.engine.engine import Engine

MOST_SAMPLED = 10_000

app = typer.Typer()


@app.command("migrate")
def migrate_station(
    to: Annotated[str, typer.Option(help="URL of the database to move to, such as postgresql://user@host/pehchan.")],
    images: Annotated[
        str | None,
        typer.Option(help="Folder or s3://bucket/prefix to copy the images to; by default they stay, unchecked."),
    ] = None,
    verify: Annotated[
        int,
        typer.Option(
            min=0, max=MOST_SAMPLED, help="Number of rows of each kind, images and searches to compare; 0: counts only."
        ),
    ] = 20,
    as_json: AsJson = False,
) -> None:
    """Move this station to another database, and compare. If interrupted, or to move later changes, run it again.

    The station may go on meanwhile; stop it before the last run. Exit code 1: something differs, or is still missing.
    """
    settings = Settings()
    require_restored(settings.data_folder, settings.resolved_database_url)
    stores = (open_images(settings.resolved_images_url), open_images(images)) if images else None
    with bars() as progress:
        outcome = move(settings.resolved_database_url, to, stores, verify, progress)
    checks = outcome.checks
    if outcome.templates and not any(check.differing for check in checks):
        checks = [*checks, _compare_searches(settings, to, outcome.templates)]
    differs = any(check.differing for check in checks)
    print_result(
        {"copied": outcome.copied, "removed": outcome.removed, "complete": outcome.complete, "checks": checks},
        as_json,
        f"{outcome.copied:,} rows copied, {outcome.removed:,} removed",
        *["The station has stored more since; stop it, and run this again."] * (not outcome.complete),
        *comparison(checks),
    )
    raise typer.Exit(1 if differs or not outcome.complete else 0)


def _compare_searches(settings: Settings, target_url: str, templates: Sequence[int]) -> CopyCheck:
    """Search both stations with some of their templates; each must find the same record first.

    The target's indexes are made for this from its database, in memory, so that they prove the copy. Its images are
    not needed, and an image store that it opened would count it among its users.
    """
    with open_engine(settings) as engine:
        probes = [stored for stored in engine.store.templates.load(templates) if stored.template.model in engine.models]
        source_first = _found_first(engine, probes)
    with work_folder(settings.data_folder, "migrate") as folder:
        changed = {"database_url": target_url, "data_folder": folder, "vectors_url": "", "images_url": ""}
        changed["master_key_file"] = settings.resolved_master_key_file
        changed["models_folder"] = settings.resolved_models_folder
        with open_engine(settings.model_copy(update=changed)) as engine:
            target_first = _found_first(engine, probes)
    differing = [
        f"template {template} finds {record} here, {target_first[template]} there"
        for template, record in source_first.items()
        if record != target_first[template]
    ]
    alike = len(probes) - len(differing)
    return CopyCheck("first of a search", f"{len(probes):,} sampled", f"{alike:,} the same", tuple(differing))


def _found_first(engine: Engine, probes: Sequence[StoredTemplate]) -> Mapping[int, str | None]:
    """Return the best record of the exact matcher for each probe, by the probe's id."""
    return {probe.id: _first(engine, probe) for probe in probes}


def _first(engine: Engine, probe: StoredTemplate) -> str | None:
    channel = engine.channels[probe.template.modality]
    hits = channel.gallery.search(channel.recogniser.features(probe.template), engine.shortlist)
    candidates = engine.store.templates.load(hits.ids)
    scores = channel.recogniser.compare(probe.template, [stored.template for stored in candidates])
    best = sorted(zip(-scores, (stored.record_id for stored in candidates), strict=True))
    return best[0][1] if best else None


def comparison(checks: Sequence[CopyCheck]) -> list[str]:
    """Say in a sentence how much was compared, then what differs, a line each; --json lists all."""
    differing = [check for check in checks if check.differing]
    compared = f"Compared: {len(checks):,} counts and samples of rows, images and searches; {len(differing):,} differ."
    return [
        compared,
        *(
            f"Differs: {check.what}: {', '.join(check.differing)} ({check.source}; copy: {check.target})"
            for check in differing
        ),
    ]
