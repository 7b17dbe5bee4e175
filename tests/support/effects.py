"""What callers of each role and unit can learn and change, measured in the database and in the response.

An effect is what a request does over one interface, with the scopes that it takes. It is tried on a person on record
by roles at the record's own station, and by roles that have the right at another station and at the district above. A
caller without the right must change no row of any table and learn nothing of the person; a caller with it must have the
effect.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import print_of
from mosip_client import message
from officers import new_key
from records_examples import encounter

from api.app import create_app
from api.settings import Settings
from api.standards.mosip.app import path_of
from biometrics import itl
from biometrics.kernel.access import Role, Scope
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.capture import FingerPosition, Impression
from biometrics.kernel.recognition.types import Sample
from biometrics.osia.model import ClientData
from biometrics.storage.tables.base import metadata
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.retention.retention import Retention
from biometrics.watchlist.checks import CheckReader
from fingerprint.modality import FINGERPRINT

STATION, SIBLING, DISTRICT = "27/519/27519004", "27/519/27519010", "27/519"
ANOTHER_STATE = "28/519/28519004"
V1, OSIA = "/api/v1", "/osia/v1"

# The codes of refusals about what another unit keeps.
CODES = {"403": "out_of_jurisdiction", "404": "unknown_sample"}

# The roles that try each effect; every role tries every route.
BY_ROLES = pytest.mark.parametrize(
    "most", [pytest.param(1, id="one role"), pytest.param(None, id="all roles", marks=pytest.mark.reach)]
)

# What changes by being asked at all: entries, counters of entries, when a key was used, idempotency keys. What a server
# changes in the background: the checks and links after a search for a latent, and the sign that it still runs.
NOT_COUNTED = {"audit_entries", "audit_heads", "api_keys", "users", "user_sessions", "once_keys", "counters"}
NOT_COUNTED |= {"link_checks", "latent_links", "running_servers"}


IDS = (
    *("record_id", "encounter_id", "number", "sample_id", "person_id", "client_id"),
    *("search_id", "case_id", "outcome_id", "expungement_id", "name", "probe_number", "subscription_id"),
    *("standing_id", "link_id", "clearance_id", "lineup_id", "reference"),
)


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
    search_id: str = ""  # of a search that found them, and the case about it, where an effect is on these
    case_id: str = ""
    outcome_id: str = ""  # of what a court decided, and of the destruction of what is due by that
    expungement_id: str = ""
    probe_number: int = 0  # of the search
    subscription_id: int = 0  # to them
    standing_id: str = ""  # of the search, for a latent
    link_id: str = ""  # of that with another latent
    clearance_id: str = ""  # of a request by which they are an applicant
    lineup_id: int = 0  # of them as the suspect
    reference: str = ""  # to their record, as the national index has it

    @property
    def secrets(self) -> list[str]:
        """What nobody may learn who may not read the person."""
        known = [self.record_id, self.encounter_id, self.number, self.name, self.client_id, self.person_id]
        return known + [id_ for id_ in (self.search_id, self.case_id, self.outcome_id, self.expungement_id) if id_]


@dataclass
class World:
    """The service, and people on record in it."""

    client: TestClient
    app: FastAPI
    keys: dict[tuple[Role, str], str] = field(default_factory=dict)
    samples: dict[tuple[int, int], EnrolledSample] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        """The engine of the running service."""
        engine: Engine = self.app.state.services.engine.as_system("a test")
        return engine

    def sample(self, person: int, impression: int = 0) -> EnrolledSample:
        """Return a right thumb of a generated person, extracted once."""
        if (person, impression) not in self.samples:
            content, thumb = print_of(person, "right_thumb", impression), FingerPosition.RIGHT_THUMB
            sample = Sample(FINGERPRINT, content, "a.png", thumb, Impression.PLAIN_LIVE_SCAN)
            (self.samples[person, impression],) = self.engine.extract([sample], assess=True)
        return self.samples[person, impression]

    def victim(self, effect: Effect | None = None) -> Victim:
        """Put somebody on record at STATION, and another person where an effect is on two."""
        number = uuid.uuid4().hex[:8]
        name = f"Victim {number}"
        data = ClientData(f"E-{number}", "arrest", ("CRIMINAL", "MOSIP"), active=True, content=None)
        named = (data, f"P-{number}")
        sample = self.sample(effect.person if effect else 0)
        made = store_person(self.engine.store, Person(name), encounter(), [sample], *named)
        self.waive_checks()  # nobody else writes meanwhile
        victim = Victim(
            made.record_id,
            made.encounter_id,
            made.national_number,
            made.sample_ids[0],
            f"P-{number}",
            f"E-{number}",
            name,
            self.victim() if effect and effect.on_two else None,
        )
        if effect and effect.prepare:
            effect.prepare(self, victim, effect.person)
        return victim

    def waive_checks(self) -> None:
        """Leave out the checks of what was enrolled: in the background they would write while rows are compared."""
        store = self.engine.store
        with store.begin() as work:
            work.checks.waive(CheckReader(store.database).waiting(1000))

    def header(self, role: Role, unit: str) -> dict[str, str]:
        if (role, unit) not in self.keys:
            self.keys[role, unit] = new_key(self.app.state.services.accounts, role, unit=unit)
        return {"Authorization": self.keys[role, unit]}

    def watch(self) -> None:
        """Have the database note each row that is inserted, deleted, or changed by an update, by triggers."""
        with self.engine.store.database.writing() as connection:
            connection.exec_driver_sql(
                "CREATE TABLE noted (number INTEGER PRIMARY KEY, table_name TEXT, kind TEXT, row TEXT)"
            )
            for table in metadata.sorted_tables:
                if table.name in NOT_COUNTED:
                    continue
                changed = " OR ".join(f"OLD.{each.name} IS NOT NEW.{each.name}" for each in table.columns)
                for kind, row, when in (
                    ("INSERT", "NEW", ""),
                    ("UPDATE", "OLD", f"WHEN {changed}"),
                    ("DELETE", "OLD", ""),
                ):
                    key = " || ' ' || ".join(f"quote({row}.{column.name})" for column in table.primary_key)
                    connection.exec_driver_sql(
                        f"CREATE TRIGGER {kind}_{table.name} AFTER {kind} ON {table.name} {when} BEGIN "
                        f"INSERT INTO noted (table_name, kind, row) VALUES ('{table.name}', '{kind}', {key}); END"
                    )

    def changes(self, send: Callable[[], Any]) -> tuple[Any, set[tuple[str, str, str]]]:
        """Send something; return the answer, and the table, kind of change and key of each row that it changed."""
        database = self.engine.store.database
        Retention(self.engine.store.as_system("a test")).finish()  # what deletions before left to the background
        with database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM noted")
        answer = send()
        with database.reading() as connection:
            noted = connection.exec_driver_sql("SELECT table_name, kind, row FROM noted").all()
        self.waive_checks()
        return answer, {(row.table_name, row.kind, row.row) for row in noted}


@contextmanager
def running(folder: Path, **others: Any) -> Iterator[World]:
    """Run the service for effects to be tried on."""
    settings = Settings(
        data_folder=folder,
        totp_required=False,
        requests_per_minute=1_000_000,
        sign_ins_per_minute=10_000,
        osia_station=STATION,
        mosip_station=STATION,
        access_minutes=15,
        answer_seconds=600,  # the first comparison on a machine compiles the matcher
        work_wait_seconds=600,
        _env_file=None,
        **others,
    )
    app = create_app(settings)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        world = World(client, app)
        world.watch()
        yield world


Send = Callable[[World, Victim, dict[str, str]], Any]


@dataclass(frozen=True)
class Effect:
    """One effect over one interface.

    Attributes:
        name: names the test.
        scopes: what it takes.
        send: has the effect, or tries to.
        tells: what a success tells, all of it, with `<record_id>` and the like; empty where it changes rows instead.
        on_two: whether it is on two people.
        person: the generated person whose print the victim has: of their own where prints are searched for.
        prepare: makes what the effect is on besides the victim, given that person.
        elsewhere: the unit from which nobody has the effect; empty where every unit has it.
    """

    name: str
    scopes: frozenset[Scope]
    send: Send
    tells: tuple[str, ...]
    on_two: bool = False
    person: int = 0
    prepare: Callable[[World, Victim, int], None] | None = None
    elsewhere: str = SIBLING

    @property
    def route(self) -> str:
        """The route of the native API that is called, as in the table of routes."""
        return self.send.route if isinstance(self.send, Native) else ""

    def told(self, victim: Victim) -> tuple[str, ...]:
        """Return what a success tells about a victim."""
        return tuple(filled(text, victim) for text in self.tells)


def row(name: str, scopes: Scope | tuple[Scope, ...], send: Send, *tells: str, **others: Any) -> Effect:
    return Effect(name, frozenset(scopes if isinstance(scopes, tuple) else (scopes,)), send, tells, **others)


@dataclass(frozen=True)
class Native:
    """Sends a request such as `GET /records/<record_id>` to the native API; `files` of what is sent may hold bytes."""

    request: str
    sent: dict[str, Any]

    @property
    def route(self) -> str:
        """The route, with its parameters in braces."""
        return re.sub(r"<(?:other_)?(\w+)>", r"{\1}", self.request)

    def __call__(self, world: World, victim: Victim, header: dict[str, str]) -> Any:
        method, _, path = self.request.partition(" ")
        text = {name: value for name, value in self.sent.items() if name != "files"}
        arguments = json.loads(filled(json.dumps(text), victim))
        headers = header | arguments.pop("headers", {})
        if "files" in self.sent:
            arguments["files"] = self.sent["files"]
        return world.client.request(method, V1 + filled(path, victim), headers=headers, **arguments)


def native(request: str, **sent: Any) -> Native:
    """Return what sends a request to the native API."""
    return Native(request, sent)


def osia(request: str, body: Any = None, **query: str) -> Send:
    """Return what sends a request such as `GET /persons/<person_id>` to OSIA's interface."""
    method, _, path = request.partition(" ")

    def send(world: World, victim: Victim, header: dict[str, str]) -> Any:
        params = {"transactionId": "T-1"} | query
        return world.client.request(method, OSIA + filled(path, victim), json=body, params=params, headers=header)

    return send


def mosip(operation: str, **fields: Any) -> Send:
    """Return what sends a message to MOSIP's interface."""

    def send(world: World, victim: Victim, header: dict[str, str]) -> Any:
        request = message(operation, **json.loads(filled(json.dumps(fields), victim)))
        return world.client.post(f"/mosip{path_of(f'mosip.abis.{operation}')}", json=request, headers=header)

    return send


def filled(text: str, victim: Victim) -> str:
    """Put the victim's ids and name in their places."""
    for name in IDS:
        text = text.replace(f"<{name}>", str(getattr(victim, name)))
        text = text.replace(f"<other_{name}>", str(getattr(victim.other, name, "")))
    return text


def may(role: Role, effect: Effect) -> bool:
    """Say whether a role has all scopes of an effect."""
    return effect.scopes <= role.scopes


def succeeded(answer: Any) -> bool:
    """Say whether what was asked for was done, by the words of the interface."""
    kind = answer.headers.get("content-type", "")
    if answer.headers.get("x-transaction-type"):
        return bool(answer.headers["x-transaction-type"] != "ERRT")
    if kind.startswith("application/x-ndjson"):
        return all(json.loads(line)["status"] == 201 for line in answer.text.splitlines())
    if kind.startswith("application/json") and answer.status_code == 200:
        body = answer.json()
        if isinstance(body, dict) and "returnValue" in body:
            return bool(body["returnValue"] == "1")
    return bool(answer.status_code < 300)


def text_of(answer: Any) -> str:
    """Return all of an answer as text: of a file of transactions the values of its fields, too."""
    text = answer.content.decode("latin-1")
    if answer.headers.get("x-transaction-type"):
        records = itl.parse(answer.content)
        text += "\n".join(item.value.decode("latin-1") for record in records for item in record.fields)
    return str(text)


def refused(world: World, effect: Effect, victim: Victim, role: Role, unit: str) -> Any:
    """Check that an effect is refused, changes nothing, and tells nothing that was not sent; return the answer."""
    who = (effect.name, role, unit)
    header = world.header(role, unit)
    answer, changes = world.changes(lambda: effect.send(world, victim, header))
    made = {change for change in changes if change[1] == "INSERT"}
    assert not changes - made, (*who, "changed", changes)
    sent = answer.request.url.path + answer.request.url.query.decode() + answer.request.read().decode("latin-1")
    may_read_all = unit == STATION and Scope.ENCOUNTER_READ in role.scopes
    secrets = () if may_read_all else victim.secrets
    leaked = [secret for secret in secrets if secret not in sent and secret in text_of(answer)]
    assert not leaked, (*who, "was told", leaked)
    if not effect.tells:
        assert not succeeded(answer), (*who, answer.text)
    elif succeeded(answer):
        disclosed = [secret for secret in effect.told(victim) if secret in text_of(answer)]
        assert not disclosed, (*who, "was told", disclosed)
    if not effect.tells or not may(role, effect):
        assert not made, (*who, "made", made)
    return answer


def had(world: World, effect: Effect, victim: Victim, role: Role, unit: str) -> None:
    header = world.header(role, unit)
    answer, changes = world.changes(lambda: effect.send(world, victim, header))
    assert succeeded(answer), (effect.name, role, unit, answer.text)
    if effect.tells:
        undisclosed = [secret for secret in effect.told(victim) if secret not in text_of(answer)]
        assert not undisclosed, (effect.name, role, unit, undisclosed, answer.text)
    else:
        assert changes, (effect.name, role, unit)


def some(roles: list[Role], most: int | None, effect: Effect) -> list[Role]:
    """Return `most` of the roles, for each effect others, or all."""
    if most is None or len(roles) <= most:
        return roles
    start = crc32(effect.name.encode())
    return [roles[(start + number * len(roles) // most) % len(roles)] for number in range(most)]


def check(world: World, effect: Effect, most: int | None, rule: str) -> None:
    """Check that an effect is refused to whoever lacks the scopes, or has them at another unit; that both learn
    nothing; and then that it is had on the same victim by whoever has the scopes at the station or the district.

    Args:
        rule: how the route answers about another unit, by the table of routes; empty for other interfaces.
    """
    victim = world.victim(effect)
    allowed = [role for role in Role if may(role, effect)]
    assert allowed, "nobody has the right"
    for role in some([role for role in Role if role not in allowed], most, effect):
        refused(world, effect, victim, role, STATION)
    for role in some(allowed, most, effect) if effect.elsewhere else ():
        answer = refused(world, effect, victim, role, effect.elsewhere)
        if rule in CODES:
            code = (str(answer.status_code), answer.json()["code"])
            assert code == (rule, CODES[rule]), (effect.name, role, answer.text)
    at_the_station = some(allowed, most, effect)
    had(world, effect, victim, at_the_station[0], STATION)
    for role, unit in [*((role, STATION) for role in at_the_station[1:]), (at_the_station[0], DISTRICT)]:
        had(world, effect, world.victim(effect), role, unit)
