"""Work that waits in the database and is carried out item by item, so that one that fails keeps no other waiting."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from biometrics.kernel.errors import StoreUnavailable
from biometrics.records.store import RecordStore
from biometrics.records.unit_of_work import UnitOfWork

log = logging.getLogger("pehchan")

Progress = Callable[[int], None]  # called with how much was done


def work_off_each(
    store: RecordStore,
    waiting: Callable[[], Sequence[str]],
    note_try: Callable[[UnitOfWork, str], None],
    carry_out: Callable[[str], object],
    failed: str,
    *,
    stopped: Callable[[], bool],
    progress: Progress | None = None,
) -> int:
    """Carry out what waits, each at most once, and return how much was done; what fails is logged as `failed`.

    `waiting` returns some ids, `note_try` writes that one is tried. Once `stopped` says so, the rest is left.

    Raises:
        StoreUnavailable: the rest waits.
    """
    count, tried = 0, set[str]()
    while ids := [waiting_id for waiting_id in waiting() if waiting_id not in tried]:
        for work_id in ids:
            if stopped():
                return count
            tried.add(work_id)
            with store.begin() as work:  # first, so that one that ends the process does not come first again
                note_try(work, work_id)
            try:
                carry_out(work_id)
            except StoreUnavailable:
                raise
            except Exception:  # it must not keep the others waiting
                log.exception(failed)
            else:
                count += 1
            if progress:
                progress(count)
    return count
