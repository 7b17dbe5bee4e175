"""The queue in front of the processor: bounded, in order, and honest about it."""

from __future__ import annotations

import asyncio

import pytest

from api.operations.work_queue import Work
from biometrics.kernel.errors import Busy, Overload, Stopping, TooManyAtOnce


class Desk:
    """Pieces of work that end when they are told to; `order` is that in which they began."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.order: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}

    async def bring(self, name: str, client: str = "", weight: int = 1) -> asyncio.Task[None]:
        self.ends[name] = asyncio.Event()
        task = asyncio.create_task(self._do(name, client or name, weight))
        await asyncio.sleep(0)
        return task

    async def _do(self, name: str, client: str, weight: int) -> None:
        async with self.work.turn(client, weight):
            self.order.append(name)
            await self.ends[name].wait()


def desk(at_once: int = 1, waiting: int = 2, patience: float = 10, per_client: int = 10) -> Desk:
    return Desk(Work(at_once, waiting, patience, per_client))


def test_waiting_work_is_served_in_order_of_arrival() -> None:
    async def scene() -> None:
        place = desk()
        tasks = [await place.bring(name) for name in "abc"]
        assert (place.order, place.work.running, place.work.waiting) == (["a"], 1, 2)
        for end in place.ends.values():
            end.set()
        await asyncio.gather(*tasks)
        assert (place.order, place.work.running, place.work.waiting) == (["a", "b", "c"], 0, 0)

    asyncio.run(scene())


def test_heavy_work_runs_alone_and_light_work_behind_it_does_not_pass_it() -> None:
    async def scene() -> None:
        place = desk(at_once=2, waiting=4)
        tasks = [await place.bring("a"), await place.bring("ten", weight=11), await place.bring("b")]
        assert (place.order, place.work.running, place.work.waiting) == (["a"], 1, 2)
        place.ends["a"].set()
        await tasks[0]
        await asyncio.sleep(0)
        assert (place.order, place.work.running) == (["a", "ten"], 1)
        tasks.append(await place.bring("c"))
        for end in place.ends.values():
            end.set()
        await asyncio.gather(*tasks)
        assert place.order == ["a", "ten", "b", "c"]

    asyncio.run(scene())


def test_one_piece_of_any_weight_may_wait() -> None:
    async def scene() -> None:
        place = desk(at_once=4, waiting=1)
        first, second = await place.bring("a", weight=4), await place.bring("b", weight=4)
        with pytest.raises(Busy):
            await (await place.bring("c"))
        place.ends["a"].set()
        place.ends["b"].set()
        await asyncio.gather(first, second)

    asyncio.run(scene())


def test_work_behind_a_disconnected_client_is_served_at_once() -> None:
    async def scene() -> None:
        place = desk(at_once=2, waiting=4)
        tasks = [await place.bring("a"), await place.bring("ten", weight=2), await place.bring("b")]
        tasks[1].cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert place.order == ["a", "b"]
        place.ends["a"].set()
        place.ends["b"].set()
        await asyncio.gather(tasks[0], tasks[2])

    asyncio.run(scene())


def test_a_request_beyond_the_queue_is_refused_at_once_with_a_retry_time() -> None:
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


def test_the_wait_is_limited() -> None:
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
        assert [type(item) for item in refused] == [Stopping, Stopping]
        place.ends["a"].set()
        await first
        assert place.order == ["a"]

    asyncio.run(scene())


@pytest.mark.parametrize("at_the_same_moment", [False, True])
def test_a_client_that_disconnects_while_waiting_frees_its_place(at_the_same_moment: bool) -> None:
    async def scene() -> None:
        place = desk()
        first, second, third = [await place.bring(name) for name in "abc"]
        place.ends["a"].set()
        if at_the_same_moment:
            await asyncio.sleep(0)  # the turn is given to the second, which is gone before it can take it
        second.cancel()
        await asyncio.sleep(0)
        place.ends["c"].set()
        await asyncio.wait_for(asyncio.gather(first, third), 60)
        assert (place.order, place.work.waiting) == (["a", "c"], 0)

    asyncio.run(scene())


def test_every_refusal_is_counted_under_its_code() -> None:
    async def scene() -> list[str]:
        messages: list[str] = []
        place = Desk(Work(1, 0, 10, 1, messages.append))
        first = await place.bring("a", client="one")
        for client in ("one", "another"):
            with pytest.raises(Overload):
                await (await place.bring("b", client=client))
        place.ends["a"].set()
        await first
        return messages

    assert asyncio.run(scene()) == ["too_many_at_once", "busy"]


def test_background_work_yields_to_requests_but_is_not_starved() -> None:
    async def scene() -> None:
        place = desk()
        assert await asyncio.to_thread(place.work.yield_to_requests, 10)
        running = await place.bring("a")
        waiting = asyncio.create_task(asyncio.to_thread(place.work.yield_to_requests, 10))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        assert await asyncio.to_thread(place.work.yield_to_requests, 0.05), "it goes on in the end"
        place.ends["a"].set()
        await running
        assert await waiting
        running = await place.bring("b")
        waiting = asyncio.create_task(asyncio.to_thread(place.work.yield_to_requests, 10))
        await asyncio.sleep(0.1)
        place.work.stop()
        assert not await waiting, "a stop is told at once"
        place.ends["b"].set()
        await running

    asyncio.run(scene())


def test_the_more_are_refused_the_later_they_shall_come_again() -> None:
    async def scene() -> None:
        place = desk(waiting=0)
        first = await place.bring("a")
        waits = []
        for _ in range(30):
            with pytest.raises(Busy) as refused:
                place.work.require_room("b")
            waits.append(refused.value.retry_after)
        assert waits == sorted(waits)
        assert waits[0] < waits[-1] <= 60
        place.ends["a"].set()
        await first

    asyncio.run(scene())
