"""`pehchan retention`: how long samples are kept, and their destruction with a certificate."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api.cli.arguments import AsJson, parse_date, read_file
from api.cli.commands.record import RecordId, named
from api.cli.expungement_checks import check_copies, check_indexes, check_snapshots
from api.cli.operator import operated_engine, operated_store
from api.cli.terminal import print_result, table_with
from api.settings import Settings
from api.v1.retention_schemas import CertificateOut, ClockOut, DueOut, DuePageOut, OrderOut
from biometrics.kernel.clock import today
from biometrics.kernel.errors import InvalidField, UnknownExpungement
from biometrics.kernel.retention_rules import Clock, Order, OrderKind
from biometrics.retention.certificate_list import CertificateStore
from biometrics.retention.certificates import Certificate
from biometrics.retention.due import Timed
from biometrics.use_cases.destruction_check import DestructionCheck, check
from biometrics.use_cases.retention import Retention

app = typer.Typer(
    no_args_is_help=True, help="How long samples are kept, and their destruction (docs/keys-and-retention.md)."
)

EncounterId = Annotated[str, typer.Argument(help="Id of the encounter.")]
Authority = Annotated[str, typer.Option(help="Court, magistrate or office that gave the order.")]
Reference = Annotated[str, typer.Option(help="Number of the order or file.")]
OrderDate = Annotated[str, typer.Option(help="Day of the order, YYYY-MM-DD; default today.")]
Reason = Annotated[str, typer.Option(help="Reason, as in the order. No names.")]


@app.command("show")
def show_clocks(record: RecordId, as_json: AsJson = False) -> None:
    """Show how long a record's encounters are kept, and why."""
    with operated_store(Settings()) as store:
        clocks = Retention(store).clocks_of(named(store, record).id, today())
    print_result([ClockOut.of(clock) for clock in clocks], as_json, _clocks(clocks))


@app.command("due")
def list_due(
    on: Annotated[str, typer.Option(help="Day, YYYY-MM-DD; default today.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of encounters.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """List the encounters whose samples are due for destruction, and those that only a hold keeps."""
    day = parse_date(on)
    with operated_store(Settings()) as store:
        due = Retention(store).due(day, limit)
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
            due = [entry for entry in retention.due(today()) if entry.clock.is_due(today())]
            _print_due(due, today(), as_json)
            retention.check_clock(day)
        return

    def written(certificate: Certificate) -> None:
        if not as_json:
            typer.echo(
                f"{certificate.id}: {len(certificate.encounters)} encounters of record {certificate.content['record']}"
            )
        if certificates:
            _write(certificates / f"{certificate.id}.json", certificate)

    with operated_engine(settings) as engine:  # its indexes follow, and are saved when it is closed
        done = Retention(engine.store).run(today(), written, day)
        engine.catch_up()
    shown = [CertificateOut(content=dict(each.content), signature=each.signature) for each in done]
    print_result(shown, as_json, f"{len(done):,} certificates")


@app.command("hold")
def hold(
    encounter: EncounterId,
    authority: Authority,
    reference: Reference,
    date: OrderDate = "",
    until: Annotated[str, typer.Option(help="Last day of the hold, YYYY-MM-DD; by default until released.")] = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Hold an encounter's samples by order of a court or magistrate: they are not destroyed."""
    last = parse_date(until) if until else None
    _order(encounter, Order(OrderKind.HOLD, authority, reference, parse_date(date), last, reason), as_json)


@app.command("release")
def release(
    encounter: EncounterId,
    authority: Authority,
    reference: Reference,
    date: OrderDate = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Release the hold on an encounter's samples."""
    _order(encounter, Order(OrderKind.RELEASE, authority, reference, parse_date(date), None, reason), as_json)


@app.command("close")
def close(
    encounter: EncounterId,
    authority: Authority,
    reference: Reference,
    date: OrderDate = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Close the matter of a missing or wanted person, or of a body; the samples become due."""
    _order(encounter, Order(OrderKind.CLOSE, authority, reference, parse_date(date), None, reason), as_json)


@app.command("destroy")
def destroy(
    encounter: EncounterId,
    authority: Authority,
    reference: Reference,
    date: OrderDate = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Record an order of a court or magistrate to destroy an encounter's samples; `run` destroys them."""
    _order(encounter, Order(OrderKind.DESTROY, authority, reference, parse_date(date), None, reason), as_json)


@app.command("certificate")
def certificate(
    expungement: Annotated[str, typer.Argument(help="Id of the expungement.")],
    out: Annotated[Path | None, typer.Option(help="File to write; by default it is printed.")] = None,
) -> None:
    """Issue a certificate of destruction again."""
    with operated_store(Settings()) as store:
        certificate = CertificateStore(store.database, store.act).find(expungement)
    if certificate is None:
        raise UnknownExpungement(
            f"There is no certificate {expungement}; check the number, or finish it: pehchan retention run."
        )
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


def _order(encounter: str, order: Order, as_json: bool) -> None:
    with operated_store(Settings()) as store:
        order_id = Retention(store).order(encounter, order)
    print_result(OrderOut(id=order_id), as_json, f"{order.kind} {order_id}")


def _write(path: Path, certificate: Certificate) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(certificate.text)
    except OSError as error:
        raise InvalidField(
            f"{path} cannot be written: {error.strerror}. The certificate is in the database."
        ) from error


def _clocks(clocks: list[Clock]) -> Table:
    table = table_with("encounter", "due", "rule", "basis", "why", title="Kept until")
    for clock in clocks:
        table.add_row(clock.encounter_id, _when(clock), clock.rule.id, clock.rule.basis, clock.why)
    return table


def _print_due(due: list[Timed], day: dt.date, as_json: bool) -> None:
    table = table_with("record", "encounter", "station", "due", "why", title=f"Due on {day}")
    for entry in due:
        table.add_row(
            entry.record_id, entry.clock.encounter_id, escape(entry.station_code), _when(entry.clock), entry.clock.why
        )
    print_result(DuePageOut(due=[DueOut.of_timed(entry) for entry in due], next=None), as_json, table)


def _when(clock: Clock) -> str:
    return (
        str(clock.due)
        if clock.hold is None
        else escape(f"{clock.due}, but held: {clock.hold.authority}, {clock.hold.reference}")
    )


def _findings(findings: list[DestructionCheck]) -> Table:
    table = table_with("what", "looked at", "", title="What is left")
    for finding in findings:
        table.add_row(finding.what, finding.looked_at, "[red]found[/red]" if finding.problems else "nothing")
    return table
