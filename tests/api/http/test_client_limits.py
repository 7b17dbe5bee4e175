"""What one client is, in every limit, and what does not keep the event loop from serving others."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import httpx
import pytest
from fastapi import Depends, FastAPI, File, UploadFile
from fastapi.testclient import TestClient

from api.accounts.throttle import client_key
from api.http import errors
from api.http.idempotency import request_key
from api.http.rate_limits import ClientLimit
from api.http.turns import IN_TURN
from api.operations.work_queue import Work
from biometrics.kernel.technique import idempotency as once
from biometrics.kernel.technique.idempotency import IdempotencyKey


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:1::7", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff::1", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::7", "2001:db8:0:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
def test_a_client_is_an_address_or_a_network_of_ipv6(address: str, key: str) -> None:
    """One with IPv6 can take any address of its /64; those of IPv4 that are told as IPv6 are not all one."""
    assert client_key(address) == key


def limited(inner: bool) -> FastAPI:
    """An application that serves one request of a client at a time: all requests, or those that take turns."""
    app = FastAPI()
    app.state.go, app.state.entered = asyncio.Event(), asyncio.Event()
    work = Work(at_once=10, most_waiting=10, patience=30, per_client=1 if inner else 10)
    app.state.services = SimpleNamespace(work=work)
    app.add_middleware(ClientLimit, limit=10 if inner else 1)
    errors.install(app)

    @app.post("/wait", dependencies=[IN_TURN])
    async def wait() -> str:
        app.state.entered.set()
        await app.state.go.wait()
        return "done"

    return app


async def second(inner: bool, address: str) -> int:
    """Return what a second request is answered while another one of 2001:db8::1 is in progress."""
    app = limited(inner)

    def client(of: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(of, 1)), base_url="http://station")

    async with asyncio.timeout(30), client("2001:db8::1") as first, client(address) as other:
        begun = asyncio.create_task(first.post("/wait"))
        await app.state.entered.wait()
        if address.startswith("2001:db8::"):
            answer = await other.post("/wait")
            app.state.go.set()
        else:
            app.state.go.set()
            answer = await other.post("/wait")
        assert (await begun).status_code == 200
    return answer.status_code


@pytest.mark.parametrize("inner", [False, True])
def test_addresses_of_one_network_share_every_limit(inner: bool) -> None:
    assert asyncio.run(second(inner, "2001:db8::ffff")) == 429
    assert asyncio.run(second(inner, "2001:db8:0:1::1")) == 200


def test_a_body_is_not_digested_in_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A form's files and a JSON document of 100 MB would keep everybody else waiting."""
    app = FastAPI()
    in_loop: list[bool] = []
    digest = once.sha256

    def watched(content: bytes) -> object:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            in_loop.append(False)
        else:
            in_loop.append(True)
        return digest(content)

    monkeypatch.setattr(once, "sha256", watched)

    @app.post("/form")
    async def form(file: UploadFile = File(), known: IdempotencyKey = Depends(request_key)) -> str:
        return known.digest

    @app.post("/json")
    async def json(known: IdempotencyKey = Depends(request_key)) -> str:
        return known.digest

    with TestClient(app) as client:
        headers = {"Idempotency-Key": "one"}
        first = client.post("/form", headers=headers, files={"file": b"x"}).json()
        assert first != client.post("/form", headers=headers, files={"file": b"y"}).json()
        assert client.post("/json", headers=headers, json={"a": 1, "b": 2}).json()
    assert in_loop
    assert not any(in_loop)
