"""Many clients of one server at once, reading and writing: what each was answered, and what may not be answered."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import httpx
from examiners import GROUNDS
from inputs import form
from officers import PATIENCE

from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.interchange.codec import write_record
from fingerprint.interchange.conversion import to_record
from fingerprint.interchange.record import QualityBlock, RecordFormat
from fingerprint.synthetic.templates import synthetic_template

HONEST = {409, 412, 429}  # somebody else was first, or one asks too much
SHARED = 5  # records that everybody changes
PURPOSE = {"purpose": "investigation", "case_number": "7/2026"}


@lru_cache(1000)
def minutiae_of(seed: int) -> bytes:
    """Return a finger minutiae record, which costs the server no extraction."""
    template = synthetic_template(seed)
    view = to_record(template, FingerPosition.RIGHT_INDEX, RecordFormat.ISO_19794_2_2005, quality=QualityBlock(77))
    return write_record(view)


@dataclass
class Tally:
    """What was answered, of all clients together."""

    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    enrolled: dict[str, str] = field(default_factory=dict)  # encounters' ids, and their records'
    corrected: Counter[str] = field(default_factory=Counter)  # by record
    visits: Counter[str] = field(default_factory=Counter)  # by record
    parts: Counter[tuple[str, str]] = field(default_factory=Counter)  # cases and opinions given of a part
    standing: set[str] = field(default_factory=set)
    withdrawn: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Client:
    """One client; every step is a request or a few that belong together."""

    def __init__(self, url: str, key: str, tally: Tally, shared: Sequence[str], seed: int) -> None:
        self._url, self._tally, self._shared = url, tally, shared
        self._random = random.Random(seed)
        self._first = 1_000_000 * (seed + 1)  # of the fingers that this client enrols
        self._enrolled = 0
        self.http = httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE)

    def work_until(self, end: float) -> None:
        """Do what comes, by chance, until an instant of the monotonic clock."""
        steps: Sequence[tuple[int, Callable[[], None]]] = (
            (15, self.enrol),
            (10, self.add_encounter),
            (20, self.correct),
            (20, self.read),
            (10, self.identify),
            (15, self.examine),
            (5, self.add_standing),
            (5, self.read_notifications),
        )
        weights, actions = zip(*steps, strict=True)
        with self.http:
            while time.monotonic() < end:
                [action] = self._random.choices(actions, weights)
                action()

    def enrol(self, again: float = 0.15) -> str | None:
        """Enrol somebody new or, with a chance of `again`, somebody who is on record: a case for the examiners."""
        if not self._enrolled or self._random.random() > again:
            self._enrolled += 1
            number = self._enrolled
        else:
            number = self._random.randint(1, self._enrolled)
        answer = self._send(
            "POST",
            "/enrolments",
            data=form(name=f"Person {self._first + number}"),
            files={"right_index": ("a.fmr", minutiae_of(self._first + number))},
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )
        if answer is None:
            return None
        record = answer.json()
        with self._tally.lock:
            self._tally.enrolled[record["encounters"][0]["id"]] = record["id"]
        return str(record["id"])

    def add_encounter(self) -> None:
        """Add an encounter to a record that everybody changes."""
        record = self._random.choice(self._shared)
        data = {"encounter": form()["encounter"]}
        files = {"right_index": ("b.fmr", minutiae_of(self._random.randrange(10**9, 2 * 10**9)))}
        if self._send("POST", f"/records/{record}/encounters", data=data, files=files):
            with self._tally.lock:
                self._tally.visits[record] += 1

    def correct(self) -> None:
        """Change a record as it was read: refused where anybody changed it since."""
        record = self._random.choice(self._shared)
        read = self._send("GET", f"/records/{record}")
        if read is None:
            return
        change, match = {"birth_year": self._random.randint(1950, 2000)}, {"If-Match": read.headers["etag"]}
        if self._send("PATCH", f"/records/{record}", json=change, headers=match):
            with self._tally.lock:
                self._tally.corrected[record] += 1

    def read(self) -> None:
        """Read a record, find some, and fetch an image file."""
        result = self._send("GET", "/records", params={"name": "person", "limit": 5})
        for record in result.json()["records"][:1] if result else ():
            whole = self._send("GET", f"/records/{record['id']}")
            samples = [sample for visit in whole.json()["encounters"] for sample in visit["samples"]] if whole else []
            if samples:
                self._send("GET", f"/samples/{samples[0]['id']}/image")

    def identify(self) -> None:
        """Search for somebody who is on record, or for nobody."""
        number = self._random.randint(0, self._enrolled)
        files = {"unknown_finger": ("scene.fmr", minutiae_of(self._first + number))}
        self._send("POST", "/identify", data=PURPOSE, files=files)

    def examine(self) -> None:
        """Take a case that waits, and decide it."""
        page = self._send("GET", "/cases", params={"state": "waiting", "limit": 20})
        waiting = page.json()["cases"] if page else []
        if not waiting:
            return
        case = self._random.choice(waiting)["id"]
        if not self._send("POST", f"/cases/{case}/take"):
            return
        self._send("POST", f"/cases/{case}/analyses", json={"of_value": True, "notes": "a loop"})
        images = self._send("GET", f"/cases/{case}/images")
        sides = {image["side"]: image["name"] for image in images.json()} if images else {}
        for name in sides.values():
            self._send("GET", f"/cases/{case}/images/{name}")
        if len(sides) == 2:
            conclusion = self._random.choice(("identification", "exclusion"))
            opinion = {"conclusion": conclusion, "notes": "compared", "unmarked_because": "by eye"}
            opinion["basis"] = GROUNDS[conclusion]
            opinion |= {f"{side}_image": name for side, name in sides.items()}
            if values := self._send("POST", f"/cases/{case}/opinions", json=opinion):
                with self._tally.lock:
                    self._tally.parts[case, values.json()["part"]] += 1

    def add_standing(self) -> None:
        """Make a standing search, and withdraw one of anybody's."""
        files = {"unknown_finger": ("scene.fmr", minutiae_of(self._random.randrange(10**6)))}
        if made := self._send("POST", "/standing-searches", data={"case_number": PURPOSE["case_number"]}, files=files):
            with self._tally.lock:
                self._tally.standing.add(made.json()["standing"]["id"])
        listed = self._send("GET", "/standing-searches", params={"limit": 20})
        standing = listed.json()["standing"] if listed else []
        if standing:
            chosen = self._random.choice(standing)["id"]
            if self._send("POST", f"/standing-searches/{chosen}/withdrawal", json={"because": "solved"}):
                with self._tally.lock:
                    self._tally.withdrawn[chosen] += 1

    def read_notifications(self) -> None:
        """Read what one is told."""
        page = self._send("GET", "/notifications", params={"unread": True})
        for item in page.json()["notifications"][:1] if page else ():
            self._send("POST", f"/notifications/{item['number']}/read")

    def _send(self, method: str, path: str, **its: Any) -> httpx.Response | None:
        """Send a request; return a success, None for an honest refusal, and note everything else as wrong."""
        try:
            answer = self.http.request(method, self._url + path, **its)
        except httpx.HTTPError as error:
            with self._tally.lock:
                self._tally.wrong.append(f"{method} {path}: {error!r}")
            return None
        kind = "/".join(part for part in path.split("/") if part.isalpha() or ("-" in part and len(part) < 30))
        with self._tally.lock:
            self._tally.statuses[f"{method} {kind} {answer.status_code}"] += 1
            if answer.status_code >= 300 and answer.status_code not in HONEST:
                self._tally.wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer if answer.status_code < 300 else None


def worked(url: str, keys: Sequence[str], seconds: float) -> tuple[Tally, list[str]]:
    """Let one client for each key work for a while; return what was answered, and the records that all changed."""
    tally = Tally()
    first = Client(url, keys[0], tally, (), len(keys))
    with first.http:
        shared = [record for record in (first.enrol(0.0) for _ in range(SHARED)) if record]
    assert len(shared) == SHARED, tally.wrong
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(len(keys)) as pool:
        clients = [Client(url, key, tally, shared, seed) for seed, key in enumerate(keys)]
        for done in [pool.submit(client.work_until, end) for client in clients]:
            done.result()
    return tally, shared
