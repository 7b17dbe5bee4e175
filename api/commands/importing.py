"""`pehchan import`."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from api.commands.arguments import AcceptPoorQuality
from api.commands.operator import operated_engine
from api.manifest import Content, Item, items
from api.settings import Settings
from biometrics.checks import work_off
from biometrics.engine import Engine
from biometrics.enrol import add_encounter, enrol
from biometrics.errors import Conflict, InvalidInput, UnknownRecord
from biometrics.records.values import Record, RecordQuery

app = typer.Typer()


@app.command("import")
def import_people(
    source: Annotated[Path, typer.Argument(help="A CSV manifest, or a folder; see docs/import.md.")],
    rejects: Annotated[Path | None, typer.Option(help="Where to write, as CSV, what was refused and why.")] = None,
    accept_poor_quality: AcceptPoorQuality = "",
) -> None:
    """Enrol many people. Run it again after an interruption: what is done is skipped. Exit code 2: some refused."""
    console = Console(stderr=True)
    outcomes: Counter[str] = Counter()
    refused: list[tuple[str, str, str]] = []
    with operated_engine(Settings()) as opened:
        engine = replace(opened, rules=replace(opened.rules, at_once=False))
        for item in track(items(source), "Importing", console=console):
            try:
                outcomes[_import(engine, item, accept_poor_quality)] += 1
            except (InvalidInput, Conflict) as error:
                refused.append((item.where, error.code, error.message))
                console.print(f"{item.where}: {error.code}: {error.message}", markup=False, highlight=False)
        with console.status("Searching for those who were on record already, or are searched for"):
            work_off(engine)
    if rejects:
        with rejects.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("where", "code", "message"), *refused])
    typer.echo(f"{outcomes['enrolled']} enrolled, {outcomes['skipped']} already there, {len(refused)} refused")
    raise typer.Exit(2 if refused else 0)


def _import(engine: Engine, item: Item, accept_poor_quality: str) -> str:
    content = item.read()
    record = _existing(engine, content)
    if record is None:
        enrol(engine, content.person, content.encounter, content.samples, accept_poor_quality)
    elif _holds(record, content):
        return "skipped"
    else:
        add_encounter(engine, record.id, content.encounter, content.samples, accept_poor_quality)
    return "enrolled"


def _existing(engine: Engine, content: Content) -> Record | None:
    """Find the record of the national number; without a number, one of this name that holds the encounter already."""
    if number := content.person.national_number:
        try:
            return engine.store.record_by_national_number(number)
        except UnknownRecord:
            return None
    encounter = content.encounter
    query = RecordQuery(name=content.person.name, fir_number=encounter.fir_number, station_code=encounter.station_code)
    named = engine.store.find_records(query, 100).records
    return next(
        (record for record in named if record.person.name == content.person.name and _holds(record, content)), None
    )


def _holds(record: Record, content: Content) -> bool:
    wanted = content.encounter
    return any(
        (stored.encounter.fir_number, stored.encounter.station_code, stored.encounter.date)
        == (wanted.fir_number, wanted.station_code, wanted.date)
        for stored in record.encounters
    )
