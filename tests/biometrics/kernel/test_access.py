"""Units cover what is below them, and a role's scopes are written in one table."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from biometrics.kernel.access import (
    ACTOR_LENGTH,
    ADDRESS_LENGTH,
    CASEWORK,
    CREDENTIAL_LENGTH,
    REASON_LENGTH,
    REQUEST_LENGTH,
    SCOPES,
    UNIT_LENGTH,
    Act,
    Actor,
    Purpose,
    Role,
    Scope,
    Unit,
    api_key_credential,
    local_operator,
    parse_credential,
    session_credential,
)
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.text import CODE_LENGTH, FIR_LENGTH, NAME_LENGTH

STATION, DISTRICT, STATE, NATIONAL = Unit("27", "519", "27519004"), Unit("27", "519"), Unit("27"), Unit()


def test_a_unit_covers_itself_and_what_is_below_it() -> None:
    units = [NATIONAL, STATE, DISTRICT, STATION]
    for above, unit in enumerate(units):
        assert [unit.covers(other) for other in units] == [False] * above + [True] * (4 - above)


def test_a_unit_does_not_cover_its_neighbours() -> None:
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


def test_administrators_read_no_records_and_auditors_change_nothing() -> None:
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


def test_the_codes_of_a_unit_are_trimmed_and_as_long_as_a_code_may_be() -> None:
    longest = "5" * CODE_LENGTH
    assert Unit(" 27 ", " 519 ", " 27519004 ") == STATION
    assert len(Unit("27", longest, longest).path) == UNIT_LENGTH
    for codes in (("27", longest + "5"), ("27", "519", longest + "5")):
        with pytest.raises(InvalidField):
            Unit(*codes)


@pytest.mark.parametrize("codes", [("27", "5/19"), ("27", "519", "/")])
def test_a_code_does_not_hold_what_parts_the_codes(codes: tuple[str, ...]) -> None:
    """Its unit would be written as another one."""
    with pytest.raises(InvalidField, match="parts the codes"):
        Unit(*codes)


def test_units_are_sorted_by_their_codes() -> None:
    assert sorted([Unit("28"), STATION, NATIONAL, DISTRICT, STATE]) == [NATIONAL, STATE, DISTRICT, STATION, Unit("28")]


def test_who_is_acting_and_for_whom_cannot_be_changed_afterwards() -> None:
    actor = Actor("a", "A")
    for value, name in ((STATION, "state"), (actor, "scopes"), (Act(actor), "actor")):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, None)


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("case_number", FIR_LENGTH),
        ("address", ADDRESS_LENGTH),
        ("request_id", REQUEST_LENGTH),
        ("reason", REASON_LENGTH),
        ("credential", CREDENTIAL_LENGTH),
    ],
)
def test_the_texts_of_an_act_are_trimmed_and_limited(name: str, length: int) -> None:
    assert getattr(Act(Actor("a", "A"), **{name: f" {'x' * length} "}), name) == "x" * length
    with pytest.raises(InvalidField, match=f"at most {length}"):
        Act(Actor("a", "A"), **{name: "x" * (length + 1)})


def test_an_actor_has_an_id_and_a_name() -> None:
    actor = Actor(" a ", f" {'A' * NAME_LENGTH} ")
    assert (actor.id, actor.name) == ("a", "A" * NAME_LENGTH)
    assert (actor.roles, actor.scopes, actor.unit) == (frozenset(), frozenset(), NATIONAL)
    for id_, name in (("", "A"), ("a", " "), ("a" * (ACTOR_LENGTH + 1), "A"), ("a", "A" * (NAME_LENGTH + 1))):
        with pytest.raises(InvalidField):
            Actor(id_, name)


def test_an_actor_may_do_what_the_scopes_say() -> None:
    actor = Actor("a", "A", scopes=frozenset({Scope.IDENTIFY}))
    assert (actor.may(Scope.IDENTIFY), actor.may(Scope.VERIFY)) == (True, False)


def test_every_purpose_of_the_list_is_taken() -> None:
    assert [Act(Actor("a", "A"), purpose=each).purpose for each in Purpose] == list(Purpose)


def test_roles_of_machines_are_no_persons_roles() -> None:
    assert {role for role in Role if role.is_machine} == {
        Role.MACHINE_CLIENT,
        Role.ABIS_INTEGRATION,
        Role.NATIONAL_INDEX,
    }
    assert not any(role.scopes & CASEWORK for role in Role if role.is_machine)


def test_a_role_that_builds_on_another_has_all_of_its_scopes_and_its_own() -> None:
    assert Role.SUPERVISOR.scopes - Role.EXAMINER.scopes == {
        Scope.CASE_SUPERVISE,
        Scope.RECORD_MERGE,
        Scope.RETENTION_MANAGE,
        Scope.REPORT_READ,
    }
    assert Role.EXAMINER.scopes < Role.SUPERVISOR.scopes
    added = Role.ABIS_INTEGRATION.scopes - Role.MACHINE_CLIENT.scopes
    assert added == {Scope.IMAGE_READ, Scope.RECORD_MERGE, Scope.RECORD_EXPUNGE}
    assert Role.MACHINE_CLIENT.scopes < Role.ABIS_INTEGRATION.scopes


def test_a_credential_is_an_api_key_or_a_session() -> None:
    assert parse_credential(session_credential("7f1c")) == (False, "7f1c")
    assert parse_credential(api_key_credential("7f1c")) == (True, "7f1c")
    for credential in ("", "7f1c", "password:7f1c"):
        with pytest.raises(InvalidField, match="not a credential"):
            parse_credential(credential)


def test_the_local_operator_is_known_by_the_id_and_says_why() -> None:
    act = local_operator("asha", Purpose.CUSTODY, "1/2026", "lost papers")
    assert (act.purpose, act.case_number, act.address, act.reason) == ("custody", "1/2026", "local", "lost papers")
    assert act.actor.is_local
    assert not Actor("asha", "asha").is_local
    assert len(local_operator("a" * ACTOR_LENGTH).actor.id) == ACTOR_LENGTH
