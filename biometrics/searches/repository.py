"""Searches within a unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from biometrics.access.rights import needs, needs_one_of
from biometrics.access.target_limit import require_few_search_targets
from biometrics.kernel.access import Scope
from biometrics.kernel.people.authorisation import Authorisation
from biometrics.kernel.technique.entry import require_proper
from biometrics.kernel.technique.ids import canonical_id
from biometrics.searches import probe_images
from biometrics.searches import rows as searches
from biometrics.searches.model import KeptImage, Search, StoredSearch
from biometrics.storage.transaction import Transaction


class SearchRepository:
    """Searches as they were answered, and the files of their probes that examiners may see."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    @needs_one_of(Scope.IDENTIFY, Scope.WATCH_MANAGE)
    def add(
        self, search: Search, search_id: str = "", images: Sequence[KeptImage] = (), keep_until: date | None = None
    ) -> StoredSearch:
        """Store a search and return it as it is stored: with the actor as its maker, and the files of its probes.

        `search_id` is a new one for which the files were uploaded; they are due on the day `keep_until`.

        Raises:
            PurposeMissing: the actor states no purpose, or no case.
        """
        work = self._work
        attributed = search if work.act is None else searches.made_by(work.act, search)
        secret = work.uploads.new_secret(search_id) if work.uploads and search_id else None
        stored = searches.insert_search(work.connection, work.keys, attributed, search_id, secret, work.authorisation)
        if not images:
            return stored
        self._insert_images(stored.id, images, keep_until)
        return replace(stored, images=probe_images.load_images(work.connection, stored.id))

    @needs(Scope.CASE_SUPERVISE)
    def authorise(self, search_id: str, authorisation: Authorisation) -> str:
        """Enter the order that a search needs, or its refusal; return the id of the order.

        A refusal withholds at once what the search found.

        Raises:
            UnknownSearch: there is none of this id.
            OutOfJurisdiction: another unit made it.
            WrongStep: it needs no order, or has one.
            SearchUnauthorised: the time for it is over.
            NeedsTwoPeople: the actor made the search, or is not independent of who did.
        """
        require_proper(authorisation)
        return searches.enter_authorisation(self._work, canonical_id(search_id), authorisation)

    @needs_one_of(Scope.IDENTIFY, Scope.WATCH_MANAGE)
    def require_allowance(self, per_hour: int) -> None:
        """Refuse the searches of this unit of work if the actor has now made more than `per_hour` in the last hour.

        Call it after the audit entry, whose lock lets one search be counted at a time.

        Raises:
            TooManySearches: they have.
        """
        searches.require_allowance(self._work.connection, self._work.act, per_hour, 0)

    @needs(Scope.IDENTIFY)
    def require_field_allowance(self, per_hour: int) -> None:
        """Refuse the field check of this unit of work if the actor has now made more than `per_hour` in the last hour.

        Call it after the audit entry, as `require_allowance`.

        Raises:
            TooManyFieldChecks: they have.
        """
        searches.require_field_allowance(self._work.connection, self._work.act, per_hour, 0)

    @needs_one_of(Scope.IDENTIFY, Scope.WATCH_MANAGE)
    def require_few_targets(self, search: Search) -> None:
        """Refuse a search that was stored just now if many of its kind would find a score that it withholds.

        Raises:
            TooManyTargets: they would; see `access.target_limit`.
        """
        withheld = [
            candidate.record_id
            for candidate in search.candidates
            if candidate.elsewhere is None and candidate.is_withheld
        ]
        require_few_search_targets(self._work.connection, self._work.act, withheld)

    @needs_one_of(Scope.IDENTIFY, Scope.WATCH_MANAGE)
    def get(self, search_id: str) -> StoredSearch:
        """Return a search that this request has made, with the people of its candidates."""
        return self.with_people(searches.load_search(self._work.connection, self._work.keys, search_id))

    @needs_one_of(Scope.IDENTIFY, Scope.WATCH_MANAGE)
    def with_people(self, stored: StoredSearch) -> StoredSearch:
        """Return a search that was just stored with the people of its candidates."""
        return searches.with_listed(self._work.connection, self._work.act, stored)

    @needs_one_of(Scope.WATCH_MANAGE, Scope.CASE_READ)
    def keep_images(self, search_id: str, images: Sequence[KeptImage], keep_until: date | None = None) -> None:
        """Keep the files of a stored search's probes, for examiners; those that are kept stay, until that day at least.

        Begin the unit of work with uploads where there are files.
        """
        # Not shared, as by `obtain`: of two who ask for it so, neither could change several rows.
        self._work.keys.hold(self._work.connection, search_id)
        if images:
            self._insert_images(search_id, images, keep_until)
        if keep_until is not None:
            probe_images.keep_longer(self._work.connection, search_id, keep_until)

    def _insert_images(self, search_id: str, images: Sequence[KeptImage], keep_until: date | None) -> None:
        assert self._work.uploads is not None, "begin the unit of work with uploads: the files of probes are stored"
        probe_images.insert_images(self._work.connection, self._work.uploads, search_id, images, keep_until)

    @needs_one_of(Scope.IDENTIFY, Scope.WATCH_MANAGE)
    def audited(self, stored: StoredSearch) -> dict[str, Any]:
        """Return the audit detail of a search."""
        return searches.audited(self._work.connection, self._work.act, stored.search)
