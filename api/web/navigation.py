"""The pages of the menu, and the scopes that they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from api.web.translatable import N_
from biometrics.domain.access import Scope


@dataclass(frozen=True)
class Entry:
    """A page of the menu; `scope` None: for all who are signed in; `is_folded`: under More on a wide screen."""

    path: str
    label: str
    scope: Scope | None = None
    is_folded: bool = False


MENU: Final = (
    Entry("/", N_("Home")),
    Entry("/enrol", N_("Enrol"), Scope.ENCOUNTER_WRITE),
    Entry("/search", N_("Search"), Scope.IDENTIFY),
    Entry("/latent", N_("Latent desk"), Scope.IDENTIFY),
    Entry("/searches", N_("Searches"), Scope.SEARCH_READ, is_folded=True),
    Entry("/cases", N_("Cases"), Scope.CASE_READ),
    Entry("/standing", N_("Standing searches"), Scope.WATCH_MANAGE, is_folded=True),
    Entry("/records", N_("Records"), Scope.ENCOUNTER_READ),
    Entry("/notifications", N_("Notifications")),
    Entry("/retention", N_("Retention"), Scope.RETENTION_MANAGE, is_folded=True),
    Entry("/reports", N_("Reports"), Scope.REPORT_READ, is_folded=True),
    Entry("/audit", N_("Audit"), Scope.AUDIT_READ, is_folded=True),
    Entry("/users", N_("Users"), Scope.ACCOUNT_MANAGE, is_folded=True),
    Entry("/units", N_("Units"), Scope.UNIT_MANAGE, is_folded=True),
    Entry("/system", N_("System"), Scope.ACCOUNT_MANAGE, is_folded=True),
)
