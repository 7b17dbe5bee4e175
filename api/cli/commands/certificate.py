"""`pehchan certificate`: clearance certificates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.arguments import AsJson, parse_date, read_file, write_file
from api.cli.operator import operated_store, service
from api.cli.terminal import ResultTable, moment, next_page_note, print_result
from api.settings import Settings
from api.v1.clearances_schemas import ClearanceOut, ClearancePageOut, StatementOut
from biometrics.clearances.model import ClearanceOutcome, ClearanceState
from biometrics.kernel.technique.clock import today

if TYPE_CHECKING:
    from biometrics.records.store import RecordStore

app = typer.Typer(help="Clearance certificates. See docs/clearance.md.", no_args_is_help=True)

RequestId = Annotated[str, typer.Argument(metavar="REQUEST", help="Id of the request.")]
Because = Annotated[str, typer.Option(help="Reason.")]


@app.command()
def request(
    search: Annotated[str, typer.Argument(metavar="SEARCH", help="Id of a search with the purpose clearance.")],
    name: Annotated[str, typer.Option(help="Applicant's name.")],
    born: Annotated[str, typer.Option(help="Date of birth, YYYY-MM-DD.")],
    document: Annotated[str, typer.Option(help="Identity document: kind and number.")],
    wanted_for: Annotated[str, typer.Option("--for", help="What the certificate is for.")],
    authority: Annotated[str, typer.Option("--to", help="Authority that receives it.")],
    legal_basis: Annotated[str, typer.Option(help="The applicant's consent, or the provision that replaces it.")],
    relative: Annotated[str, typer.Option(help="Name of the father, mother or husband.")] = "",
    missing: Annotated[list[str] | None, typer.Option(help="FINGER:REASON, such as 7:amputated; may repeat.")] = None,
    as_json: AsJson = False,
) -> None:
    """Request a certificate for the applicant whose ten prints and photo were searched with."""
    fingers = [text.partition(":") for text in missing or []]
    new = {
        "search_id": search,
        "name": name,
        "birth_date": str(parse_date(born)),
        "document": document,
        "wanted_for": wanted_for,
        "authority": authority,
        "legal_basis": legal_basis,
        "relative": relative,
        "missing_fingers": [
            {"position": int(finger) if finger.isdecimal() else finger, "reason": reason}
            for finger, _, reason in fingers
        ],
    }
    with service("clearances") as client:
        clearance = client.send(ClearanceOut, "POST", "clearances", json=new)
    print_result(clearance, as_json, _table([clearance]))


@app.command("list")
def list_requests(
    state: Annotated[ClearanceState | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(help="Maximum number of requests.")] = 50,
    after: Annotated[str | None, typer.Option(help="Continue where the last list ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the requests of your unit and the units below it, newest first."""
    with service("clearances") as client:
        page = client.list_items(ClearancePageOut, "clearances", limit=limit, after=after, state=state)
    print_result(page, as_json, _table(page.clearances), *next_page_note(page.next))


@app.command()
def show(request: RequestId, as_json: AsJson = False) -> None:
    """Show a request, its cases, and what was decided."""
    with service("clearances") as client:
        clearance = client.send(ClearanceOut, "GET", "clearances", request)
    cases = ResultTable("case", "state", "conclusion")
    for case in clearance.cases:
        cases.add_row(case.number, case.state, case.conclusion or "")
    print_result(clearance, as_json, _table([clearance]), cases)


@app.command()
def decide(
    request: RequestId,
    outcome: Annotated[ClearanceOutcome, typer.Argument(help="What is decided.")],
    details: Annotated[str, typer.Option(help="What the certificate discloses of a record.")] = "",
    because: Annotated[str, typer.Option(help="Why it is refused, or why nothing of a record is disclosed.")] = "",
    as_json: AsJson = False,
) -> None:
    """Issue the certificate, or refuse it. The person who made the request cannot decide it."""
    decided = {"outcome": outcome, "details": details, "because": because}
    _step(request, "decision", decided, as_json)


@app.command()
def withdraw(request: RequestId, because: Because, as_json: AsJson = False) -> None:
    """Withdraw a request that is not decided."""
    _step(request, "withdrawal", {"because": because}, as_json)


@app.command()
def revoke(request: RequestId, because: Because, as_json: AsJson = False) -> None:
    """Revoke a certificate. A check without a connection does not show it."""
    _step(request, "revocation", {"because": because}, as_json)


@app.command()
def write(
    request: RequestId,
    out: Annotated[Path, typer.Option(help="File to write.")],
    language: Annotated[str, typer.Option(help="en or hi.")] = "en",
) -> None:
    """Write a certificate as a PDF with a QR code."""
    with service("clearances") as client:
        path = ("clearances", request, "certificate")
        content = client.answer("GET", *path, params={"language": language}).content
    write_file(out, content)


@app.command()
def key() -> None:
    """Print this station's public key: publish it where those who check certificates find it."""
    with operated_store(Settings()) as store:
        typer.echo(_own_key(store))


@app.command()
def verify(
    certificate: Annotated[str, typer.Argument(help="The PDF, a picture of the QR code, or the text of the code.")],
    public_key: Annotated[str, typer.Option(help="The issuer's public key, in hex; default: this station's.")] = "",
    as_json: AsJson = False,
) -> None:
    """Check a certificate with the public key alone. That does not show whether it was revoked.

    Exit code 1: it is not genuine, or its validity has ended.
    """
    from api.pdf.clearance import statement_in
    from biometrics.clearances.statement import verify_statement

    text = certificate if certificate.lstrip().startswith("{") else statement_in(read_file(Path(certificate)))
    if not public_key:
        with operated_store(Settings()) as store:
            public_key = _own_key(store)
    verified = verify_statement(text, public_key.strip().lower(), today())
    statement = StatementOut.of(verified, public_key, revoked=None)
    facts = ResultTable("what", "value")
    for name, value in statement.content.items():
        facts.add_row(name, value)
    result = "Genuine" if statement.genuine else "NOT GENUINE: another key signed it, or it was changed"
    lines = [f"{result}{', but its validity has ended' * statement.expired}."]
    lines += ["Ask the issuing office whether it was revoked."] * statement.genuine
    print_result(statement, as_json, *[facts] * statement.genuine, *lines)
    raise typer.Exit(0 if statement.genuine and not statement.expired else 1)


def _own_key(store: RecordStore) -> str:
    from api.bootstrap.store import audit_log_of

    return audit_log_of(store).public_key()


def _step(request: str, step: str, body: dict[str, str], as_json: bool) -> None:
    with service("clearances") as client:
        clearance = client.send(ClearanceOut, "POST", "clearances", request, step, json=body)
    print_result(clearance, as_json, _table([clearance]))


def _table(requests: Sequence[ClearanceOut]) -> ResultTable:
    table = ResultTable("number", "id", "applicant", "state", "outcome", "requested", "until")
    for clearance in requests:
        applicant = clearance.applicant.name if clearance.applicant else ""
        row = (
            clearance.number,
            clearance.id,
            applicant,
            clearance.state,
            clearance.outcome or "",
            moment(clearance.requested_at),
        )
        table.add_row(*row, str(clearance.expires_on or ""))
    return table
