"""The tree of units: their names and telephones."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import ActDependency, needs
from api.localisation.translatable import N_
from api.localisation.unit_labels import BUREAU
from api.v1.units import Units
from api.web.pages import PagesDependency
from biometrics.access.court_details import Control, DeviceKind
from biometrics.kernel.access import Scope, Unit

router = APIRouter()

# By how many codes a unit has.
LEVELS: Final = (BUREAU, N_("State bureau"), N_("District"), N_("Police station"))


@router.get("/units", dependencies=[needs(Scope.UNIT_MANAGE, person=True)])
def show_units(pages: PagesDependency, act: ActDependency, units: Units, of: str = "") -> Response:
    """Show a unit at or below one's own, and what lies right below it."""
    own_unit = act.actor.unit
    branch = units.branch(act, Unit.of(of) if of else own_unit)
    depths = range(len(own_unit.codes), len(branch.unit.codes))
    above = [Unit(*branch.unit.codes[:depth]) for depth in depths]
    return pages.show(
        "units.html", branch=branch, above=above, levels=LEVELS, devices=list(DeviceKind), controls=list(Control)
    )
