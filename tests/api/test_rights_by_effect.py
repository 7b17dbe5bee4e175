"""What callers of each role and unit can learn and change through each interface, told by the database and the answer.

A row is an effect over an interface, and the scopes that it takes. It is tried on somebody on record by every role at
the record's own station, and by a role that has the right at a sibling station and at the district above. Whoever may
not must change no row of any table and be told nothing of the person; whoever may must have the effect. Add a row to
`EFFECTS` for a new route, mount or message.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi.testclient import TestClient
from inputs import print_of
from mosip_client import message
from officers import new_key
from osia_client import encounter as osia_encounter
from osia_client import finger
from records_examples import encounter
from sqlalchemy import select

from api.app import create_app
from api.mosip.app import path_of
from api.settings import Settings
from biometrics.access import Role, Scope, Unit, local_operator
from biometrics.accounts import NewUser
from biometrics.engine import Engine
from biometrics.person import Person
from biometrics.records.checks import CheckStore
from biometrics.records.osia import OsiaStore
from biometrics.records.osia_data import ClientData
from biometrics.records.tables import metadata
from biometrics.records.values import EnrolledSample
from biometrics.types import FingerPosition, Impression, Modality, Sample

STATION, SIBLING, DISTRICT = "27/519/27519004", "27/519/27519010", "27/519"
V1, OSIA = "/api/v1", "/osia/v1"

# What changes by being asked at all: entries, counters of entries, when a key was used, idempotency keys.
NOT_COUNTED = {"audit_entries", "audit_heads", "api_keys", "users", "user_sessions", "once_keys", "counters"}


@dataclass
class Victim:
    """Somebody on record, with one encounter, which OSIA's and MOSIP's clients know by names of their own."""

    record_id: str
    encounter_id: str
    number: str
    sample_id: int
    person_id: str
    client_id: str
    name: str
    other: Victim | None = None  # of whom an effect is on two people

    @property
    def secrets(self) -> list[str]:
        """What nobody may learn who may not read the person."""
        return [self.record_id, self.encounter_id, self.number, self.name, self.client_id, self.person_id]


@dataclass
class World:
    """The service, and people on record in it."""

    client: TestClient
    extracted: EnrolledSample
    keys: dict[tuple[Role, str], str] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        engine: Engine = self.client.app.state.engine  # type: ignore[attr-defined]
        return engine

    def victim(self, effect: Effect | None = None) -> Victim:
        """Put somebody on record at STATION, and another person where an effect is on two."""
        number = uuid.uuid4().hex[:8]
        name = f"Victim {number}"
        data = ClientData(f"E-{number}", "arrest", ("CRIMINAL", "MOSIP"), active=True, content=None)
        beside = OsiaStore(self.engine.store).beside(f"P-{number}", data)
        made = self.engine.store.enrol(Person(name), encounter(), [self.extracted], beside)
        CheckStore(self.engine.store.database, frozenset).waive([made.encounter_id])  # nobody else writes meanwhile
        return Victim(
            made.record_id,
            made.encounter_id,
            made.national_number,
            made.sample_ids[0],
            f"P-{number}",
            f"E-{number}",
            name,
            self.victim() if effect and effect.on_two else None,
        )

    def header(self, role: Role, unit: str) -> dict[str, str]:
        """Return the header of somebody of a role at a unit."""
        if (role, unit) not in self.keys:
            self.keys[role, unit] = self._key(role, unit)
        return {"Authorization": self.keys[role, unit]}

    def _key(self, role: Role, unit: str) -> str:
        accounts = self.client.app.state.accounts  # type: ignore[attr-defined]
        if role.is_machine:
            return new_key(accounts, role, unit=unit)
        new = NewUser(f"test-{uuid.uuid4().hex[:12]}", "R. Patil", frozenset({role}), Unit.of(unit))
        _, once = accounts.add_user(local_operator("test"), new)
        entered = {"login": new.login, "password": once, "new_password": "seven lamps by the river"}
        return f"Bearer {self.client.post(f'{V1}/tokens', json=entered).json()['access_token']}"

    def rows(self) -> dict[str, set[str]]:
        """Return all rows of all tables."""
        found = {}
        with self.engine.store.database.reading() as connection:
            for table in metadata.sorted_tables:
                if table.name not in NOT_COUNTED:
                    found[table.name] = {repr(tuple(row)) for row in connection.execute(select(table))}
        return found


Send = Callable[[World, Victim, dict[str, str]], Any]


@dataclass(frozen=True)
class Effect:
    """One effect over one interface. `discloses` is what a success tells; None where it changes rows instead."""

    name: str
    scopes: frozenset[Scope]
    send: Send
    discloses: Callable[[Victim], str] | None = None
    on_two: bool = False


def native(method: str, path: str, **sent: Any) -> Send:
    """Ask the native API; `{record_id}` and the like stand for the victim's."""

    def send(world: World, victim: Victim, header: dict[str, str]) -> Any:
        filled = json.loads(_filled(json.dumps(sent), victim))
        headers = header | filled.pop("headers", {})
        return world.client.request(method, V1 + _filled(path, victim), headers=headers, **filled)

    return send


def osia(method: str, path: str, body: Any = None, **query: str) -> Send:
    """Ask OSIA's interface."""

    def send(world: World, victim: Victim, header: dict[str, str]) -> Any:
        params = {"transactionId": "T-1"} | query
        sent = body(victim) if callable(body) else body
        return world.client.request(method, OSIA + _filled(path, victim), json=sent, params=params, headers=header)

    return send


def mosip(operation: str, **fields: str) -> Send:
    """Ask MOSIP's interface."""

    def send(world: World, victim: Victim, header: dict[str, str]) -> Any:
        asked = message(operation, **{name: _filled(value, victim) for name, value in fields.items()})
        return world.client.post(f"/mosip{path_of(f'mosip.abis.{operation}')}", json=asked, headers=header)

    return send


def _filled(text: str, victim: Victim) -> str:
    for name in ("record_id", "encounter_id", "number", "sample_id", "person_id", "client_id"):
        text = text.replace(f"<{name}>", str(getattr(victim, name)))
        text = text.replace(f"<other_{name}>", str(getattr(victim.other, name, "")))
    return text


def scopes(*named: Scope) -> frozenset[Scope]:
    """Return the scopes that an effect takes."""
    return frozenset(named)


READ, WRITE = Scope.ENCOUNTER_READ, Scope.ENCOUNTER_WRITE
EXPUNGE, MERGE, IMAGE = Scope.RECORD_EXPUNGE, Scope.RECORD_MERGE, Scope.IMAGE_READ
MATCH_ONE = {"If-Match": '"1"'}
SAMPLE = osia_encounter(finger(1), biographicData=None)

EFFECTS = [
    # A person is read.
    Effect("read, native", scopes(READ), native("GET", "/records/<record_id>"), lambda one: one.name),
    Effect("read, OSIA", scopes(READ), osia("GET", "/persons/<person_id>/encounters"), lambda one: one.client_id),
    Effect(
        "read by number, OSIA", scopes(READ), osia("GET", "/persons/<number>/encounters"), lambda one: one.client_id
    ),
    Effect("history, native", scopes(READ), native("GET", "/records/<record_id>/history"), lambda one: "["),
    # An image is read.
    Effect("image, native", scopes(IMAGE), native("GET", "/samples/<sample_id>/image"), lambda one: "PNG"),
    Effect(
        "image, OSIA",
        scopes(READ, IMAGE),
        osia("GET", "/persons/<person_id>/encounters/<client_id>"),
        lambda one: '"image":',
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
        "hold, native",
        scopes(Scope.RETENTION_MANAGE),
        native(
            "POST",
            "/encounters/<encounter_id>/retention-orders",
            json={"kind": "hold", "authority": "Magistrate", "reference": "1", "date": "2026-02-01"},
        ),
    ),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    settings = Settings(
        data_folder=tmp_path_factory.mktemp("data"),
        totp_required=False,
        requests_per_minute=1_000_000,
        sign_ins_per_minute=10_000,
        osia_station=STATION,
        _env_file=None,
    )
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        thumb = FingerPosition.RIGHT_THUMB
        content = print_of(0, "right_thumb", 0)
        sample = Sample(Modality.FINGERPRINT, content, "a.png", thumb, Impression.PLAIN_LIVE_SCAN)
        (extracted,) = client.app.state.engine.extract([sample], assess=True)  # type: ignore[attr-defined]
        yield World(client, extracted)


def may(role: Role, effect: Effect) -> bool:
    return effect.scopes <= role.scopes


def succeeded(answer: Any) -> bool:
    if answer.headers.get("content-type", "").startswith("application/json") and answer.status_code == 200:
        told = answer.json()
        if isinstance(told, dict) and "returnValue" in told:
            return bool(told["returnValue"] == "1")
    return bool(answer.status_code < 300)


def refused(world: World, effect: Effect, victim: Victim, role: Role, unit: str) -> None:
    """Check that an effect is refused, changes nothing, and tells nothing that was not sent."""
    who = (effect.name, role, unit)
    header = world.header(role, unit)
    before = world.rows()
    answer = effect.send(world, victim, header)
    after = world.rows()
    gone = {name: before[name] - after[name] for name in before if before[name] - after[name]}
    assert not gone, (*who, "changed", gone)
    asked = answer.request.url.path + answer.request.url.query.decode() + answer.request.read().decode("latin-1")
    secrets = () if unit == STATION and READ in role.scopes else victim.secrets  # whoever may read them may be told
    told = [secret for secret in secrets if secret not in asked and secret in answer.text]
    assert not told, (*who, "was told", told)
    if effect.discloses is None:
        assert not succeeded(answer), (*who, answer.text)
        made = {name for name in before if after[name] - before[name]}
        assert not made, (*who, "made", made)
    elif succeeded(answer):
        assert effect.discloses(victim) not in answer.text, (*who, "was told")


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda one: one.name)
def test_whoever_lacks_the_right_has_no_effect_and_learns_nothing(world: World, effect: Effect) -> None:
    victim = world.victim(effect)
    for role in Role:
        if not may(role, effect):
            refused(world, effect, victim, role, STATION)


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda one: one.name)
def test_whoever_has_the_right_at_a_sibling_station_has_no_effect_and_learns_nothing(
    world: World, effect: Effect
) -> None:
    victim = world.victim(effect)
    for role in Role:
        if may(role, effect):
            refused(world, effect, victim, role, SIBLING)


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda one: one.name)
def test_whoever_has_the_right_at_the_station_or_above_has_the_effect(world: World, effect: Effect) -> None:
    """So that a row that is refused for another reason than the rule does not pass for a proof of it."""
    roles = [role for role in Role if may(role, effect)]
    assert roles, "nobody has the right"
    for role, unit in [*((role, STATION) for role in roles), (roles[0], DISTRICT)]:
        victim, header = world.victim(effect), world.header(role, unit)
        before = world.rows()
        answer = effect.send(world, victim, header)
        assert succeeded(answer), (effect.name, role, unit, answer.text)
        if effect.discloses:
            text = answer.content.decode("latin-1")
            assert effect.discloses(victim) in text, (effect.name, role, unit)
        else:
            assert world.rows() != before, (effect.name, role, unit)
