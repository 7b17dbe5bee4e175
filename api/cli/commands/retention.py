"""`pehchan retention`: how long samples are kept, and their destruction with a certificate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from api.cli.arguments import AsJson, parse_date, read_file
from api.cli.commands.record import RecordId
from api.cli.expungement_checks import check_copies, check_indexes, check_snapshots
from api.cli.operator import operated_engine, operated_store, service
from api.cli.terminal import ResultTable, print_result
from api.settings import Settings
from api.v1.retention_schemas import ClockOut, DueOut, DuePageOut, OrderOut
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.retention_rules import OrderKind
from biometrics.kernel.technique.clock import today
from biometrics.retention.certificates import Certificate
from biometrics.use_cases.retention.destruction_check import DestructionCheck, check
from biometrics.use_cases.retention.retention import Retention

app = typer.Typer(
    no_args_is_help=True, help="How long samples are kept, and their destruction (docs/keys-and-retention.md)."
)

SubjectId = Annotated[str, typer.Argument(metavar="ID", help="Id of the encounter; with --search, of the search.")]
OfSearch = Annotated[bool, typer.Option("--search", help="The order is about the kept files of a search.")]
Authority = Annotated[str, typer.Option(help="Court, magistrate or office that gave the order.")]
Reference = Annotated[str, typer.Option(help="Number of the order or file.")]
OrderDate = Annotated[str, typer.Option(help="Day of the order, YYYY-MM-DD; default today.")]
Reason = Annotated[str, typer.Option(help="Reason, as in the order. No names.")]


@app.command("show")
def show_clocks(record: RecordId, as_json: AsJson = False) -> None:
    """Show how long a record's encounters are kept, and why."""
    with service("records", "retention") as client:
        clocks = client.send(list[ClockOut], "GET", "records", client.record_id(record), "retention")
    print_result(clocks, as_json, _clocks(clocks))


@app.command("due")
def list_due(
    on: Annotated[str, typer.Option(help="Day, YYYY-MM-DD; default today.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of encounters.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """List the encounters whose samples are due for destruction, and those that only a hold keeps."""
    day = parse_date(on)
    with service("retention") as client:
        due = client.list_items(DuePageOut, "retention", "due", limit=limit, on=day)
    _print_due(due, day, as_json)


@app.command("run")
def run(
    dry_run: Annotated[bool, typer.Option(help="List what would be destroyed, and destroy nothing.")] = False,
    certificates: Annotated[
        Path | None, typer.Option(help="Folder for the certificates, which are also in the database.")
    ] = None,
    confirmed_day: Annotated[
        str,
        typer.Option(
            "--today",
            help="Today's date, YYYY-MM-DD: confirms that the clock is right in spite of a gap in the audit log.",
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Destroy the samples that are due today, permanently. If interrupted, run it again."""
    settings = Settings()
    day = parse_date(confirmed_day) if confirmed_day else None
    if dry_run:
        with operated_store(settings) as store:
            retention = Retention(store)
            due = [DueOut.of(entry) for entry in retention.due(today()) if entry.clock.is_due(today())]
            _print_due(DuePageOut(due=due, next=None), today(), as_json)
            retention.check_clock(day)
        return

    def written(certificate: Certificate) -> None:
        if not as_json:
            typer.echo(f"{certificate.id}: {_destroyed(certificate)}")
        if certificates:
            _write(certificates / f"{certificate.id}.json", certificate)

    with operated_engine(settings) as engine:  # its indexes follow, and are saved when it is closed
        destruction_certificates = Retention(engine.store).run(today(), written, day)
        engine.catch_up()
    print_result(destruction_certificates, as_json, f"{len(destruction_certificates):,} certificates")


@app.command("hold")
def hold(
    subject: SubjectId,
    authority: Authority,
    reference: Reference,
    date: OrderDate = "",
    until: Annotated[str, typer.Option(help="Last day of the hold, YYYY-MM-DD; by default until released.")] = "",
    reason: Reason = "",
    of_search: OfSearch = False,
    as_json: AsJson = False,
) -> None:
    """Hold an encounter's samples, or a search's files, by order of a court or magistrate: they are not destroyed."""
    _order(subject, OrderKind.HOLD, authority, reference, date, reason, as_json, until, of_search=of_search)


@app.command("release")
def release(
    subject: SubjectId,
    hold_id: Annotated[str, typer.Option("--hold", help="Id of the hold, as 'show' and 'due' list it.")],
    authority: Authority,
    reference: Reference,
    date: OrderDate = "",
    reason: Reason = "",
    of_search: OfSearch = False,
    as_json: AsJson = False,
) -> None:
    """Release one hold on an encounter's samples, or on a search's files. Others stay in force."""
    _order(
        subject, OrderKind.RELEASE, authority, reference, date, reason, as_json, hold_id=hold_id, of_search=of_search
    )


def _order_command(kind: OrderKind) -> Callable[..., None]:
    def enter(
        subject: SubjectId,
        authority: Authority,
        reference: Reference,
        date: OrderDate = "",
        reason: Reason = "",
        of_search: OfSearch = False,
        as_json: AsJson = False,
    ) -> None:
        _order(subject, kind, authority, reference, date, reason, as_json, of_search=of_search)

    return enter


for _kind, _summary in {
    OrderKind.CLOSE: "Close the matter of a missing or wanted person, or of a body; what is kept becomes due.",
    OrderKind.DESTROY: "Record an order of a court or magistrate to destroy them; `run` does it.",
}.items():
    app.command(_kind, help=_summary)(_order_command(_kind))


@app.command("certificate")
def certificate(
    expungement: Annotated[str, typer.Argument(help="Id of the expungement.")],
    out: Annotated[Path | None, typer.Option(help="File to write; by default it is printed.")] = None,
) -> None:
    """Issue a certificate of destruction again."""
    with service("retention") as client:
        certificate = client.send(Certificate, "GET", "expungements", expungement)
    if out:
        _write(out, certificate)
    else:
        typer.echo(certificate.text, nl=False)


@app.command("verify")
def verify(
    certificate: Annotated[Path, typer.Argument(help="File of the certificate.")],
    backup: Annotated[
        list[Path] | None, typer.Option(help="Folder of a backup to check as well; needs --keys.")
    ] = None,
    keys: Annotated[list[Path] | None, typer.Option(help="A copy of the data keys; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check a certificate: its signature, and that nothing of it is in database, indexes, saved indexes or files.

    Copies of the keys, those of 'pehchan keys copies list' and others that are named: that none has a destroyed key,
    nor what was left of writing one; with backups: that no copy opens what they hold.

    Exit code 1: something is still there, or the certificate is not this station's.
    """
    settings = Settings()
    signed = Certificate.parse(read_file(certificate).decode(errors="replace"))
    with operated_engine(settings) as engine:
        findings = check(engine.store, signed)
        if len(findings) > 1:  # it is this station's: what another says that it destroyed is not looked for
            findings += check_indexes(engine, signed)
            findings += check_snapshots(settings, engine, signed)
            findings += check_copies(engine.store, signed, backup or [], keys or [])
    bad = [finding for finding in findings if finding.problems]
    lines = [f"Found: {finding.what}: {', '.join(finding.problems)}" for finding in bad]
    print_result(findings, as_json, _findings(findings), *lines)
    raise typer.Exit(1 if bad else 0)


def _order(
    subject: str,
    kind: OrderKind,
    authority: str,
    reference: str,
    date: str,
    reason: str,
    as_json: bool,
    until: str = "",
    hold_id: str | None = None,
    *,
    of_search: bool,
) -> None:
    order = {"kind": kind, "authority": authority, "reference": reference, "reason": reason}
    order |= {"hold_id": hold_id} if hold_id else {}
    order |= {"date": str(parse_date(date))} | ({"until": str(parse_date(until))} if until else {})
    with service("searches" if of_search else "retention") as client:
        of = "searches" if of_search else "encounters"
        order_out = client.send(OrderOut, "POST", of, subject, "retention-orders", json=order)
    print_result(order_out, as_json, f"{kind} {order_out.id}")


def _write(path: Path, certificate: Certificate) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(certificate.text)
    except OSError as error:
        raise InvalidField(
            f"{path} cannot be written: {error.strerror}. The certificate is in the database."
        ) from error


def _destroyed(certificate: Certificate) -> str:
    content = certificate.content
    if content["record"]:
        return f"{len(certificate.encounters)} encounters of record {content['record']}"
    return f"files of search {content['searches'][0]['search']}"


def _clocks(clocks: list[ClockOut]) -> ResultTable:
    table = ResultTable("encounter", "due", "rule", "basis", "why", title="Kept until")
    for clock in clocks:
        table.add_row(clock.encounter_id, _when(clock), clock.rule, clock.basis, clock.why)
    return table


def _print_due(page: DuePageOut, day: dt.date, as_json: bool) -> None:
    table = ResultTable("record", "encounter or search", "station", "due", "why", title=f"Due on {day}")
    for entry in page.due:
        subject_id = entry.search_id or entry.encounter_id
        table.add_row(entry.record_id, subject_id, escape(entry.station_code), _when(entry), entry.why)
    print_result(page, as_json, table)


def _when(clock: ClockOut) -> str:
    holds = [f"{hold.authority}, {hold.reference} (hold {hold.id})" for hold in clock.holds]
    return escape(f"{clock.due}, but held: {'; '.join(holds)}") if holds else str(clock.due)


def _findings(findings: list[DestructionCheck]) -> ResultTable:
    table = ResultTable("what", "looked at", "", title="What is left")
    for finding in findings:
        table.add_row(finding.what, finding.looked_at, "[red]found[/red]" if finding.problems else "nothing")
    return table
