"""What the operations of an ABIS interface work on."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from threading import Lock

from api.operations.outbound import OutboundClient
from api.standards.common.fetching import Fetched
from biometrics.kernel.access import Act, Purpose, Unit
from biometrics.kernel.people.labels import Members
from biometrics.kernel.technique.limits import MAX_FILE_BYTES
from biometrics.osia.galleries import GalleryStore
from biometrics.osia.model import ALL
from biometrics.records.osia_store import OsiaStore
from biometrics.records.store import RecordStore
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.retention.retention import Retention

GALLERIES_KEPT = 8
FOLLOWED = 100_000  # changes; after more, a gallery is read again


class Memberships:
    """A cache of the templates of the galleries searched last; changes are applied to it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[int, Members]] = OrderedDict()
        self._lock = Lock()

    def members(self, store: RecordStore, gallery: str) -> Members | None:
        """Return the templates of a gallery, None where that is all.

        Raises:
            UnknownGallery: it is empty.
        """
        if gallery == ALL:
            return None
        sequence = store.templates.last_sequence()  # read first: what is kept is as new as that, or newer
        with self._lock:
            cached = self._kept.get(gallery)
        if cached is None or cached[0] != sequence:
            of = GalleryStore(store.database, store.act)
            is_recent = cached is not None and sequence - cached[0] <= FOLLOWED
            now = (
                of.members_since(gallery, cached[1], cached[0])
                if cached and is_recent
                else Members(of.members(gallery))
            )
            cached = sequence, now
            with self._lock:
                self._kept[gallery] = cached
                self._kept.move_to_end(gallery)
                if len(self._kept) > GALLERIES_KEPT:
                    self._kept.popitem(last=False)
        return cached[1]


@dataclass(frozen=True)
class Abis:
    """The service behind the interface; `acting` gives it a client to act for.

    Attributes:
        engine: what records are kept and compared with.
        outbound: calls the addresses that clients name.
        station: where encounters are filed that do not say where they were.
        purpose: what searches are for.
        memberships: the galleries' templates.
        fetched: what was fetched for a request before it took its turn.
    """

    engine: Engine
    outbound: OutboundClient
    station: Unit
    purpose: Purpose
    memberships: Memberships = field(default_factory=Memberships)
    fetched: Fetched | None = None

    def for_actor(self, act: Act) -> Abis:
        """Return this on a client's behalf."""
        return replace(self, engine=self.engine.for_actor(replace(act, purpose=act.purpose or self.purpose)))

    @property
    def act(self) -> Act:
        """The act on whose behalf it works."""
        act = self.engine.store.act
        assert act is not None, "the service acts for a client"
        return act

    @property
    def store(self) -> RecordStore:
        """The records, on the client's behalf."""
        return self.engine.store

    @property
    def filed_at(self) -> Unit:
        """Where an encounter is filed: the usual station or, where the client's unit does not cover it, that unit."""
        unit = self.act.actor.unit
        return self.station if unit.covers(self.station) else unit

    @property
    def osia(self) -> OsiaStore:
        """The data that the interface keeps for the client, in addition to the records."""
        return OsiaStore(self.engine.store)

    @property
    def retention(self) -> Retention:
        """The keeping of samples, and destroying them, on the client's behalf."""
        return Retention(self.engine.store)

    def fetch(self, url: str) -> bytes:
        """Return what is at an address.

        Raises:
            AddressRefused: it is not allowed, or does not answer.
        """
        if self.fetched is not None and url in self.fetched:
            return self.fetched.get(url)
        return self.outbound.get(url, MAX_FILE_BYTES)
