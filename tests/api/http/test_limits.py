"""What a request may send, how slowly, how many at once, and how long an answer may take."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace

import anyio.to_thread
import httpx
import pytest
from fastapi import FastAPI, Request

from api.http import errors, uploads
from api.http.deadline import Deadline
from api.http.rate_limits import ClientLimit
from api.http.uploads import SLOWEST_LINK, BodyLimit

Rejections = list[str]


def served(rejected: Rejections, **limits: object) -> FastAPI:
    """An application whose one route reads the body, and another that waits to be let go."""
    app = FastAPI()
    app.state.go = threading.Event()
    app.state.entered = asyncio.Event()
    body = {name: limits[name] for name in ("limit", "limit_of_all", "seconds") if name in limits}
    app.add_middleware(BodyLimit, turned_away=rejected.append, **body)
    app.add_middleware(ClientLimit, limit=limits.get("at_once", 100), turned_away=rejected.append)
    app.add_middleware(Deadline, seconds=limits.get("answer", 100), turned_away=rejected.append)
    errors.install(app)

    @app.post("/read")
    async def read(request: Request) -> int:
        return len(await request.body())

    @app.post("/wait")
    async def wait() -> str:
        app.state.entered.set()
        await anyio.to_thread.run_sync(app.state.go.wait)
        return "done"

    return app


def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://station")


async def slowly(*pieces: bytes, pause: float = 0.0) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
        await asyncio.sleep(pause)


class Stalled:
    """A body in two pieces; the second is not sent until `go_on` is set. `begun`: the server has the first."""

    def __init__(self, first: bytes, second: bytes) -> None:
        self._pieces = (first, second)
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def body(self) -> AsyncIterator[bytes]:
        yield self._pieces[0]
        self.begun.set()
        await self.go_on.wait()
        yield self._pieces[1]


def answers(scene: Callable[[], object]) -> None:
    asyncio.run(scene())  # type: ignore[arg-type]


def test_a_body_that_takes_too_long_is_given_up() -> None:
    async def scene() -> None:
        messages: Rejections = []
        async with client(served(messages, seconds=60)) as station:
            assert (await station.post("/read", content=slowly(b"a", b"b"))).json() == 2
        stalled = Stalled(b"a", b"b")
        async with client(served(messages, seconds=0.05)) as station:
            late = await station.post("/read", content=stalled.body())
        assert (late.status_code, late.json()["code"], messages) == (408, "upload_too_slow", ["upload_too_slow"])

    answers(scene)


def test_a_body_on_a_slow_link_may_take_as_long_as_what_has_come_of_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A station on 64 kbit/s sends an enrolment in minutes; who sends next to nothing is given up as ever."""
    clock = [1000.0]
    monkeypatch.setattr(uploads, "time", SimpleNamespace(monotonic=lambda: clock[0]))

    async def by_the_clock(*pieces: bytes) -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece
            clock[0] += 12
            await asyncio.sleep(0)

    async def scene() -> None:
        messages: Rejections = []
        async with client(served(messages, seconds=60)) as station:
            answer = await station.post("/read", content=by_the_clock(*[bytes(12 * SLOWEST_LINK)] * 10))
            late = await station.post("/read", content=by_the_clock(*[bytes(SLOWEST_LINK)] * 10))
            # Else the first bytes would buy hours, in which a body keeps its share of what all may send.
            still = await station.post("/read", content=by_the_clock(bytes(100 * SLOWEST_LINK), *[b"a"] * 20))
        assert (answer.status_code, answer.json()) == (200, 120 * SLOWEST_LINK)
        assert (late.status_code, late.json()["code"]) == (408, "upload_too_slow")
        assert (still.status_code, messages) == (408, ["upload_too_slow"] * 2)

    answers(scene)


def test_one_address_takes_a_share_of_what_all_may_send_and_no_more() -> None:
    async def scene() -> None:
        messages: Rejections = []
        app = served(messages, limit=100, limit_of_all=400)

        def from_address(number: int) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app, client=(f"192.0.2.{number}", 1))
            return httpx.AsyncClient(transport=transport, base_url="http://station")

        async with from_address(1) as greedy, from_address(2) as other:
            stalled = Stalled(bytes(60), bytes(30))
            first = asyncio.create_task(greedy.post("/read", content=stalled.body()))
            await stalled.begun.wait()
            refused = await greedy.post("/read", content=bytes(60))
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_at_once")
            assert (await other.post("/read", content=bytes(60))).json() == 60
            stalled.go_on.set()
            assert (await first).json() == 90
            assert (await greedy.post("/read", content=bytes(60))).json() == 60
        assert messages == ["too_many_at_once"]

    answers(scene)


def test_uploads_together_are_bounded_and_their_end_makes_room() -> None:
    async def scene() -> None:
        messages: Rejections = []
        async with client(served(messages, limit_of_all=100)) as station:
            stalled = Stalled(bytes(60), bytes(30))
            first = asyncio.create_task(station.post("/read", content=stalled.body()))
            await stalled.begun.wait()
            refused = await station.post("/read", content=bytes(60))
            assert (refused.status_code, refused.json()["code"]) == (503, "busy")
            assert int(refused.headers["retry-after"]) >= 1
            stalled.go_on.set()
            assert (await first).json() == 90
            assert (await station.post("/read", content=bytes(60))).json() == 60
        assert messages == ["busy"]

    answers(scene)


def test_the_requests_in_progress_of_an_address_are_limited() -> None:
    async def scene() -> None:
        messages: Rejections = []
        app = served(messages, at_once=1)
        async with client(app) as station:
            first = asyncio.create_task(station.post("/wait"))
            await app.state.entered.wait()
            second = await station.post("/read")
            assert (second.status_code, second.json()["code"]) == (429, "too_many_at_once")
            assert second.headers["retry-after"] == "1"
            app.state.go.set()
            assert (await first).json() == "done"
            assert (await station.post("/read")).status_code == 200
        assert messages == ["too_many_at_once"]

    answers(scene)


def test_a_request_that_takes_too_long_is_answered() -> None:
    async def scene() -> None:
        messages: Rejections = []
        app = served(messages, answer=0.1)
        async with client(app) as station:
            answer = await station.post("/wait")
            app.state.go.set()
        assert (answer.status_code, answer.json()["code"], messages) == (504, "timed_out", ["timed_out"])

    answers(scene)


def test_the_time_of_an_upload_does_not_count_as_the_time_of_an_answer() -> None:
    async def scene() -> None:
        messages: Rejections = []
        async with client(served(messages, answer=1)) as station:
            answer = await station.post("/read", content=slowly(*[b"a"] * 13, pause=0.1))
        assert (answer.status_code, answer.json(), messages) == (200, 13, [])

    answers(scene)
