"""`pehchan bench attacks`: presentation attacks, by the operator's own detector."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from api.settings import Settings
from benchmarks.commands.options import Folder, Json, console, face_recogniser, write_results
from benchmarks.metrics.attacks import attack_rates, rates_at_bpcer
from biometrics.kernel.errors import InvalidField

app = typer.Typer()


@app.command()
def attacks(
    folder: Folder,
    json: Json = None,
    bpcer: Annotated[
        list[float] | None,
        typer.Option(help="Accepted share of real people who are reported, 0.02 if left out; may be repeated."),
    ] = None,
) -> None:
    """Measure the detector of presentation attacks (ISO/IEC 30107-3) on bona_fide/ and a folder a kind of attack."""
    from benchmarks.runs.attacks import run_attacks  # late: the other commands need none of it

    accepted = bpcer or [0.02]
    if not all(0 <= share < 1 for share in accepted):
        raise InvalidField("A BPCER is a share of people, from 0 to less than 1.")
    run = run_attacks(face_recogniser(Settings()), folder)
    bona_fide, kinds = run.bona_fide.likely, {kind: presentations.likely for kind, presentations in run.attacks.items()}
    rates = {"its limit": attack_rates(bona_fide, kinds, run.limit)}
    rates |= {f"BPCER <= {share:g}": rates_at_bpcer(bona_fide, kinds, share) for share in accepted}
    table = Table("at", "limit", "BPCER %", "APCER %, worst kind", *(f"APCER %, {kind}" for kind in kinds))
    for name, rate in rates.items():
        shares = (rate.bpcer, rate.worst, *rate.apcer.values())
        table.add_row(name, f"{rate.limit:.4f}", *(f"{100 * share:.2f}" for share in shares))
    console.print(table)
    folders = {"bona_fide": run.bona_fide, **run.attacks}
    figures = {
        "rates": [{"at": name, **asdict(rate), "worst": rate.worst} for name, rate in rates.items()],
        "n": {name: len(presentations.likely) for name, presentations in folders.items()},
        "no_response": {name: presentations.no_response for name, presentations in folders.items()},
    }
    console.print(f"Photos: {figures['n']}; without a face that can be looked at: {figures['no_response']}")
    if json:
        write_results(json, figures)
