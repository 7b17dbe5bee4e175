"""Where a client's biometric data are: MOSIP's data shares.

A share asks for a token in a cookie, which MOSIP's authentication gives for a client's id and secret, and answers with
the CBEFF, encrypted for a certificate of ours or in the clear; or, with the status 200 too, in JSON why not.

Source: MOSIP's ABIS API 0.9, "Reference URL". Encrypted data are in base64: the AES key, encrypted by RSA-OAEP with
SHA-256; #KEY_SPLITTER#; the data, encrypted by AES-GCM. Before the key are, since MOSIP 1.2.0, VER_R2, and the 32
bytes of the certificate's thumbprint. Before the data are, since then, 32 bytes that are authenticated with them, of
which the first 12 are the nonce. Before 1.2.0 the nonce follows the data: 32 bytes as the specification has it, and
AES's block of 16 as MOSIP's own code writes and reads it; GCM's tag shows which one it is.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from api.operations.outbound import OutboundClient
from api.standards.common.fetching import Fetched
from api.standards.mosip.cbeff import MAX_DOCUMENT
from api.standards.mosip.reasons import Reason, Refused
from biometrics.kernel.errors import AddressRefused, InvalidField

_LIMIT: Final = 2 * MAX_DOCUMENT  # of encrypted data in base64
_ANSWER_LIMIT: Final = 100_000
_UNKNOWN: Final = "KER-ATH-401"
_EXPIRED: Final = "expired"  # of one error code, MOSIP has this message and another
_SPLITTER: Final = b"#KEY_SPLITTER#"
_VERSION: Final = b"VER_R2"
_THUMBPRINT, _AUTHENTICATED, _NONCE, _OLD_NONCES = 32, 32, 12, (16, 32)
_COOKIE: Final = "authorization"


@dataclass(frozen=True)
class ShareRegistration:
    """Client id and URL of MOSIP's token service."""

    url: str
    client_id: str
    secret: str = field(repr=False)
    application: str = "regproc"


class Shares:
    """Fetches data. To be used from many threads."""

    def __init__(
        self, outbound: OutboundClient, registration: ShareRegistration | None = None, key: RSAPrivateKey | None = None
    ):
        """`registration` None asks for no token; `key` None opens nothing that is encrypted."""
        self._outbound = outbound
        self._registration = registration
        self._key = key
        self._cookie = ""

    def with_fetched(self, fetched: Fetched | None) -> Shares:
        """Return these shares for one request, whose data were fetched before it took its turn."""
        return self if fetched is None else _FetchedShares(self, fetched)

    def fetch(self, url: str) -> bytes:
        """Return the CBEFF at an address.

        Raises:
            AddressRefused: it is not allowed, or does not answer.
            Refused: the share says that it is not there any more, or not for us, or it cannot be decrypted.
        """
        parts = self._outbound.check(url)  # before a token is requested for an address that is not called anyway
        if self._registration and urlsplit(self._registration.url).scheme == "https" and parts.scheme != "https":
            raise AddressRefused(
                "The data share's address must begin with https://, as that of MOSIP's authentication."
            )
        until = time.monotonic() + self._outbound.seconds  # for all calls together
        used = self._token("", until)
        content, unknown = self._download(url, used, until)
        if unknown and self._registration:
            content, unknown = self._download(url, self._token(used, until), until)
        if unknown:
            raise Refused(Reason.NOT_FETCHED, f"The data share answers with {_UNKNOWN}: it does not know us.")
        if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"") or b"\0" in content[:4]:
            return content  # in the clear; UTF-16 has zero bytes
        return self._decrypted(content)

    def _download(self, url: str, cookie: str, until: float) -> tuple[bytes, bool]:
        """Return what a share gives, and whether it does not know us."""
        headers = {"Cookie": cookie} if cookie else {}
        answer = self._outbound.exchange("GET", url, None, headers, _LIMIT, until - time.monotonic())
        if answer.status == 401:
            return b"", True
        if answer.status != 200:
            raise Refused(Reason.NOT_FETCHED, f"The data share answers with the status {answer.status}.")
        if answer.content.lstrip()[:1] != b"{":
            return answer.content, False
        code, message = _error(answer.content)
        if code == _UNKNOWN:
            return b"", True
        reason = Reason.SHARE_EXPIRED if _EXPIRED in message.lower() else Reason.NOT_FETCHED
        raise Refused(reason, f"The data share answers with the error {code}.")

    def _token(self, refused: str, until: float) -> str:
        """Return the cookie, a new one where there is none or that one was refused; empty where none is asked for."""
        registration = self._registration
        if registration is None:
            return ""
        cookie = self._cookie
        if not cookie or cookie == refused:  # no lock is held over the network: two requests may both get a token
            cookie = self._cookie = self._new_token(registration, until)
        return cookie

    def _new_token(self, registration: ShareRegistration, until: float) -> str:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        request = {
            "appId": registration.application,
            "clientId": registration.client_id,
            "secretKey": registration.secret,
        }
        message = {"id": "string", "metadata": {}, "request": request, "requesttime": now, "version": "string"}
        body, headers = json.dumps(message).encode("ascii"), {"Content-Type": "application/json"}
        left = until - time.monotonic()
        answer = self._outbound.exchange("POST", registration.url, body, headers, _ANSWER_LIMIT, left)
        for line in answer.cookies:
            try:
                morsels = SimpleCookie(line).values()
            except CookieError:
                continue
            for morsel in morsels:
                if morsel.key.lower() == _COOKIE and morsel.value:
                    return f"{morsel.key}={morsel.value}"
        raise Refused(Reason.NOT_FETCHED, f"MOSIP's authentication gives no token; its status is {answer.status}.")

    def _decrypted(self, content: bytes) -> bytes:
        if self._key is None:
            raise Refused(
                Reason.INVALID_CBEFF, "The data are not XML; if they are encrypted, PEHCHAN_MOSIP_KEY_FILE opens them."
            )
        try:
            return decrypt(content, self._key)
        except (InvalidTag, ValueError, OverflowError) as error:
            raise Refused(Reason.INVALID_CBEFF, "The data cannot be decrypted with PEHCHAN_MOSIP_KEY_FILE.") from error


class _FetchedShares(Shares):
    """Shares for one request: what was fetched before is not fetched again."""

    def __init__(self, shares: Shares, fetched: Fetched) -> None:
        super().__init__(shares._outbound, shares._registration, shares._key)
        self._shares = shares
        self._fetched = fetched

    def fetch(self, url: str) -> bytes:
        """Return what was fetched, or else fetch it."""
        return self._fetched.get(url) if url in self._fetched else self._shares.fetch(url)


def load_key(path: Path, password: str = "") -> RSAPrivateKey:
    """Load the private key of the certificate that MOSIP encrypts for, in PEM.

    Raises:
        InvalidField: there is none, or the password is wrong.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), password.encode() or None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidField("PEHCHAN_MOSIP_KEY_FILE holds no private key in PEM that the password opens.") from error
    if not isinstance(key, RSAPrivateKey):
        raise InvalidField("PEHCHAN_MOSIP_KEY_FILE holds a key that is not RSA's.")
    return key


def decrypt(content: bytes, key: RSAPrivateKey) -> bytes:
    """Open encrypted data.

    Raises:
        ValueError: they are not in base64, or not encrypted for this key.
        InvalidTag: they were changed.
    """
    plain = b"".join(content.split()).translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    try:
        sealed = base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not in base64") from error
    size = key.key_size // 8
    # Random bytes may look like the splitter, or like the version: the key's size says where it ends.
    for header in (len(_VERSION) + _THUMBPRINT, _THUMBPRINT, 0):
        end = header + size
        is_new = header > _THUMBPRINT
        if sealed[end : end + len(_SPLITTER)] == _SPLITTER and sealed.startswith(_VERSION if is_new else b""):
            secret = key.decrypt(sealed[header:end], OAEP(MGF1(SHA256()), SHA256(), None))
            data = sealed[end + len(_SPLITTER) :]
            return _opened_new(secret, data) if is_new else _opened_old(secret, data)
    raise ValueError("no encrypted key before the splitter")


def _opened_new(secret: bytes, data: bytes) -> bytes:
    authenticated = data[:_AUTHENTICATED]
    return AESGCM(secret).decrypt(authenticated[:_NONCE], data[_AUTHENTICATED:], authenticated)


def _opened_old(secret: bytes, data: bytes) -> bytes:
    short, long = _OLD_NONCES
    try:
        return AESGCM(secret).decrypt(data[-short:], data[:-short], None)
    except InvalidTag:
        return AESGCM(secret).decrypt(data[-long:], data[:-long], None)


def _error(content: bytes) -> tuple[str, str]:
    """Return the code and the message of the error that a share answers with."""
    try:
        first: Any = json.loads(content)["errors"][0]
        return str(first["errorCode"])[:40], str(first["message"])
    except (ValueError, RecursionError, LookupError, TypeError):
        return "that is none of MOSIP's", ""
