"""A real STOMP broker (CoilMQ) in this process, and a peer that sends requests and receives answers, as MOSIP does."""

from __future__ import annotations

import json
import queue
import threading
from typing import Any

from coilmq.auth.simple import SimpleAuthenticator
from coilmq.queue import QueueManager
from coilmq.server.socket_server import ThreadedStompServer
from coilmq.store.memory import MemoryQueue
from coilmq.topic import TopicManager
from server import free_port
from stomp import ConnectionListener, StompConnection11

LOGIN, PASSCODE = "pehchan", "seven lamps"
REQUESTS, ANSWERS = "/queue/mosip-to-abis", "/queue/abis-to-mosip"


class QuietServer(ThreadedStompServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a peer that went away."""


class BrokerProcess:
    """The broker; its queues stay when it is stopped and started again, as those of a real one do."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"stomp://127.0.0.1:{self.port}"
        self._store = MemoryQueue()
        self.start()

    def start(self) -> None:
        """Listen."""
        self._server = QuietServer(
            ("127.0.0.1", self.port),
            timeout=0.2,
            authenticator=SimpleAuthenticator({LOGIN: PASSCODE}),
            queue_manager=QueueManager(store=self._store),
            topic_manager=TopicManager(),
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer nobody any more."""
        self._server.shutdown()
        self._server.socket.close()  # and no more: the queues stay open
        self._thread.join()


class Peer(ConnectionListener):
    """Sends requests and receives answers."""

    def __init__(self, broker: BrokerProcess) -> None:
        self.answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._connection = StompConnection11(
            [("127.0.0.1", broker.port)], try_loopback_connect=False, auto_decode=False, auto_content_length=False
        )
        self._connection.set_listener("peer", self)
        self._connection.connect(LOGIN, PASSCODE, wait=True)
        self._connection.subscribe(ANSWERS, id="answers", ack="auto")

    def on_message(self, frame: Any) -> None:
        self.answers.put(frame)

    def send(self, message: Any, *, as_bytes: bool = False) -> None:
        """Send a request, as a text unless as bytes; CoilMQ reads no text above 4,000 bytes."""
        body = message if isinstance(message, str) else json.dumps(message)
        headers = {"content-length": str(len(body))} if as_bytes else {}
        self._connection.send(REQUESTS, body, headers=headers)

    def receive(self, seconds: float = 60) -> Any:
        """Return the next answer's frame."""
        return self.answers.get(timeout=seconds)

    def answer(self) -> dict[str, Any]:
        """Return the next answer."""
        told: dict[str, Any] = json.loads(self.receive().body)
        return told

    def ask(self, message: Any, *, as_bytes: bool = False) -> dict[str, Any]:
        """Send a request and return its answer."""
        self.send(message, as_bytes=as_bytes)
        return self.answer()

    def close(self) -> None:
        """Go."""
        self._connection.transport.disconnect_socket()
