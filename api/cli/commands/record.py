"""`pehchan record`: show a record, correct it, and add court decisions."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.markup import escape

from api.cli import tables
from api.cli.arguments import AsJson, IdempotencyKeyOption, key_of, parse_date, parse_section, read_file
from api.cli.operator import operated_store, with_names
from api.cli.remote import server
from api.cli.terminal import more, print_result, table_with
from api.schemas.merges import MergeOut, MoveOut, ProvenanceOut
from api.schemas.persons import LinkOut, OutcomeOut, ParticularsIn
from api.schemas.records import (
    EncounterPatch,
    EncounterVersionOut,
    PersonPatch,
    PersonVersionOut,
    RecordOut,
    RecordPage,
    outcome_fields,
)
from api.settings import Settings
from biometrics.domain.court import CourtEvent, Outcome, Verdict
from biometrics.domain.encounter import EncounterKind, LegalBasis
from biometrics.domain.errors import InvalidField
from biometrics.domain.particulars import Particulars
from biometrics.domain.person import Sex
from biometrics.records.people.query import MAX_PAGE
from biometrics.records.store import RecordStore
from biometrics.records.values import LinkKind, Record, RecordQuery

app = typer.Typer(help="One person's record: show, correct, court decisions.", no_args_is_help=True)

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


@app.command()
def find(
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
    """Find records, newest first, or most similar name first."""
    first, last = (parse_date(text) if text else None for text in (first_date, last_date))
    act, _, section_number = section.rpartition(":")
    place = (fir, station, district, state, fir_year, first, last, act, section_number)
    query = RecordQuery(name, number, sex, birth_year, *place)
    if client := server():
        with client:
            page = client.find(query, limit, after)
    else:
        with operated_store(Settings()) as store:
            page = RecordPage.of(store.find_records(query, limit, after))
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
        earlier = store.editor.history(named(store, record).id)
        versions = with_names(store, [PersonVersionOut.of(old) for old in earlier])
    for old in versions:
        born, when = str(old.birth_year or "-"), f"{old.changed_at:%Y-%m-%d %H:%M} UTC"
        table.add_row(str(old.version), old.name, ", ".join(old.aliases), old.sex, born, when, old.changed_by_name)
    print_result(versions, as_json, table)


@app.command("correct-encounter")
def correct_encounter(
    encounter: Annotated[str, typer.Argument(help="Id of the encounter.")],
    version: Annotated[int, typer.Option("--version", help="The version of its record that was read.")],
    fir: Annotated[str | None, typer.Option(help="The right FIR number.")] = None,
    fir_year: Annotated[int | None, typer.Option(help="Year of the FIR, if its number does not end in it.")] = None,
    date: Annotated[str | None, typer.Option(help="The right day, YYYY-MM-DD.")] = None,
    station: Annotated[str | None, typer.Option(help="The right police station code.")] = None,
    district: Annotated[str | None, typer.Option(help="The right district code.")] = None,
    state: Annotated[str | None, typer.Option(help="The right state code.")] = None,
    officer: Annotated[str | None, typer.Option(help="Officer who enrolled.")] = None,
    place: Annotated[str | None, typer.Option(help="Place of the encounter.")] = None,
    kind: Annotated[EncounterKind | None, typer.Option(help="Why biometrics were taken.")] = None,
    legal_basis: Annotated[LegalBasis | None, typer.Option(help="Legal basis of the capture.")] = None,
    section: Annotated[list[str] | None, typer.Option(help="All sections, each as ACT:SECTION.")] = None,
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Correct an encounter; its prints and photos stay, and the earlier data is kept."""
    texts = {"fir_number": fir, "station_code": station, "district_code": district, "state_code": state}
    changes: dict[str, Any] = texts | {"officer": officer, "place": place, "fir_year": fir_year}
    changes |= {"kind": kind, "legal_basis": legal_basis, "date": parse_date(date) if date else None}
    if section:
        changes["sections"] = [asdict(parse_section(text)) for text in section]
    patch = EncounterPatch.model_validate({field: value for field, value in changes.items() if value is not None})
    request = key_of(idempotency_key, "correct-encounter", encounter, version, changes)
    with operated_store(Settings(), request) as store:
        shown = with_names(store, RecordOut.of(store.editor.correct_encounter(encounter, patch.applied, version)))
    print_result(shown, as_json, tables.record(shown))


@app.command("encounter-history")
def encounter_history(
    encounter: Annotated[str, typer.Argument(help="Id of the encounter.")], as_json: AsJson = False
) -> None:
    """Show an encounter before each correction or replacement, oldest first."""
    table = table_with("version", "content", "samples replaced", "changed at", "by")
    with operated_store(Settings()) as store:
        earlier = store.editor.encounter_history(encounter)
        versions = with_names(store, [EncounterVersionOut.of(old) for old in earlier])
    for old in versions:
        content = "\n".join(f"{field}: {value}" for field, value in old.content.items())
        samples, when = ", ".join(map(str, old.sample_ids)), f"{old.changed_at:%Y-%m-%d %H:%M} UTC"
        table.add_row(str(old.number), escape(content), samples, when, old.changed_by_name)
    print_result(versions, as_json, table)


@app.command()
def outcome(
    encounter: Annotated[str, typer.Argument(help="Id of the encounter.")],
    event: Annotated[CourtEvent, typer.Option(help="What happened.")],
    court: Annotated[str, typer.Option(help="Which court.")],
    verdict: Annotated[Verdict | None, typer.Option(help="The court's verdict.")] = None,
    date: Annotated[str, typer.Option(help="Day, YYYY-MM-DD; default today.")] = "",
    case: Annotated[str, typer.Option(help="The court's case number.")] = "",
    version: Annotated[int | None, typer.Option("--version", help="The version that was read.")] = None,
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Add a court's decision about an encounter, or that an appeal was filed or is no longer possible."""
    court_decision = Outcome(event, parse_date(date), court, verdict, case)
    request = key_of(idempotency_key, "outcome", encounter, court_decision, version)
    with operated_store(Settings(), request) as store:
        stored = store.editor.add_outcome(encounter, court_decision, version)
    print_result(OutcomeOut.model_validate(outcome_fields(stored)), as_json, f"outcome {stored.id}")


@app.command("withdraw-outcome")
def withdraw_outcome(
    encounter: Annotated[str, typer.Argument(help="Id of the encounter.")],
    outcome: Annotated[str, typer.Argument(help="Id of the outcome, as 'show --json' gives it.")],
    reason: Reason,
    event: Annotated[CourtEvent | None, typer.Option(help="What really happened, if anything; needs --court.")] = None,
    court: Annotated[str, typer.Option(help="Which court.")] = "",
    verdict: Annotated[Verdict | None, typer.Option(help="The court's verdict.")] = None,
    date: Annotated[str, typer.Option(help="Day, YYYY-MM-DD; default today.")] = "",
    case: Annotated[str, typer.Option(help="The court's case number.")] = "",
    version: Annotated[int | None, typer.Option("--version", help="The version that was read.")] = None,
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Withdraw an outcome that was entered by mistake; --event and --court replace it with the right one."""
    if event is None and (court or verdict or date or case):
        raise InvalidField("Give --event as well, or leave out the options that belong to it.")
    instead = None if event is None else Outcome(event, parse_date(date), court, verdict, case)
    request = key_of(idempotency_key, "withdraw-outcome", encounter, outcome, reason, instead, version)
    with operated_store(Settings(), request) as store:
        stored = store.editor.withdraw_outcome(encounter, outcome, reason, version, instead)
        shown = with_names(store, OutcomeOut.model_validate(outcome_fields(stored)))
    done = shown.withdrawal
    replaced = f", replaced by {done.replaced_by}" if done and instead else ""
    print_result(shown, as_json, f"outcome {outcome} withdrawn{replaced}")


@app.command()
def link(
    encounter: Annotated[str, typer.Argument(help="Id of the encounter.")],
    other: Annotated[str, typer.Argument(help="Id of the encounter that it belongs to.")],
    kind: Annotated[LinkKind, typer.Option(help="How: a surrender follows an arrest, …")] = LinkKind.FOLLOWS,
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Link an encounter to another one."""
    request = key_of(idempotency_key, "link", encounter, other, kind)
    with operated_store(Settings(), request) as store:
        made = store.editor.link(encounter, other, kind)
    print_result(LinkOut.model_validate(made), as_json, f"link {made.id}")


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
        made = store.editor.merge(named(store, record).id, version, named(store, other).id, reason)
        done = with_names(store, MergeOut.model_validate(made))
    print_result(done, as_json, f"merge {done.id}")


@app.command()
def unmerge(
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
def move(
    encounter: Annotated[str, typer.Argument(help="Id of the encounter.")],
    to: Annotated[str, typer.Argument(help="Id or national number of the record to move it to.")],
    version: Version,
    reason: Reason,
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Move an encounter to another record; --version is that of its present record."""
    request = key_of(idempotency_key, "move", encounter, to, version, reason)
    with operated_store(Settings(), request) as store:
        made = store.editor.move_encounter(encounter, version, named(store, to).id, reason)
        done = with_names(store, MoveOut.model_validate(made))
    print_result(done, as_json, f"move {done.id}")


@app.command("move-back")
def move_back(
    move: Annotated[str, typer.Argument(help="Id of the move.")],
    version: Version,
    reason: Reason,
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Undo the move of an encounter; --version is that of its present record."""
    request = key_of(idempotency_key, "move back", move, version, reason)
    with operated_store(Settings(), request) as store:
        done = with_names(store, MoveOut.model_validate(store.editor.undo_move(move, version, reason)))
    print_result(done, as_json, f"move {done.id}")


@app.command()
def provenance(record: RecordId, as_json: AsJson = False) -> None:
    """Show the merges and moves of a record: who made them, when and why."""
    table = table_with("when", "what", "id", "from", "to", "by", "because")
    with operated_store(Settings()) as store:
        known = record if len(record.strip()) != 10 else named(store, record).id
        history = with_names(store, ProvenanceOut.model_validate(store.editor.provenance(known)))
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
    return store.record_by_national_number(text) if len(text.strip()) == 10 else store.record(text)


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
