"""`pehchan unit`: police units and their telephones."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.arguments import AsJson
from api.cli.operator import service
from api.cli.terminal import ResultTable, print_result
from api.v1.accounts_schemas import OfficeOut, OfficePageOut
from biometrics.kernel.access import NATIONAL, Unit

app = typer.Typer(help="Units of the police: stations, districts, states.", no_args_is_help=True)

Path = Annotated[str, typer.Argument(metavar="UNIT", help=f"Codes: 27/519/27519004, 27/519, 27 or {NATIONAL}.")]


@app.command()
def add(
    unit: Path,
    name: Annotated[str, typer.Option(help="Name of the office.")],
    telephone: Annotated[str, typer.Option(help="Telephone for officers of other units who have a hit.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a unit, or change its name and telephone."""
    with service("units") as client:
        content = {"unit": unit, "name": name, "telephone": telephone}
        office = client.send(OfficeOut, "PUT", "units", json=content)
    print_result(office, as_json, f"{office.unit}: {office.name}, {office.level}")


@app.command("list")
def list_units(
    below: Annotated[str, typer.Option(help="Only this unit and those below it.")] = NATIONAL, as_json: AsJson = False
) -> None:
    """List the units."""
    table = ResultTable("unit", "level", "name", "telephone", "below")
    with service("units") as client:
        page = client.list_items(OfficePageOut, "units", below=below)
    for office in page.units:
        codes = Unit.of(office.unit).codes
        above = Unit(*codes[:-1]).path if codes else ""
        table.add_row(office.unit, office.level, office.name, office.telephone, above)
    print_result(page, as_json, table)
