"""Units cover what is below them, and a role's scopes are written in one table."""

from __future__ import annotations

import pytest

from biometrics.access import SCOPES, Act, Actor, Role, Scope, Unit, local_operator
from biometrics.errors import InvalidField

STATION, DISTRICT, STATE, NATIONAL = Unit("27", "519", "27519004"), Unit("27", "519"), Unit("27"), Unit()


def test_a_unit_covers_itself_and_what_is_below_it() -> None:
    units = [NATIONAL, STATE, DISTRICT, STATION]
    for above, unit in enumerate(units):
        assert [unit.covers(other) for other in units] == [False] * above + [True] * (4 - above)


def test_a_unit_does_not_cover_its_neighbours() -> None:
    """Also not where one code begins like another."""
    assert not DISTRICT.covers(Unit("27", "520"))
    assert not DISTRICT.covers(Unit("28", "519", "27519004"))
    assert not Unit("27", "51").covers(STATION)


@pytest.mark.parametrize("path", ["27/519/27519004", "27/519", "27", "national"])
def test_a_unit_is_read_as_it_is_written(path: str) -> None:
    assert Unit.of(path).path == path


@pytest.mark.parametrize("path", ["", "/", "27//27519004", "Maharashtra", "27/519/1/2", "27/", "2", "national/27"])
def test_a_unit_that_makes_no_sense_is_refused(path: str) -> None:
    with pytest.raises(InvalidField):
        Unit.of(path)


def test_a_station_without_its_district_is_refused() -> None:
    """It would be nowhere in the hierarchy."""
    with pytest.raises(InvalidField, match="district"):
        Unit("27", station="27519004")
    with pytest.raises(InvalidField, match="district"):
        Unit(district="519")


def test_every_role_has_scopes_and_every_scope_is_somebodys() -> None:
    assert set(SCOPES) == set(Role)
    assert set().union(*SCOPES.values()) == set(Scope)


def test_who_administers_reads_no_records_and_who_audits_changes_nothing() -> None:
    """Separation of duties: rights over accounts are no rights over people."""
    people = {Scope.ENCOUNTER_READ, Scope.ENCOUNTER_WRITE, Scope.IDENTIFY, Scope.VERIFY, Scope.IMAGE_READ}
    assert not people & (Role.ADMINISTRATOR.scopes | Role.AUDITOR.scopes)
    assert Scope.AUDIT_READ not in Role.ADMINISTRATOR.scopes


def test_the_local_operator_may_do_everything_everywhere() -> None:
    act = local_operator("asha")
    assert (act.actor.id, act.actor.unit, act.actor.scopes) == ("local:asha", NATIONAL, frozenset(Scope))


def test_a_purpose_is_one_of_a_list() -> None:
    """A free text would not be counted, and may hold a name."""
    with pytest.raises(InvalidField, match="investigation"):
        Act(Actor("a", "A"), purpose="curiosity")


def test_the_lowest_unit_over_some_is_that_which_covers_all() -> None:
    assert Unit.over([STATION]) == STATION
    assert Unit.over([STATION, Unit("27", "519", "27519005")]) == DISTRICT
    assert Unit.over([STATION, Unit("27", "520", "27519004")]) == STATE
    for some in ([], [STATION, NATIONAL], [STATE, Unit("28")]):
        assert Unit.over(some) == NATIONAL
