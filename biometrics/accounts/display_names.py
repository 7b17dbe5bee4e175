"""Display names of accounts, for answers that contain their ids."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from sqlalchemy import select

from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.storage import commits
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.accounts import users

log = logging.getLogger("pehchan")


class Names(dict[str, str]):
    """Names by the ids of accounts; an id that no account has, such as that of a local operator, stands for itself."""

    def __missing__(self, account_id: str) -> str:
        return account_id


def names_of(database: Database, ids: Iterable[str | None]) -> Names:
    """Return the names of accounts, in one query; a user who may see an act may know its author's name.

    Closed accounts have names, too. Empty ids and None have none. If the request has stored something
    and the names cannot be read, the ids replace them.

    Raises:
        StoreUnavailable: they cannot be read, and nothing was stored.
    """
    account_ids = sorted({account_id for account_id in ids if account_id})
    names = Names()
    for chunk in in_chunks(account_ids, CHUNK):
        query = select(users.c.id, users.c.name).where(users.c.id.in_(chunk))
        try:
            with database.reading() as connection:
                names.update((row.id, row.name) for row in connection.execute(query))
        except StoreUnavailable as error:
            if not commits.any_noted():
                raise
            log.warning("Stored; the answer shows ids instead of names: %s", error.message)
    return names
