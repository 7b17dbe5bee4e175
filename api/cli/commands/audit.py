"""`pehchan audit`: list, verify and sign the audit log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap.store import audit_log_of
from api.cli.arguments import AsJson, read_file, write_file
from api.cli.operator import operated_store, service
from api.cli.terminal import ResultTable, next_page_note, print_result
from api.settings import Settings
from api.v1.audit_schemas import EntryPageOut
from biometrics.audit.reader import MAX_PAGE, AuditHead, lines
from biometrics.kernel.errors import InvalidField
from biometrics.storage.audit.log import Action, plain_json

app = typer.Typer(help="The audit log: who did what, when, from where and why.", no_args_is_help=True)


@app.command("list")
def list_entries(
    person: Annotated[
        str,
        typer.Option(
            "--about",
            "--person",
            help="What the entries are about: a national number, case number, FIR, login, name, id, or the number of a "
            "clearance certificate, line-up or standing search.",
        ),
    ] = "",
    actor: Annotated[str, typer.Option(help="Login, name or id of an account.")] = "",
    action: Annotated[str, typer.Option(help="Action, such as record.read.")] = "",
    since: Annotated[str, typer.Option(help="2026-11-25, or 2026-11-25T09:30Z.")] = "",
    until: Annotated[str, typer.Option(help="Before this instant.")] = "",
    case_number: Annotated[str, typer.Option("--case", help="Case or FIR: what was done for it or about it.")] = "",
    credential: Annotated[str, typer.Option(help="Credential of the action: session:ID or api_key:ID.")] = "",
    own_reads: Annotated[bool, typer.Option("--own-reads", help="Also your own readings of the log.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=MAX_PAGE, help="Maximum number of entries.")] = 50,
    before: Annotated[int | None, typer.Option(help="Only entries with lower numbers: the next page.")] = None,
    as_json: AsJson = False,
) -> None:
    """List entries, newest first."""
    query = {"person": person, "actor": actor, "action": action, "since": since, "until": until}
    query |= {"case_number": case_number, "credential": credential, "own_reads": str(own_reads).lower()}
    with service("audit") as client:
        page = client.list_items(EntryPageOut, "audit", "entries", limit=limit, after=before, **query)
    table = ResultTable("number", "at", "who", "unit", "address", "what", "of", "purpose", "case", "with", "detail")
    for entry in page.entries:
        cells = (entry.actor_id, entry.unit, entry.address, entry.action, entry.subject_id, entry.purpose)
        detail = plain_json(entry.detail)
        table.add_row(str(entry.number), entry.at, *cells, entry.case_number, entry.credential, detail)
    print_result(page, as_json, table, *next_page_note(page.next, "--before"))


@app.command()
def verify(
    head: Annotated[
        list[Path] | None, typer.Option(help="A signed head that was kept elsewhere; may be repeated.")
    ] = None,
    public_key: Annotated[str, typer.Option(help="The station's public key, as noted elsewhere.")] = "",
    as_json: AsJson = False,
) -> None:
    """Check that no entry was changed, removed or moved. Exit code 1: some were; they are listed."""
    heads = [_read_head(path) for path in head or ()]
    with operated_store(Settings()) as store:
        verdict = audit_log_of(store).verify(heads, public_key)
    sentences = [fault.what for fault in verdict.faults]
    if verdict.more_faults:
        sentences.append(f"And {verdict.more_faults:,} faults more.")
    outcome = "nothing was changed" if verdict.is_whole else "the log is NOT what it was"
    sentences.append(f"{verdict.entries:,} entries, checked against {verdict.heads:,} signed heads: {outcome}.")
    print_result(verdict, as_json, *sentences)
    raise typer.Exit(0 if verdict.is_whole else 1)


@app.command()
def sign(out: Annotated[Path | None, typer.Option(help="File for the signed head: keep it elsewhere.")] = None) -> None:
    """Sign the end of the log. The signed head, kept elsewhere, proves later that nothing before it was changed."""
    with operated_store(Settings()) as store:
        head = audit_log_of(store).sign()
    if head is None:
        raise InvalidField("The log has no entry yet; there is nothing to sign.")
    text = json.dumps(vars(head), indent=1)
    if out:
        write_file(out, f"{text}\n".encode())
    typer.echo(text)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="File to write: one entry per line as JSON, the signed head last.")],
    as_json: AsJson = False,
) -> None:
    """Export all entries and the signed head to a file; the log records the export."""
    with operated_store(Settings()) as store:
        log = audit_log_of(store)
        store.note(Action.AUDIT_EXPORTED)
        head = log.sign()
        count = 0
        with out.open("w", encoding="utf-8") as file:
            for line in lines((entry for entry in log.everything() if head and entry.number <= head.number), head):
                file.write(f"{line}\n")
                count += 1
    print_result({"entries": count - 1, "file": out}, as_json, f"{count - 1:,} entries and their head: {out}")


@app.command("key")
def show_key(as_json: AsJson = False) -> None:
    """Show the public key for verifying heads: note it where the station cannot change it."""
    with operated_store(Settings()) as store:
        key = audit_log_of(store).public_key()
    print_result({"public_key": key}, as_json, key)


def _read_head(path: Path) -> AuditHead:
    try:
        content = json.loads(read_file(path))
    except ValueError as error:
        raise InvalidField(f"{path} is not JSON; give a file that 'pehchan audit sign' has written.") from error
    return AuditHead.of_json(content)
