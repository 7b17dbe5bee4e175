"""Images and ANSI/NIST-ITL files with something wrong, sent to a real server: each is answered, and nothing grows."""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from cbeff_mutations import changed
from inputs import form, photo_of, print_of
from made_up_prints import made_up_finger
from PIL import Image as Pillow
from server import Server, running

from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.interchange.codec import write_record
from fingerprint.interchange.conversion import to_record

SECONDS = 600  # in which each is answered, however busy the machine is
GROWTH = 500_000  # kB of memory that sending all once more may add
HEAD = 200  # bytes; most changes are there, where the lengths are
WORDS = (b"\0", b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x1c", b"\x1d", b"\x1e", b"1.001:", b"\xff\xd9", b"0" * 9)

Request = tuple[str, dict[str, object]]


def images(shared_data: Path) -> list[bytes]:
    """Return an image of each format."""
    standards = shared_data / "standards"
    results = [print_of(0, "right_thumb", 0), photo_of(0), (standards / "wsq/jnbis/sample.wsq").read_bytes()]
    results.append((standards / "jpeg2000/node-nist/imageHeader_test.jp2").read_bytes())
    small = Pillow.open(io.BytesIO(print_of(0, "right_thumb", 0))).convert("L")
    for kind in ("TIFF", "BMP", "JPEG2000", "JPEG", "PPM"):
        file = io.BytesIO()
        small.save(file, kind)
        results.append(file.getvalue())
    position = FingerPosition.RIGHT_THUMB
    return [*results, write_record(to_record(made_up_finger(1), position))]


def transactions(shared_data: Path) -> list[bytes]:
    """Return the real files that are small."""
    folder = shared_data / "standards" / "an2"
    results = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.suffix in (".an2", ".eft")]
    assert len(results) > 20
    return [content for content in results if len(content) < 300_000]


def mutated(originals: list[bytes], seed: int, count: int) -> Iterator[bytes]:
    chosen = random.Random(seed)
    for _ in range(count):
        content = chosen.choice(originals)
        for _ in range(chosen.randint(1, 4)):
            if chosen.random() < 0.7:
                content = changed(content[:HEAD], chosen, WORDS) + content[HEAD:]
            else:
                content = changed(content, chosen, WORDS)
        yield content


def image_request(content: bytes, number: int) -> Request:
    """Ask for a search or an enrolment with an image, as a print or as a photo."""
    files = {("right_thumb", "photo")[number % 2]: content}
    if number % 3:
        return "/identify", {"files": files}
    return "/enrolments", {"data": form() | {"accept_poor_quality": "mutated"}, "files": files}


def file_request(content: bytes, number: int) -> Request:
    return "/itl/transactions", {"content": content, "headers": {"Content-Type": "application/octet-stream"}}


def answered(server: Server, contents: Sequence[bytes], request: Callable[[bytes, int], Request]) -> None:
    """Send all, twice; none may be a fault of the server's, and none may stay without an answer.

    The first time fills caches, and the memory that models keep for the largest input; the second adds little.
    """
    statuses: Counter[int] = Counter()
    used = []
    for _ in range(2):
        for number, content in enumerate(contents):
            path, options = request(content, number)
            answer = server.http.post(f"{server.url}{path}", timeout=SECONDS, **options)
            statuses[answer.status_code] += 1
            assert answer.status_code < 500, (number, path, answer.text)
            assert answer.status_code in (200, 201) or answer.json()["code"], (number, answer.text)
        used.append(server.memory())
    grown = used[1] - used[0]
    print(f"{sum(statuses.values())}: {dict(sorted(statuses.items()))}, {grown} kB more in memory")  # noqa: T201
    assert statuses[200] + statuses[201] < sum(statuses.values()), "some are refused, or nothing was wrong"
    assert grown < GROWTH


def sent(folder: Path, shared_data: Path, count: int, *, installed: bool = False) -> None:
    database = f"sqlite:///{folder / 'pehchan.db'}"
    with running(folder / "data", database, installed=installed, check_at_once="false") as server:
        answered(server, list(mutated(images(shared_data), 1, count)), image_request)
        answered(server, list(mutated(transactions(shared_data), 2, count)), file_request)
        assert httpx.get(f"{server.root}/health/ready").status_code == 200
        server.stop()


@pytest.mark.slow
def test_some_that_are_mutated_are_answered(shared_data: Path, tmp_path: Path) -> None:
    sent(tmp_path, shared_data, 15)


@pytest.mark.reach
def test_thousands_that_are_mutated_are_answered_and_nothing_grows(shared_data: Path, tmp_path: Path) -> None:
    sent(tmp_path, shared_data, 1_750, installed=True)
