"""Who may do what, where: roles and their scopes, units of the police and what they cover, and who is acting.

An `Actor` is a person or a machine that was recognised by an account, an `Act` one request of theirs: who, from where
what for. A store that acts for a caller is given the act; a store without one is the service itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import Final, Self

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.text import CODE_LENGTH, FIR_LENGTH, NAME_LENGTH, clean_state_code, clean_text

ACTOR_LENGTH = 100  # code points of an actor's id
ADDRESS_LENGTH = 100
REQUEST_LENGTH = 100
REASON_LENGTH = 300
PURPOSE_LENGTH = 40
UNIT_LENGTH = 2 * CODE_LENGTH + 4  # of a path
CREDENTIAL_LENGTH = 60
LOGIN_LENGTH = 40
LABEL_LENGTH = 100  # of an API key: what it is for

NATIONAL: Final = "national"  # how the unit above all states is written
_SEPARATOR = "/"
_LOCAL: Final = "local:"  # how ids of local operators begin
_SESSION: Final = "session:"
_API_KEY: Final = "api_key:"


class Scope(StrEnum):
    """One thing that may be done. OSIA's own names (ABIS interface) where it has one."""

    ENCOUNTER_READ = "abis.encounter.read"  # read and find people's records
    ENCOUNTER_WRITE = "abis.encounter.write"  # enrol, add encounters
    IDENTIFY = "abis.identify"
    VERIFY = "abis.verify"
    GALLERY_READ = "abis.gallery.read"
    TASK_READ = "abis.task.read"
    TASK_UPDATE = "abis.task.update"
    IMAGE_READ = "pehchan.image.read"  # original images
    SEARCH_READ = "pehchan.search.read"  # searches that were made, and their replay
    RECORD_MERGE = "pehchan.record.merge"  # merge records, undo it, move encounters
    OUTCOME_WRITE = "pehchan.outcome.write"  # what courts decided
    RETENTION_MANAGE = "pehchan.retention.manage"  # holds, and what is due
    RECORD_EXPUNGE = "pehchan.record.expunge"
    WATCH_MANAGE = "pehchan.watch.manage"  # standing searches and their notifications
    CASE_READ = "pehchan.case.read"
    CASE_EXAMINE = "pehchan.case.examine"
    CASE_SUPERVISE = "pehchan.case.supervise"
    REPORT_READ = "pehchan.report.read"
    AUDIT_READ = "pehchan.audit.read"
    ACCOUNT_MANAGE = "pehchan.account.manage"  # users, roles, API keys
    UNIT_MANAGE = "pehchan.unit.manage"
    KEY_MANAGE = "pehchan.key.manage"
    BACKUP = "pehchan.backup"
    NATIONAL_SEARCH = "pehchan.national.search"  # search other states' people by the national index
    NATIONAL_FOLLOW = "pehchan.national.follow"  # read all templates and their changes, as the national index does


# Work on cases, which a person does under their own name: no API key is good for it.
CASEWORK: Final = frozenset({Scope.CASE_READ, Scope.CASE_EXAMINE, Scope.CASE_SUPERVISE})


class Role(StrEnum):
    """A function in the police, with the scopes that it needs."""

    STATION_OFFICER = "station_officer"
    EXAMINER = "examiner"
    SUPERVISOR = "supervisor"
    RECORDS_CLERK = "records_clerk"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    MACHINE_CLIENT = "machine_client"
    ABIS_INTEGRATION = "abis_integration"  # a program that manages records: OSIA's and MOSIP's deletion, merge, status
    NATIONAL_INDEX = "national_index"  # the national index at a state's service, and a state's service at its

    @property
    def scopes(self) -> frozenset[Scope]:
        """What this role may do."""
        return SCOPES[self]

    @property
    def is_machine(self) -> bool:
        """Whether it is a program's and not a person's."""
        return self in (Role.MACHINE_CLIENT, Role.ABIS_INTEGRATION, Role.NATIONAL_INDEX)


_EXAMINER = {
    Scope.ENCOUNTER_READ,
    Scope.IDENTIFY,
    Scope.VERIFY,
    Scope.IMAGE_READ,
    Scope.SEARCH_READ,
    Scope.WATCH_MANAGE,
    Scope.CASE_READ,
    Scope.CASE_EXAMINE,
    Scope.NATIONAL_SEARCH,
}

_MACHINE_CLIENT = {
    Scope.ENCOUNTER_READ,
    Scope.ENCOUNTER_WRITE,
    Scope.IDENTIFY,
    Scope.VERIFY,
    Scope.GALLERY_READ,
    Scope.TASK_READ,
    Scope.TASK_UPDATE,
}

SCOPES: Final[dict[Role, frozenset[Scope]]] = {
    Role.STATION_OFFICER: frozenset(
        {
            Scope.ENCOUNTER_READ,
            Scope.ENCOUNTER_WRITE,
            Scope.IDENTIFY,
            Scope.VERIFY,
            Scope.IMAGE_READ,
            Scope.SEARCH_READ,
            Scope.WATCH_MANAGE,
            Scope.CASE_READ,
        }
    ),
    Role.EXAMINER: frozenset(_EXAMINER),
    Role.SUPERVISOR: frozenset(
        _EXAMINER | {Scope.CASE_SUPERVISE, Scope.RECORD_MERGE, Scope.RETENTION_MANAGE, Scope.REPORT_READ}
    ),
    Role.RECORDS_CLERK: frozenset(
        {
            Scope.ENCOUNTER_READ,
            Scope.ENCOUNTER_WRITE,
            Scope.IMAGE_READ,
            Scope.RECORD_MERGE,
            Scope.OUTCOME_WRITE,
            Scope.RETENTION_MANAGE,
            Scope.RECORD_EXPUNGE,
            Scope.GALLERY_READ,
            Scope.REPORT_READ,
        }
    ),
    Role.AUDITOR: frozenset({Scope.AUDIT_READ, Scope.REPORT_READ}),
    Role.ADMINISTRATOR: frozenset({Scope.ACCOUNT_MANAGE, Scope.UNIT_MANAGE, Scope.KEY_MANAGE, Scope.BACKUP}),
    Role.MACHINE_CLIENT: frozenset(_MACHINE_CLIENT),
    Role.ABIS_INTEGRATION: frozenset(_MACHINE_CLIENT | {Scope.IMAGE_READ, Scope.RECORD_MERGE, Scope.RECORD_EXPUNGE}),
    Role.NATIONAL_INDEX: frozenset({Scope.NATIONAL_SEARCH, Scope.NATIONAL_FOLLOW}),
}


class Purpose(StrEnum):
    """What a search may be made for."""

    INVESTIGATION = "investigation"  # of an offence: latents, suspects
    ARREST = "arrest"  # who is it that was arrested or surrendered?
    CUSTODY = "custody"  # is the person in custody, or to be released, the right one?
    WANTED = "wanted"
    MISSING_PERSON = "missing_person"
    UNIDENTIFIED_BODY = "unidentified_body"
    COURT_ORDER = "court_order"
    CLEARANCE = "clearance"  # of an applicant who asks for a clearance certificate
    SYSTEM_TEST = "system_test"  # demonstrations, acceptance


@dataclass(frozen=True, order=True)
class Unit:
    """An office of the police, by its codes: all three a police station, the first two a district, the first a state.

    Where a code is empty everything below is meant; with none it is the national bureau.

    Raises:
        InvalidField: a code breaks its rule, or one above it is missing.
    """

    state: str = ""
    district: str = ""
    station: str = ""

    def __post_init__(self) -> None:
        """Trim and check."""
        if self.state:
            object.__setattr__(self, "state", clean_state_code(self.state))
        for name, label in (("district", "district code"), ("station", "police station code")):
            object.__setattr__(self, name, clean_text(label, getattr(self, name), CODE_LENGTH, required=False))
        if (self.station and not self.district) or (self.district and not self.state):
            raise InvalidField("A station needs its district, and a district its state: write 27/519/27519004.")
        if any(_SEPARATOR in code for code in self.codes):
            raise InvalidField("The code of a unit holds a '/', which parts the codes; write 27/519/27519004.")

    @classmethod
    def of(cls, path: str) -> Self:
        """Read `27/519/27519004`, `27/519`, `27` or `national`.

        Raises:
            InvalidField: it is none of these.
        """
        codes = [code.strip() for code in path.split(_SEPARATOR)]
        if codes == [NATIONAL]:
            return cls()
        if not all(codes) or len(codes) > 3:
            raise InvalidField(f"{path!r} is not a unit; write 27/519/27519004, 27/519, 27 or {NATIONAL}.")
        return cls(*codes)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that are given, from the state down."""
        return tuple(code for code in (self.state, self.district, self.station) if code)

    @property
    def lineage(self) -> tuple[Self, ...]:
        """The unit and those above it, the nation last."""
        return tuple(type(self)(*self.codes[:depth]) for depth in range(len(self.codes), -1, -1))

    @property
    def path(self) -> str:
        """How the unit is written: what `of` reads."""
        return _SEPARATOR.join(self.codes) or NATIONAL

    @classmethod
    def over(cls, units: Iterable[Unit]) -> Self:
        """Return the lowest unit that covers all of some; the national bureau where there are none."""
        levels = zip(*(unit.codes for unit in units), strict=False)
        shared = takewhile(lambda codes: len(codes) == 1, (set(level) for level in levels))
        return cls(*(code for (code,) in shared))

    def covers(self, other: Unit) -> bool:
        """Say whether the other unit is this one or below it."""
        return other.codes[: len(self.codes)] == self.codes


EVERYWHERE: Final = Unit()


@dataclass(frozen=True)
class Actor:
    """A person or machine, identified by an account. `id` never changes and never contains a person's name.

    Raises:
        InvalidField: the id or the name breaks its rule.
    """

    id: str
    name: str
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[Scope] = frozenset()
    unit: Unit = EVERYWHERE

    def __post_init__(self) -> None:
        """Trim and check."""
        object.__setattr__(self, "id", clean_text("id of the account", self.id, ACTOR_LENGTH))
        object.__setattr__(self, "name", clean_text("name of the account", self.name, NAME_LENGTH))

    def may(self, scope: Scope) -> bool:
        """Say whether the actor may do such a thing."""
        return scope in self.scopes

    @property
    def is_local(self) -> bool:
        """Whether this is the operator who runs commands on the server itself."""
        return is_local(self.id)


def is_local(actor_id: str) -> bool:
    """Say whether an id is that of an operator who runs commands on the server itself."""
    return actor_id.startswith(_LOCAL)


@dataclass(frozen=True)
class Act:
    """One request: who makes it, from what address, and why.

    `purpose` is a `Purpose` or empty, `reason` says more in the officer's own words and is kept with a search, not in
    the audit log. `credential` is the public id of what the request was authenticated with: `session:ID` or
    `api_key:ID`; it is empty for the local operator and for the service itself.

    Raises:
        InvalidField: a text is too long, or the purpose is none.
    """

    actor: Actor
    purpose: str = ""
    case_number: str = ""
    address: str = ""
    request_id: str = ""
    reason: str = ""
    credential: str = ""

    def __post_init__(self) -> None:
        """Trim and check."""
        for name, label, length in (
            ("case_number", "case number", FIR_LENGTH),
            ("address", "address", ADDRESS_LENGTH),
            ("request_id", "id of the request", REQUEST_LENGTH),
            ("reason", "reason", REASON_LENGTH),
            ("credential", "credential", CREDENTIAL_LENGTH),
        ):
            object.__setattr__(self, name, clean_text(label, getattr(self, name), length, required=False))
        if self.purpose and self.purpose not in set(Purpose):
            raise InvalidField(f"{self.purpose!r} is not a purpose; give one of {', '.join(Purpose)}.")


# On whose behalf the service itself acts where the audit log names it.
SERVICE: Final = Act(Actor("service", "Pehchan", scopes=frozenset({Scope.RECORD_MERGE})))


def session_credential(session_id: str) -> str:
    """Return how a session is named as the credential of an act."""
    return f"{_SESSION}{session_id}"


def api_key_credential(key_id: str) -> str:
    """Return how an API key is named as the credential of an act; `key_id` is its public id."""
    return f"{_API_KEY}{key_id}"


def parse_credential(credential: str) -> tuple[bool, str]:
    """Return whether a credential is an API key, else a session, and the id of it.

    Raises:
        InvalidField: it is neither.
    """
    for prefix, is_key in ((_SESSION, False), (_API_KEY, True)):
        if credential.startswith(prefix):
            return is_key, credential.removeprefix(prefix)
    raise InvalidField(f"{credential!r} is not a credential; it begins with {_SESSION} or {_API_KEY}")


def local_operator(user: str, purpose: str = "", case_number: str = "", reason: str = "") -> Act:
    """Return the act of the operator on the server itself, who may do all that file access allows anyway."""
    actor = Actor(f"{_LOCAL}{user}"[:ACTOR_LENGTH], user, frozenset(), frozenset(Scope))
    return Act(actor, purpose, case_number, address="local", reason=reason)
