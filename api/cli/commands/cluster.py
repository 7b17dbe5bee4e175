"""`pehchan cluster`: the layouts of the index of prints in a Ray cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Annotated

import typer

from api.bootstrap.engine import open_index, partitions_folder, partitions_name
from api.bootstrap.recognisers import open_versions
from api.cli.arguments import AsJson
from api.cli.operator import operated_store
from api.cli.progress_bars import bars
from api.cli.terminal import ResultTable, print_result
from api.settings import Settings
from api.v1.national_states import national_partitions, read_states
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.recognition.modality import IndexKind
from biometrics.matching.gallery import Gallery
from biometrics.matching.ports import Recogniser
from biometrics.records.store import RecordStore
from biometrics.templates.models import ModelStore
from index.cluster.layouts import PartitionLayout, Spread, end_layout, layouts, spread, switch_servers
from index.cluster.partition import METHODS

VERSION = f"-v{METHODS}"  # ends the names of partitions that can be asked
NOT_ASKED = Spread({}, None)  # those of another version

app = typer.Typer(
    help="The indexes of prints and palms in a Ray cluster: its layouts (docs/scaling.md).", no_args_is_help=True
)


@app.command("list")
def list_layouts(as_json: AsJson = False) -> None:
    """List the layouts of this station: partitions, copies that run, machines, and which one the settings name.

    'complete' says how many complete copies every partition has at least: as many as may be lost, and one more.
    """
    with _opened() as (settings, store, used):
        current, running = _current(settings, store, used), layouts(settings.cluster_url, store.identity)
        of_states = _of_states(settings, store, running)
        layout_rows = [
            layout._asdict()
            | (spread(settings.cluster_url, layout) if layout.name.endswith(VERSION) else NOT_ASKED)._asdict()
            | {"in_settings": (layout.name, layout.partitions) in current or layout in of_states}
            for layout in running
        ]
    table = ResultTable("name", "partitions", "running", "complete", "on machines", "in the settings")
    for row in layout_rows:
        complete = "" if row["complete"] is None else str(row["complete"])
        machines = ", ".join(f"{machine}: {copies}" for machine, copies in row["machines"].items())
        table.add_row(
            row["name"], str(row["partitions"]), str(row["running"]), complete, machines, "yes" * row["in_settings"]
        )
    print_result(layout_rows, as_json, table)


@app.command()
def remove(
    partitions: Annotated[int, typer.Argument(min=1, help="Number of partitions of the layout to remove.")],
    name: Annotated[str, typer.Option(help="Its name, where it is of another model; see 'pehchan cluster list'.")] = "",
    as_json: AsJson = False,
) -> None:
    """Remove a layout that no server uses any more, and its snapshots. Not one that the settings name."""
    with _opened() as (settings, store, used):
        current = _current(settings, store, used)
        names = [name] if name else [its_name for its_name, _ in current]
        if any((its_name, partitions) in current for its_name in names):
            raise InvalidField(
                f"The layout of {partitions} partitions is the one in the settings; change PEHCHAN_CLUSTER_PARTITIONS "
                "and restart every server first."
            )
        unused = [
            layout
            for layout in layouts(settings.cluster_url, store.identity)
            if layout.name in names and layout.partitions == partitions
        ]
        if _of_states(settings, store, unused):
            raise InvalidField(
                f"The layout {name} holds a state of the national index. If it is no longer needed, change the file of "
                "PEHCHAN_NATIONAL_STATES and restart this server, which then ends the layout."
            )
        if not unused:
            raise InvalidField(f"There is no layout of {partitions} partitions; see 'pehchan cluster list'.")
        ended = sum(end_layout(settings.cluster_url, layout, partitions_folder(settings)) for layout in unused)
    print_result({"ended": ended}, as_json, f"{ended} partitions ended.")


@app.command()
def resize(
    partitions: Annotated[int, typer.Argument(min=1, max=1000, help="Number of partitions to switch to.")],
    as_json: AsJson = False,
) -> None:
    """Divide the index among more or fewer partitions while servers go on searching, and have them switch.

    The present layout answers until the new one is filled, and can be removed once every server has switched.
    """
    template_count = 0
    with _opened() as (settings, store, used):
        database, new_settings = store.identity, settings.model_copy(update={"cluster_partitions": partitions})
        running = {layout.name for layout in layouts(settings.cluster_url, database)}
        divided = [recogniser for recogniser in used if partitions_name(store, recogniser.feature_space) in running]
        if not divided:
            raise InvalidField(
                "No partitions of this station run yet; set PEHCHAN_CLUSTER_PARTITIONS and start a server."
            )
        left = []
        for recogniser in divided:
            gallery = Gallery(store.templates, recogniser, open_index(new_settings, store, recogniser))
            with bars() as show:
                gallery.catch_up(partial(show, "Filling the partitions"))
            its_name = partitions_name(store, recogniser.feature_space)
            left += switch_servers(settings.cluster_url, database, its_name, partitions)
            template_count += len(gallery)
    print_result(
        {"partitions": partitions, "templates": template_count, "left": left},
        as_json,
        f"{template_count:,} templates in {partitions} partitions. Every server switches before its next search. Set "
        f"PEHCHAN_CLUSTER_PARTITIONS={partitions} for all of them, then run 'pehchan cluster remove' for the others.",
    )


@contextmanager
def _opened() -> Iterator[tuple[Settings, RecordStore, list[Recogniser]]]:
    """Yield settings, store, and the recognisers of what the cluster holds, by the models in use: in force first."""
    settings = Settings()
    if not settings.cluster_url:
        raise InvalidField("No cluster is in the settings; set PEHCHAN_CLUSTER_URL.")
    opened = [
        recogniser
        for recogniser in open_versions(settings).values()
        if recogniser.modality.traits.index is IndexKind.MINUTIAE
    ]
    installed = {recogniser.model: recogniser for recogniser in opened}
    usual = {recogniser.modality: recogniser for recogniser in reversed(opened)}
    with operated_store(settings) as store:
        models = [row.model for row in ModelStore(store.database).in_use() if row.model in installed]
        yield settings, store, [installed[model] for model in models] or list(usual.values())


def _current(settings: Settings, store: RecordStore, used: Sequence[Recogniser]) -> list[tuple[str, int]]:
    """Return name and number of partitions of the layouts in the settings, one of each model in use."""
    return [(partitions_name(store, recogniser.feature_space), settings.cluster_partitions) for recogniser in used]


def _of_states(settings: Settings, store: RecordStore, running: Sequence[PartitionLayout]) -> list[PartitionLayout]:
    """Return those of some layouts that hold a state of this server's national index, as the settings name them."""
    if settings.national_states is None:
        return []
    partitions = national_partitions(settings, store.identity, read_states(settings.national_states))
    return list(filter(partitions.holds, running))
