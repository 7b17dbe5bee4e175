"""`pehchan backup` and `pehchan restore`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.commands.bars import bars
from api.commands.migrate import MOST_SAMPLED, comparison
from api.commands.operator import operated_engine, operated_store
from api.settings import Settings
from api.stores import master_keys, open_images
from biometrics.engine import Engine
from biometrics.records.audit import Action
from biometrics.records.backing_up import back_up
from biometrics.records.comparing import Check
from biometrics.records.restoring import restore
from biometrics.records.values import StoredTemplate

app = typer.Typer()

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the backup.")]
KeyFile = Annotated[
    Path, typer.Option("--keys", help="The copy of the data keys: one file for all backups, never among them.")
]
Verify = Annotated[int, typer.Option(min=0, max=MOST_SAMPLED, help="Rows of each kind and images compared.")]


@app.command("backup")
def back_up_station(folder: Folder, keys: KeyFile, verify: Verify = 20) -> None:
    """Back up this station while it works, and compare; into a folder of before only what is new is copied.

    The backup holds no key: without the copy of the keys, and the master key, nobody reads an image in it. Exit code 1:
    something differs.
    """
    settings = Settings()
    with operated_store(settings) as store:
        with bars() as progress:
            done = back_up(settings.resolved_database_url, store.images, folder, keys, verify, progress)
        store.note(Action.BACKED_UP, copied=done.copied, removed=done.removed)
    Console().print(comparison(done.checks, "This station and its backup"))
    typer.echo(f"{done.copied:,} rows copied, {done.removed:,} removed")
    _end(done.checks)


@app.command("restore")
def restore_station(folder: Folder, keys: KeyFile, verify: Verify = 20) -> None:
    """Restore a backup into this station, which must be empty, and compare: counts, rows, images, and some searches.

    What was destroyed since the backup is not brought back. Cut off, run it again. Exit code 1: something differs.
    """
    settings = Settings()
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    target = settings.resolved_database_url, open_images(settings.resolved_images_url)
    with bars() as progress:
        done, dropped = restore(folder, keys, target, master_keys(settings), verify, progress)
    checks = done.checks
    if done.templates and not any(check.differing for check in checks):
        with operated_engine(settings) as engine:
            checks = [*checks, _search(engine, done.templates)]
            engine.store.note(Action.BACKUP_RESTORED, copied=done.copied, samples_dropped=dropped.samples)
    Console().print(comparison(checks, "The backup and this station"))
    typer.echo(
        f"{done.copied:,} rows restored; not brought back, since destroyed or without a key: {dropped.encounters:,} "
        f"encounters, {dropped.samples:,} samples, {dropped.probes:,} probes"
    )
    _end(checks)


def _search(engine: Engine, templates: Sequence[int]) -> Check:
    """Search by some templates; each must find its own record, with none before it."""
    probes = [one for one in engine.store.templates(templates) if one.template.model in engine.models]
    differing = [
        f"template {probe.id} does not find its record" for probe in probes if not _finds_itself(engine, probe)
    ]
    alike = len(probes) - len(differing)
    return Check("own record first in a search", f"{len(probes):,} sampled", f"{alike:,} found", tuple(differing))


def _finds_itself(engine: Engine, probe: StoredTemplate) -> bool:
    channel = engine.channels[probe.template.modality]
    hits = channel.gallery.search(channel.recogniser.features(probe.template), engine.shortlist)
    found = engine.store.templates(hits.ids)
    scores = channel.recogniser.compare(probe.template, [one.template for one in found])
    own = [score for score, one in zip(scores, found, strict=True) if one.record_id == probe.record_id]
    return bool(own) and max(own) >= max(scores)


def _end(checks: Sequence[Check]) -> None:
    differing = [f"{check.what}: {', '.join(check.differing)}" for check in checks if check.differing]
    for line in differing:
        typer.echo(f"Differs: {line}")
    raise typer.Exit(1 if differing else 0)
