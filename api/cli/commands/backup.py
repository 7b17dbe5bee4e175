"""`pehchan backup` and `pehchan restore`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap.engine import open_engine
from api.bootstrap.store import audit_log_of, master_keys, open_images
from api.cli.arguments import AsJson
from api.cli.commands.migrate import MOST_SAMPLED, comparison
from api.cli.operator import operated_store, operator
from api.cli.progress_bars import bars
from api.cli.terminal import print_result
from api.settings import Settings
from biometrics.backup.backup import back_up
from biometrics.backup.credential_check import check_credentials
from biometrics.backup.restore import Backup, being_restored, finish, restore
from biometrics.backup.verify import NAMED, CopyCheck
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine.engine import Engine

app = typer.Typer()


Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the backup.")]
KeyFile = Annotated[
    Path,
    typer.Option("--keys", help="File for the copy of the data keys: one for all backups, never stored with them."),
]
Verify = Annotated[
    int, typer.Option(min=0, max=MOST_SAMPLED, help="Number of rows of each kind, and of images, to compare.")
]


@app.command("backup")
def back_up_station(folder: Folder, keys: KeyFile, verify: Verify = 20, as_json: AsJson = False) -> None:
    """Back up this running station, and compare. An existing backup is updated: only new data is copied.

    The backup contains no keys: its images cannot be read without the copy of the keys and the master key. Exit code 1:
    something differs.
    """
    settings = Settings()
    with operated_store(settings) as store:
        with bars() as progress:
            source = settings.resolved_database_url, store.images, store.keys.masters
            outcome = back_up(source, folder, keys, verify, progress)
        store.note(Action.BACKED_UP, copied=outcome.copied, removed=outcome.removed)
    print_result(
        {"copied": outcome.copied, "removed": outcome.removed, "checks": outcome.checks},
        as_json,
        f"{outcome.copied:,} rows copied, {outcome.removed:,} removed",
        *_verdict(outcome.checks, "The backup is complete and equals this station."),
    )
    raise typer.Exit(1 if _differing(outcome.checks) else 0)


@app.command("restore")
def restore_station(
    folder: Folder,
    keys: KeyFile,
    verify: Verify = 20,
    accept_differences: Annotated[
        bool, typer.Option("--accept-differences", help="Open the station even if something differs from the backup.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Restore a backup into this station, which must be empty, and compare: counts, rows, images and some searches.

    A backup that was changed is refused before anything is written. Accounts and API keys are compared with the audit
    log. Samples that were destroyed since the backup stay destroyed. Until this ends, other commands and the server
    refuse the station. If it is interrupted, run it again. Exit code 1: something differs, and the station stays closed
    unless you accept that.
    """
    settings, url = Settings(), Settings().resolved_database_url
    masters = master_keys(settings)
    backup = Backup.read(folder, keys, masters)
    backup.require_free(url)
    with being_restored(settings.data_folder) as work:
        target = url, open_images(settings.resolved_images_url)
        with bars() as progress:
            outcome, dropped = restore(backup, target, masters, work, verify, progress)
        with open_engine(settings, restoring=True) as engine:
            checks = [*outcome.checks, _search(engine, outcome.templates), *_audited(engine)]
            differing = [check.what for check in _differing(checks)]
            opened = accept_differences or not differing
            closed = "The station stays closed. Run this again, or with --accept-differences to open it as it is."
            result = {"copied": outcome.copied, "dropped": dropped, "checks": checks, "opened": opened}
            parts = (
                f"{outcome.copied:,} rows restored; not brought back, since destroyed or without a key: "
                f"{dropped.encounters:,} encounters, {dropped.samples:,} samples, {dropped.probes:,} probes",
                *[closed] * (not opened),
                *_verdict(checks, "The station is restored and equals the backup."),
            )
            if not opened:
                print_result(result, as_json, *parts)
                raise typer.Exit(1)
            finish(
                engine.store.database,
                operator(),
                copied=outcome.copied,
                samples_dropped=dropped.samples,
                differing=differing,
            )
    print_result(result, as_json, *parts)
    raise typer.Exit(1 if differing else 0)


def _audited(engine: Engine) -> Iterator[CopyCheck]:
    """Check the chain of the audit log, and the accounts by its entries."""
    verification = audit_log_of(engine.store).verify()
    faults = tuple(fault.what for fault in verification.faults[:NAMED])
    yield CopyCheck(
        "chain of the audit log", f"{verification.entries:,} entries", f"{len(verification.faults):,} faults", faults
    )
    with engine.store.database.reading() as connection:
        yield check_credentials(connection)


def _search(engine: Engine, templates: Sequence[int]) -> CopyCheck:
    """Search with some templates; each must find its own record first."""
    probes = [stored for stored in engine.store.templates.load(templates) if stored.template.model in engine.models]
    differing = [
        f"template {probe.id} does not find its record" for probe in probes if not _finds_itself(engine, probe)
    ]
    alike = len(probes) - len(differing)
    return CopyCheck("own record first in a search", f"{len(probes):,} sampled", f"{alike:,} found", tuple(differing))


def _finds_itself(engine: Engine, probe: StoredTemplate) -> bool:
    channel = engine.channels[probe.template.modality]
    hits = channel.gallery.search(channel.recogniser.features(probe.template), engine.shortlist)
    candidates = engine.store.templates.load(hits.ids)
    scores = channel.recogniser.compare(probe.template, [stored.template for stored in candidates])
    mated_scores = [
        score for score, stored in zip(scores, candidates, strict=True) if stored.record_id == probe.record_id
    ]
    return bool(mated_scores) and max(mated_scores) >= max(scores)


def _differing(checks: Sequence[CopyCheck]) -> list[CopyCheck]:
    return [check for check in checks if check.differing]


def _verdict(checks: Sequence[CopyCheck], success: str) -> list[str]:
    """Return how much was compared, what differs and a verdict, a line each."""
    differing = _differing(checks)
    verdict = f"NOT OK: {len(differing)} of {len(checks)} checks differ." if differing else f"OK: {success}"
    return [*comparison(checks), verdict]
