"""A small but real OpenID Connect provider, in a process of its own, which can be told to lie.

Run as a script it prints its issuer and serves until it is ended. It recognises whoever `/told` named last, asks for
the registered client, redirect URL, PKCE and one use of a code, and signs with RS256.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "pehchan", "registered with the provider"
REDIRECT = "http://127.0.0.1/api/v1/oidc/callback"


class Provider:
    """What the provider knows, and how it lies: `lie` is one of the words below."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.subject, self.lie = "officer-1", ""
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.stranger = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.codes: dict[str, dict[str, str]] = {}

    def configure(self, query: dict[str, str]) -> tuple[int, Any]:
        self.subject, self.lie = query.get("subject", self.subject), query.get("lie", "")
        if self.lie == "new key":
            self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})
        return 200, {}

    def description(self, _: dict[str, str]) -> tuple[int, Any]:
        issuer = "https://other.example" if self.lie == "other description" else self.issuer
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return 200, {"issuer": issuer, **{name: f"{self.issuer}/{path}" for name, path in names.items()}}

    def keys(self, _: dict[str, str]) -> tuple[int, Any]:
        return 200, KeySet([self.key]).as_dict(private=False)

    def authorize(self, query: dict[str, str]) -> tuple[int, Any]:
        wanted = {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": REDIRECT,
            "code_challenge_method": "S256",
            "scope": "openid",
        }
        if any(query.get(name) != value for name, value in wanted.items()) or len(query.get("state", "")) < 32:
            return 400, {"error": "invalid_request"}
        code = secrets.token_urlsafe(16)
        self.codes[code] = query | {"subject": self.subject}
        answer = {"code": code, "state": query["state"], "iss": self.issuer}
        if self.lie == "denied":
            answer = {"error": "access_denied", "state": query["state"]}
        if self.lie == "other issuer":
            answer["iss"] = "https://other.example"
        return 302, f"{REDIRECT}?{urlencode(answer)}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        basic = base64.b64encode(f"{CLIENT}:{urlencode({'': SECRET})[1:]}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if authorization not in (f"Basic {basic}", f"Basic {plain}"):
            return 401, {"error": "invalid_client"}
        response = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).decode()
        if (
            response is None
            or challenge.rstrip("=") != response["code_challenge"]
            or form.get("redirect_uri") != REDIRECT
        ):
            return 400, {"error": "invalid_grant"}
        if self.lie == "broken":
            return 500, {}
        tokens = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer"}
        return 200, tokens | ({} if self.lie == "no id_token" else {"id_token": self.id_token(response)})

    def id_token(self, authorization: dict[str, str]) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": authorization["subject"],
            "iat": now,
            "exp": now + 300,
            "nonce": authorization["nonce"],
        }
        lies: dict[str, dict[str, Any]] = {
            "nonce": {"nonce": "another"},
            "no nonce": {"nonce": None},
            "issuer": {"iss": "https://other.example"},
            "audience": {"aud": "somebody else"},
            "audiences": {"aud": [CLIENT, "somebody else"]},
            "party": {"azp": "somebody else"},
            "expired": {"iat": now - 900, "exp": now - 600},
            "no expiry": {"exp": None},
            "nobody": {"sub": ""},
            "not yet": {"nbf": now + 900},
            "good party": {"aud": [CLIENT, "somebody else"], "azp": CLIENT},
        }
        response = {name: value for name, value in (claims | lies.get(self.lie, {})).items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid}
        if self.lie == "algorithm none":
            return f"{encoded({'alg': 'none'})}.{encoded(response)}."
        if self.lie == "symmetric":  # signed with the public key, which everybody has, as if it were a secret
            signed = f"{encoded(header | {'alg': 'HS256'})}.{encoded(response)}"
            return f"{signed}.{base64_of(hmac.digest(self.key.as_pem(private=False), signed.encode(), 'sha256'))}"
        if self.lie == "client secret":
            return jwt.encode({"alg": "HS256"}, response, OctKey.import_key(SECRET))
        token = jwt.encode(header, response, self.stranger if self.lie == "key of another" else self.key)
        if self.lie == "altered":
            first, _, signature = token.split(".")
            return f"{first}.{encoded(response | {'sub': 'officer-2'})}.{signature}"
        return token


def encoded(part: dict[str, Any]) -> str:
    """Return a part of a token."""
    return base64_of(json.dumps(part).encode())


def base64_of(content: bytes) -> str:
    """Return base64url without its padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def serve() -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            paths = {
                "/.well-known/openid-configuration": provider.description,
                "/keys": provider.keys,
                "/authorize": provider.authorize,
                "/told": provider.configure,
            }
            self._answer(*paths[parts.path](query))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.token(form, self.headers.get("authorization", "")))

        def _answer(self, status: int, content: Any) -> None:
            self.send_response(status)
            if status == 302:
                self.send_header("Location", content)
                self.end_headers()
                return
            body = json.dumps(content).encode()
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    sys.stdout.write(f"{provider.issuer}\n")
    sys.stdout.flush()
    server.serve_forever()


@contextmanager
def running_provider() -> Iterator[str]:
    """Run a provider in a process of its own; yields its issuer."""
    process = subprocess.Popen([sys.executable, str(Path(__file__))], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(60)
        assert process.stdout
        process.stdout.close()


def tell(issuer: str, **what: str) -> None:
    """Say whom it recognises from now on, and how it lies."""
    with urllib.request.urlopen(f"{issuer}/told?{urlencode(what)}") as answer:
        assert answer.status == 200


if __name__ == "__main__":
    serve()
