"""The audit log as auditors use it: reading it, signing how far it reached, and proving that nothing was changed.

The chain shows every change in the middle of the log. A removed end, or a log rewritten as a whole, shows only against
signed heads: each states up to which entry, with which hash, the log reached. The database holds them too; the copies
kept elsewhere are the proof.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final, Self

from sqlalchemy import BLOB, ColumnElement, Connection, Row, Select, Table, cast, func, or_, select

from biometrics.access.rights import needs, needs_one_of, unrestricted
from biometrics.access.units import path_within
from biometrics.audit.breach import MEASURES, BreachExtent, extent_of
from biometrics.audit.subjects import Subject, account_ids, find_case_subjects, find_subjects, name_subjects
from biometrics.kernel.access import Act, Scope, Unit
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import fir_spellings
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.page import Page
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import AUDIT_COUNTER, BEFORE_THE_FIRST, Action, Entry
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.crypto.signing import Signer, is_signed
from biometrics.storage.database.engine import Database, insert
from biometrics.storage.database.paging import paginate, require_limit
from biometrics.storage.tables.audit import audit_entries, audit_heads
from biometrics.storage.tables.station import counters

MAX_PAGE: Final = 500  # entries
SCANNED: Final = 50_000  # entries that one call of `find` looks at
NAMED: Final = 100  # faults; more are only counted
_STREAMED: Final = 2000  # rows at a time

_PLACE: Final = "pehchan audit head 1"


@dataclass(frozen=True)
class AuditHead:
    """How far the log of a station reached at a moment, signed with Ed25519; all in hex or as in `Entry`."""

    number: int
    hash: str
    at: str
    public_key: str
    signature: str

    @classmethod
    def of_json(cls, content: object) -> Self:
        """Read what `vars` of a head was written as.

        Raises:
            InvalidField: it is no head.
        """
        types = {field.name: int if field.name == "number" else str for field in fields(cls)}
        if (
            not isinstance(content, dict)
            or any(type(content.get(name)) is not kind for name, kind in types.items())
            or not all(content[name].isascii() for name, kind in types.items() if kind is str)
        ):
            raise InvalidField(
                "This is not a signed head of an audit log; give a file that 'pehchan audit sign' wrote."
            )
        return cls(**{name: content[name] for name in types})

    def is_of(self, station: str, public_key: str) -> bool:
        """Say whether a station has signed it, as it is written here to the last letter."""
        if self.public_key != public_key or not re.fullmatch("[0-9a-f]{128}", self.signature):
            return False
        content = _signed_content(station, self.number, self.hash, self.at)
        return is_signed(content, self.signature, public_key)


@dataclass(frozen=True)
class EntryQuery:
    """Filters of log entries; an empty filter matches every entry.

    `person` is whatever `find_subjects` finds: a person or anything else that has a number or a name. An entry meets it
    where it is about that, or where what it gave out named it. `actor_id` is the id or the login of an account.
    `case_number` is the case or FIR that something was done for; what belongs to it is found whatever it was done for.
    `since` and `until` are instants in ISO 8601, or the beginning of them. The actor's own readings of the log are left
    out without `own_reads`.

    Raises:
        InvalidField: an instant is none.
    """

    person: str = ""
    actor_id: str = ""
    action: str = ""
    since: str = ""
    until: str = ""
    case_number: str = ""
    credential: str = ""
    own_reads: bool = False

    def __post_init__(self) -> None:
        """Trim the texts and check the instants."""
        for name in ("person", "actor_id", "case_number"):
            object.__setattr__(self, name, getattr(self, name).strip())
        for name in ("since", "until"):
            if text := getattr(self, name):
                object.__setattr__(self, name, _instant(text))


@dataclass(frozen=True)
class LogFault:
    """A fault of the log, and the number of the entry; 0 if it concerns no entry."""

    number: int
    what: str


@dataclass(frozen=True)
class LogVerification:
    """The result of checking the whole log: `entries` up to `last`, against the signed heads."""

    entries: int
    last: int
    heads: int
    faults: tuple[LogFault, ...]
    more_faults: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@unrestricted("only the service and the local operator have it without an actor")
class AuditLog:
    """The audit log of a database."""

    def __init__(self, database: Database, keys: DataKeys, station: str) -> None:
        """Work on an open database; `station` is the identity that heads are signed for."""
        self._database = database
        self._keys = keys
        self._station = station

    @needs(Scope.AUDIT_READ)
    def find(self, act: Act, query: EntryQuery, limit: int = 100, after: int | None = None) -> Page[Entry, int]:
        """Return entries of the actor's unit and those below it, newest first; that they were read is an entry, too.

        One call looks at the newest SCANNED entries only, so that it ends soon however few meet the query: a page may
        be short, or empty, and still have an `after` that goes on with older ones.

        Raises:
            InvalidField: the limit is out of its range, or the query names what cannot be found.
        """
        require_limit(limit, MAX_PAGE, "entries")
        table = audit_entries.c
        with self._database.reading() as connection:
            selected = select(audit_entries).where(*_conditions(connection, act, query))
            last = connection.execute(select(func.max(table.number))).scalar() or 0
            newest = last if after is None else min(last, after - 1)
            oldest = max(newest - SCANNED + 1, 1)
            selected = selected.where(table.number.between(oldest, newest))
            rows = connection.execute(selected.order_by(table.number.desc()).limit(limit + 1)).all()
        page_rows, next_number = paginate(rows, limit, lambda row: int(row.number))
        entries = tuple(Entry(*row) for row in page_rows)
        criteria = [field.name for field in fields(query) if field.name != "own_reads" and getattr(query, field.name)]
        with self._database.noting() as connection:
            audit.append(connection, act, Action.AUDIT_READ, query.person, asked=criteria, entries=len(entries))
        rest = oldest if oldest > 1 else None
        return Page(entries, next_number or rest)

    @needs(Scope.AUDIT_READ)
    def breach(self, act: Act, query: EntryQuery) -> BreachExtent:
        """Return how far a breach went whose entries meet a query: all of them, of the actor's unit and below.

        Raises:
            InvalidField: the query names what cannot be found, or nothing at all.
        """
        if not (query.actor_id or query.credential or query.person or query.case_number):
            raise InvalidField("State whose account, which credential, person or case the breach is about.")
        table = audit_entries.c
        with self._database.reading() as connection:
            breached = select(audit_entries).where(*_conditions(connection, act, query)).order_by(table.number)
            rows = connection.execute(breached, execution_options={"yield_per": _STREAMED})
            against = select(table.action).where(table.action.in_(MEASURES), path_within(table.unit, act.actor.unit))
            since = (table.at >= query.since,) if query.since else ()
            measures = list(connection.execute(against.where(*since)).scalars())
            extent = extent_of(connection, (Entry(*row) for row in rows), measures)
        with self._database.noting() as connection:
            audit.append(connection, act, Action.PAPER_MADE, query.person, paper="breach", entries=extent.entries)
        return extent

    @needs_one_of(Scope.AUDIT_READ, Scope.RETENTION_MANAGE)
    def subjects(self, act: Act, ids: Collection[str]) -> dict[str, Subject]:
        """Return by their ids what to call the subjects that the actor's unit may know."""
        with self._database.reading() as connection:
            named: dict[str, Subject] = {}
            for chunk in in_chunks(sorted(ids), CHUNK):
                named |= name_subjects(connection, act.actor.unit, chunk)
            return named

    def everything(self) -> Iterator[Entry]:
        """Yield all entries, oldest first, from one state of the database."""
        with self._database.reading() as connection:
            query = select(audit_entries).order_by(audit_entries.c.number)
            for row in connection.execute(query, execution_options={"yield_per": _STREAMED}):
                yield Entry(*row)

    def sign(self) -> AuditHead | None:
        """Sign how far the log reaches now, once for each entry that is the last; None where there is no entry."""
        with self._database.writing() as connection:
            last = connection.execute(
                select(audit_entries.c.number, audit_entries.c.hash).order_by(audit_entries.c.number.desc()).limit(1)
            ).first()
            if last is None:
                return None
            stored_head = connection.execute(select(audit_heads).where(audit_heads.c.number == last.number)).first()
            if stored_head is not None:
                return AuditHead(*stored_head)
            signer = Signer(self._keys, connection)
            at = audit.instant(datetime.now(UTC))
            signature = signer.sign(_signed_content(self._station, last.number, last.hash, at))
            head = AuditHead(last.number, last.hash, at, signer.public_key, signature)
            added = insert(connection, audit_heads).values(vars(head)).on_conflict_do_nothing()
            connection.execute(added)  # another server may have signed the same entry meanwhile
            return AuditHead(*connection.execute(select(audit_heads).where(audit_heads.c.number == last.number)).one())

    def public_key(self) -> str:
        """Return the public key of the station's heads, 32 bytes in hex: keep it where the station cannot change it."""
        with self._database.noting() as connection:
            return Signer(self._keys, connection).public_key

    def verify(self, heads: Sequence[AuditHead] = (), public_key: str = "") -> LogVerification:
        """Check every entry, and the log against the signed heads that it holds and those that were kept elsewhere.

        `public_key` is the station's, as it was noted elsewhere; else it is what the station says of itself.
        """
        key = public_key or self.public_key()
        with self._database.reading() as connection:
            return _Check(connection, self._station, key, heads).run()


class _Check:
    """One check of the whole log, in one state of the database."""

    def __init__(self, connection: Connection, station: str, public_key: str, known_heads: Sequence[AuditHead]) -> None:
        self._connection = connection
        self._faults: list[LogFault] = []
        self._more = 0
        self._heads: dict[int, set[str]] = {}
        self._counted = 0
        for head, where in (
            *((head, "stored") for head in self._stored_heads()),
            *((head, "kept") for head in known_heads),
        ):
            self._counted += 1
            if head is None or not head.is_of(station, public_key):
                number = head.number if head else 0
                self._blame(number, f"the {where} head of entry {number} was changed, or is not signed by this station")
            else:
                self._heads.setdefault(head.number, set()).add(head.hash)

    def run(self) -> LogVerification:
        entries, last, before = 0, 0, BEFORE_THE_FIRST
        for number, entry in _rows(self._connection, audit_entries, Entry):
            entries += 1
            if number != last + 1:
                self._blame(last + 1, _missing(last + 1, number - 1))
            if entry is None or entry.hash != entry.proper_hash:
                self._blame(number, f"entry {number} was changed")
            elif entry.previous != before and number == last + 1:
                self._blame(number, f"entry {number} does not follow entry {last}: one of them was replaced")
            before = entry.hash if entry else ""
            if self._heads.get(number, {before}) != {before}:
                self._blame(number, f"entry {number} is another than the one that was signed")
            last = number
        self._check_end(last)
        return LogVerification(entries, last, self._counted, tuple(self._faults), self._more)

    def _check_end(self, last: int) -> None:
        query = select(counters.c.value).where(counters.c.name == AUDIT_COUNTER)
        counted = self._connection.execute(query).scalar() or 0
        signed = max(self._heads, default=0)
        if (end := max(counted, signed)) > last:
            self._blame(last + 1, _missing(last + 1, end) + " at the end")
        if counted < last:
            self._blame(last, f"the counter of entries says {counted}, and the last entry is {last}")

    def _stored_heads(self) -> Iterator[AuditHead | None]:
        for _, head in _rows(self._connection, audit_heads, AuditHead):
            yield head

    def _blame(self, number: int, problem: str) -> None:
        if len(self._faults) < NAMED:
            self._faults.append(LogFault(number, f"{problem[0].upper()}{problem[1:]}."))
        else:
            self._more += 1


def _rows(connection: Connection, table: Table, kind: type[Any]) -> Iterator[tuple[int, Any]]:
    """Yield number and value of the rows, in their order, None for a value that cannot be what was written."""
    sqlite = connection.dialect.name == "sqlite"
    query = _raw(table) if sqlite else select(table)
    for row in connection.execute(query.order_by(table.c.number), execution_options={"yield_per": _STREAMED}):
        values = _decoded(row) if sqlite else tuple(row)
        yield int(row[0]), None if values is None else kind(*values)


def _raw(table: Table) -> Select[Any]:
    """Select the number, and of all other columns the type and the bytes, which SQLite stores whatever they are."""
    columns = [column for column in table.c if column.name != "number"]
    typed = [part for column in columns for part in (func.typeof(column), cast(column, BLOB))]
    return select(table.c.number, *typed)


def _decoded(row: Row[Any]) -> tuple[Any, ...] | None:
    number: int = row[0]
    rest: list[Any] = list(row[1:])
    if set(rest[::2]) != {"text"}:
        return None
    try:
        return (number, *(content.decode() for content in rest[1::2]))
    except UnicodeDecodeError:
        return None


def _missing(first: int, last: int) -> str:
    return f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"


def _signed_content(station: str, number: int, hash_: str, at: str) -> bytes:
    return audit.plain_json([_PLACE, station, number, hash_, at]).encode()


def _conditions(connection: Connection, act: Act, query: EntryQuery) -> list[ColumnElement[bool]]:
    """Return the conditions of entries that an actor may read and that meet a query.

    Raises:
        InvalidField: the query names what cannot be found.
    """
    table, unit = audit_entries.c, act.actor.unit
    conditions = [path_within(table.unit, unit)]
    if query.person:
        ids = find_subjects(connection, unit, query.person)
        conditions.append(or_(audit.names_any(ids), table.actor_id.in_(account_ids(connection, unit, query.person))))
    if query.actor_id:
        conditions.append(table.actor_id.in_(_actors(connection, unit, query.actor_id)))
    if query.action:
        _require_action(connection, query.action)
        conditions.append(table.action == query.action)
    if query.case_number:
        done_for = table.case_number.in_(fir_spellings(query.case_number))
        conditions.append(or_(done_for, audit.names_any(find_case_subjects(connection, unit, query.case_number))))
    if not query.own_reads and query.action != Action.AUDIT_READ:
        conditions.append(or_(table.actor_id != act.actor.id, table.action != Action.AUDIT_READ))
    exact = ((query.credential, table.credential == query.credential), (query.since, table.at >= query.since))
    conditions += [condition for value, condition in (*exact, (query.until, table.at < query.until)) if value]
    return conditions


def _actors(connection: Connection, unit: Unit, text: str) -> list[str]:
    """Return the ids of the actors that a text names: accounts, or one whose account is gone or of another unit.

    Raises:
        InvalidField: there is none, also in the log.
    """
    ids = account_ids(connection, unit, text)
    by_actor = audit_entries.c.actor_id == text, path_within(audit_entries.c.unit, unit)
    if connection.execute(select(audit_entries.c.number).where(*by_actor).limit(1)).first() is not None:
        ids.append(text)
    if not ids:
        raise InvalidField(f"There is no account {text!r} in your unit or below. Enter a login, a name or an id.")
    return ids


def _require_action(connection: Connection, action: str) -> None:
    """Refuse an action that this version does not know and that no entry has, from another version."""
    noted = select(audit_entries.c.number).where(audit_entries.c.action == action).limit(1)
    if action not in set(Action) and connection.execute(noted).first() is None:
        raise InvalidField(f"There is no action {action!r}; write it as in the log, such as record.read.")


def _instant(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidField(f"{text!r} is not an instant; write 2026-11-25 or 2026-11-25T09:30Z.") from error
    return audit.instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def lines(entries: Iterable[Entry], head: AuditHead | None) -> Iterator[str]:
    """Yield entries as JSON, one a line, and at the end the head that says how many there are."""
    for entry in entries:
        yield audit.plain_json(vars(entry))
    if head is not None:
        yield audit.plain_json({"head": dict(zip((field.name for field in fields(head)), astuple(head), strict=True))})
