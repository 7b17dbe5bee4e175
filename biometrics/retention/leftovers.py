"""What a destruction leaves for later transactions: text about the person in cases, in searches, and in stored answers.

Cases and tasks are locked before records, so a transaction that destroys a record cannot change them. It stores what to
look for, sealed with a key of its own, and the destruction is not certified before all of it is removed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Self

from sqlalchemy import Column, Connection, delete, or_, select, update

from biometrics.clearances.rows import erase as erase_clearances
from biometrics.kernel.casework.cases import Conclusion
from biometrics.kernel.people.national import BASIS, NATIONAL
from biometrics.kernel.people.retention_rules import waiting_orders
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.kernel.technique.ids import UUID_PATTERN
from biometrics.names.spelling import words
from biometrics.retention.probe_files import orders_of_searches
from biometrics.storage.crypto.aead import Place, seal, unseal
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.locks import Lock, acquire, name_of
from biometrics.storage.tables.accounts import saved_filters, users
from biometrics.storage.tables.cases import case_analyses, case_comments, case_opinions, case_working_marks, cases
from biometrics.storage.tables.clearances import clearances
from biometrics.storage.tables.history import person_versions
from biometrics.storage.tables.lineups import lineup_answers, lineup_members, lineup_viewings, lineups
from biometrics.storage.tables.osia import osia_encounters, osia_persons
from biometrics.storage.tables.people import aliases, records
from biometrics.storage.tables.retention import expungements, search_orders
from biometrics.storage.tables.searches import search_candidates, search_probes, searches

ERASED_TEXT: Final = "[erased with the person's record]"  # in place of a text that may name a destroyed person
CHUNK: Final = 500  # values in one IN list

_SHORTEST: Final = 3  # letters of a word of a name by which a text is taken to name the person
_TOKEN: Final = re.compile(rf"{UUID_PATTERN}|[0-9a-f]{{64}}|[0-9]{{10}}")


@dataclass(frozen=True)
class Leftovers:
    """What is left after a destruction, and how to recognise it.

    `records` are the ids of the records that were removed, none where encounters of all stay; `encounters` and
    `searches` are those that were destroyed or lost a probe. `known_as` are all identifiers of these and of their image
    files, those of OSIA's clients among them; `names` are all names that the person ever had here.
    """

    records: tuple[str, ...]
    encounters: tuple[str, ...]
    searches: tuple[str, ...]
    known_as: tuple[str, ...]
    names: tuple[str, ...]

    def sealed(self, secret: bytes, expungement: str) -> bytes:
        """Return them as they are stored with an expungement."""
        return seal(secret, _associated_data(expungement), json.dumps(asdict(self)).encode())

    @classmethod
    def opened(cls, secret: bytes, expungement: str, sealed: bytes) -> Self:
        """Return the leftovers that `sealed` encrypted."""
        content = json.loads(unseal(secret, _associated_data(expungement), sealed))
        return cls(**{name: tuple(values) for name, values in content.items()})

    def are_about(self, texts: Sequence[str], identifiers: Set[str], *, before: bool) -> bool:
        """Return whether a stored answer with these texts has an identifier of what was destroyed.

        An answer that was stored after the destruction, not `before` it, must also have a name of the person: it may be
        the answer to the request that asked for the destruction.
        """
        if identifiers.isdisjoint(self.known_as):
            return False
        return before or any(self.names_in(text) for text in texts)

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word for name in self.names for word in words(name) if len(word) >= _SHORTEST)

    def names_in(self, text: str) -> bool:
        """Return whether a text has a name of the person, or a word of one, in whatever script or spelling."""
        lowered = text.casefold()
        return any(name.casefold() in lowered for name in self.names) or not self._words.isdisjoint(words(text))


def identifiers_in(texts: Sequence[str]) -> set[str]:
    """Return the texts that may be identifiers: each as a whole, and the ids, digests and numbers within them."""
    return {*texts, *(token for text in texts for token in _TOKEN.findall(text))}


def leftovers_of(
    connection: Connection, record_ids: Sequence[str], going: Sequence[str], files: Iterable[str]
) -> Leftovers:
    """Return how to recognise what is left of encounters, and of the records that go with them, before they go.

    `files` are the SHA-256 (hex) of the encounters' images.
    """
    known_as = {*going, *files}
    for chunk in in_chunks(going, CHUNK):
        query = select(osia_encounters.c.client_id).where(osia_encounters.c.encounter_id.in_(chunk))
        known_as.update(connection.execute(query).scalars())
    names: set[str] = set()
    for row in connection.execute(select(records).where(records.c.id.in_(record_ids))):
        names.add(row.name)
        known_as |= {row.id, row.national_number}
    for column in (aliases.c.name, person_versions.c.content, osia_persons.c.person_id):
        for value in connection.execute(select(column).where(column.table.c.record_id.in_(record_ids))).scalars():
            if column is osia_persons.c.person_id:
                known_as.add(value)
            else:
                names.update([value] if isinstance(value, str) else [value["name"], *value.get("aliases", ())])
    return Leftovers(tuple(record_ids), tuple(going), (), tuple(sorted(known_as)), tuple(sorted(names)))


def load_leftovers(connection: Connection, keys: DataKeys, expungement: str) -> tuple[Leftovers, datetime] | None:
    """Return the leftovers of a destruction, and its time; None where all of them are erased."""
    query = select(expungements.c.created_at, expungements.c.leftovers).where(expungements.c.id == expungement)
    row = connection.execute(query).one()
    if row.leftovers is None:
        return None
    secret = keys.get(connection, expungement, _associated_data(expungement))
    return Leftovers.opened(secret, expungement, row.leftovers), row.created_at


def forget_leftovers(connection: Connection, keys: DataKeys, expungement: str) -> None:
    """Forget how to recognise what a destruction left, once all of it is erased."""
    keys.destroy(connection, expungement)
    this = expungements.c.id == expungement
    connection.execute(update(expungements).where(this).values(leftovers=None))


def erase_search_text(connection: Connection, search_id: str, left: Leftovers) -> None:
    """Erase a stored search's reason, the texts of orders about it, and the names of files that name the person.

    Also the legal basis of its search of other states, and the particulars of a clearance certificate that rests on it.
    """
    this_search = searches.c.id == search_id
    connection.execute(update(searches).where(this_search).values(reason=ERASED_TEXT))  # first: others wait here
    erase_clearances(connection, clearances.c.search_id == search_id)
    of_search = search_orders.c.search_id == search_id
    orders = orders_of_searches(connection, [search_id])[search_id]
    waiting = [order.id for order in waiting_orders(orders)]  # two would be the same order without their texts
    connection.execute(delete(search_orders).where(search_orders.c.id.in_(waiting)))
    connection.execute(
        update(search_orders).where(of_search).values(authority=ERASED_TEXT, reference=ERASED_TEXT, reason=ERASED_TEXT)
    )
    settings = connection.execute(select(searches.c.settings).where(this_search)).scalar() or {}
    if NATIONAL in settings:
        erased = {**settings, NATIONAL: {**settings[NATIONAL], BASIS: ERASED_TEXT}}
        connection.execute(update(searches).where(this_search).values(settings=erased))
    query = select(search_probes.c.ordinal, search_probes.c.label).where(search_probes.c.search_id == search_id)
    for ordinal, label in connection.execute(query).all():
        if left.names_in(label):
            this = (search_probes.c.search_id == search_id, search_probes.c.ordinal == ordinal)
            connection.execute(update(search_probes).where(*this).values(label=""))


def erase_from_cases(connection: Connection, left: Leftovers) -> None:
    """Erase what examiners wrote in the cases about a destroyed person; who concluded what, and when, stays.

    A clearance certificate goes with it if an examination identified its applicant as the person.
    """
    identified = (cases.c.candidate_id.in_(left.records), cases.c.outcome == Conclusion.IDENTIFICATION)
    erase_clearances(connection, clearances.c.search_id.in_(select(cases.c.search_id).where(*identified)))
    about = or_(
        cases.c.candidate_id.in_(left.records),
        cases.c.record_id.in_(left.records),
        cases.c.encounter_id.in_(left.encounters),
        cases.c.search_id.in_(left.searches),
        cases.c.candidate_search_id.in_(left.searches),
    )
    for case_id in sorted(connection.execute(select(cases.c.id).where(about)).scalars()):
        acquire(connection, Lock.CASE, case_id)
        this = cases.c.id == case_id
        connection.execute(update(cases).where(this).values(version=cases.c.version + 1))
        withdrawn = update(cases).where(this, cases.c.withdrawn_because.is_not(None))
        connection.execute(withdrawn.values(withdrawn_because=ERASED_TEXT))
        connection.execute(delete(case_working_marks).where(case_working_marks.c.case_id == case_id))
        opinion_columns = case_opinions.c
        notes = (case_comments.c.text, case_analyses.c.notes, opinion_columns.notes)
        for column in (*notes, opinion_columns.because, opinion_columns.grounds, opinion_columns.unmarked_because):
            written = (column.table.c.case_id == case_id, column != "")
            connection.execute(update(column.table).where(*written).values({column: ERASED_TEXT}))
        connection.execute(
            update(case_analyses)
            .where(case_analyses.c.case_id == case_id)
            .values(marks=None, pattern=None, drawings=None)
        )
        connection.execute(
            update(case_opinions)
            .where(case_opinions.c.case_id == case_id)
            .values(marks=None, basis=None, drawings=None)
        )


def erase_from_searches(connection: Connection, left: Leftovers) -> None:
    """Erase the reasons and the names of files that name the person, of searches that returned the person."""
    query = select(search_candidates.c.search_id).where(search_candidates.c.record_id.in_(left.records)).distinct()
    for chunk in in_chunks(sorted(connection.execute(query).scalars()), CHUNK):
        reasons = select(searches.c.id, searches.c.reason).where(searches.c.id.in_(chunk))
        labels = select(search_probes.c.search_id, search_probes.c.label).where(search_probes.c.search_id.in_(chunk))
        settings = connection.execute(select(searches.c.id, searches.c.settings).where(searches.c.id.in_(chunk)))
        bases = [(search_id, content[NATIONAL][BASIS]) for search_id, content in settings if NATIONAL in content]
        texts = [*connection.execute(reasons), *connection.execute(labels), *bases]
        for search_id in sorted({search_id for search_id, text in texts if text and left.names_in(text)}):
            erase_search_text(connection, search_id, left)


def erase_from_lineups(connection: Connection, left: Leftovers) -> None:
    """Erase texts that name a destroyed person in the line-ups that they were in; answers and seals stay."""
    query = select(lineup_members.c.lineup_id).where(lineup_members.c.record_id.in_(left.records)).distinct()
    for lineup_id in sorted(connection.execute(query).scalars()):
        acquire(connection, Lock.LINEUP, name_of(lineup_id))
        this = lineups.c.id == lineup_id
        connection.execute(update(lineups).where(this).values(version=lineups.c.version + 1))
        answered, viewed = lineup_answers.c, lineup_viewings.c
        texts = (lineups.c.description, lineups.c.closed_because, answered.words, answered.confidence)
        for column in (*texts, viewed.witness, viewed.witness_key, viewed.present, viewed.remarks):
            _erase_where_named(connection, column, lineup_id, left)


def erase_from_saved_filters(connection: Connection, left: Leftovers) -> None:
    """Erase the names of saved filters, of any account, that name a destroyed person; the filters stay."""
    if not left.names:
        return
    columns = saved_filters.c
    for row in connection.execute(
        select(columns.id, columns.owner_id, columns.name).order_by(columns.owner_id, columns.id)
    ).all():
        if left.names_in(row.name):
            acquire(connection, Lock.ACCOUNT)
            owner = update(users).where(users.c.id == row.owner_id)
            connection.execute(owner.values(version=users.c.version + 1))  # by which a backup knows what changed
            erased_name = f"{ERASED_TEXT} {row.id}"  # an account has each name once
            connection.execute(update(saved_filters).where(columns.id == row.id).values(name=erased_name))


def _erase_where_named(connection: Connection, column: Column[Any], lineup_id: int, left: Leftovers) -> None:
    """Erase a text of a line-up's rows where it names the person; each witness keeps a name of their own."""
    table = column.table
    owner = table.c.id if table is lineups else table.c.lineup_id
    rows = connection.execute(select(*table.primary_key, column.label("text")).where(owner == lineup_id)).all()
    for *key, text in rows:
        if text and left.names_in(text):
            this = [part == value for part, value in zip(table.primary_key, key, strict=True)]
            number = "" if table is not lineup_viewings else f" {key[-1]}"
            connection.execute(update(table).where(*this).values({column: f"{ERASED_TEXT}{number}"}))


def _associated_data(expungement: str) -> Place:
    return ("expungement", expungement, "leftovers")
