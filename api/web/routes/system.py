"""What the installation is made of, for administrators."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import needs
from api.http.dependencies import ServiceEngine
from api.observability.readiness import OK
from api.observability.warnings import warnings_of
from api.v1.system import Checks, InstallationDependency, system_of
from api.web.pages import PagesDependency
from biometrics.kernel.access import Scope

router = APIRouter()


@router.get("/system", dependencies=[needs(Scope.ACCOUNT_MANAGE, person=True)])
def show_system(
    pages: PagesDependency, installation: InstallationDependency, checks: Checks, engine: ServiceEngine
) -> Response:
    """Show models, indexes, database, versions and limits."""
    wrong = [result for result in checks.values() if result != OK]
    warnings = warnings_of(engine)
    return pages.show("system.html", system=system_of(installation, checks), wrong=wrong, warnings=warnings)
