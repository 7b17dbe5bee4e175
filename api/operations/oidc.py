"""Signing in by an outside provider: OpenID Connect 1.0, the authorisation code flow with PKCE (RFC 7636).

Between the way there and the way back all that must be remembered, state, nonce and code verifier, lies in a cookie
that only this installation can read or make: any of its servers can finish what another began, and the way back is
taken by the browser that took the way there.
"""

from __future__ import annotations

import base64
import json
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from api.operations.outbound import OutboundClient
from api.settings import Settings
from biometrics.kernel.errors import (
    AddressRefused,
    DecryptionFailed,
    InvalidField,
    ProviderRefused,
    ProviderUnavailable,
)
from biometrics.storage.crypto.aead import Place, seal, unseal
from biometrics.storage.tables.accounts import SUBJECT_LENGTH

log = logging.getLogger("pehchan")

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "ES384", "EdDSA")  # with a key that only the provider has
CLOCKS_DIFFER: Final = 60  # seconds
FLOW_SECONDS: Final = 600  # from the way there to the way back
DISCOVERY_SECONDS: Final = 3600  # how long the provider's description is believed
KEYS_SECONDS: Final = 60  # not more often are its keys fetched for the sake of one that is not known
TIMEOUT: Final = 10.0  # seconds for all calls of one step of a sign-in
ANSWER_LIMIT: Final = 1_000_000  # bytes

_OUR_FAULTS: Final = ("invalid_client", "unauthorized_client")  # RFC 6749, section 5.2
_PLACE: Final[Place] = ("sign-in by a provider",)
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class ProviderRegistration:
    """The registration of this installation with the provider.

    Raises:
        InvalidField: a part is missing, or a URL is neither https nor of this machine.
    """

    issuer: str
    client_id: str
    client_secret: str
    redirect_url: str

    def __post_init__(self) -> None:
        """Check."""
        if not self.client_id:
            raise InvalidField("PEHCHAN_OIDC_ISSUER is set; set PEHCHAN_OIDC_CLIENT_ID too.")
        for name in ("issuer", "redirect_url"):
            if not _is_safe(getattr(self, name)):
                raise InvalidField(f"PEHCHAN_OIDC_{name.upper()} must be a URL that begins with https://.")


@dataclass(frozen=True)
class SignInRedirect:
    """Where to send a browser to sign in, and the cookie to give it along."""

    url: str
    cookie: str


@dataclass(frozen=True)
class ProviderSignIn:
    """The result of a sign-in at the provider: its `sub`. With `to_pages` the browser returns to the pages."""

    subject: str
    to_pages: bool


class OpenIdProvider:
    """One outside provider; safe to use from many threads."""

    def __init__(self, registration: ProviderRegistration) -> None:
        """Store the registration; the provider is contacted at the first sign-in."""
        self.registration = registration
        self._outbound = OutboundClient(seconds=TIMEOUT, anywhere=True)  # the operator names the provider
        self._configuration: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def begin(self, key: bytes, *, to_pages: bool = False) -> SignInRedirect:
        """Begin a sign-in; `key`, of 32 bytes, seals the cookie. For `to_pages` see `ProviderSignIn`.

        Raises:
            ProviderUnavailable: the provider does not answer as it should.
        """
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        endpoint = self._endpoint("authorization_endpoint", _Time())
        query = {
            "response_type": "code",
            "client_id": self.registration.client_id,
            "redirect_uri": self.registration.redirect_url,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": _unpadded(sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        url = f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query)}"
        flow = {"state": state, "nonce": nonce, "verifier": verifier, "until": time.time() + FLOW_SECONDS}
        flow["pages"] = to_pages
        cookie = base64.urlsafe_b64encode(seal(key, _PLACE, json.dumps(flow).encode())).decode()
        return SignInRedirect(url, cookie)

    def finish(self, key: bytes, cookie: str, answer: Mapping[str, str]) -> ProviderSignIn:
        """Return the identity that the provider has recognised; `answer` is the query string of the redirect.

        Raises:
            ProviderRefused: the provider did not recognise anybody, or what came is not what was asked for.
            ProviderUnavailable: the provider does not answer as it should.
        """
        flow = _opened(key, cookie)
        if not secrets.compare_digest(answer.get("state", "").encode(), str(flow["state"]).encode()):
            raise _refused("the state is that of another sign-in")
        if answer.get("iss", self.registration.issuer) != self.registration.issuer:  # RFC 9207
            raise _refused("the answer is of another provider")
        if "error" in answer or not answer.get("code"):
            raise _refused(f"the provider answered {answer.get('error', 'without a code')[:60]!r}")
        time_left = _Time()
        token = self._fetch_token(answer["code"], str(flow["verifier"]), time_left)
        return ProviderSignIn(self._subject(token, str(flow["nonce"]), time_left), flow["pages"])

    def _fetch_token(self, code: str, verifier: str, time_left: _Time) -> str:
        endpoint, registration = self._endpoint("token_endpoint", time_left), self.registration
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": registration.redirect_url,
            "code_verifier": verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if registration.client_secret:
            pair = f"{registration.client_id}:{registration.client_secret}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        else:
            form["client_id"] = registration.client_id
        status, tokens = self._exchanged("POST", endpoint, urlencode(form).encode(), headers, time_left)
        if status >= 500:
            raise _unavailable(endpoint)
        if tokens.get("error") in _OUR_FAULTS:
            log.error("The sign-in provider refuses this service: check PEHCHAN_OIDC_CLIENT_ID and _CLIENT_SECRET.")
            raise ProviderRefused("The provider refuses this service. Tell the administrator, and sign in by password.")
        if status != 200 or "error" in tokens:
            raise _refused(f"the token endpoint answered {str(tokens.get('error', status))[:60]!r}")
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise _refused("there is no id_token")
        return token

    def _subject(self, id_token: str, nonce: str, time_left: _Time) -> str:
        """Return the `sub` of an id_token that says what OpenID Connect Core, section 3.1.3.7, asks of it."""
        try:
            claims = self._decoded(id_token, time_left).claims
            audience_rule = {"essential": True, "value": self.registration.client_id}
            JWTClaimsRegistry(
                leeway=CLOCKS_DIFFER,
                iss={"essential": True, "value": self.registration.issuer},
                aud=audience_rule,  # type: ignore[arg-type]
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(claims)
        except (JoseError, ValueError) as error:
            raise _refused(f"the id_token is not good: {error}") from error
        audience = claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if (several or "azp" in claims) and claims.get("azp") != self.registration.client_id:
            raise _refused("the id_token was made for another client")
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LENGTH:
            raise _refused("the id_token has no subject")
        return subject

    def _decoded(self, id_token: str, time_left: _Time) -> jwt.Token:
        """Check the signature with the provider's keys; fetch them again if the key is unknown."""
        keys, fetched = self._key_set(DISCOVERY_SECONDS, time_left)
        try:
            return jwt.decode(id_token, keys, algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            newer, at = self._key_set(KEYS_SECONDS, time_left)
            if at == fetched:
                raise
            return jwt.decode(id_token, newer, algorithms=list(ALGORITHMS))

    def _key_set(self, older_than: float, time_left: _Time) -> tuple[KeySet, float]:
        """Return the provider's public keys, fetched again where they are older, and when they were fetched.

        No lock is held over the network: two sign-ins may both fetch them.
        """
        stored = self._keys
        if stored is None or stored[0] < time.monotonic() - older_than:
            url = self._endpoint("jwks_uri", time_left)
            try:
                public_keys = [key for key in self._get(url, time_left)["keys"] if key.get("kty") != "oct"]
                stored = (time.monotonic(), KeySet.import_key_set({"keys": public_keys}))
            except (JoseError, KeyError, TypeError, AttributeError, ValueError) as error:
                raise _unavailable(url) from error
            self._keys = stored
        fetched, keys = stored
        return keys, fetched

    def _endpoint(self, name: str, time_left: _Time) -> str:
        """Return a URL of the provider's own description (OpenID Connect Discovery)."""
        stored = self._configuration
        if stored is None or stored[0] < time.monotonic() - DISCOVERY_SECONDS:
            url = f"{self.registration.issuer.rstrip('/')}/.well-known/openid-configuration"
            described = self._get(url, time_left)
            if described.get("issuer") != self.registration.issuer:
                raise _unavailable(url)
            stored = self._configuration = (time.monotonic(), described)
        endpoint = stored[1].get(name)
        if not isinstance(endpoint, str) or not _is_safe(endpoint):
            raise _unavailable(f"{self.registration.issuer} ({name})")
        return endpoint

    def _get(self, url: str, time_left: _Time) -> dict[str, Any]:
        status, document = self._exchanged("GET", url, None, {"Accept": "application/json"}, time_left)
        if status != 200:
            raise _unavailable(url)
        return document

    def _exchanged(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], time_left: _Time
    ) -> tuple[int, dict[str, Any]]:
        """Return the status and the JSON object of an answer; no redirection is followed."""
        try:
            answer = self._outbound.exchange(method, url, body, headers, ANSWER_LIMIT, time_left.seconds())
            document = json.loads(answer.content)
        except (AddressRefused, ValueError, RecursionError) as error:
            raise _unavailable(url) from error
        if not isinstance(document, dict):
            raise _unavailable(url)
        return answer.status, document


class _Time:
    """The time left for all calls of one sign-in."""

    def __init__(self) -> None:
        self._until = time.monotonic() + TIMEOUT

    def seconds(self) -> float:
        return max(0.0, self._until - time.monotonic())


def _opened(key: bytes, cookie: str) -> dict[str, Any]:
    try:
        flow = json.loads(unseal(key, _PLACE, base64.urlsafe_b64decode(cookie.encode())))
    except (DecryptionFailed, ValueError) as error:
        raise _refused("this browser did not begin it") from error
    if flow["until"] < time.time():
        raise _refused("it took too long")
    return dict(flow)


def _refused(why: str) -> ProviderRefused:
    log.warning("A sign-in by the provider was refused: %s.", why)
    return ProviderRefused("The provider did not prove who you are; begin the sign-in again.")


def _unavailable(address: str) -> ProviderUnavailable:
    return ProviderUnavailable(
        f"The provider does not answer as it should at {address}; sign in by password meanwhile."
    )


def _is_safe(url: str) -> bool:
    """Return whether a URL is encrypted, or stays on this machine."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def _unpadded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def provider_of(settings: Settings) -> OpenIdProvider | None:
    """Return the outside provider, None where none was set.

    Raises:
        InvalidField: its settings are not complete, or not safe.
    """
    if not settings.oidc_issuer:
        return None
    secret = settings.oidc_client_secret.get_secret_value()
    registration = ProviderRegistration(
        settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_redirect_url
    )
    return OpenIdProvider(registration)
