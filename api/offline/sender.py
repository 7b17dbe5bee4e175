"""Sends a station's queue to the server in small batches, so that a broken link costs little."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

import httpx

from api.http.paths import checked_url
from api.http.schemas import Problem
from api.offline.queue import QueuedItem, StationQueue
from api.settings import Settings
from api.v1.batches_schemas import BatchItemOut
from biometrics.kernel.errors import DecryptionFailed, InvalidField, MasterKeyMissing, ServerUnavailable

BATCH_BYTES = 400_000  # a minute on 64 kbit/s: about one item of ten prints and a photo, many of minutiae
BATCH_ITEMS = 20
TRIES = 6  # consecutive attempts without an answer
WAIT, LONGEST_WAIT = 2.0, 60.0  # seconds before the next try; doubles
LATER = (408, 429, 500, 502, 503, 504)  # statuses after which the same request can be sent again
CLOCK_OFF = 300  # seconds of clock difference that are reported

MOST_ANSWERED: Final = 4_000_000  # bytes of the answer to a batch

Report = Callable[[str], None]


class Sender:
    """Sends a queue; `report` is called with sentences for the officer."""

    def __init__(self, queue: StationQueue, settings: Settings, report: Report) -> None:
        """Read the server's address and key from the settings.

        Raises:
            InvalidField: no server or key is set, or the address is not encrypted (https).
        """
        self._queue = queue
        self._report = report
        self._key = settings.server_key.get_secret_value()
        if not settings.server_url or not self._key:
            raise InvalidField("Set PEHCHAN_SERVER_URL (https://HOST) and PEHCHAN_SERVER_KEY (an API key) first.")
        self._url = checked_url(settings.server_url)

    def send(self, keys: Sequence[str]) -> None:
        """Send items until each is answered, or the server cannot be reached.

        Raises:
            ServerUnavailable: what was not answered waits in the queue.
        """
        waiting, tries = list(keys), 0
        limits = httpx.Timeout(20, read=300, write=300)
        try:
            opened = httpx.Client(headers={"Authorization": f"Bearer {self._key}"}, timeout=limits)
        except OSError as error:
            raise InvalidField(f"SSL_CERT_FILE names no certificates that can be read: {error}.") from error
        with opened as client:
            ahead: int | None = None
            while waiting:
                before = len(waiting)
                wait = min(WAIT * 2**tries, LONGEST_WAIT)
                try:
                    ahead = self._clock_ahead(client) if ahead is None else ahead
                    why = self._send_some(client, waiting, ahead)
                except (httpx.TransportError, ValueError) as error:  # ValueError: a line that was cut off
                    why = f"the link broke ({type(error).__name__})"
                tries = tries + 1 if len(waiting) == before else 0
                if tries == TRIES:
                    raise ServerUnavailable(f"{len(waiting)} wait: {why}. Run it again; what is there stays there.")
                if why and waiting:
                    self._report(f"{len(waiting)} wait: {why}; trying again in {wait:.0f} seconds.")
                    time.sleep(wait)

    def _clock_ahead(self, client: httpx.Client) -> int:
        """Return by how many seconds this machine's clock is ahead of the server's; report a large difference."""
        answer = client.get(f"{self._url}/health/live")
        try:
            server_time = parsedate_to_datetime(answer.headers["date"])
        except (KeyError, ValueError) as error:
            raise ServerUnavailable(f"{self._url} is not a Pehchan server: its answer has no date.") from error
        ahead = round((datetime.now(UTC) - server_time).total_seconds())
        if abs(ahead) > CLOCK_OFF:
            direction = "ahead of" if ahead > 0 else "behind"
            self._report(
                f"This machine's clock is {abs(ahead):,} seconds {direction} the server's; set it. The days of the "
                "encounters are those that were entered, and stay as they are: check them."
            )
        return ahead

    def _send_some(self, client: httpx.Client, waiting: list[str], ahead: int) -> str:
        """Send the next batch and remove answered items from `waiting`; return why some must be sent again."""
        batch = self._next_batch(waiting)
        why = ""
        if not batch:
            return why
        form, files = _form(batch, ahead)
        sent = {str(item.fields["key"]) for item in batch}
        with client.stream("POST", f"{self._url}/api/v1/batches", data=form, files=files) as answer:
            if answer.status_code != 200:
                return self._refused(answer)
            for line in _lines(answer):
                result = BatchItemOut.model_validate_json(line)
                if result.key not in sent:
                    raise ServerUnavailable(
                        "The server answered for an item that it was not sent; nothing of that answer was kept. Check "
                        "PEHCHAN_SERVER_URL, and inform the operator of the server."
                    )
                sent.remove(result.key)  # each is answered once
                if result.status in LATER:
                    why = _reason(result).rstrip(".")
                    continue
                self._finish(result)
                waiting.remove(result.key)
        return why

    def _next_batch(self, waiting: list[str]) -> list[QueuedItem]:
        """Return the first items that fit into a batch; report and skip those that cannot be opened."""
        batch: list[QueuedItem] = []
        for key in list(waiting):
            try:
                item = self._queue.item(key)
            except (DecryptionFailed, MasterKeyMissing) as error:
                self._report(f"{key}: {error.code}: {error.message}")
                waiting.remove(key)
                continue
            if batch and sum(queued.size for queued in [*batch, item]) > BATCH_BYTES:
                break
            batch.append(item)
            if len(batch) == BATCH_ITEMS:
                break
        return batch

    def _finish(self, result: BatchItemOut) -> None:
        if result.status == HTTPStatus.CREATED and not (result.record_id and result.encounter_id):
            raise ServerUnavailable("The server says that it took an item, and not where it is; the item stays here.")
        self._queue.finish(result.key, result.model_dump(mode="json"))
        if result.status == HTTPStatus.CREATED:
            self._report(f"{result.key}: taken, {result.national_number}")
        else:
            self._report(f"{result.key}: {_reason(result)}")

    @staticmethod
    def _refused(answer: httpx.Response) -> str:
        """Return why a batch must be sent again later.

        Raises:
            ServerUnavailable: sending the same batch again would not help.
        """
        try:
            problem = Problem.model_validate_json(b"".join(_lines(answer)))
            why = f"{problem.code}: {problem.detail}"
        except ValueError:
            why = f"the server answers {answer.status_code}"
        if answer.status_code in LATER:
            return why.rstrip(".")
        raise ServerUnavailable(f"The server does not take the queue: {why}")


def _reason(result: BatchItemOut) -> str:
    """Return why an item was not taken, in words."""
    if result.problem is None:
        return f"the server answers {result.status}"
    return f"{result.problem.code}: {result.problem.detail}"


def _lines(answer: httpx.Response) -> Iterator[bytes]:
    """Yield the lines of an answer of at most MOST_ANSWERED bytes.

    Raises:
        ServerUnavailable: there are more.
    """
    rest, total = b"", 0
    for piece in answer.iter_bytes():
        total += len(piece)
        if total > MOST_ANSWERED:
            raise ServerUnavailable("The server answers without end; check PEHCHAN_SERVER_URL. The items stay here.")
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        yield rest


def _form(batch: Sequence[QueuedItem], ahead: int) -> tuple[dict[str, str], list[tuple[str, tuple[str, bytes]]]]:
    """Return the fields and files of a request; files are numbered across the whole batch."""
    items: list[dict[str, Any]] = []
    files: list[tuple[str, bytes]] = []
    for item in batch:
        samples = [sample | {"file": len(files) + sample["file"]} for sample in item.fields["samples"]]
        items.append(dict(item.fields) | {"samples": samples})
        files += item.files
    return {"items": json.dumps(items), "clock_ahead": str(ahead)}, [("files", file) for file in files]
