"""Entering the order that a search needs."""

from __future__ import annotations

from typing import Final

from biometrics.kernel.people.authorisation import Authorisation
from biometrics.kernel.technique.ids import canonical_id
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action

AUTHORISE: Final = "authorise"  # the step of a request that enters an order for a search


def authorise(store: RecordStore, search_id: str, authorisation: Authorisation) -> str:
    """Enter the order that authorises a search or refuses it; return the order's id. It raises what
    `SearchRepository.authorise` does.

    The first arrival of a request counts.
    """
    with store.begin(AUTHORISE) as work:
        if work.is_first:
            order_id = work.searches.authorise(search_id, authorisation)
            granted = authorisation.granted
            work.audit(Action.SEARCH_AUTHORISED, canonical_id(search_id), order=order_id, granted=granted)
            work.remember(order_id)
        return str(work.answer)
