"""The interface over a message queue, as MOSIP uses it: ActiveMQ or Artemis, by STOMP 1.1.

Messages are carried out one after another, in the order of the queue: MOSIP expects a search to see all inserts that
were sent before it. A message is acknowledged after its answer was sent. If the service is killed or the broker goes
away before that, the message comes again, and its request is still carried out once (`Request.idempotency_key`).
"""

from __future__ import annotations

import json
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from api.operations.background import Loop
from api.standards.mosip.dispatcher import Mosip
from biometrics.kernel.access import Act
from biometrics.kernel.errors import ExtraMissing, InvalidField, StoreUnavailable

log = logging.getLogger("pehchan")

_PORTS: Final = {"stomp": 61613, "stomp+ssl": 61612}
_HEARTBEAT: Final = 10_000  # milliseconds
_LOOK_SECONDS: Final = 0.5  # between two checks whether to stop
_PATIENCE: Final = 10.0  # seconds for a broker to accept a connection, and to close it
_LONGEST_WAIT: Final = 60.0
_TEXT: Final = "application/json"
_SUBSCRIPTION: Final = "mosip"


@dataclass(frozen=True)
class Broker:
    """The address of a broker and the login there.

    Attributes:
        url: stomp://host:port, or stomp+ssl://host:port, whose certificate is checked.
        requests, answers: destinations there.
        wait: seconds before the next attempt if it does not answer; doubles.

    Raises:
        InvalidField: the address is not one.
    """

    url: str
    login: str = ""
    passcode: str = field(default="", repr=False)
    requests: str = "/queue/mosip-to-abis"
    answers: str = "/queue/abis-to-mosip"
    wait: float = 1.0

    def __post_init__(self) -> None:
        """Check."""
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in _PORTS and parts.hostname and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise InvalidField("PEHCHAN_MOSIP_BROKER is where the broker is: stomp://host:61613 or stomp+ssl://host.")

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.url)
        return str(parts.hostname), parts.port or _PORTS[parts.scheme]

    @property
    def encrypted(self) -> bool:
        """Whether TLS is spoken."""
        return urlsplit(self.url).scheme == "stomp+ssl"


def listen(broker: Broker, mosip: Mosip, act: Callable[[], Act], stop: threading.Event) -> None:
    """Carry out messages until `stop` is set; the message in progress is finished.

    `act` is called for each message and returns on whose behalf it is carried out. Any failure (of the broker, the
    account, the database) is logged and tried again; the message in progress stays in the queue.

    Raises:
        ExtraMissing: stomp.py is not installed.
    """
    try:
        from stomp.exception import StompException
    except ModuleNotFoundError as error:
        raise ExtraMissing("`pehchan mosip listen` needs stomp.py; run: pip install 'pehchan[mosip]'.") from error

    def work() -> None:
        session = _Session(broker)
        try:
            session.open()
            log.info("Listening to %s at the broker.", broker.requests)
            session.work(mosip, act, stop, loop.succeed)
        except (StompException, OSError) as error:
            raise StoreUnavailable(f"The broker does not answer: {type(error).__name__}.") from error
        finally:
            session.close()

    loop = Loop("listening", work, 0, at_once=True, first=broker.wait, longest=_LONGEST_WAIT, ended=stop)
    loop.run()


class _Session:
    """One connection. Its thread only queues frames, so that it can always answer heartbeats."""

    def __init__(self, broker: Broker) -> None:
        from stomp import StompConnection11

        self._broker = broker
        self._came: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._connection = StompConnection11(
            [broker.address],
            prefer_localhost=False,
            try_loopback_connect=False,
            reconnect_attempts_max=1,
            heartbeats=(_HEARTBEAT, _HEARTBEAT),
            vhost=broker.address[0],
            auto_decode=False,
            auto_content_length=False,
        )
        if broker.encrypted:
            self._connection.set_ssl([broker.address])
        self._connected, self._ended = threading.Event(), threading.Event()
        self._connection.set_listener("pehchan", self._listener())

    def open(self) -> None:
        """Connect and subscribe."""
        broker = self._broker
        # Without `wait`, which never returns if the server is not a broker.
        self._connection.connect(broker.login or None, broker.passcode or None, wait=False)
        if not self._connected.wait(_PATIENCE) or not self._connection.is_connected():
            raise ConnectionError
        # ActiveMQ sends a client 1,000 messages ahead by default, while other clients are idle.
        self._connection.subscribe(
            broker.requests, id=_SUBSCRIPTION, ack="client", headers={"activemq.prefetchSize": "1"}
        )

    def work(self, mosip: Mosip, act: Callable[[], Act], stop: threading.Event, answered: Callable[[], None]) -> None:
        """Answer messages until the connection ends or `stop` is set; `answered` is called after each."""
        while not stop.is_set():
            try:
                frame = self._came.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            if frame is None:
                raise ConnectionError
            self._answer(frame, mosip, act())
            answered()

    def close(self) -> None:
        """Disconnect, and wait for the broker's confirmation if it is still there."""
        if self._connection.is_connected():
            self._connection.disconnect()
            self._ended.wait(_PATIENCE)
        self._connection.transport.disconnect_socket()

    def _answer(self, frame: Any, mosip: Mosip, act: Act) -> None:
        body = json.dumps(mosip.answer(act, frame.body).content)
        headers = {"persistent": "true"}
        if "content-length" in frame.headers:  # the header marks a binary message; the answer is of the same type
            headers["content-length"] = str(len(body))
        self._connection.send(self._broker.answers, body, content_type=_TEXT, headers=headers)
        self._connection.ack(frame.headers["message-id"], _SUBSCRIPTION)

    def _listener(self) -> Any:
        """Return the listener for frames; it queues None when the connection has ended."""
        from stomp import ConnectionListener

        came, connected, ended = self._came, self._connected, self._ended

        class Listener(ConnectionListener):
            """Queues the frames that arrive."""

            def on_connected(self, frame: Any) -> None:
                connected.set()

            def on_message(self, frame: Any) -> None:
                came.put(frame)

            def on_error(self, frame: Any) -> None:
                log.warning("The broker reports an error: %.200s", frame.headers.get("message", ""))
                came.put(None)

            def on_disconnected(self) -> None:
                ended.set()
                connected.set()  # ends the wait for a connection
                came.put(None)

        return Listener()
