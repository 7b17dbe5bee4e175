"""`pehchan unit`: police units and their telephones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from api.cli.arguments import AsJson
from api.cli.operator import operated_store, operator
from api.cli.terminal import print_result, table_with
from api.settings import Settings
from api.v1.accounts_schemas import OfficeOut, OfficePageOut
from biometrics.access.units import Office, UnitStore
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
    office = Office(Unit.of(unit), name, telephone)
    with _opened() as units:
        units.add(office, operator())
    print_result(OfficeOut.of(office), as_json, f"{office.unit.path}: {office.name}, {office.level}")


@app.command("list")
def list_units(
    below: Annotated[str, typer.Option(help="Only this unit and those below it.")] = NATIONAL, as_json: AsJson = False
) -> None:
    """List the units."""
    table = table_with("unit", "level", "name", "telephone", "below")
    with _opened() as units:
        offices = list(units.listed(Unit.of(below)))
    for office in offices:
        above = office.parent.path if office.parent else ""
        table.add_row(office.unit.path, office.level, office.name, office.telephone, above)
    print_result(OfficePageOut(units=[OfficeOut.of(office) for office in offices], next=None), as_json, table)


@contextmanager
def _opened() -> Iterator[UnitStore]:
    with operated_store(Settings()) as store:
        yield UnitStore(store.database)
