"""Reading searches as one actor sees them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from biometrics.access import blinding
from biometrics.access.jurisdiction import require_unit
from biometrics.access.rights import MATCHING, needs, needs_one_of, unrestricted
from biometrics.kernel.access import Act, Scope, Unit
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.ids import canonical_id
from biometrics.kernel.technique.page import Page
from biometrics.people.rows import resolve_merged_id
from biometrics.searches import probe_images
from biometrics.searches import rows as searches
from biometrics.searches.appearances import Mention, load_mentions
from biometrics.searches.listing import SearchLine, SearchQuery, load_lines
from biometrics.searches.model import (
    KeptImage,
    ListedPeople,
    ProbeImage,
    SearchCandidate,
    SearchProbe,
    StoredSearch,
)
from biometrics.storage.audit.log import Action, note
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.watchlist import search_images


class SearchReader:
    """The searches that were made, as far as the actor may read them."""

    def __init__(self, database: Database, images: ImageStore, keys: DataKeys, act: Act | None) -> None:
        self._database = database
        self._images = images
        self._keys = keys
        self._act = act

    @needs_one_of(Scope.SEARCH_READ, Scope.CASE_READ, Scope.WATCH_MANAGE)
    def get(self, search_id: str) -> StoredSearch:
        """Return a stored search.

        Raises:
            UnknownSearch: there is none of this id.
            HiddenUntilDecided: the actor examines a case about it, and has given no opinion.
        """
        act = self._act
        with self._database.reading() as connection:
            stored = searches.load_search(connection, self._keys, search_id)
            searches.require_visible(act, stored)
            blinding.require_shown(connection, act, stored.id)
            detail = searches.audited(connection, act, stored.search)
            stored = searches.with_listed(connection, act, stored)
        note(self._database, act, Action.SEARCH_READ, stored.id, **detail)
        return stored

    @needs(Scope.SEARCH_READ)
    def find(
        self, query: SearchQuery | None = None, limit: int = 50, after: str | None = None
    ) -> Page[SearchLine, str]:
        """Return the searches that meet a query, all without one, newest first; `after` is the `after` of a page.

        Raises:
            InvalidField: the limit or the cursor is not valid.
        """
        act, query = self._act, query or SearchQuery()
        with self._database.reading() as connection:
            page = load_lines(connection, act, query, limit, after)
        note(
            self._database,
            act,
            Action.SEARCHES_FOUND,
            asked=query.fields_used,
            searches=[line.id for line in page.items],
        )
        return page

    @needs(Scope.SEARCH_READ)
    def mentions_of(self, record_id: str, limit: int = 50, after: str | None = None) -> Page[Mention, str]:
        """Return the searches that named a record, or one that was merged into it; `after` is the `after` of a page.

        Actors see their own searches and those of their unit and below it, but none about a case that they examine and
        have given no opinion in.

        Raises:
            UnknownRecord, OutOfJurisdiction.
            InvalidField: the limit or the cursor is not valid.
        """
        act = self._act
        with self._database.reading() as connection:
            lead_id = resolve_merged_id(connection, record_id)
            page = load_mentions(connection, act, lead_id, limit, after)
        searches_named = [mention.search_id for mention in page.items]
        note(self._database, act, Action.SEARCHES_LISTED, lead_id, searches=searches_named)
        return page

    @needs_one_of(Scope.SEARCH_READ, Scope.CASE_READ, Scope.WATCH_MANAGE)
    def listed_people(self, candidates: Sequence[SearchCandidate]) -> ListedPeople:
        """Return the people of candidates as the actor may see them, and how to call the units of the others.

        It is part of showing an answer whose own audit entry names them.
        """
        with self._database.reading() as connection:
            return searches.listed_people(connection, self._act, candidates)

    @needs_one_of(Scope.IDENTIFY, Scope.WATCH_MANAGE)
    def require_allowance(self, per_hour: int, number: int = 1) -> None:
        """Refuse some more searches if the actor has made too many; see `repository.require_allowance`.

        Raises:
            TooManySearches: they have.
        """
        with self._database.reading() as connection:
            searches.require_allowance(connection, self._act, per_hour, number)

    @needs(Scope.NATIONAL_SEARCH)
    def require_national(self, unit: Unit) -> None:
        """Refuse a search of other states that is not accounted for, or is for a unit that is not the actor's.

        Raises:
            PurposeMissing: the actor states no purpose, or no case.
            OutOfJurisdiction: the unit is not at or below the actor's.
        """
        if self._act is not None:
            searches.require_purpose(self._act.purpose, self._act.case_number)
        require_unit(self._act, unit)

    @needs(Scope.IDENTIFY)
    def require_field_allowance(self, per_hour: int) -> None:
        """Refuse one more field check if the actor has made too many.

        Raises:
            TooManyFieldChecks: they have.
        """
        with self._database.reading() as connection:
            searches.require_field_allowance(connection, self._act, per_hour, 1)

    @unrestricted(MATCHING)
    def probes_of(self, search_ids: Collection[str]) -> dict[str, tuple[SearchProbe, ...]]:
        """Return the probes of stored searches, by search id."""
        probes: dict[str, tuple[SearchProbe, ...]] = {}
        with self._database.reading() as connection:
            for chunk in in_chunks(sorted(search_ids), CHUNK):
                probes |= searches.load_probes(connection, self._keys, chunk)
        return probes

    @needs(Scope.SEARCH_READ)
    def image(self, search_id: str, ordinal: int) -> KeptImage | None:
        """Return the file of a stored search's probe, byte for byte as it came in; None where it is not kept.

        Raises:
            UnknownSearch, OutOfJurisdiction, HiddenUntilDecided: as for `get`.
            StoreUnavailable: the file is missing or damaged.
            DecryptionFailed: it was tampered with.
        """
        act, canonical = self._act, canonical_id(search_id)
        if act is not None:
            with self._database.reading() as connection:
                searches.require_visible(act, searches.load_search(connection, self._keys, canonical))
                blinding.require_shown(connection, act, canonical)
        image = probe_images.load_image(self._database, self._images, self._keys, canonical, ordinal)
        if image is not None:
            note(self._database, act, Action.PROBE_IMAGE_VIEWED, canonical, probe=ordinal)
        return image

    @unrestricted(MATCHING)
    def images_of(self, search_id: str) -> tuple[ProbeImage, ...]:
        """Return the descriptions of the kept files of a stored search, in the order of their probes."""
        with self._database.reading() as connection:
            return probe_images.load_images(connection, search_id)

    @unrestricted(MATCHING)
    def with_images(self, after: str = "", limit: int = CHUNK) -> list[str]:
        """Return the ids of searches whose files are kept, ascending from beyond an id; to walk through all of them."""
        query = select(search_images.c.search_id).where(search_images.c.search_id > after).distinct()
        with self._database.reading() as connection:
            return list(connection.execute(query.order_by(search_images.c.search_id).limit(limit)).scalars())
