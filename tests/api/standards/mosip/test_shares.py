"""MOSIP's data shares: tokens, encryption, and what they answer instead, from a real server."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from mosip_client import bir, document
from receiver import Receiver, content, receiving, status

from api.operations.outbound import OutboundClient
from api.standards.mosip.reasons import Reason, Refused
from api.standards.mosip.shares import ShareRegistration, Shares, load_key
from biometrics.kernel.errors import AddressRefused, InvalidField

pytestmark = pytest.mark.when_changed("api.standards.mosip")

CBEFF = document(bir("Face", "", b"a photo"))
REFUSAL = b'{"response": null, "errors": [{"errorCode": "KER-ATH-401", "message": "Authentication Failed"}]}'
SHARE, AUTHENTICATION = "/v1/datashare/get/x", "/v1/authmanager/authenticate/clientidsecretkey"
SECRET = "abc123"


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiving() as opened:
        opened.answers = [status(404)]
        yield opened


def shares(server: Receiver, key: RSAPrivateKey | None = None, known: bool = False, secret: str = SECRET) -> Shares:
    outbound = OutboundClient(frozenset({"127.0.0.1"}), (ip_network("127.0.0.0/8"),), 5.0)
    registration = ShareRegistration(server.url + AUTHENTICATION, "mosip-abis-client", secret)
    return Shares(outbound, registration if known else None, key)


class Mosip:
    """Answers as MOSIP does: tokens for those who are known, data for those who have one that is good still."""

    def __init__(self, server: Receiver, refusal: bytes = REFUSAL) -> None:
        self.given = 0
        self.good: set[str] = set()
        self._refusal = refusal
        server.paths[AUTHENTICATION] = self.authenticate
        server.paths[SHARE] = self.share
        self._server = server

    def authenticate(self, handler: BaseHTTPRequestHandler) -> None:
        request = json.loads(self._server.received[-1].body)
        known = request["request"] == {"appId": "regproc", "clientId": "mosip-abis-client", "secretKey": SECRET}
        if not known:
            content(REFUSAL)(handler)
            return
        self.given += 1
        self.good.add(f"token{self.given}")
        handler.send_response(200)
        handler.send_header("Set-Cookie", "other=1; Path=/")
        handler.send_header("Set-Cookie", f"Authorization=token{self.given}; Max-Age=60; Path=/; Secure; HttpOnly")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def share(self, handler: BaseHTTPRequestHandler) -> None:
        cookie = handler.headers.get("Cookie", "")
        if cookie.removeprefix("Authorization=") in self.good:
            content(CBEFF)(handler)
        elif self._refusal:
            content(self._refusal)(handler)
        else:
            status(401)(handler)


@pytest.mark.parametrize("refusal", [REFUSAL, b""], ids=["in JSON", "by the status"])
def test_a_token_is_asked_for_once_and_again_when_it_is_good_no_more(server: Receiver, refusal: bytes) -> None:
    mosip, ours = Mosip(server, refusal), shares(server, known=True)
    for _ in range(3):
        assert ours.fetch(server.url + SHARE) == CBEFF
    assert mosip.given == 1
    mosip.good.clear()
    assert ours.fetch(server.url + SHARE) == CBEFF
    assert mosip.given == 2


def test_a_caller_unknown_to_mosip_gets_nothing(server: Receiver) -> None:
    mosip = Mosip(server)
    refused(shares(server, known=True, secret="wrong"), server.url + SHARE, Reason.NOT_FETCHED)
    refused(shares(server), server.url + SHARE, Reason.NOT_FETCHED)
    assert mosip.given == 0


def test_a_token_is_not_asked_for_where_nothing_is_called(server: Receiver) -> None:
    Mosip(server)
    with pytest.raises(AddressRefused):
        shares(server, known=True).fetch("http://elsewhere.example/x")
    assert server.received == []


def test_a_token_is_sent_only_to_the_share_that_is_asked(server: Receiver) -> None:
    Mosip(server)
    server.paths["/moved"] = status(302, Location=server.url + SHARE)
    refused(shares(server, known=True), server.url + "/moved", Reason.NOT_FETCHED)
    assert [item.path for item in server.received] == [AUTHENTICATION, "/moved"]


def sealed(key: RSAPrivateKey, form: str, data: bytes = CBEFF) -> bytes:
    secret, thumbprint = os.urandom(32), os.urandom(32)
    wrapped = key.public_key().encrypt(secret, OAEP(MGF1(SHA256()), SHA256(), None))
    if form == "1.2":
        authenticated = os.urandom(32)
        body = authenticated + AESGCM(secret).encrypt(authenticated[:12], data, authenticated)
        return base64.urlsafe_b64encode(b"VER_R2" + thumbprint + wrapped + b"#KEY_SPLITTER#" + body)
    nonce = os.urandom(32 if form == "1.1.5, as specified" else 16)
    body = AESGCM(secret).encrypt(nonce, data, None) + nonce
    head = b"" if form == "without a thumbprint" else thumbprint
    return base64.b64encode(head + wrapped + b"#KEY_SPLITTER#" + body)


@pytest.mark.parametrize("form", ["1.2", "1.1.5", "1.1.5, as specified", "without a thumbprint"])
def test_encrypted_data_are_opened(server: Receiver, key: RSAPrivateKey, form: str) -> None:
    for text in (sealed(key, form), sealed(key, form).rstrip(b"=") + b"\n"):
        server.paths[SHARE] = content(text)
        assert shares(server, key).fetch(server.url + SHARE) == CBEFF


def test_encrypted_data_that_were_changed_or_are_for_others_are_refused(server: Receiver, key: RSAPrivateKey) -> None:
    good = base64.urlsafe_b64decode(sealed(key, "1.2"))
    wrong = [good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :] for place in (3, 50, 300, 310, 350, -1)]
    wrong += [good[:200], good[:310], good[:320], b"#KEY_SPLITTER#", b"x" * 1000, good + b"x"]
    other = generate_private_key(65537, 2048)
    texts = [base64.b64encode(item) for item in wrong] + [b"*", sealed(other, "1.2"), sealed(other, "1.1.5")]
    for text in texts:
        server.paths[SHARE] = content(text)
        refused(shares(server, key), server.url + SHARE, Reason.INVALID_CBEFF)
    server.paths[SHARE] = content(sealed(key, "1.2"))
    refused(shares(server), server.url + SHARE, Reason.INVALID_CBEFF)


def refused(ours: Shares, url: str, reason: Reason) -> None:
    with pytest.raises(Refused) as error:
        ours.fetch(url)
    assert error.value.reason is reason
    assert SECRET not in str(error.value)


def saved(path: Path, key: Any, lock: KeySerializationEncryption) -> Path:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    return path


def test_an_unusable_key_is_reported_at_once(tmp_path: Path, key: RSAPrivateKey) -> None:
    open_one = saved(tmp_path / "open.pem", key, NoEncryption())
    locked = saved(tmp_path / "locked.pem", key, BestAvailableEncryption(b"word"))
    assert load_key(open_one).private_numbers() == load_key(locked, "word").private_numbers()
    (tmp_path / "nonsense.pem").write_bytes(b"x")
    curve = saved(tmp_path / "curve.pem", ec.generate_private_key(ec.SECP256R1()), NoEncryption())
    for path, password in [
        (tmp_path / "none.pem", ""),
        (tmp_path / "nonsense.pem", ""),
        (locked, ""),
        (locked, "wrong"),
        (curve, ""),
    ]:
        with pytest.raises(InvalidField, match="PEHCHAN_MOSIP_KEY_FILE"):
            load_key(path, password)
