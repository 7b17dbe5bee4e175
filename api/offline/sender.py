"""A station's queue on its way to the server: few items a request, so that a link that breaks costs little."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from api.client import checked_url, http_library
from api.offline.queue import QueuedItem, StationQueue
from api.settings import Settings
from biometrics.domain.errors import DecryptionFailed, InvalidField, ServerUnavailable

if TYPE_CHECKING:
    import httpx

BATCH_BYTES = 400_000  # a minute on 64 kbit/s: about one item of ten prints and a photo, many of minutiae
BATCH_ITEMS = 20
TRIES = 6  # in a row without any answer
WAIT, LONGEST_WAIT = 2.0, 60.0  # seconds before the next try; doubles
LATER = (408, 429, 500, 502, 503, 504)  # statuses of what can be sent again as it is
CLOCK_OFF = 300  # seconds that a station's clock may be off before it is told

Answer = dict[str, Any]
Tell = Callable[[str], None]


class Sender:
    """Sends a queue; `tell` is given sentences for the officer."""

    def __init__(self, queue: StationQueue, settings: Settings, tell: Tell) -> None:
        """Check where to send to.

        Raises:
            InvalidField: no server or key is set, or what is sent could be read on the way.
        """
        self._queue = queue
        self._tell = tell
        self._key = settings.server_key.get_secret_value()
        if not settings.server_url or not self._key:
            raise InvalidField("Set PEHCHAN_SERVER_URL (https://HOST) and PEHCHAN_SERVER_KEY (an API key) first.")
        self._url = checked_url(settings.server_url)

    def send(self, keys: Sequence[str]) -> None:
        """Send items until each is answered, or the server cannot be reached.

        Raises:
            ServerUnavailable: what was not answered waits in the queue.
        """
        http = http_library()
        waiting, tries = list(keys), 0
        limits = http.Timeout(20, read=300, write=300)
        try:
            opened = http.Client(headers={"Authorization": f"Bearer {self._key}"}, timeout=limits)
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
                except (http.TransportError, ValueError) as error:  # ValueError: a line that was cut off
                    why = f"the link broke ({type(error).__name__})"
                tries = tries + 1 if len(waiting) == before else 0
                if tries == TRIES:
                    raise ServerUnavailable(f"{len(waiting)} wait: {why}. Run it again; what is there stays there.")
                if why and waiting:
                    self._tell(f"{len(waiting)} wait: {why}; trying again in {wait:.0f} seconds.")
                    time.sleep(wait)

    def _clock_ahead(self, client: httpx.Client) -> int:
        """Measure by how many seconds this machine's clock is ahead of the server's, and tell of a wrong one."""
        answer = client.get(f"{self._url}/health/live")
        try:
            there = parsedate_to_datetime(answer.headers["date"])
        except (KeyError, ValueError) as error:
            raise ServerUnavailable(f"What answers at {self._url} is no Pehchan server: it tells no time.") from error
        ahead = round((datetime.now(UTC) - there).total_seconds())
        if abs(ahead) > CLOCK_OFF:
            which = "ahead of" if ahead > 0 else "behind"
            self._tell(
                f"This machine's clock is {abs(ahead):,} seconds {which} the server's; set it. The days of the "
                "encounters are those that were entered, and stay as they are: check them."
            )
        return ahead

    def _send_some(self, client: httpx.Client, waiting: list[str], ahead: int) -> str:
        """Send the next batch, and take what is answered from `waiting`; return why something could not be done."""
        batch = self._next_batch(waiting)
        why = ""
        if not batch:
            return why
        form, files = _form(batch, ahead)
        with client.stream("POST", f"{self._url}/api/v1/batches", data=form, files=files) as answer:
            if answer.status_code != 200:
                return self._refused(answer)
            for line in answer.iter_lines():
                told: Answer = json.loads(line)
                if told["status"] in LATER:
                    why = str(told["problem"]["detail"]).rstrip(".")
                    continue
                self._finish(told)
                waiting.remove(told["key"])
        return why

    def _next_batch(self, waiting: list[str]) -> list[QueuedItem]:
        """Take the first items that fit into a batch; one that cannot be opened is told, and waits for a person."""
        batch: list[QueuedItem] = []
        for key in list(waiting):
            try:
                item = self._queue.item(key)
            except DecryptionFailed as error:
                self._tell(f"{key}: {error.code}: {error.message}")
                waiting.remove(key)
                continue
            if batch and sum(one.size for one in [*batch, item]) > BATCH_BYTES:
                break
            batch.append(item)
            if len(batch) == BATCH_ITEMS:
                break
        return batch

    def _finish(self, told: Answer) -> None:
        self._queue.finish(told["key"], told)
        if told["status"] == 201:
            self._tell(f"{told['key']}: taken, {told['national_number']}")
        else:
            self._tell(f"{told['key']}: {told['problem']['code']}: {told['problem']['detail']}")

    @staticmethod
    def _refused(answer: httpx.Response) -> str:
        """Return why a batch can only be sent later.

        Raises:
            ServerUnavailable: sending it again as it is would not help.
        """
        answer.read()
        try:
            told = answer.json()
            why = f"{told['code']}: {told['detail']}"
        except (ValueError, KeyError, TypeError):
            why = f"the server answers {answer.status_code}"
        if answer.status_code in LATER:
            return why.rstrip(".")
        raise ServerUnavailable(f"The server does not take the queue: {why}")


def _form(batch: Sequence[QueuedItem], ahead: int) -> tuple[dict[str, str], list[tuple[str, tuple[str, bytes]]]]:
    """Return the fields and files of a request: the samples' files are counted through the batch."""
    items: list[dict[str, Any]] = []
    files: list[tuple[str, bytes]] = []
    for item in batch:
        samples = [sample | {"file": len(files) + sample["file"]} for sample in item.fields["samples"]]
        items.append(dict(item.fields) | {"samples": samples})
        files += item.files
    return {"items": json.dumps(items), "clock_ahead": str(ahead)}, [("files", file) for file in files]
