"""How far a breach of personal data went, by the entries of the audit log that it left."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from biometrics.access import persons
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.ids import UUID_PATTERN
from biometrics.storage.audit.log import Action, Entry

# What is done about a breach, and has an entry: by whom it was does not matter.
MEASURES: Final = frozenset(
    {
        Action.ACCOUNT_DISABLED,
        Action.PASSWORD_RESET,
        Action.TOTP_RESET,
        Action.API_KEY_REVOKED,
        Action.RIGHTS_CHANGED,
        Action.KEYS_ROTATED,
    }
)
_ID: Final = re.compile(UUID_PATTERN)


@dataclass(frozen=True)
class BreachExtent:
    """What entries of a breach show; `people` counts records, those that were merged once.

    `measures` are the actions that end or change accounts, credentials and keys since the first day asked for. Both
    lists have the most frequent first.
    """

    entries: int
    first: datetime | None
    last: datetime | None
    people: int
    accounts: tuple[str, ...]
    addresses: tuple[str, ...]
    actions: tuple[tuple[str, int], ...]
    measures: tuple[tuple[str, int], ...]


def extent_of(connection: Connection, entries: Iterable[Entry], measures: Iterable[str]) -> BreachExtent:
    """Return how far a breach went: `entries` are those it left, `measures` the actions that were taken against it."""
    ids: set[str] = set()
    accounts: set[str] = set()
    addresses: set[str] = set()
    actions: Counter[str] = Counter()
    moments: list[str] = []
    for entry in entries:
        ids.update(_ID.findall(f"{entry.subject_id} {entry.detail}"))
        accounts.add(entry.actor_id)
        addresses.add(entry.address)
        actions[entry.action] += 1
        moments = [min([entry.at, *moments]), max([entry.at, *moments])]
    people: set[str] = set()
    for chunk in in_chunks(sorted(ids), CHUNK):
        people |= set(persons.resolve_merged_ids(connection, chunk).values())
    first, last = (datetime.fromisoformat(at) for at in moments) if moments else (None, None)
    return BreachExtent(
        sum(actions.values()),
        first,
        last,
        len(people),
        tuple(sorted(accounts)),
        tuple(sorted(addresses - {""})),
        tuple(actions.most_common()),
        tuple(Counter(measures).most_common()),
    )
