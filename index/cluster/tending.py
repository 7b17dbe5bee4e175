"""The copies of partitions are looked after: what was lost comes back, and new machines get their part."""

from __future__ import annotations

import time
import uuid
from typing import Any

from index.cluster.copies import Copy, End, Fill, Start, Step, enough, orders, steps
from index.cluster.opening import Opening
from index.cluster.partitions import Partitions

FILLING_SECONDS = 1800.0  # after which a copy that is still being filled counts as hanging


class Tender:
    """Looks after the copies while it has the lease: one server at a time does. One copy is filled at a time."""

    def __init__(self) -> None:
        self._holder = uuid.uuid4().hex
        self._turn = 0
        self._filling: tuple[Any, float] | None = None  # the call, and when to give up

    def tend(self, layout: Partitions, opening: Opening, copies_wanted: int, seconds: float) -> bool:
        """Take the steps that partitions need to have `copies_wanted` copies; return whether to call again at once.

        It does not wait for the copy that is being filled. Copies have so many `seconds` to answer.

        Raises:
            StoreUnavailable: a copy could not be filled.
        """
        layout.refresh()
        if not layout.lease(self._holder):
            return False
        if self._filling:
            call, end = self._filling
            if not layout.answered(call) and time.monotonic() < end:
                return False
            self._filling = None
            layout.result(call)
        due = steps(_copies(layout, opening, seconds), len(layout), layout.machines(), copies_wanted)
        urgent = [step for step in due if not isinstance(step, Fill)]
        self._turn += 1  # so that a copy that cannot be filled does not keep the others waiting
        for step in urgent or due[self._turn % max(len(due), 1) :][:1]:
            self._take(step, layout, opening)
        return bool(urgent)

    def _take(self, step: Step, layout: Partitions, opening: Opening) -> None:
        match step:
            case Start(number, machine):
                layout.add(number, machine)
            case End(copy):
                layout.end(copy.number, copy.name)
            case Fill(copy, source):
                actors = layout.copies[copy.number]
                if copy.name in actors and source.name in actors:
                    arguments = opening.arguments(layout)[copy.number]
                    call = layout.call(
                        actors[copy.name], "fetch", actors[source.name], enough(source.sequence), *arguments
                    )
                    self._filling = call, time.monotonic() + FILLING_SECONDS


def _copies(layout: Partitions, opening: Opening, seconds: float) -> list[Copy]:
    """Return the copies; none of a layout that servers are about to leave."""
    arguments: list[tuple[Any, ...]] = [()] * len(layout)
    states = layout.ask_all("state", arguments, seconds, lenient=True)
    opening.check(layout, states)
    if orders(states):
        return []
    nodes = layout.ask_all("node", arguments, seconds, lenient=True)
    return [
        Copy(number, name, nodes[number].get(name), states[number].get(name))
        for number, actors in enumerate(layout.copies)
        for name in actors
    ]
