"""The rows of two databases side by side: which rows one has and the other has not, and what goes with each."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, func, select, text

from biometrics.storage.audit.log import AUDIT_COUNTER
from biometrics.storage.blobs.garbage import NAMES
from biometrics.storage.database.engine import Database
from biometrics.storage.database.unfinished import MARKS
from biometrics.storage.tables.accounts import (
    account_makers,
    account_requests,
    api_keys,
    saved_filters,
    units,
    user_identities,
    users,
)
from biometrics.storage.tables.audit import audit_entries, audit_heads, score_views
from biometrics.storage.tables.cases import (
    case_allocations,
    case_analyses,
    case_comments,
    case_looks,
    case_opinions,
    case_parts,
    case_working_marks,
    cases,
)
from biometrics.storage.tables.clearances import clearances
from biometrics.storage.tables.history import (
    encounter_links,
    encounter_versions,
    merges,
    moves,
    outcomes,
    person_versions,
    replaced_samples,
)
from biometrics.storage.tables.jobs import idempotency_keys, task_files, tasks, webhooks
from biometrics.storage.tables.keys import data_keys
from biometrics.storage.tables.lineups import lineup_answers, lineup_members, lineup_viewings, lineups
from biometrics.storage.tables.osia import encounter_galleries, inactive_encounters, osia_encounters, osia_persons
from biometrics.storage.tables.people import (
    aliases,
    described_mark_terms,
    encounters,
    mark_terms,
    missing_fingers,
    name_words,
    records,
    samples,
    sections,
)
from biometrics.storage.tables.retention import expungements, retention_orders, search_orders
from biometrics.storage.tables.searches import probe_templates, search_candidates, search_probes, searches
from biometrics.storage.tables.station import counters
from biometrics.storage.tables.subscriptions import subscription_events, subscriptions
from biometrics.storage.tables.templates import changes, models_in_use, templates
from biometrics.storage.tables.watchlist import (
    enrolment_checks,
    latent_links,
    link_checks,
    notifications,
    search_images,
    standing_changes,
    standing_probes,
    standing_searches,
)
from biometrics.templates.change_log import last_sequence

BATCH: Final = 500  # rows of a kind that are copied or removed in one transaction; they must fit one IN list
STREAMED: Final = 5000  # keys fetched at a time

Key = int | str
Row = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """Rows of one table, known by `key`, that are copied together with the rows of other tables that are theirs.

    `parts` are the columns of those other tables that hold the key. `version` is another one once anything of a row has
    changed, or one of `also`; None where rows never change.
    """

    key: Column[Any]
    parts: tuple[Column[Any], ...] = ()
    version: ColumnElement[Any] | None = None
    also: tuple[ColumnElement[Any], ...] = ()

    @property
    def image_name(self) -> Column[Any] | None:
        """The column that names the row's file in the image store, None where rows have none."""
        return next((column for column in NAMES if column.table is self.table), None)

    @property
    def table(self) -> Table:
        """The table of the rows themselves."""
        return self.key.table

    @property
    def files(self) -> Iterator[tuple[Column[Any], Column[Any]]]:
        """The columns with names of files in the image store, each with the one in its table that holds the key."""
        for names in NAMES:
            for key in (self.key, *self.parts):
                if key.table is names.table:
                    yield names, key

    def rows(self, connection: Connection, keys: Sequence[Key]) -> dict[Table, list[Row]]:
        """Return the rows of at most BATCH keys and those that are theirs, by table, each in the order of its key."""
        rows_of = {}
        for column in (self.key, *self.parts):
            query = select(column.table).where(column.in_(keys)).order_by(*column.table.primary_key)
            rows_of[column.table] = [dict(row) for row in connection.execute(query).mappings()]
        return rows_of


_NONCE: Final = 16  # bytes at the start of a sealed value, which differ each time it is sealed

TEMPLATES: Final = Kind(templates.c.id, version=func.substr(templates.c.data, 1, _NONCE))


def _of_probes(value: ColumnElement[Any]) -> Select[Any]:
    return select(value).where(search_probes.c.search_id == searches.c.id)


# In the order in which rows may refer to others.
KINDS: Final = (
    Kind(data_keys.c.id, version=data_keys.c.wrapped),
    Kind(
        records.c.id,
        (
            aliases.c.record_id,
            person_versions.c.record_id,
            name_words.c.record_id,
            described_mark_terms.c.record_id,
        ),
        records.c.version,
    ),
    Kind(
        encounters.c.id,
        (sections.c.encounter_id, missing_fingers.c.encounter_id, encounter_versions.c.encounter_id),
        select(osia_encounters.c.updated_at).where(osia_encounters.c.encounter_id == encounters.c.id).scalar_subquery(),
    ),
    Kind(osia_persons.c.record_id, version=osia_persons.c.person_id),
    Kind(osia_encounters.c.encounter_id, (encounter_galleries.c.encounter_id,), osia_encounters.c.updated_at),
    Kind(inactive_encounters.c.encounter_id),
    Kind(tasks.c.id, (task_files.c.task_id,), tasks.c.changed_at),
    Kind(webhooks.c.id, version=webhooks.c.last_notification),
    Kind(outcomes.c.id, version=outcomes.c.withdrawn_at),
    Kind(retention_orders.c.id),
    Kind(encounter_links.c.id),
    Kind(merges.c.id, version=merges.c.undone_at, also=(merges.c.aliases,)),
    Kind(moves.c.id, version=moves.c.emptied),
    Kind(idempotency_keys.c.id),
    Kind(samples.c.id, (mark_terms.c.sample_id,), samples.c.image_name),
    Kind(replaced_samples.c.sample_id),
    TEMPLATES,
    Kind(changes.c.sequence),
    Kind(models_in_use.c.id, version=models_in_use.c.changed_at),
    Kind(
        searches.c.id,
        (search_probes.c.search_id, search_candidates.c.search_id),
        _of_probes(func.substr(search_probes.c.data, 1, _NONCE))
        .order_by(search_probes.c.ordinal)
        .limit(1)
        .scalar_subquery(),
        (
            searches.c.reason,
            searches.c.authorise_until,
            _of_probes(func.sum(func.length(search_probes.c.label))).scalar_subquery(),
        ),
    ),
    Kind(search_images.c.id, version=search_images.c.image_name, also=(search_images.c.keep_until,)),
    Kind(
        probe_templates.c.id,
        version=func.coalesce(func.substr(probe_templates.c.data, 1, _NONCE), b""),
        also=(probe_templates.c.leased_until, probe_templates.c.code),
    ),
    Kind(search_orders.c.id, also=(search_orders.c.reason,)),
    Kind(enrolment_checks.c.encounter_id, version=enrolment_checks.c.tries),
    Kind(standing_searches.c.id, (standing_probes.c.standing_id,), standing_searches.c.version),
    Kind(standing_changes.c.sequence),
    Kind(link_checks.c.standing_id, version=link_checks.c.requested_at, also=(link_checks.c.tries,)),
    Kind(latent_links.c.id, version=latent_links.c.found_at),
    Kind(subscriptions.c.id, (subscription_events.c.subscription_id,), subscriptions.c.version),
    Kind(
        lineups.c.id,
        (lineup_members.c.lineup_id, lineup_viewings.c.lineup_id, lineup_answers.c.lineup_id),
        lineups.c.version,
    ),
    Kind(notifications.c.number, version=notifications.c.read_at),
    Kind(
        cases.c.id,
        (
            case_parts.c.case_id,
            case_allocations.c.case_id,
            case_comments.c.case_id,
            case_analyses.c.case_id,
            case_looks.c.case_id,
            case_opinions.c.case_id,
            case_working_marks.c.case_id,
        ),
        cases.c.version,
    ),
    Kind(clearances.c.id, version=clearances.c.version),
    Kind(
        users.c.id,
        (user_identities.c.user_id, api_keys.c.owner_id, saved_filters.c.owner_id),
        users.c.version,
    ),  # sessions are not copied: users sign in again
    Kind(account_makers.c.id),
    Kind(account_requests.c.id),
    Kind(units.c.path, also=(units.c.name, units.c.level, units.c.telephone, units.c.court_details)),
    Kind(expungements.c.id, version=expungements.c.signature, also=(expungements.c.leftovers,)),
    Kind(audit_entries.c.number, (score_views.c.number,)),
    Kind(audit_heads.c.number),
)

WITHOUT_KEYS: Final = tuple(kind for kind in KINDS if kind.table is not data_keys)

NUMBERED: Final = (
    samples,
    templates,
    lineups,
    subscriptions,
)  # tables whose rows the database numbers, never twice the same


def walk(source: Connection, target: Connection, kind: Kind) -> Iterator[tuple[Key, bool]]:
    """Walk through the keys that are here, in order; say of each whether the same version of it is there.

    Both sides are streamed, so that memory does not grow with their rows. Keys are numbers or UUIDs in canonical form,
    which every database sorts alike.
    """
    target_marks = _marks(target, kind)
    try:
        other = next(target_marks, None)
        for mark in _marks(source, kind):
            while other is not None and other[0] < mark[0]:
                other = next(target_marks, None)
            yield mark[0], mark == other
    finally:
        target_marks.close()


def _marks(connection: Connection, kind: Kind) -> Generator[Any, None, None]:
    columns = [kind.key, *([] if kind.version is None else [kind.version]), *kind.also]
    query = select(*columns).order_by(kind.key)
    with connection.execute(query, execution_options={"yield_per": STREAMED}) as rows:
        for row in rows:
            yield tuple(row)


def count(connection: Connection, table: Table) -> int:
    """Count the rows of a table."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def is_empty(connection: Connection) -> bool:
    """Return whether the database has never stored anything."""
    used = select(counters.c.name).where(counters.c.name.not_in(MARKS))
    queries = [select(table.primary_key.columns[0]) for table in (records, changes, searches)] + [used]
    return all(connection.execute(query.limit(1)).first() is None for query in queries)


def state_number(connection: Connection) -> int:
    """Return a number of the state that a database is in: another one after anything was stored or removed."""
    counts = [count(connection, table) for table in (records, encounters, searches)]
    audited = connection.execute(select(counters.c.value).where(counters.c.name == AUDIT_COUNTER)).scalar() or 0
    versions = connection.execute(select(func.sum(records.c.version))).scalar() or 0
    numbers = (*counts, int(versions), last_sequence(connection), audited)
    digest = blake2b(repr(numbers).encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 2 | 1  # fits a counter, and is never 0


def last_number(connection: Connection, table: Table) -> int:
    """Return the highest number that the database has given to a row of a NUMBERED table, 0 where to none."""
    if connection.dialect.name == "sqlite":
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
    else:
        query = text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, 'id')::regclass)")
    return connection.execute(query, {"table": table.name}).scalar() or 0


def raise_number(connection: Connection, table: Table, number: int) -> None:
    """Make the database number the next row of a NUMBERED table above `number`."""
    highest = max(number, last_number(connection, table))
    if not highest:
        return
    values = {"table": table.name, "number": highest}
    if connection.dialect.name == "sqlite":
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), values)
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :number)"), values)
    else:
        connection.execute(text("SELECT setval(pg_get_serial_sequence(:table, 'id')::regclass, :number)"), values)


@contextmanager
def lasting(database: Database) -> Iterator[Connection]:
    """Open a read transaction that may be silent for as long as copying takes; PostgreSQL would end another."""
    with database.reading() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield connection
