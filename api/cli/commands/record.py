"""`pehchan record`: list and show records, correct them, and merge them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import tables
from api.cli.arguments import AsJson, IdempotencyKeyOption, json_of, parse_date, without_none
from api.cli.operator import service
from api.cli.terminal import ResultTable, moment, next_page_note, print_result
from api.v1.merges_schemas import MergeOut, ProvenanceOut
from api.v1.records_schemas import PersonVersionOut, RecordOut
from biometrics.kernel.people.person import Sex
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.recognition.body_marks import BodyMarkKind, BodyPart, BodySide, MarkColour, TattooClass

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
    with service("records") as client:
        record_out = client.record(record)
    print_result(record_out, as_json, tables.record(record_out))


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
    mark: Annotated[str, typer.Option(help="Words of a scar's, mark's or tattoo's description.")] = "",
    mark_kind: Annotated[BodyMarkKind | None, typer.Option(help="Kind of the mark.")] = None,
    body_part: Annotated[BodyPart | None, typer.Option(help="Where the mark is, or a part around or in it.")] = None,
    body_side: Annotated[BodySide | None, typer.Option(help="The mark's side; also those without any.")] = None,
    mark_colour: Annotated[MarkColour | None, typer.Option(help="A colour of the tattoo.")] = None,
    tattoo_class: Annotated[TattooClass | None, typer.Option(help="What the tattoo shows.")] = None,
    enrolled_by: Annotated[str, typer.Option(help="Account that entered the arrest or event; me: your own.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of records.")] = 50,
    after: Annotated[str | None, typer.Option(help="Continue after a page; it prints the value.")] = None,
    as_json: AsJson = False,
) -> None:
    """List records, newest first, or most similar name first."""
    act, _, section_number = section.rpartition(":")
    query = RecordQuery(
        name=name,
        national_number=number,
        sex=sex,
        birth_year=birth_year,
        fir_number=fir,
        station_code=station,
        district_code=district,
        state_code=state,
        fir_year=fir_year,
        first_date=parse_date(first_date) if first_date else None,
        last_date=parse_date(last_date) if last_date else None,
        act=act,
        section=section_number,
        mark=mark,
        mark_kind=mark_kind,
        body_part=body_part,
        body_side=body_side,
        mark_colour=mark_colour,
        tattoo_class=tattoo_class,
        enrolled_by=enrolled_by,
    )
    with service("records") as client:
        page = client.find(query, limit, after)
    incomplete = "More names sound alike than were compared; add another option, such as the year of birth."
    print_result(page, as_json, tables.records(page), *next_page_note(page.next), *[incomplete] * page.incomplete)


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
    changes = without_none(name=name, aliases=alias, sex=sex, birth_year=birth_year)
    if particulars:
        changes["particulars"] = json_of(particulars)
    with service("records", "corrections") as client:
        path = ("records", client.record_id(record))
        record_out = client.send(RecordOut, "PATCH", *path, json=changes, version=version, key=idempotency_key)
    print_result(record_out, as_json, tables.record(record_out))


@app.command()
def history(record: RecordId, as_json: AsJson = False) -> None:
    """Show a person's data before each correction."""
    table = ResultTable("up to version", "name", "aliases", "sex", "born", "changed at", "by")
    with service("records", "corrections") as client:
        versions = client.send(list[PersonVersionOut], "GET", "records", client.record_id(record), "history")
    for old in versions:
        born, when = str(old.birth_year or "-"), moment(old.changed_at)
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
    with service("records", "merging") as client:
        content = {"other_id": client.record_id(other), "reason": reason}
        path = ("records", client.record_id(record), "merges")
        merge_out = client.send(MergeOut, "POST", *path, json=content, version=version, key=idempotency_key)
    print_result(merge_out, as_json, f"merge {merge_out.id}")


@app.command("undo-merge")
def undo_merge(
    merge: Annotated[str, typer.Argument(help="Id of the merge.")],
    version: Version,
    reason: Reason,
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Undo a merge; --version is that of the record that survived."""
    sent: dict[str, Any] = {"json": {"reason": reason}, "version": version, "key": idempotency_key}
    with service("merging") as client:
        merge_out = client.send(MergeOut, "POST", "merges", merge, "undo", **sent)
    print_result(merge_out, as_json, f"merge {merge_out.id} undone")


@app.command()
def provenance(record: RecordId, as_json: AsJson = False) -> None:
    """Show the merges and moves of a record: who made them, when and why."""
    table = ResultTable("when", "what", "id", "from", "to", "by", "because")
    with service("records", "merging") as client:
        history = client.send(ProvenanceOut, "GET", "records", client.record_id(record), "provenance")
    for merge in history.merges:
        row = (merge.merged_id, merge.survivor_id, merge.created_by_name, merge.reason)
        table.add_row(moment(merge.created_at), "merge", merge.id, *row)
        if merge.undone_at:
            row = (merge.survivor_id, merge.merged_id, merge.undone_by_name, merge.undone_because)
            table.add_row(moment(merge.undone_at), "undone", merge.id, *row)
    for step in history.moves:
        row = (step.from_id, step.to_id, step.created_by_name, step.reason)
        table.add_row(moment(step.created_at), f"encounter {step.encounter_id}", step.id, *row)
    print_result(history, as_json, table)
