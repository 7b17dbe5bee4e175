"""`pehchan record`: look at a record, correct it, and add what courts decided."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from api import tables
from api.commands.arguments import parse_date, read_file
from api.commands.operator import operated_store
from api.person_schemas import ParticularsIn
from api.schemas import PersonPatch, RecordOut
from api.settings import Settings
from biometrics.court import CourtEvent, Outcome, Verdict
from biometrics.errors import InvalidField
from biometrics.particulars import Particulars
from biometrics.person import Sex
from biometrics.records.store import RecordStore
from biometrics.records.values import LinkKind, Record

app = typer.Typer(help="One person's record: show, correct, outcomes of courts.", no_args_is_help=True)

RecordId = Annotated[str, typer.Argument(help="Id of the record, or its national number.")]
Version = Annotated[int, typer.Option("--version", help="The version that was read; another one is refused.")]
ParticularsFile = Annotated[
    Path | None,
    typer.Option(
        "--particulars",
        help="JSON file of what the arrest form says beside the name, as in the HTTP API's documentation.",
    ),
]


@app.command()
def show(
    record: RecordId, as_json: Annotated[bool, typer.Option("--json", help="All that is stored, as JSON.")] = False
) -> None:
    """Show a record with its version, encounters and samples."""
    with operated_store(Settings()) as store:
        shown = find(store, record)
    if as_json:
        typer.echo(RecordOut.of(shown).model_dump_json(indent=2))
    else:
        Console().print(tables.record(shown))


@app.command()
def correct(
    record: RecordId,
    version: Version,
    name: Annotated[str | None, typer.Option(help="The right name.")] = None,
    alias: Annotated[list[str] | None, typer.Option(help="All other names; may be repeated.")] = None,
    sex: Annotated[Sex | None, typer.Option(help="The right sex.")] = None,
    birth_year: Annotated[int | None, typer.Option(help="The right year of birth.")] = None,
    particulars: ParticularsFile = None,
) -> None:
    """Correct a person's data; what it was before is kept."""
    given: dict[str, Any] = {"name": name, "aliases": alias, "sex": sex, "birth_year": birth_year}
    if particulars:
        given["particulars"] = _json_of(particulars)
    patch = PersonPatch.model_validate({field: value for field, value in given.items() if value is not None})
    with operated_store(Settings()) as store:
        found = find(store, record)
        Console().print(tables.record(store.clerk.correct_person(found.id, patch.applied(found.person), version)))


@app.command()
def history(record: RecordId) -> None:
    """Show what a person's data was before each correction."""
    table = Table("up to version", "name", "aliases", "sex", "born", "changed at", "by")
    with operated_store(Settings()) as store:
        for old in store.clerk.history(find(store, record).id):
            person, born = old.person, str(old.person.birth_year or "-")
            when = f"{old.changed_at:%Y-%m-%d %H:%M} UTC"
            aliases = ", ".join(person.aliases)
            table.add_row(str(old.version), person.name, aliases, person.sex, born, when, old.changed_by)
    Console().print(table)


@app.command()
def outcome(
    encounter: Annotated[str, typer.Argument(help="Id of the encounter.")],
    event: Annotated[CourtEvent, typer.Option(help="What happened.")],
    court: Annotated[str, typer.Option(help="Which court.")],
    verdict: Annotated[Verdict | None, typer.Option(help="How a decision left the case.")] = None,
    date: Annotated[str, typer.Option(help="The day, YYYY-MM-DD; else today.")] = "",
    case: Annotated[str, typer.Option(help="The court's case number.")] = "",
    version: Annotated[int | None, typer.Option("--version", help="The version that was read.")] = None,
) -> None:
    """Add what a court decided about an encounter, or that an appeal was filed or none can follow."""
    with operated_store(Settings()) as store:
        stored = store.clerk.add_outcome(encounter, Outcome(event, parse_date(date), court, verdict, case), version)
    typer.echo(f"outcome {stored.id}")


@app.command()
def link(
    encounter: Annotated[str, typer.Argument(help="Id of the encounter.")],
    other: Annotated[str, typer.Argument(help="Id of the one that it belongs to.")],
    kind: Annotated[LinkKind, typer.Option(help="How: a surrender follows an arrest, …")] = LinkKind.FOLLOWS,
) -> None:
    """Say that an encounter belongs to another one."""
    with operated_store(Settings()) as store:
        typer.echo(f"link {store.clerk.link(encounter, other, kind).id}")


def find(store: RecordStore, text: str) -> Record:
    """Return the record of an id or a national number.

    Raises:
        UnknownRecord: there is none.
    """
    return store.record_by_national_number(text) if len(text.strip()) == 10 else store.record(text)


def read_particulars(path: Path | None) -> Particulars:
    """Read a JSON file of what the arrest form says beside the name; none are empty.

    Raises:
        InvalidField: the file cannot be read, or a value breaks its rule.
    """
    if path is None:
        return Particulars()
    try:
        return ParticularsIn.model_validate(_json_of(path)).particulars()
    except ValidationError as error:
        raise InvalidField(f"{path} is not as it should be: {error}") from error


def _json_of(path: Path) -> Any:
    try:
        return json.loads(read_file(path))
    except ValueError as error:
        raise InvalidField(f"{path} is not JSON: {error}.") from error
