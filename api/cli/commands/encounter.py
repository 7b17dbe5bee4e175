"""`pehchan encounter`: correct an encounter, move or link it, and enter the outcomes of courts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.markup import escape

from api.cli import tables
from api.cli.arguments import AsJson, IdempotencyKeyOption, given, parse_date, parse_section
from api.cli.commands.record import Reason, Version
from api.cli.operator import service
from api.cli.terminal import ResultTable, moment, print_result
from api.v1.encounters_schemas import EncounterVersionOut
from api.v1.merges_schemas import MoveOut
from api.v1.persons_schemas import LinkOut, OutcomeOut
from api.v1.records_schemas import RecordOut
from biometrics.kernel.court import CourtEvent, Verdict
from biometrics.kernel.encounter import EncounterKind, LegalBasis
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.record import LinkKind

app = typer.Typer(help="Encounters of a record: correct, move, link, court outcomes.", no_args_is_help=True)

EncounterId = Annotated[str, typer.Argument(metavar="ENCOUNTER", help="Id of the encounter.")]


@app.command()
def correct(
    encounter: EncounterId,
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
    changes = given(
        fir_number=fir,
        fir_year=fir_year,
        date=str(parse_date(date)) if date else None,
        station_code=station,
        district_code=district,
        state_code=state,
        officer=officer,
        place=place,
        kind=kind,
        legal_basis=legal_basis,
        sections=[asdict(parse_section(text)) for text in section] if section else None,
    )
    sent: dict[str, Any] = {"json": changes, "version": version, "key": idempotency_key}
    with service("corrections") as client:
        shown = client.send(RecordOut, "PATCH", "encounters", encounter, **sent)
    print_result(shown, as_json, tables.record(shown))


@app.command()
def history(encounter: EncounterId, as_json: AsJson = False) -> None:
    """Show an encounter before each correction or replacement, oldest first."""
    table = ResultTable("version", "content", "samples replaced", "changed at", "by")
    with service("corrections") as client:
        versions = client.send(list[EncounterVersionOut], "GET", "encounters", encounter, "history")
    for old in versions:
        content = "\n".join(f"{field}: {value}" for field, value in old.content.items())
        samples, when = ", ".join(map(str, old.sample_ids)), moment(old.changed_at)
        table.add_row(str(old.number), escape(content), samples, when, old.changed_by_name)
    print_result(versions, as_json, table)


@app.command("add-outcome")
def add_outcome(
    encounter: EncounterId,
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
    content = _outcome(event, date, court, verdict, case)
    sent: dict[str, Any] = {"json": content, "version": version, "key": idempotency_key}
    with service("corrections") as client:
        stored = client.send(OutcomeOut, "POST", "encounters", encounter, "outcomes", **sent)
    print_result(stored, as_json, f"outcome {stored.id}")


@app.command("withdraw-outcome")
def withdraw_outcome(
    encounter: EncounterId,
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
    instead = None if event is None else _outcome(event, date, court, verdict, case)
    content = {"because": reason, "instead": instead}
    sent: dict[str, Any] = {"json": content, "version": version, "key": idempotency_key}
    with service("corrections") as client:
        path = ("encounters", encounter, "outcomes", outcome, "withdrawal")
        shown = client.send(OutcomeOut, "POST", *path, **sent)
    done = shown.withdrawal
    replaced = f", replaced by {done.replaced_by}" if done and instead else ""
    print_result(shown, as_json, f"outcome {outcome} withdrawn{replaced}")


@app.command()
def link(
    encounter: EncounterId,
    other: Annotated[str, typer.Argument(help="Id of the encounter that it belongs to.")],
    kind: Annotated[LinkKind, typer.Option(help="How: a surrender follows an arrest, …")] = LinkKind.FOLLOWS,
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Link an encounter to another one."""
    with service("corrections") as client:
        content = {"to_id": other, "kind": kind}
        done = client.send(LinkOut, "POST", "encounters", encounter, "links", json=content, key=idempotency_key)
    print_result(done, as_json, f"link {done.id}")


@app.command()
def move(
    encounter: EncounterId,
    to: Annotated[str, typer.Argument(help="Id or national number of the record to move it to.")],
    version: Version,
    reason: Reason,
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Move an encounter to another record; --version is that of its present record."""
    with service("records", "merging") as client:
        content = {"to_id": client.record_id(to), "reason": reason}
        sent: dict[str, Any] = {"json": content, "version": version, "key": idempotency_key}
        done = client.send(MoveOut, "POST", "encounters", encounter, "moves", **sent)
    print_result(done, as_json, f"move {done.id}")


@app.command("undo-move")
def undo_move(
    move: Annotated[str, typer.Argument(help="Id of the move.")],
    version: Version,
    reason: Reason,
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Undo the move of an encounter; --version is that of its present record."""
    sent: dict[str, Any] = {"json": {"reason": reason}, "version": version, "key": idempotency_key}
    with service("merging") as client:
        done = client.send(MoveOut, "POST", "moves", move, "undo", **sent)
    print_result(done, as_json, f"move {done.id}")


def _outcome(event: CourtEvent, date: str, court: str, verdict: Verdict | None, case: str) -> dict[str, Any]:
    return {"event": event, "date": str(parse_date(date)), "court": court, "verdict": verdict, "case_number": case}
