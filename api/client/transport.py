"""Requests to a service: its address and key, repetition under one idempotency key, and the error behind a refusal."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Mapping
from typing import Any, Final, NoReturn

import httpx

from api.http.paths import API, checked_url
from biometrics.kernel.errors import (
    FieldFault,
    InvalidField,
    InvalidInput,
    MalformedTransaction,
    Overload,
    PehchanError,
    ServerUnavailable,
    TooManyRequests,
    kinds,
)

LATER: Final = frozenset({408, 429, 502, 503, 504})  # statuses after which the same request can be sent again
TRIES: Final = 5
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0  # seconds before the next try, where the service names none; doubles
SECONDS_TO_CONNECT, SECONDS_TO_ANSWER = 20.0, 300.0
KINDS: Final[Mapping[str, type[PehchanError]]] = {kind.code: kind for kind in kinds()}


def connection(url: str, key: str) -> httpx.Client:
    """Return an HTTP client of a service's API; see `Client`."""
    limits = httpx.Timeout(SECONDS_TO_ANSWER, connect=SECONDS_TO_CONNECT)
    headers = {"Authorization": f"Bearer {checked_key(key)}"}
    return httpx.Client(base_url=f"{checked_url(url)}{API}", headers=headers, timeout=limits)


class Transport:
    """Requests to one service by an HTTP client, each tried up to `tries` times."""

    def __init__(self, http: httpx.Client, tries: int) -> None:
        self._http = http
        self._tries = tries

    @property
    def base_url(self) -> str:
        """The address that paths are relative to."""
        return str(self._http.base_url)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def answer(
        self, method: str, path: str, *, key: str = "", version: int | None = None, **sent: Any
    ) -> httpx.Response:
        """Send a request until there is an answer, under one idempotency key.

        `version` is that of the record that is changed, as it was read.

        Raises:
            PehchanError: the service's own, by its code.
            ServerUnavailable: it does not answer, or not as a Pehchan server does.
        """
        headers = sent.pop("headers", {})
        if key or (method == "POST" and self._tries > 1):
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        for tried in range(1, self._tries + 1):
            try:
                answer = self._http.request(method, path, headers=headers, **sent)
            except httpx.TransportError as error:
                if tried == self._tries:
                    why = f"{self._http.base_url} does not answer ({type(error).__name__}); look whether it is up."
                    raise ServerUnavailable(why) from error
                time.sleep(_wait(tried, None))
                continue
            if answer.is_success:
                return answer
            wait = _wait(tried, answer.headers.get("Retry-After"))
            if answer.status_code not in LATER or tried == self._tries or wait > LONGEST_WAIT:
                _refuse(answer)
            time.sleep(wait)
        raise AssertionError("the last try returns or raises")


def checked_key(key: str) -> str:
    """Return an API key.

    Raises:
        InvalidField: there is none, or it cannot be one.
    """
    if not key.strip().isascii() or not key.strip().isprintable() or not key.strip():
        raise InvalidField("The server must know who asks: put your API key into PEHCHAN_API_KEY.")
    return key.strip()


def _wait(tried: int, retry_after: str | None) -> float:
    """Return how many seconds to wait: as the service says, else longer with each attempt."""
    if retry_after is not None and retry_after.isdigit():
        return float(retry_after)
    return float(min(FIRST_WAIT * 2 ** (tried - 1), LONGEST_WAIT) * random.uniform(0.5, 1))  # noqa: S311


def _refuse(answer: httpx.Response) -> NoReturn:
    """Raise the error that an answer stands for."""
    try:
        problem = answer.json()
        code, detail = str(problem["code"]), str(problem["detail"])
    except (ValueError, KeyError, TypeError) as error:
        raise ServerUnavailable(f"The server answers {answer.status_code}, without saying why.") from error
    kind = KINDS.get(code)
    if kind is None:
        unknown = InvalidInput if answer.is_client_error else ServerUnavailable
        raise unknown(f"{code}: {detail}")
    if issubclass(kind, TooManyRequests | Overload):
        wait = answer.headers.get("Retry-After", "")
        raise kind(detail, int(wait) if wait.isdigit() else 1)
    if issubclass(kind, MalformedTransaction):
        raise kind(detail, [FieldFault(**fault) for fault in problem.get("errors", ())])
    raise kind(detail)
