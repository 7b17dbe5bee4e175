"""A listener to MOSIP's messages, in a thread, and a client that asks by the queue."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from mosip_client import MosipClient, answers_it, message, mosip_of
from receiver import Receiver
from stomp_broker import LOGIN, PASSCODE, BrokerProcess, Peer

from api.cli.commands.mosip import act_of
from api.standards.mosip.dispatcher import Mosip
from api.standards.mosip.stomp import Broker, listen
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Act, Role, Unit


def machine(login: str) -> NewUser:
    return NewUser(login, "Registration processor", frozenset({Role.ABIS_INTEGRATION}), Unit())


def regproc(app: FastAPI) -> Callable[[], Act]:
    return lambda: act_of(app.state.services.engine.store.database, "regproc")


def url_of(broker: BrokerProcess) -> str:
    return f"{'stomp+ssl' if broker.certificate else 'stomp'}://localhost:{broker.port}"


class Listening:
    """A listener in a thread; `failure` is what ended it."""

    def __init__(self, app: FastAPI, url: str, act: Callable[[], Act]) -> None:
        self.failure: Exception | None = None
        self.stop = threading.Event()
        where = Broker(url, LOGIN, PASSCODE, wait=0.1)
        self._thread = threading.Thread(target=self._run, args=(where, mosip_of(app), act), daemon=True)
        self._thread.start()

    def _run(self, where: Broker, mosip: Mosip, act: Callable[[], Act]) -> None:
        try:
            listen(where, mosip, act, self.stop)
        except Exception as error:  # noqa: BLE001 - a test looks at it
            self.failure = error

    def join(self) -> None:
        self._thread.join(60)
        assert not self._thread.is_alive()


@contextmanager
def listening(app: FastAPI, broker: BrokerProcess) -> Iterator[Listening]:
    listener = Listening(app, url_of(broker), regproc(app))
    try:
        yield listener
    finally:
        listener.stop.set()
        listener.join()
        assert listener.failure is None


class QueueClient(MosipClient):
    """Asks by the queue."""

    def __init__(self, client: TestClient, shares: Receiver, peer: Peer) -> None:
        super().__init__(client, shares)
        self._peer = peer

    def ask(self, operation: str, **fields: Any) -> dict[str, Any]:
        """Send a message and return its answer."""
        sent = message(operation, **fields)
        return answers_it(sent, self._peer.ask(sent))
