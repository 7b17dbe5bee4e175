"""Acts of officers of some units, for tests of what is seen from where."""

from __future__ import annotations

from biometrics.access import Act, Actor, Purpose, Role, Unit

HERE, ELSEWHERE = "27/519/27519004", "27/520/27520001"  # two police stations of one state


def act_of(unit: str = HERE, role: Role = Role.STATION_OFFICER, actor: str = "") -> Act:
    """Return the act of somebody at a unit, in a case and with a purpose."""
    who = Actor(actor or f"{role}-at-{unit}", "R. Patil", frozenset({role}), role.scopes, Unit.of(unit))
    return Act(who, Purpose.INVESTIGATION, "0123/2026", "10.0.0.7", "r-1")
