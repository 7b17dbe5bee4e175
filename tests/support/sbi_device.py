"""A device service that speaks MOSIP's SBI 1.0.0 over HTTP, written from its specification, with a key of its own.

Like MOSIP's MockMDS it writes more bytes than it announces, sends the stream's parts without an end, and closes each
connection.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

SLAP = {"type": "Finger", "deviceSubType": "Slap", "sensors": ["1", "2", "3"]}
SINGLE = {"type": "Finger", "deviceSubType": "Single", "sensors": ["0"]}
DOUBLE_IRIS = {"type": "Iris", "deviceSubType": "Double", "sensors": ["1", "2", "3"]}
FACE = {"type": "Face", "deviceSubType": "Full face", "sensors": ["0"]}
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Signer:
    """A key with its certificate, and the certificates above it."""

    key: rsa.RSAPrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def pem(self) -> bytes:
        return self.chain[0].public_bytes(serialization.Encoding.PEM)

    def issue(self, name: str, ca: bool = False, expired: bool = False, key: str = "", bits: int = 2048) -> Signer:
        """Return another key whose certificate this one has issued; `key` names the key, else its own name."""
        own = _key(key or name, bits)
        return Signer(own, (_certificate(name, own, self.key, self.chain[0].subject, ca, expired), *self.chain))

    def sign(self, content: Mapping[str, Any], x5c: int = 1, **header: Any) -> str:
        """Return a compact JWS with the first `x5c` certificates of the chain."""
        certificates = [each.public_bytes(serialization.Encoding.DER) for each in self.chain[:x5c]]
        listed = [base64.b64encode(each).decode() for each in certificates]
        head = {"alg": "RS256", "typ": "JWT", "x5c": listed} | header
        signed = ".".join(_url(json.dumps(each).encode()) for each in (head, content))
        return f"{signed}.{_url(self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


@cache
def _key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def root(name: str, key: str = "") -> Signer:
    """Return a self-signed authority; `key` names its key, else its own name."""
    own = _key(key or name)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return Signer(own, (_certificate(name, own, own, subject, True, False),))


def _certificate(
    name: str, key: rsa.RSAPrivateKey, issuer_key: rsa.RSAPrivateKey, issuer: x509.Name, ca: bool, expired: bool
) -> x509.Certificate:
    moment = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - 2 * HOUR)
        .not_valid_after(moment - HOUR if expired else moment + HOUR)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
    )
    return builder.sign(issuer_key, hashes.SHA256())


def _url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class SbiDevice:
    """One device, and what it does otherwise than it should.

    `records` are what it captures, by SBI's name of the finger or eye; those of exceptions are left out. The functions
    change what it is about to sign or send.
    """

    signer: Signer
    about: Mapping[str, Any]
    records: Mapping[str, bytes] = field(default_factory=dict)
    status: str = "Ready"
    purpose: str = "Registration"
    versions: tuple[str, ...] = ("1.0.0",)
    error: tuple[str, str] = ("0", "Success")
    x5c: int = 1
    callback: str = ""
    frames: tuple[bytes, ...] = ()
    change_identity: Callable[[dict[str, Any]], None] = lambda _: None
    change_data: Callable[[dict[str, Any]], None] = lambda _: None
    change_token: Callable[[str], str] = lambda token: token
    requests: list[tuple[str, Any]] = field(default_factory=list)

    def identity(self) -> dict[str, Any]:
        return {
            "serialNo": "1234567890",
            "make": "Ridge",
            "model": "R4",
            "type": self.about["type"],
            "deviceSubType": self.about["deviceSubType"],
            "deviceProvider": "Ridge Ltd",
            "deviceProviderId": "RIDGE",
            "dateTime": _now(),
        }

    def discovery(self) -> list[dict[str, Any]]:
        digital_id = _url(json.dumps(self.identity()).encode())
        return [
            {"deviceId": "1", "deviceStatus": self.status, "digitalId": digital_id, "error": _error("0", "Success")}
        ]

    def info(self) -> list[dict[str, Any]]:
        content = {
            "deviceStatus": self.status,
            "deviceId": "1",
            "deviceSubId": self.about["sensors"],
            "callbackId": self.callback,
            "digitalId": self.signer.sign(self.identity(), self.x5c),
            "deviceCode": "b692b595",
            "env": "Staging",
            "purpose": self.purpose,
            "specVersion": [*self.versions],
        }
        return [{"deviceInfo": self.signer.sign(content, self.x5c), "error": _error("0", "Success")}]

    def capture(self, asked: dict[str, Any]) -> dict[str, Any]:
        [bio] = asked["bio"]
        if self.error[0] != "0":
            return {"biometrics": [{"specVersion": asked["specVersion"], "data": "", "error": _error(*self.error)}]}
        blocks = []
        for name, record in self.records.items():
            if name not in bio["bioSubType"]:
                continue
            identity = self.identity()
            self.change_identity(identity)
            data = {
                "digitalId": self.signer.sign(identity, self.x5c),
                "deviceCode": "b692b595",
                "bioType": bio["type"],
                "bioSubType": name,
                "purpose": asked["purpose"],
                "env": asked["env"],
                "bioValue": _url(record),
                "transactionId": asked["transactionId"],
                "timestamp": _now(),
                "qualityScore": "80",
            }
            self.change_data(data)
            token = self.change_token(self.signer.sign(data, self.x5c))
            block = {"specVersion": asked["specVersion"], "data": token, "hash": sha256(record).hexdigest()}
            blocks.append(block | {"error": _error("0", "Success")})
        return {"biometrics": blocks}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _error(code: str, info: str) -> dict[str, str]:
    return {"errorCode": code, "errorInfo": info}


@contextmanager
def serving(device: SbiDevice) -> Iterator[int]:
    """Serve a device on a free port of 127.0.0.1; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def _read(self, method: str) -> Any:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = json.loads(body) if body else None
            device.requests.append((f"{method} {self.path}", asked))
            return asked

        def _send(self, answer: Any) -> None:
            content = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content + b"\r\n\r\n")

        def do_MOSIPDISC(self) -> None:
            self._read("MOSIPDISC")
            self._send(device.discovery())

        def do_MOSIPDINFO(self) -> None:
            self._read("MOSIPDINFO")
            self._send(device.info())

        def do_RCAPTURE(self) -> None:
            self._send(device.capture(self._read("RCAPTURE")))

        def do_STREAM(self) -> None:
            self._read("STREAM")
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=--BoundaryString")
            self.end_headers()
            for jpeg in device.frames:
                head = f"--BoundaryString\r\nContent-Type:image/jpeg\r\nContent-Length:{len(jpeg)}\r\n\r\n"
                self.wfile.write(head.encode() + jpeg + b"\r\n\r\n")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
