"""Acts of officers of some units, for tests of what is seen from where."""

from __future__ import annotations

from biometrics.accounts.model import scopes_of
from biometrics.kernel.access import Act, Actor, Purpose, Role, Unit

HERE, ELSEWHERE = "27/519/27519004", "27/520/27520001"  # two police stations of one state


def codes(unit: str) -> dict[str, str]:
    """Return the codes of a police station, as an encounter has them."""
    return dict(zip(("state_code", "district_code", "station_code"), unit.split("/"), strict=True))


def act_of(unit: str = HERE, role: Role | None = None, actor: str = "") -> Act:
    """Return the act of somebody at a unit, in a case and with a purpose; of all roles together unless one is given."""
    roles = frozenset(Role) if role is None else frozenset({role})
    name = actor or f"{role or 'everybody'}-at-{unit}"
    who = Actor(name, "R. Patil", roles, scopes_of(roles), Unit.of(unit))
    return Act(who, Purpose.INVESTIGATION, "0123/2026", "10.0.0.7", "r-1")
