"""`pehchan upgrade`."""

from __future__ import annotations

from typing import Annotated

import typer

from api.bootstrap.recognisers import installed_names
from api.bootstrap.store import open_store
from api.cli.arguments import AsJson
from api.cli.remote import refuse_server
from api.cli.terminal import print_result
from api.settings import Settings
from biometrics.backup.restore import require_restored
from biometrics.storage.database.connections import unopened
from biometrics.storage.database.migrate import pending_migrations
from biometrics.templates.coverage import people_lost

app = typer.Typer()


@app.command("upgrade")
def upgrade(
    check: Annotated[bool, typer.Option("--check", help="Only show what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring this station's tables to this version. Exit code 1, with --check: they are not there yet.

    Every start does the same. Back up first: an earlier version cannot open the tables afterwards. --check also counts
    the people whom the models of this version could not find; the exit code is then 1 as well.
    """
    refuse_server()
    settings = Settings()
    require_restored(settings.data_folder, settings.resolved_database_url)
    installed = {modality: list(names) for modality, names in installed_names(settings).items()} if check else {}
    with unopened(settings.resolved_database_url) as connection:
        pending = pending_migrations(connection)
        lost = {} if connection is None else people_lost(connection, installed)
    if not check:
        open_store(settings).close()
    changes = [{"revision": migration.revision, "summary": migration.summary} for migration in pending]
    lines = [f"{migration.revision}  {migration.summary}" for migration in pending]
    people = [
        f"People whom no search by {modality} would find: {count:,}; afterwards run 'pehchan reextract run'."
        for modality, count in lost.items()
    ]
    answer = {"upgraded": not check, "changes": changes, "people_not_found": lost}
    print_result(answer, as_json, *lines, _verdict(len(pending), check), *people)
    if check and (pending or lost):
        raise typer.Exit(1)


def _verdict(count: int, check: bool) -> str:
    if not count:
        return "The tables are those of this version."
    changes = "1 change" if count == 1 else f"{count} changes"
    return f"{changes} to make: back up, then run pehchan upgrade." if check else f"{changes} made."
