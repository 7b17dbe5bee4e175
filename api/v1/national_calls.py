"""Calls between a state's service and the national index."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final, TypeVar
from urllib.parse import urlencode

from pydantic import TypeAdapter, ValidationError

from api.http.paths import API, checked_url
from api.operations.outbound import OutboundClient
from api.settings import Settings
from api.v1.national_schemas import ChangesOut, NationalSearchIn
from biometrics.kernel.access import Act
from biometrics.kernel.errors import AddressRefused, InvalidField, PehchanError, ServerRefused, ServerUnavailable
from biometrics.kernel.people.national import ChangesPage, NationalAnswer, NationalQuery

_LIMIT: Final = 100_000_000  # bytes of an answer
_ANSWER: Final = TypeAdapter(NationalAnswer)
_AGAIN: Final = (408, 429)  # statuses of a request that may succeed later as it is

Shape = TypeVar("Shape")


class NationalCalls:
    """A service, and the API key for it: the national index, or a state's."""

    def __init__(self, url: str, key: str, seconds: float) -> None:
        """Call a service, which must have answered in full in so many seconds.

        Raises:
            InvalidField: the URL is not an address, or the address is not encrypted (https).
        """
        self._url = f"{checked_url(url)}{API}/national"
        self._headers = {"Authorization": f"Bearer {key.strip()}", "Accept": "application/json"}
        self._outbound = OutboundClient(seconds=seconds, anywhere=True)  # the operator names the service
        self.refusal = ""  # why the service refused the last request; empty if it did not

    def changes(self, after: int, mark: str) -> ChangesPage:
        """Return a page of a state's changes; see `TemplateFeed.page`.

        Raises:
            ServerUnavailable: the state does not answer in time, or answers something else.
            ServerRefused: it refuses the key or the request; the operator has to change something.
        """
        query = urlencode({"since": after, "mark": mark})
        answer = self._sent("GET", f"/changes?{query}")
        return _read(lambda: ChangesOut.model_validate_json(answer).value())

    def search(self, act: Act, query: NationalQuery) -> NationalAnswer:
        """Search other states.

        Raises:
            ServerUnavailable, ServerRefused: as for `changes`.
        """
        body = NationalSearchIn.of(query, act.purpose, act.case_number).model_dump_json().encode()
        answer = self._sent("POST", "/searches", body)
        return _read(lambda: _ANSWER.validate_json(answer))

    def _sent(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = self._headers | ({"Content-Type": "application/json"} if body else {})
        try:
            answer = self._outbound.exchange(method, self._url + path, body, headers, _LIMIT)
        except AddressRefused as error:
            raise ServerUnavailable(error.message) from error
        status = f"the status {answer.status} ({_code(answer.content)})"
        self.refusal = ""
        if 400 <= answer.status < 500 and answer.status not in _AGAIN:
            self.refusal = f"{self._url} refuses with {status}; check the API key for it and what its account may do."
            raise ServerRefused(self.refusal)
        if answer.status != 200:
            raise ServerUnavailable(f"It answers with {status}.")
        return answer.content


def national_calls_of(settings: Settings) -> NationalCalls | None:
    """Return the calls of the national index that the settings name; None where they name none.

    Raises:
        InvalidField: its address is none, or there is no key for it.
    """
    if not settings.national_url:
        return None
    if not (key := settings.national_key.get_secret_value()):
        raise InvalidField("PEHCHAN_NATIONAL_URL needs PEHCHAN_NATIONAL_KEY, the API key for it.")
    return NationalCalls(settings.national_url, key, settings.national_seconds)


def _read(read: Callable[[], Shape]) -> Shape:
    try:
        return read()
    except (ValidationError, PehchanError) as error:
        raise ServerUnavailable("It answers something else than a Pehchan service of this version.") from error


def _code(content: bytes) -> str:
    try:
        return str(json.loads(content)["code"])
    except (ValueError, KeyError, TypeError):
        return "no code"
