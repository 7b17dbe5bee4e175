"""A server that trickles bytes holds neither a call beyond its deadline nor the threads that answer others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from serving import served
from trickling import Trickling, trickling

from api import app as application
from api.app import create_app
from api.operations import oidc
from api.operations.outbound import OutboundClient
from api.settings import Settings
from api.standards.mosip.shares import ShareRegistration, Shares
from biometrics.kernel.errors import AddressRefused, StoreUnavailable
from biometrics.kernel.technique.deadlines import CallPlaces
from biometrics.storage.blobs.s3 import ImageBucket

SECONDS = 0.3
AT_ONCE, WAITING = 2, 2  # sign-ins


@pytest.fixture
def slow() -> Iterator[Trickling]:
    with trickling() as server:
        yield server


def outbound(seconds: float = SECONDS) -> OutboundClient:
    return OutboundClient.of(frozenset({"127.0.0.1"}), frozenset({"127.0.0.0/8"}), seconds)


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"])
def test_a_call_ends_at_its_deadline_wherever_the_answer_trickles(head: bytes) -> None:
    with trickling(head) as server, pytest.raises(AddressRefused):
        outbound().get(server.url, 1_000_000)


@pytest.mark.essential
def test_a_slow_sign_in_provider_takes_no_thread_from_others(
    slow: Trickling, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "TIMEOUT", 2.0)
    monkeypatch.setattr(application, "PROVIDER_AT_ONCE", AT_ONCE)
    monkeypatch.setattr(application, "PROVIDER_WAITING", WAITING)
    settings = Settings(
        data_folder=tmp_path,
        database_url="",
        oidc_issuer=slow.url,
        oidc_client_id="pehchan",
        oidc_redirect_url="http://127.0.0.1/api/v1/oidc/callback",
        sign_ins_per_minute=10_000,
        _env_file=None,
    )
    app = create_app(settings)
    many = AT_ONCE + WAITING + 40
    with served(app) as url, httpx.Client(base_url=url, timeout=60) as client, ThreadPoolExecutor(many) as pool:
        answers = [pool.submit(client.get, "/api/v1/oidc/start") for _ in range(many)]
        while len(slow.connections) < AT_ONCE:
            threading.Event().wait(0.05)
        wrong = client.post("/api/v1/tokens", json={"login": "nobody", "password": "wrong"})  # a synchronous route
        assert wrong.status_code == 401
        codes = sorted({answer.result().json()["code"] for answer in answers})
        assert codes == ["busy", "provider_unavailable"]
        ready = client.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "partial")
        assert ready.json()["checks"]["sign_in_provider"] != "ok"


def test_a_server_whose_threads_are_all_taken_is_not_ready(tmp_path: Path) -> None:
    app = create_app(Settings(data_folder=tmp_path, database_url="", _env_file=None))
    released, entered = threading.Event(), threading.Semaphore(0)

    @app.get("/hold")
    def hold() -> None:
        entered.release()
        released.wait(60)

    with served(app) as url, ThreadPoolExecutor(45) as pool:
        readiness = app.state.services.readiness
        patience, readiness._seconds = readiness._seconds, SECONDS
        held = [pool.submit(httpx.get, f"{url}/hold", timeout=120) for _ in range(45)]
        try:
            for _ in range(40):  # all threads that answer requests
                assert entered.acquire(timeout=60)
            ready = httpx.get(f"{url}/health/ready", timeout=60)
            assert ready.status_code == 503
            assert ready.json()["checks"]["threads"] != "ok"
        finally:
            released.set()
        for answer in held:
            answer.result()
        readiness._seconds = patience
        assert httpx.get(f"{url}/health/ready", timeout=60).json()["checks"]["threads"] == "ok"


def test_a_slow_token_service_of_mosip_keeps_others_not_waiting_for_its_lock(slow: Trickling) -> None:
    shares = Shares(outbound(600), ShareRegistration(slow.url, "client", "secret"))
    with ThreadPoolExecutor(6) as pool:
        calls = [pool.submit(shares.fetch, f"{slow.url}/share") for _ in range(6)]
        while len(slow.connections) < 6:  # all at the same time, none after another
            threading.Event().wait(0.02)
        slow.ended.set()
        for call in calls:
            with pytest.raises(AddressRefused):
                call.result(120)


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"])
def test_a_slow_image_store_ends_each_call_and_refuses_those_beyond_its_places(
    head: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    with trickling(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        bucket = ImageBucket("s3://images")
        server.head = head
        bucket.seconds = SECONDS
        with pytest.raises(StoreUnavailable):
            bucket.read("ab" * 32)
        bucket.calls = CallPlaces(1, 0.1)
        with bucket.calls.slot(), pytest.raises(StoreUnavailable):
            bucket.read("ab" * 32)
        assert bucket.refused_within(60)
