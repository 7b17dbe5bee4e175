"""MOSIP's messages over a real STOMP broker."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from account_examples import OPERATOR
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import Run
from mosip_client import message, person, refused
from mosip_queue import Listening, listening, machine, regproc, url_of
from osia_client import serving, settings_of
from receiver import Receiver, content, receiving
from stomp_broker import LOGIN, PASSCODE, BrokerProcess, Peer

from api.accounts.factory import accounts_of
from api.bootstrap.store import open_store
from api.cli.commands.mosip import act_of
from api.standards.mosip.stomp import Broker
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Act, Role, Unit
from biometrics.kernel.errors import Forbidden, InvalidField

pytestmark = pytest.mark.when_changed("api.standards.mosip")

HERE: dict[str, Any] = {"mosip_hosts": frozenset({"127.0.0.1"}), "mosip_networks": frozenset({"127.0.0.0/8"})}


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    with serving(settings_of(tmp_path_factory.mktemp("mosip"), "", check_at_once=False, **HERE)) as opened:
        app = cast(FastAPI, cast(TestClient, opened).app)
        app.state.services.accounts.add_user(OPERATOR, machine("regproc"))
        yield app


@pytest.fixture(scope="module")
def shares() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture
def broker() -> Iterator[BrokerProcess]:
    running = BrokerProcess()
    yield running
    running.stop()


@pytest.fixture
def peer(broker: BrokerProcess) -> Iterator[Peer]:
    opened = Peer(broker)
    yield opened
    opened.close()


def share(shares: Receiver, data: bytes) -> str:
    path = f"/{len(shares.paths)}"
    shares.paths[path] = content(data)
    return shares.url + path


def test_messages_are_answered_one_after_another(
    application: FastAPI, broker: BrokerProcess, peer: Peer, shares: Receiver
) -> None:
    sent = [
        message("insert", referenceId="x", referenceURL=share(shares, person(0))),
        message("insert", referenceId="y", referenceURL=share(shares, person(0, 1))),
        message("identify", referenceId="y"),
        message("delete", referenceId="x"),
        message("identify", referenceId="y"),
        message("referenceCount"),
        message("pendingJobs"),
    ]
    for item in sent:
        peer.send(item)
    with listening(application, broker):
        answers = [peer.answer() for _ in sent]
        assert [answer["requestId"] for answer in answers] == [item["requestId"] for item in sent]
        assert [answer["returnValue"] for answer in answers] == ["1"] * len(sent)
        assert [candidate["referenceId"] for candidate in answers[2]["candidateList"]["candidates"]] == ["x"]
        assert answers[4]["candidateList"]["count"] == "0"
        assert (answers[5]["count"], answers[6]["jobscount"]) == ("1", "0")
        refused(peer.ask("{"), 4)
        refused(peer.ask("x" * 1_000_000, as_bytes=True), 4)
        refused(peer.ask(message("identify", referenceId="x")), 12)


def test_a_text_is_answered_by_a_text_and_bytes_by_bytes(application: FastAPI) -> None:
    """Brokers tell them apart by the length; CoilMQ gives every frame one, so that frames are written here."""
    request = json.dumps(message("ping"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        listener = Listening(application, f"stomp://127.0.0.1:{server.getsockname()[1]}", regproc(application))
        peer, _ = server.accept()
        with peer:
            assert frame_of(peer).startswith("STOMP\n")
            peer.sendall(b"CONNECTED\nversion:1.1\n\n\0")
            assert "activemq.prefetchSize:1\n" in frame_of(peer)
            for length in ("", f"content-length:{len(request)}\n"):
                head = f"MESSAGE\nsubscription:mosip\nmessage-id:7\ndestination:/queue/mosip-to-abis\n{length}"
                peer.sendall(f"{head}\n{request}\0".encode())
                sent, acknowledged = frame_of(peer), frame_of(peer)
                head, _, body = sent.partition("\n\n")
                assert json.loads(body)["returnValue"] == "1"
                assert head.startswith("SEND\n")
                assert "persistent:true" in head
                assert (f"content-length:{len(body)}" in head) == bool(length)
                assert acknowledged.startswith("ACK\n")
                assert "message-id:7\n" in acknowledged
            listener.stop.set()
            farewell = frame_of(peer)
            assert farewell.startswith("DISCONNECT\n")
            receipt = farewell.partition("receipt:")[2].partition("\n")[0]
            peer.sendall(f"RECEIPT\nreceipt-id:{receipt}\n\n\0".encode())
            listener.join()
            assert listener.failure is None


def frame_of(peer: socket.socket) -> str:
    """Read one frame, without what keeps the connection alive between two."""
    content = b""
    while (byte := peer.recv(1)) != b"\0":
        assert byte, content
        content += byte
    return content.decode().lstrip("\n")


def test_a_broker_that_went_away_is_waited_for(application: FastAPI, broker: BrokerProcess) -> None:
    with listening(application, broker):
        for _ in range(2):
            peer = Peer(broker)
            assert peer.ask(message("ping"))["returnValue"] == "1"
            peer.close()
            broker.stop()
            broker.start()


def test_a_broker_speaks_tls_with_a_certificate_that_is_trusted(
    application: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broker = BrokerProcess(tmp_path)
    peer = Peer(broker)
    peer.send(message("ping"))
    try:
        with listening(application, broker):
            until = time.monotonic() + 120
            while "does not answer" not in caplog.text and time.monotonic() < until:
                time.sleep(0.02)
            assert "does not answer: ConnectFailedException" in caplog.text
        assert peer.answers.empty()
        monkeypatch.setenv("SSL_CERT_FILE", str(broker.certificate))
        with listening(application, broker):
            assert peer.answer()["returnValue"] == "1"
    finally:
        peer.close()
        broker.stop()


def test_a_message_in_hand_stays_in_the_queue_while_the_account_is_disabled(
    application: FastAPI, broker: BrokerProcess, peer: Peer, caplog: pytest.LogCaptureFixture
) -> None:
    accounts = application.state.services.accounts
    accounts.add_user(OPERATOR, machine("later"))
    accounts.administration.disable(OPERATOR, "later")
    refused_once = threading.Event()

    def act() -> Act:
        try:
            return act_of(application.state.services.engine.store.database, "later")
        except Forbidden:
            refused_once.set()
            raise

    listener = Listening(application, url_of(broker), act)
    try:
        peer.send(message("ping"))
        assert refused_once.wait(120)
        assert peer.answers.empty()
        accounts.administration.enable(OPERATOR, "later")
        assert peer.answer()["returnValue"] == "1"
    finally:
        listener.stop.set()
        listener.join()
    assert listener.failure is None
    assert "later is not the login of a machine client" in caplog.text


def test_only_a_machines_account_can_be_listened_as(application: FastAPI) -> None:
    person_of_flesh = NewUser("r.patil", "R. Patil", frozenset({Role.STATION_OFFICER}), Unit())
    application.state.services.accounts.add_user(OPERATOR, person_of_flesh)
    for login in ("nobody", "r.patil"):
        with pytest.raises(Forbidden, match="machine client"):
            act_of(application.state.services.engine.store.database, login)


@pytest.mark.parametrize("url", ["", "broker:61613", "http://broker", "stomp://", "stomp://broker:x"])
def test_an_address_that_is_no_brokers_is_refused(url: str) -> None:
    with pytest.raises(InvalidField, match="PEHCHAN_MOSIP_BROKER"):
        Broker(url)


def test_ports_are_the_usual_ones_where_none_is_given() -> None:
    assert (Broker("stomp://broker").address, Broker("stomp://broker").encrypted) == (("broker", 61613), False)
    assert (Broker("stomp+ssl://broker").address, Broker("stomp+ssl://broker").encrypted) == (("broker", 61612), True)


@pytest.mark.slow
def test_the_command_listens_until_it_is_stopped(run: Run, tmp_path: Path, broker: BrokerProcess, peer: Peer) -> None:
    settings = settings_of(tmp_path / "data", "")
    with open_store(settings).as_system("a test") as store:
        accounts_of(settings, store).add_user(OPERATOR, machine("regproc"))
    environment = os.environ | {
        "PEHCHAN_MOSIP_BROKER": url_of(broker),
        "PEHCHAN_MOSIP_LOGIN": LOGIN,
        "PEHCHAN_MOSIP_PASSCODE": PASSCODE,
    }
    command = [Path(sys.executable).with_name("pehchan"), "mosip", "listen", "--as"]
    wrong = subprocess.run([*command, "nobody"], env=environment, capture_output=True, text=True, timeout=300)
    assert wrong.returncode == 2
    assert "machine client" in wrong.stderr
    listener = subprocess.Popen([*command, "regproc"], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert peer.ask(message("ping"))["returnValue"] == "1"
    finally:
        listener.send_signal(signal.SIGTERM)
        _, text = listener.communicate(timeout=300)
    assert listener.returncode == 0, text
    assert PASSCODE not in text
