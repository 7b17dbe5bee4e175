"""What callers of each role and unit can do to records and read of them, through each interface: told by the effect.

Add a row to `EFFECTS` for a new route, mount or message; those of searches, cases and enrolments are in
`test_rights_by_effect_searches.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from effects import (
    BY_ROLES,
    Effect,
    Victim,
    World,
    check_elsewhere,
    check_who_has_the_right,
    check_who_lacks_the_right,
    mosip,
    native,
    osia,
    running,
    scopes,
)
from osia_client import encounter as osia_encounter
from osia_client import finger
from records_examples import encounter

from biometrics.kernel.access import Scope
from biometrics.kernel.clock import today
from biometrics.kernel.court import CourtEvent, Outcome, Verdict
from biometrics.use_cases.retention import Retention

RELEASED = Outcome(CourtEvent.DECISION, encounter().date, "Sessions Court Pune", Verdict.RELEASED_WITHOUT_TRIAL)
READ, WRITE = Scope.ENCOUNTER_READ, Scope.ENCOUNTER_WRITE
RETENTION = Scope.RETENTION_MANAGE
EXPUNGE, MERGE, IMAGE = Scope.RECORD_EXPUNGE, Scope.RECORD_MERGE, Scope.IMAGE_READ
MATCH_ONE = {"If-Match": '"1"'}
SAMPLE = osia_encounter(finger(1), biographicData=None)


def released(world: World, victim: Victim, person: int) -> None:
    """Enter that a court released the victim, so that the samples are due to be destroyed."""
    stored = world.engine.store.as_system("a test").editor.add_outcome(victim.encounter_id, RELEASED)
    victim.outcome_id = stored.id


def destroyed(world: World, victim: Victim, person: int) -> None:
    """Destroy the samples of the victim, who was released."""
    released(world, victim, person)
    for certificate in Retention(world.engine.store.as_system("a test")).run(today()):
        if certificate.content["record"] == victim.record_id:
            victim.expungement_id = certificate.id
    assert victim.expungement_id


EFFECTS = [
    # A person is read.
    Effect("read, native", scopes(READ), native("GET", "/records/<record_id>"), lambda victim: (victim.name,)),
    Effect(
        "read, OSIA", scopes(READ), osia("GET", "/persons/<person_id>/encounters"), lambda victim: (victim.client_id,)
    ),
    Effect(
        "read by number, OSIA",
        scopes(READ),
        osia("GET", "/persons/<number>/encounters"),
        lambda victim: (victim.client_id,),
    ),
    Effect("history, native", scopes(READ), native("GET", "/records/<record_id>/history"), lambda victim: ("[",)),
    Effect(
        "history of an encounter, native",
        scopes(READ),
        native("GET", "/encounters/<encounter_id>/history"),
        lambda victim: ("[",),
    ),
    # An image is read.
    Effect("image, native", scopes(IMAGE), native("GET", "/samples/<sample_id>/image"), lambda victim: ("PNG",)),
    Effect(
        "image, OSIA",
        scopes(READ, IMAGE),
        osia("GET", "/persons/<person_id>/encounters/<client_id>"),
        lambda victim: ('"image":',),
    ),
    # A person, or an encounter, is destroyed.
    Effect("delete person, OSIA", scopes(EXPUNGE), osia("DELETE", "/persons/<person_id>")),
    Effect("delete encounter, OSIA", scopes(EXPUNGE), osia("DELETE", "/persons/<person_id>/encounters/<client_id>")),
    Effect("delete, MOSIP", scopes(EXPUNGE), mosip("delete", referenceId="<client_id>")),
    # Records are merged, an encounter is moved.
    Effect(
        "merge, native",
        scopes(MERGE),
        native(
            "POST",
            "/records/<other_record_id>/merges",
            json={"other_id": "<record_id>", "reason": "one person"},
            headers=MATCH_ONE,
        ),
        on_two=True,
    ),
    Effect(
        "merge, OSIA",
        scopes(MERGE),
        osia("POST", "/persons/<other_person_id>/merge/<person_id>"),
        on_two=True,
    ),
    Effect(
        "move, native",
        scopes(MERGE),
        native(
            "POST",
            "/encounters/<encounter_id>/moves",
            json={"to_id": "<other_record_id>", "reason": "another person"},
            headers=MATCH_ONE,
        ),
        on_two=True,
    ),
    Effect(
        "move, OSIA",
        scopes(MERGE),
        osia("POST", "/persons/<other_person_id>/move/<person_id>/encounters/<client_id>"),
        on_two=True,
    ),
    # Samples are taken out of searches.
    Effect(
        "hide, OSIA",
        scopes(EXPUNGE),
        osia("PUT", "/persons/<person_id>/encounters/<client_id>/status", status="INACTIVE"),
    ),
    Effect(
        "leave a gallery, OSIA",
        scopes(WRITE, EXPUNGE),
        osia("PUT", "/persons/<person_id>/encounters/<client_id>/galleries", ["CRIMINAL"]),
    ),
    Effect(
        "create hidden, OSIA",
        scopes(WRITE, EXPUNGE),
        osia("POST", "/persons/<person_id>/encounters", SAMPLE | {"status": "INACTIVE"}),
    ),
    # What is stored is replaced or corrected.
    Effect(
        "replace, OSIA",
        scopes(WRITE, EXPUNGE),
        osia("PUT", "/persons/<person_id>/encounters/<client_id>", SAMPLE),
    ),
    Effect(
        "correct, native",
        scopes(WRITE),
        native("PATCH", "/records/<record_id>", json={"birth_year": 1990}, headers=MATCH_ONE),
    ),
    Effect(
        "correct an encounter, native",
        scopes(WRITE, EXPUNGE),
        native("PATCH", "/encounters/<encounter_id>", json={"fir_number": "7/2026"}, headers=MATCH_ONE),
    ),
    Effect(
        "join a gallery, OSIA",
        scopes(WRITE),
        osia("PUT", "/persons/<person_id>/encounters/<client_id>/galleries", ["CRIMINAL", "MOSIP", "MORE"]),
    ),
    # Something is added to a person.
    Effect("add an encounter, OSIA", scopes(WRITE), osia("POST", "/persons/<person_id>/encounters", SAMPLE)),
    Effect(
        "outcome, native",
        scopes(Scope.OUTCOME_WRITE),
        native(
            "POST",
            "/encounters/<encounter_id>/outcomes",
            json={"event": "decision", "date": "2026-02-01", "court": "Sessions Court", "verdict": "discharged"},
        ),
    ),
    Effect(
        "withdraw an outcome, native",
        scopes(Scope.OUTCOME_WRITE),
        native(
            "POST",
            "/encounters/<encounter_id>/outcomes/<outcome_id>/withdrawal",
            json={"because": "entered for another case"},
        ),
        prepare=released,
    ),
    # Samples are kept, or destroyed because they are due.
    Effect(
        "clocks, native",
        scopes(RETENTION),
        native("GET", "/records/<record_id>/retention"),
        lambda victim: (victim.encounter_id,),
    ),
    Effect(
        "what is due, native",
        scopes(RETENTION),
        native("GET", "/retention/due", params={"limit": 200}),
        lambda victim: (victim.encounter_id,),
        prepare=released,
    ),
    Effect(
        "destroy what is due, native",
        scopes(EXPUNGE),
        native("POST", "/retention/run"),
        lambda victim: (victim.record_id,),
        prepare=released,
    ),
    Effect(
        "list certificates, native",
        scopes(RETENTION),
        native("GET", "/expungements", params={"limit": 200}),
        lambda victim: (victim.expungement_id,),
        prepare=destroyed,
    ),
    Effect(
        "read a certificate, native",
        scopes(RETENTION),
        native("GET", "/expungements/<expungement_id>"),
        lambda victim: (victim.encounter_id,),
        prepare=destroyed,
    ),
    Effect(
        "hold, native",
        scopes(RETENTION),
        native(
            "POST",
            "/encounters/<encounter_id>/retention-orders",
            json={"kind": "hold", "authority": "Magistrate", "reference": "1", "date": "2026-02-01"},
        ),
    ),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("data")) as opened:
        yield opened


@pytest.mark.essential
@pytest.mark.sampled
@BY_ROLES
@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.name)
def test_a_role_without_the_right_has_no_effect_and_learns_nothing(
    world: World, effect: Effect, most: int | None
) -> None:
    check_who_lacks_the_right(world, effect, most)


@pytest.mark.sampled
@BY_ROLES
@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.name)
def test_the_right_at_a_sibling_station_has_no_effect_and_discloses_nothing(
    world: World, effect: Effect, most: int | None
) -> None:
    check_elsewhere(world, effect, most)


@pytest.mark.sampled
@BY_ROLES
@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.name)
def test_the_right_at_the_station_or_above_has_the_effect(world: World, effect: Effect, most: int | None) -> None:
    check_who_has_the_right(world, effect, most)
