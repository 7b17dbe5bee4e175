"""Certificates of destruction: what was destroyed, by which rule, signed by the station.

A certificate holds ids, names of files and the SHA-256 of keys, and so that a court can file it the national number,
FIR, station, court and case number; but no name, and nothing else about the person.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Row, Select, select

from biometrics.access.jurisdiction import unit_of
from biometrics.access.rights import needs, needs_one_of
from biometrics.access.units import path_within
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.ids import canonical_id
from biometrics.kernel.technique.page import Page
from biometrics.storage.audit.log import plain_json
from biometrics.storage.crypto.signing import is_signed
from biometrics.storage.database.engine import Database
from biometrics.storage.database.paging import cursor, older_than, paginate
from biometrics.storage.tables.retention import expungements


@dataclass(frozen=True)
class Certificate:
    """A certificate of destruction: what `content` says, and the signature of the station in hex."""

    content: Mapping[str, Any]
    signature: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a certificate's file.

        Raises:
            InvalidField: it is none.
        """
        try:
            read = json.loads(text)
            content, signature = read["content"], read["signature"]
            if content["certificate"] != "pehchan-expungement-1":
                raise InvalidField("This is a certificate of another kind or of a newer version of Pehchan.")
            parts = {name: content[name] for name in _FIELDS}
            plain_json(content).encode()  # what is signed; half a character cannot be
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InvalidField(
                "This is not a certificate of destruction from Pehchan; give the original file."
            ) from error
        if not isinstance(signature, str) or not all(isinstance(parts[name], kind) for name, kind in _FIELDS.items()):
            raise InvalidField("This is not a certificate of destruction from Pehchan; give the original file.")
        return cls(content, signature)

    @property
    def id(self) -> str:
        """The id of the expungement."""
        return str(self.content["id"])

    @property
    def text(self) -> str:
        """The certificate as a file."""
        return json.dumps({"content": self.content, "signature": self.signature}, indent=1, sort_keys=True) + "\n"

    @property
    def encounters(self) -> list[str]:
        """The ids of the encounters that were destroyed."""
        return [str(entry["encounter"]) for entry in self.content["encounters"]]

    @property
    def destroyed(self) -> list[dict[str, Any]]:
        """What a rule is given for: encounters, or a search whose probes' files were destroyed."""
        return [*self.content["encounters"], *(search for search in self.content["searches"] if "rule" in search)]

    def is_of(self, public_key: str) -> bool:
        """Say whether the owner of a public key (hex) signed exactly this."""
        return is_signed(plain_json(self.content).encode(), self.signature, public_key)


_FIELDS: Mapping[str, type] = {
    "id": str,
    "station": str,
    "removed": list,
    "at": str,
    "record": str,
    "record_removed": bool,
    "national_number": str,
    "encounters": list,
    "samples": list,
    "templates": list,
    "files": list,
    "searches": list,
    "dead_keys": dict,
    "key_copies": dict,
    "sequence": int,
    "public_key": str,
}


class CertificateStore:
    """Reads certificates for an actor; an unfinished expungement has none yet."""

    def __init__(self, database: Database, act: Act | None) -> None:
        """Read an open database."""
        self._database = database
        self._act = act

    @needs_one_of(Scope.RETENTION_MANAGE, Scope.RECORD_EXPUNGE)
    def find(self, expungement_id: str) -> Certificate | None:
        """Return the certificate of an expungement, None where there is none that one may see."""
        with self._database.reading() as connection:
            query = self._signed().where(expungements.c.id == canonical_id(expungement_id))
            row = connection.execute(query).first()
        return _certificate(row) if row else None

    @needs(Scope.RETENTION_MANAGE)
    def page(self, limit: int, after: str | None = None) -> Page[Certificate, str]:
        """Return some certificates, the newest first; `after`: cursor of the previous page.

        Raises:
            InvalidField: no page named the cursor.
        """
        order = (expungements.c.created_at, expungements.c.id)
        query = self._signed().where(*older_than(*order, after))
        query = query.order_by(*(column.desc() for column in order)).limit(limit + 1)
        with self._database.reading() as connection:
            rows, next_cursor = paginate(connection.execute(query).all(), limit, cursor)
        return Page(tuple(map(_certificate, rows)), next_cursor)

    @needs(Scope.RETENTION_MANAGE)
    def everything(self) -> Iterator[Certificate]:
        """Walk through all of them, the oldest first."""
        query = self._signed().order_by(expungements.c.created_at, expungements.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        yield from map(_certificate, rows)

    def _signed(self) -> Select[Any]:
        within_unit = path_within(expungements.c.unit, unit_of(self._act))
        return select(expungements).where(expungements.c.signature.is_not(None), within_unit)


def _certificate(row: Row[Any]) -> Certificate:
    return Certificate(json.loads(row.content), row.signature)
