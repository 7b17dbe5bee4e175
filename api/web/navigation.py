"""The pages of the menu, and the scopes that they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from api.localisation.translatable import N_
from biometrics.kernel.access import Scope


@dataclass(frozen=True)
class MenuEntry:
    """A page of the menu; `scope` None: for all who are signed in; `is_folded`: under More on a wide screen."""

    path: str
    label: str
    scope: Scope | None = None
    is_folded: bool = False


MENU: Final = (
    MenuEntry("/", N_("Home")),
    MenuEntry("/enrol", N_("Enrol"), Scope.ENCOUNTER_WRITE),
    MenuEntry("/search", N_("Search"), Scope.IDENTIFY),
    MenuEntry("/field", N_("Field check"), Scope.IDENTIFY, is_folded=True),
    MenuEntry("/verify", N_("Verify"), Scope.VERIFY, is_folded=True),
    MenuEntry("/latent", N_("Latent desk"), Scope.IDENTIFY),
    MenuEntry("/searches", N_("Past searches"), Scope.SEARCH_READ, is_folded=True),
    MenuEntry("/cases", N_("Cases"), Scope.CASE_READ),
    MenuEntry("/lineups", N_("Photo line-ups"), Scope.CASE_READ, is_folded=True),
    MenuEntry("/standing", N_("Standing searches"), Scope.WATCH_MANAGE, is_folded=True),
    MenuEntry("/unsolved", N_("Unsolved latents"), Scope.WATCH_MANAGE, is_folded=True),
    MenuEntry("/reconciliation", N_("Missing and unidentified"), Scope.WATCH_MANAGE, is_folded=True),
    MenuEntry("/subscriptions", N_("Subscriptions"), Scope.WATCH_MANAGE, is_folded=True),
    MenuEntry("/clearances", N_("Clearance certificates"), Scope.CASE_READ, is_folded=True),
    MenuEntry("/records", N_("Records"), Scope.ENCOUNTER_READ),
    MenuEntry("/notifications", N_("Notifications")),
    MenuEntry("/retention", N_("Retention"), Scope.RETENTION_MANAGE, is_folded=True),
    MenuEntry("/reports", N_("Reports"), Scope.REPORT_READ, is_folded=True),
    MenuEntry("/audit", N_("Audit"), Scope.AUDIT_READ, is_folded=True),
    MenuEntry("/users", N_("Users"), Scope.ACCOUNT_MANAGE, is_folded=True),
    MenuEntry("/units", N_("Units"), Scope.UNIT_MANAGE, is_folded=True),
    MenuEntry("/system", N_("System"), Scope.ACCOUNT_MANAGE, is_folded=True),
)
