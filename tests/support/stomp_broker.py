"""A real STOMP broker (CoilMQ) in this process, and a peer that sends requests and receives answers, as MOSIP does."""

from __future__ import annotations

import json
import queue
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from coilmq.auth.simple import SimpleAuthenticator
from coilmq.queue import QueueManager
from coilmq.server.socket_server import ThreadedStompServer
from coilmq.store.memory import MemoryQueue
from coilmq.topic import TopicManager
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from server import free_port
from stomp import ConnectionListener, StompConnection11

LOGIN, PASSCODE = "pehchan", "seven lamps"
REQUESTS, ANSWERS = "/queue/mosip-to-abis", "/queue/abis-to-mosip"


class QuietServer(ThreadedStompServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a peer that went away."""


class BrokerProcess:
    """The broker; its queues stay when it is stopped and started again, as those of a real one do.

    With a folder it speaks TLS; `certificate` there is its own.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.port = free_port()
        self.certificate = None if folder is None else _certified(folder)
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
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer nobody any more."""
        self._server.shutdown()
        self._server.socket.close()  # and no more: the queues stay open
        self._thread.join()


def _certified(folder: Path) -> Path:
    """Make a certificate of localhost, in one file with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, SHA256())
    )
    path = folder / "broker.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return path


class Peer(ConnectionListener):
    """Sends requests and receives answers."""

    def __init__(self, broker: BrokerProcess) -> None:
        self.answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._connection = StompConnection11(
            [("localhost", broker.port)], try_loopback_connect=False, auto_decode=False, auto_content_length=False
        )
        if broker.certificate:
            self._connection.set_ssl([("localhost", broker.port)], ca_certs=str(broker.certificate))
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
        message: dict[str, Any] = json.loads(self.receive().body)
        return message

    def ask(self, message: Any, *, as_bytes: bool = False) -> dict[str, Any]:
        """Send a request and return its answer."""
        self.send(message, as_bytes=as_bytes)
        return self.answer()

    def close(self) -> None:
        """Go."""
        self._connection.transport.disconnect_socket()
