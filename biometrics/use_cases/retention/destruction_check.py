"""Looking for what a certificate says was destroyed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select

from biometrics.kernel.people.templates import Operation
from biometrics.kernel.technique.chunks import in_chunks
from biometrics.records.store import RecordStore
from biometrics.retention.certificates import Certificate
from biometrics.retention.erasure import CHUNK, living_keys
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.crypto.signing import Signer
from biometrics.storage.tables.keys import SIGNING
from biometrics.storage.tables.people import encounters, records, samples
from biometrics.storage.tables.retention import expungements
from biometrics.storage.tables.searches import probe_templates, search_probes
from biometrics.storage.tables.templates import changes, templates
from biometrics.storage.tables.watchlist import search_images


@dataclass(frozen=True)
class DestructionCheck:
    """One thing looked at, and what was still found there, nothing where all is gone."""

    what: str
    looked_at: str
    problems: tuple[str, ...] = ()


def check(store: RecordStore, certificate: Certificate) -> list[DestructionCheck]:
    """Look for what a certificate says was destroyed, in the database and the image store.

    Of a certificate that this station did not sign, only the signature is reported: its content may be anything.
    """
    with store.database.noting() as connection:
        public_key = Signer(store.keys, connection).public_key
    signature = _signature(certificate, public_key)
    if signature.problems:
        return [signature]
    with store.database.reading() as connection:
        return [
            signature,
            _log(connection, certificate),
            *_rows(connection, certificate),
            _probes(connection, certificate),
            _changes(connection, certificate),
            _keys(connection, store.keys, certificate),
            _files(store.images, certificate),
        ]


def _signature(certificate: Certificate, public_key: str) -> DestructionCheck:
    wrong = () if certificate.is_of(public_key) else ("not signed by this station, or changed since",)
    return DestructionCheck("signature", f"Ed25519 {public_key[:16]}", wrong)


def _log(connection: Connection, certificate: Certificate) -> DestructionCheck:
    """Compare with what the station itself noted."""
    query = select(expungements.c.content).where(expungements.c.id == certificate.id)
    noted = connection.execute(query).scalar()
    same = noted is not None and json.loads(noted) == certificate.content
    return DestructionCheck("the station's own note", certificate.id, () if same else ("another content, or none",))


def _rows(connection: Connection, certificate: Certificate) -> list[DestructionCheck]:
    content = certificate.content
    destroyed_ids: list[tuple[Table, Sequence[Any]]] = [
        (encounters, certificate.encounters),
        (samples, content["samples"]),
        (templates, [number for number, _, _ in content["templates"]]),
    ]
    if removed := content.get("removed", [content["record"]] if content["record_removed"] else []):
        destroyed_ids.append((records, removed))
    findings = []
    for table, ids in destroyed_ids:
        remaining = [str(row_id) for row_id in _present(connection, table.c.id, ids)]
        findings.append(DestructionCheck(f"rows of {table.name}", f"{len(ids):,} ids", tuple(remaining)))
    return findings


def _probes(connection: Connection, certificate: Certificate) -> DestructionCheck:
    left = []
    for search in certificate.content["searches"]:
        files = [*search["probes"], *search.get("images", ())]
        probes = ((table, search["probes"]) for table in (search_probes, probe_templates))
        for table, ordinals in (*probes, (search_images, files)):
            of_search = (table.c.search_id == search["search"], table.c.ordinal.in_(ordinals))
            if connection.execute(select(func.count()).select_from(table).where(*of_search)).scalar_one():
                left.append(str(search["search"]))
    return DestructionCheck(
        "probes of stored searches", f"{len(certificate.content['searches']):,} searches", tuple(left)
    )


def _changes(connection: Connection, certificate: Certificate) -> DestructionCheck:
    """Check that the change sequence, which every index follows, removes the templates."""
    ids = [number for number, _, _ in certificate.content["templates"]]
    removals = changes.c.operation == Operation.REMOVE
    removed = set(_present(connection, changes.c.template_id, ids, removals))
    missing = tuple(str(template_id) for template_id in ids if template_id not in removed)
    return DestructionCheck("removals that indexes follow", f"{len(ids):,} templates", missing)


def _keys(connection: Connection, keys: DataKeys, certificate: Certificate) -> DestructionCheck:
    dead = certificate.content["dead_keys"]
    living = living_keys(connection, keys, [owner for owner in dead if owner != SIGNING])
    remaining = tuple(owner for owner, mark in living.items() if mark == dead[owner])
    return DestructionCheck("data keys", f"{len(dead):,} keys", remaining)


def _files(images: ImageStore, certificate: Certificate) -> DestructionCheck:
    names = certificate.content["files"]
    return DestructionCheck("image files", f"{len(names):,} names", tuple(name for name in names if images.holds(name)))


def _present(
    connection: Connection, column: ColumnElement[Any], ids: Sequence[Any], *conditions: ColumnElement[bool]
) -> list[Any]:
    present: list[Any] = []
    for chunk in in_chunks(ids, CHUNK):
        query = select(column).where(column.in_(chunk), *conditions)
        present += connection.execute(query).scalars()
    return present
