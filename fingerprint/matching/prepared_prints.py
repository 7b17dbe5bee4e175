"""The prints that were compared last, kept ready to match."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from fingerprint.codec import decode_aspects
from fingerprint.matching.cylinders import prepare_all
from fingerprint.matching.views import Aspects


class PreparedPrints:
    """Makes templates ready to match, and keeps the last ones. Safe to share between threads."""

    def __init__(self, capacity: int) -> None:
        self._kept = capacity
        self._lock = threading.Lock()
        self._last: OrderedDict[bytes, Aspects] = OrderedDict()

    def prepare(self, templates: Sequence[bytes]) -> list[Aspects]:
        """Return the views of each of some templates, in each aspect, ready to match.

        Raises:
            InvalidTemplate: the bytes of one are damaged.
        """
        with self._lock:
            ready = {data: self._last[data] for data in templates if data in self._last}
        missing = [data for data in dict.fromkeys(templates) if data not in ready]
        decoded = [decode_aspects(data) for data in missing]
        prepared = iter(prepare_all([view for aspects in decoded for views in aspects for view in views]))
        for data, aspects in zip(missing, decoded, strict=True):
            ready[data] = tuple(tuple(next(prepared) for _ in views) for views in aspects)
        if self._kept:
            with self._lock:
                self._last.update(ready)
                for data in ready:
                    self._last.move_to_end(data)
                while len(self._last) > self._kept:
                    self._last.popitem(last=False)
        return [ready[data] for data in templates]
