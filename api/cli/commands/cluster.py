"""`pehchan cluster`: the layouts of the index of prints in a Ray cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap.engine import open_recogniser, partitions_folder, partitions_name
from api.cli.arguments import AsJson
from api.cli.operator import operated_store
from api.cli.terminal import print_result, table_with
from api.settings import Settings
from biometrics.domain.errors import InvalidField
from biometrics.domain.types import Modality
from index.cluster.layouts import PartitionLayout, end_layout, layouts

app = typer.Typer(help="The index of prints in a Ray cluster: its layouts (docs/scaling.md).", no_args_is_help=True)


@app.command("list")
def list_layouts(as_json: AsJson = False) -> None:
    """List the layouts of this station: how many partitions, of which model, and which one the settings name."""
    with _opened() as (settings, current, _):
        listed = [
            layout._asdict() | {"in_settings": (layout.name, layout.partitions) == current}
            for layout in layouts(settings.cluster_url, _database(current))
        ]
    table = table_with("name", "partitions", "running", "in the settings")
    for each in listed:
        table.add_row(each["name"], str(each["partitions"]), str(each["running"]), "yes" * each["in_settings"])
    print_result(listed, as_json, table)


@app.command()
def remove(
    partitions: Annotated[int, typer.Argument(min=1, help="Number of partitions of the layout to remove.")],
    name: Annotated[str, typer.Option(help="Its name, where it is of another model; see 'pehchan cluster list'.")] = "",
    as_json: AsJson = False,
) -> None:
    """Remove a layout that no server uses any more, and its snapshots. Not the one that the settings name."""
    with _opened() as (settings, current, folder):
        wanted = (name or current[0], partitions)
        if wanted == current:
            raise InvalidField(
                f"The layout of {partitions} partitions is the one in the settings; change PEHCHAN_CLUSTER_PARTITIONS "
                "and restart every server first."
            )
        known = {each[:2]: each for each in layouts(settings.cluster_url, _database(current))}
        if wanted not in known:
            raise InvalidField(
                f"There is no layout {wanted[0]} of {partitions} partitions; see 'pehchan cluster list'."
            )
        ended = end_layout(settings.cluster_url, PartitionLayout(*known[wanted]), folder)
    print_result({"ended": ended}, as_json, f"{ended} partitions ended.")


@contextmanager
def _opened() -> Iterator[tuple[Settings, tuple[str, int], Path]]:
    """Yield the settings, name and number of partitions of the layout that they name, and the folder of snapshots."""
    settings = Settings()
    if not settings.cluster_url:
        raise InvalidField("No cluster is in the settings; set PEHCHAN_CLUSTER_URL.")
    space = open_recogniser(settings, Modality.FINGERPRINT).feature_space
    with operated_store(settings) as store:
        yield settings, (partitions_name(store, space), settings.cluster_partitions), partitions_folder(settings)


def _database(current: tuple[str, int]) -> str:
    return current[0].rpartition("-")[0]
