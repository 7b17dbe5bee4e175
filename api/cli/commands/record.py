"""`pehchan record`: list and show records, correct them, and merge them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from api.cli import tables
from api.cli.arguments import AsJson, IdempotencyKeyOption, key_of, parse_date, read_file
from api.cli.operator import operated_store, with_names
from api.cli.remote import server
from api.cli.terminal import more, print_result, table_with
from api.settings import Settings
from api.v1.merges_schemas import MergeOut, ProvenanceOut
from api.v1.persons_schemas import ParticularsIn
from api.v1.records_schemas import (
    PersonPatch,
    PersonVersionOut,
    RecordOut,
    RecordPage,
)
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.particulars import Particulars
from biometrics.kernel.person import Sex
from biometrics.kernel.record import Record, RecordQuery
from biometrics.people.record_query import MAX_PAGE
from biometrics.records.store import RecordStore

app = typer.Typer(help="Records of people: list, show, correct, merge.", no_args_is_help=True)

RecordId = Annotated[str, typer.Argument(help="Id of the record, or its national number.")]
Version = Annotated[int, typer.Option("--version", help="The version that you read; refused if it has changed.")]
Reason = Annotated[str, typer.Option(help="Reason; it is kept.")]
ParticularsFile = Annotated[
    Path | None,
    typer.Option(
        "--particulars",
        help="JSON file with further data of the arrest form, as in the HTTP API's documentation.",
    ),
]


@app.command()
def show(record: RecordId, as_json: AsJson = False) -> None:
    """Show a record with its version, encounters and samples."""
    if client := server():
        with client:
            shown = client.record(record)
    else:
        with operated_store(Settings()) as store:
            shown = RecordOut.of(named(store, record))
    print_result(shown, as_json, tables.record(shown))


@app.command("list")
def list_records(
    name: Annotated[str, typer.Option(help="Words of the name or of an alias, in any script and spelling.")] = "",
    number: Annotated[str, typer.Option(help="National number.")] = "",
    sex: Annotated[Sex | None, typer.Option(help="Sex.")] = None,
    birth_year: Annotated[int | None, typer.Option(help="Year of birth.")] = None,
    fir: Annotated[str, typer.Option(help="FIR number.")] = "",
    fir_year: Annotated[int | None, typer.Option(help="Year of the FIR.")] = None,
    station: Annotated[str, typer.Option(help="Police station code.")] = "",
    district: Annotated[str, typer.Option(help="District code.")] = "",
    state: Annotated[str, typer.Option(help="State code.")] = "",
    first_date: Annotated[str, typer.Option(help="Encounters of this day or later, YYYY-MM-DD.")] = "",
    last_date: Annotated[str, typer.Option(help="Encounters of this day or earlier, YYYY-MM-DD.")] = "",
    section: Annotated[str, typer.Option(help="SECTION, or ACT:SECTION, that a person was charged under.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=MAX_PAGE, help="Maximum number of records.")] = 50,
    after: Annotated[str | None, typer.Option(help="Continue after a page; it prints the value.")] = None,
    as_json: AsJson = False,
) -> None:
    """List records, newest first, or most similar name first."""
    first, last = (parse_date(text) if text else None for text in (first_date, last_date))
    act, _, section_number = section.rpartition(":")
    place = (fir, station, district, state, fir_year, first, last, act, section_number)
    query = RecordQuery(name, number, sex, birth_year, *place)
    if client := server():
        with client:
            page = client.find(query, limit, after)
    else:
        with operated_store(Settings()) as store:
            page = RecordPage.of(store.people.find(query, limit, after))
    incomplete = "More names sound alike than were compared; add another option, such as the year of birth."
    print_result(page, as_json, tables.records(page), *more(page.next), *[incomplete] * page.incomplete)


@app.command()
def correct(
    record: RecordId,
    version: Version,
    name: Annotated[str | None, typer.Option(help="The right name.")] = None,
    alias: Annotated[list[str] | None, typer.Option(help="All other names; may be repeated.")] = None,
    sex: Annotated[Sex | None, typer.Option(help="The right sex.")] = None,
    birth_year: Annotated[int | None, typer.Option(help="The right year of birth.")] = None,
    particulars: ParticularsFile = None,
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Correct a person's data; the earlier data is kept."""
    changes: dict[str, Any] = {"name": name, "aliases": alias, "sex": sex, "birth_year": birth_year}
    if particulars:
        changes["particulars"] = _json_of(particulars)
    patch = PersonPatch.model_validate({field: value for field, value in changes.items() if value is not None})
    request = key_of(idempotency_key, "correct", record, version, changes)
    with operated_store(Settings(), request) as store:
        stored = named(store, record)
        corrected = store.editor.correct_person(stored.id, patch.applied(stored.person), version)
        shown = with_names(store, RecordOut.of(corrected))
    print_result(shown, as_json, tables.record(shown))


@app.command()
def history(record: RecordId, as_json: AsJson = False) -> None:
    """Show a person's data before each correction."""
    table = table_with("up to version", "name", "aliases", "sex", "born", "changed at", "by")
    with operated_store(Settings()) as store:
        earlier = store.history.of_person(named(store, record).id)
        versions = with_names(store, [PersonVersionOut.of(old) for old in earlier])
    for old in versions:
        born, when = str(old.birth_year or "-"), f"{old.changed_at:%Y-%m-%d %H:%M} UTC"
        table.add_row(str(old.version), old.name, ", ".join(old.aliases), old.sex, born, when, old.changed_by_name)
    print_result(versions, as_json, table)


@app.command()
def merge(
    record: RecordId,
    other: Annotated[str, typer.Argument(help="Id or national number of the other record; it will lead to this one.")],
    version: Version,
    reason: Reason,
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Merge another record of the same person into this one."""
    request = key_of(idempotency_key, "merge", record, other, version, reason)
    with operated_store(Settings(), request) as store:
        stored_merge = store.editor.merge(named(store, record).id, version, named(store, other).id, reason)
        done = with_names(store, MergeOut.model_validate(stored_merge))
    print_result(done, as_json, f"merge {done.id}")


@app.command("undo-merge")
def undo_merge(
    merge: Annotated[str, typer.Argument(help="Id of the merge.")],
    version: Version,
    reason: Reason,
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Undo a merge; --version is that of the record that survived."""
    request = key_of(idempotency_key, "unmerge", merge, version, reason)
    with operated_store(Settings(), request) as store:
        done = with_names(store, MergeOut.model_validate(store.editor.undo_merge(merge, version, reason)))
    print_result(done, as_json, f"merge {done.id} undone")


@app.command()
def provenance(record: RecordId, as_json: AsJson = False) -> None:
    """Show the merges and moves of a record: who made them, when and why."""
    table = table_with("when", "what", "id", "from", "to", "by", "because")
    with operated_store(Settings()) as store:
        record_id = record if len(record.strip()) != 10 else named(store, record).id
        history = with_names(store, ProvenanceOut.model_validate(store.history.provenance(record_id)))
    for merge in history.merges:
        row = (merge.merged_id, merge.survivor_id, merge.created_by_name, merge.reason)
        table.add_row(f"{merge.created_at:%Y-%m-%d %H:%M}", "merge", merge.id, *row)
        if merge.undone_at:
            row = (merge.survivor_id, merge.merged_id, merge.undone_by_name, merge.undone_because)
            table.add_row(f"{merge.undone_at:%Y-%m-%d %H:%M}", "undone", merge.id, *row)
    for step in history.moves:
        row = (step.from_id, step.to_id, step.created_by_name, step.reason)
        table.add_row(f"{step.created_at:%Y-%m-%d %H:%M}", f"encounter {step.encounter_id}", step.id, *row)
    print_result(history, as_json, table)


def named(store: RecordStore, text: str) -> Record:
    """Return the record of an id or a national number.

    Raises:
        UnknownRecord: there is none.
    """
    return store.people.by_national_number(text) if len(text.strip()) == 10 else store.people.get(text)


def read_particulars(path: Path | None) -> Particulars:
    """Read a JSON file with further data of the arrest form; empty without a file.

    Raises:
        InvalidField: the file cannot be read, or a value is not valid.
    """
    if path is None:
        return Particulars()
    try:
        return ParticularsIn.model_validate(_json_of(path)).particulars()
    except ValidationError as error:
        raise InvalidField(f"{path} is not valid: {error}") from error


def _json_of(path: Path) -> Any:
    try:
        return json.loads(read_file(path))
    except ValueError as error:
        raise InvalidField(f"{path} is not JSON: {error}.") from error
