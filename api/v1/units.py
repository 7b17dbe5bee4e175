"""The units of the police: what each is called, and how it is reached."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.http.authentication import ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.pagination import USUAL, After, Limit
from api.v1.accounts_schemas import OfficeIn, OfficeOut, OfficePageOut
from biometrics.access.court_details import CourtDetails
from biometrics.access.units import Office, UnitStore
from biometrics.kernel.access import Scope, Unit
from biometrics.use_cases.accounts.account_administration import set_office

router = APIRouter(prefix="/units", tags=["accounts"], dependencies=[needs(Scope.UNIT_MANAGE, person=True)])


def _units(store: StoreDependency) -> UnitStore:
    return UnitStore(store.database)


Units = Annotated[UnitStore, Depends(_units)]


@router.get("", summary="List units")
def list_units(
    act: ActDependency,
    units: Units,
    below: Annotated[str, Query(description="Only this unit and those below it; else your own")] = "",
    limit: Limit = USUAL,
    after: After = None,
) -> OfficePageOut:
    """List the named units at or below your own, by path."""
    page = units.page(act, Unit.of(below) if below else act.actor.unit, limit, after)
    return OfficePageOut.of(page)


@router.put("", summary="Create or update a unit")
def set_unit(new: OfficeIn, units: Units, store: StoreDependency) -> OfficeOut:
    """Add a unit at or below your own, or change what is stored of it. The request is idempotent.

    `court_details` is what the certificates of section 63(4) BSA state of the computer, and the reports for courts of
    the validation of the software. What is empty is left blank on paper.
    """
    unit = Unit.of(new.unit)
    before = units.office(unit)
    details = new.court_details or (before.court_details if before else CourtDetails())
    office = Office(unit, new.name, new.telephone, details)
    set_office(store, office)
    return OfficeOut.of(office)
