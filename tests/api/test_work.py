"""The queue in front of the processor: bounded, in order, and honest about it."""

from __future__ import annotations

import asyncio

import pytest

from api.operations.work import Work
from biometrics.errors import Busy, Overload, Stopping, TooManyAtOnce


class Desk:
    """Pieces of work that end when they are told to; `order` is that in which they began."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.order: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}

    async def bring(self, name: str, client: str = "") -> asyncio.Task[None]:
        self.ends[name] = asyncio.Event()
        task = asyncio.create_task(self._do(name, client or name))
        await asyncio.sleep(0)
        return task

    async def _do(self, name: str, client: str) -> None:
        async with self.work.place(client):
            self.order.append(name)
            await self.ends[name].wait()


def desk(at_once: int = 1, waiting: int = 2, patience: float = 10, per_client: int = 10) -> Desk:
    return Desk(Work(at_once, waiting, patience, per_client))


def test_what_waits_has_its_turn_in_the_order_of_coming() -> None:
    async def scene() -> None:
        place = desk()
        tasks = [await place.bring(name) for name in "abc"]
        assert (place.order, place.work.running, place.work.waiting) == (["a"], 1, 2)
        for end in place.ends.values():
            end.set()
        await asyncio.gather(*tasks)
        assert (place.order, place.work.running, place.work.waiting) == (["a", "b", "c"], 0, 0)

    asyncio.run(scene())


def test_one_more_than_may_wait_is_told_so_at_once_and_when_to_come_again() -> None:
    async def scene() -> None:
        place = desk(waiting=1)
        tasks = [await place.bring(name) for name in "ab"]
        with pytest.raises(Busy) as refused:
            await (await place.bring("c"))
        assert refused.value.retry_after >= 1
        place.ends["a"].set()
        place.ends["b"].set()
        await asyncio.gather(*tasks)
        assert place.order == ["a", "b"]

    asyncio.run(scene())


def test_nobody_waits_longer_than_is_said() -> None:
    async def scene() -> None:
        place = desk(patience=0.01)
        first = await place.bring("a")
        with pytest.raises(Busy):
            await (await place.bring("b"))
        assert place.work.waiting == 0
        place.ends["a"].set()
        await first
        third = await place.bring("c")
        place.ends["c"].set()
        await third

    asyncio.run(scene())


def test_a_client_cannot_take_every_place() -> None:
    async def scene() -> None:
        place = desk(per_client=1)
        first = await place.bring("a", client="one")
        with pytest.raises(TooManyAtOnce):
            await (await place.bring("b", client="one"))
        other = await place.bring("c", client="another")
        place.ends["a"].set()
        place.ends["c"].set()
        await asyncio.gather(first, other)
        again = await place.bring("d", client="one")
        place.ends["d"].set()
        await again

    asyncio.run(scene())


def test_a_stop_finishes_what_runs_and_hands_back_what_waits_and_what_comes() -> None:
    async def scene() -> None:
        place = desk()
        first, second = [await place.bring(name) for name in "ab"]
        place.work.stop()
        refused = await asyncio.gather(second, await place.bring("c"), return_exceptions=True)
        assert [type(one) for one in refused] == [Stopping, Stopping]
        place.ends["a"].set()
        await first
        assert place.order == ["a"]

    asyncio.run(scene())


@pytest.mark.parametrize("at_the_same_moment", [False, True])
def test_a_client_that_goes_away_while_it_waits_takes_no_place(at_the_same_moment: bool) -> None:
    async def scene() -> None:
        place = desk()
        first, second, third = [await place.bring(name) for name in "abc"]
        place.ends["a"].set()
        if at_the_same_moment:
            place.work._leave()  # the turn is given to the second, which is gone before it can take it
            place.work._running += 1
        second.cancel()
        await asyncio.sleep(0)
        place.ends["c"].set()
        await asyncio.wait_for(asyncio.gather(first, third), 1)
        assert (place.order, place.work.waiting) == (["a", "c"], 0)

    asyncio.run(scene())


def test_every_refusal_is_counted_under_its_code() -> None:
    async def scene() -> list[str]:
        told: list[str] = []
        place = Desk(Work(1, 0, 10, 1, told.append))
        first = await place.bring("a", client="one")
        for client in ("one", "another"):
            with pytest.raises(Overload):
                await (await place.bring("b", client=client))
        place.ends["a"].set()
        await first
        return told

    assert asyncio.run(scene()) == ["too_many_at_once", "busy"]
