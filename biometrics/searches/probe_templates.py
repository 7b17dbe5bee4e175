"""Templates of kept probes by other models than the one that answered their search.

A process takes one probe at a time by a lease, as `biometrics.templates.reextraction` does for samples. What the search
itself holds, its templates and its scores, never changes.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, select, tuple_, update

from biometrics.access.rights import needs, unrestricted
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.errors import UnknownSample
from biometrics.kernel.people.templates import ModelInUse
from biometrics.kernel.recognition.capture import Position, position_of
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Template
from biometrics.searches.model import KeptImage, SearchProbe, file_of
from biometrics.searches.probe_images import load_image, load_images
from biometrics.searches.rows import load_probes
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.crypto.aead import probe_place, seal
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database
from biometrics.storage.database.locks import hold_unlocked
from biometrics.storage.tables.searches import probe_templates, search_probes, searches
from biometrics.templates.coverage import pending_probe_count, pending_probes
from biometrics.templates.leases import LEASE, LOOKED_AT, Held, Leases
from biometrics.watchlist.rows import add_probe, remove_probes

_REMOVED_AT_ONCE: Final = 500  # templates, in one transaction
_LOCKED_SECONDS: Final = 0.1  # until rows that others have locked are looked at again

_T: Final = probe_templates.c


@dataclass(frozen=True, order=True)
class ProbePlace:
    """A probe by its search and its place there."""

    search_id: str = ""
    ordinal: int = -1

    def piece(self, model: str) -> dict[str, Any]:
        """Return what names the work of a model on it."""
        return {"search_id": self.search_id, "ordinal": self.ordinal, "model": model}


@dataclass(frozen=True)
class KeptProbe:
    """A probe with the file that it came from."""

    probe: SearchProbe
    image: KeptImage


@dataclass(frozen=True)
class RefusedProbe:
    """A kept probe of which a model made no template: of which search and finger, an error's code and message."""

    search_id: str
    ordinal: int
    case_number: str
    modality: Modality
    position: Position | None
    code: str
    detail: str


@unrestricted("the service's own work on all kept probes")
class ProbeTemplates:
    """The kept probes of a database that are extracted again, for one process, whose id is `holder`."""

    def __init__(
        self, database: Database, images: ImageStore, keys: DataKeys, holder: str = "", act: Act | None = None
    ) -> None:
        self._database = database
        self._images = images
        self._keys = keys
        self._leases = Leases(probe_templates, holder)
        self._act = act

    @needs(Scope.ACCOUNT_MANAGE)
    def take(
        self,
        in_use: ModelInUse,
        after: ProbePlace,
        lease: timedelta = LEASE,
        since: datetime | None = None,
        network: str | None = None,
    ) -> ProbePlace | None:
        """Take a kept probe beyond a place that has no template of a model that is wanted; None where there is none.

        A latent that a model in use has read by other weights than `network` is taken, too, and keeps its template
        until it has the new one. One that was tried too often is listed as refused instead. With `since`, only searches
        made after that moment are looked at.
        """
        if not in_use.wanted and network is None:
            return None
        columns = search_probes.c
        query = pending_probes(in_use.modality, in_use.model, network, is_wanted=in_use.wanted, since=since).where(
            tuple_(columns.search_id, columns.ordinal) > (after.search_id, after.ordinal)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(columns.search_id, columns.ordinal).limit(LOOKED_AT)).all()
        for row in rows:
            probe_id = ProbePlace(row.search_id, row.ordinal)
            if self._lease(probe_id, in_use.model, lease, network):
                return probe_id
        return None

    def _lease(self, probe_id: ProbePlace, model: str, lease: timedelta, network: str | None) -> bool:
        with self._database.writing() as connection:
            if self._keys.hold(connection, probe_id.search_id) is None or not _exists(connection, probe_id):
                return False
            piece = probe_id.piece(model)
            _free(connection, piece, network)
            return self._leases.take(connection, piece, lease, id=str(uuid.uuid4()), network=network)

    def load(self, probe_id: ProbePlace) -> KeptProbe:
        """Return a probe with its file.

        Raises:
            UnknownSample: one of the two is gone.
            StoreUnavailable: the file is missing or damaged.
            DecryptionFailed: the file or the probe was tampered with.
        """
        with self._database.reading() as connection:
            probes = load_probes(connection, self._keys, [probe_id.search_id]).get(probe_id.search_id, ())
            probe = next((one for one in probes if one.ordinal == probe_id.ordinal), None)
            if probe is None:
                raise _file_missing(probe_id)
            images = load_images(connection, probe_id.search_id)
        probe_file = file_of(probe, images)
        if probe_file is None:
            raise _file_missing(probe_id)
        image = load_image(self._database, self._images, self._keys, probe_id.search_id, probe_file.ordinal)
        if image is None:
            raise _file_missing(probe_id)
        return KeptProbe(probe, image)

    @needs(Scope.ACCOUNT_MANAGE)
    def write(self, probe_id: ProbePlace, template: Template) -> bool:
        """Store the template of a probe that was taken, and have its standing search look with it, too.

        Return False where it is not needed any more: the probe was removed, or another process has taken it.
        """
        at = probe_place(probe_id.search_id, probe_id.ordinal, template.modality, template.model)
        with self._database.writing() as connection:
            secret = self._keys.hold(connection, probe_id.search_id)
            if secret is None:
                return False
            data = seal(secret, at, template.data)
            written = {"data": data, "leased_until": None, "code": None, "detail": None}
            mine = update(probe_templates).where(*self._leases.held(probe_id.piece(template.model))).values(written)
            if not connection.execute(mine).rowcount:
                return False
            add_probe(connection, probe_id.search_id, probe_id.ordinal, template.modality, template.model)
        return True

    @needs(Scope.ACCOUNT_MANAGE)
    def refuse(self, probe_id: ProbePlace, model: str, code: str, detail: str) -> None:
        """List a probe that was taken and of which a model makes no template; its other templates stay."""
        with self._database.writing() as connection:
            self._leases.refuse(connection, probe_id.piece(model), code, detail)

    @needs(Scope.ACCOUNT_MANAGE)
    def try_refused_again(self, model: str) -> int:
        """Have the probes extracted again that a model refused; return how many."""
        with self._database.writing() as connection:
            return self._leases.forget_refused(connection, model)

    def in_progress(self, model: str) -> bool:
        """Say whether a probe is being extracted by a model, or was when a process ended."""
        with self._database.reading() as connection:
            leased = (_T.model == model, _T.leased_until.is_not(None))
            return connection.execute(select(_T.id).where(*leased).limit(1)).first() is not None

    def pending(self, modality: Modality, model: str, network: str | None) -> int:
        """Count the kept probes that a model has still to do; `network` are the weights that read latents."""
        with self._database.reading() as connection:
            return pending_probe_count(connection, modality, model, network)

    def held_by_others(self, models: Collection[str]) -> list[Held]:
        """Return the probes that other processes are extracting by some models, or were when they were killed."""
        with self._database.reading() as connection:
            return self._leases.held_by_others(connection, models)

    def refused_count(self, model: str) -> int:
        """Count the kept probes that a model refused."""
        with self._database.reading() as connection:
            return self._leases.refused_count(connection, model)

    @needs(Scope.ACCOUNT_MANAGE)
    def refused(self, models: Collection[str], limit: int) -> list[RefusedProbe]:
        """Return the kept probes that some models refused, by search and place, at most `limit`."""
        same_probe = and_(search_probes.c.search_id == _T.search_id, search_probes.c.ordinal == _T.ordinal)
        query = (
            select(probe_templates, search_probes.c.modality, search_probes.c.finger_position, searches.c.case_number)
            .join(search_probes, same_probe)
            .join(searches, searches.c.id == _T.search_id)
            .where(_T.model.in_(models), *self._leases.refused())
            .order_by(_T.search_id, _T.ordinal)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query.limit(limit)).all()
        return [
            RefusedProbe(
                row.search_id,
                row.ordinal,
                row.case_number,
                Modality.named(row.modality),
                position_of(row.finger_position),
                row.code,
                row.detail,
            )
            for row in rows
        ]

    @needs(Scope.ACCOUNT_MANAGE)
    def remove(self, modality: Modality, model: str) -> None:
        """Remove the added templates of a model, and the probes of it that standing searches look with."""
        while True:
            with self._database.writing() as connection:
                some = hold_unlocked(connection, select(_T.id).where(_T.model == model).limit(_REMOVED_AT_ONCE))
                connection.execute(delete(probe_templates).where(_T.id.in_([row.id for row in some])))
                if connection.execute(select(_T.id).where(_T.model == model).limit(1)).first() is None:
                    remove_probes(connection, modality, model)
                    return
            if not some:
                time.sleep(_LOCKED_SECONDS)


def _file_missing(probe_id: ProbePlace) -> UnknownSample:
    return UnknownSample(f"No file of probe {probe_id.ordinal} of the search {probe_id.search_id} is kept.")


def _free(connection: Connection, piece: Mapping[str, Any], network: str | None) -> None:
    """Free a piece that other weights have extracted or refused, so that it can be leased."""
    this = [_T[name] == value for name, value in piece.items()]
    of_others = (_T.leased_until.is_(None), _T.network.is_distinct_from(network))
    reset = {"leased_until": datetime.now(UTC), "tries": 0, "network": network}
    connection.execute(update(probe_templates).where(*this, *of_others).values(reset))


def _exists(connection: Connection, probe_id: ProbePlace) -> bool:
    same_probe = (search_probes.c.search_id == probe_id.search_id, search_probes.c.ordinal == probe_id.ordinal)
    return connection.execute(select(search_probes.c.ordinal).where(*same_probe)).first() is not None
