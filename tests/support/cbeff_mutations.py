"""CBEFF documents with something wrong: the same for the same seed."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Iterator

from api.standards.mosip.cbeff import read, samples_of
from api.standards.mosip.reasons import Reason, Refused
from biometrics.imaging.image import decode
from biometrics.kernel.errors import InvalidInput

NASTY = (
    b"<!DOCTYPE BIR>",
    b"<!DOCTYPE x [<!ENTITY e 'x'>]>",
    b"&e;",
    b"&#0;",
    b"&#xD800;",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<BIR>" * 30,
    b"</BIR>",
    b"<BDB>",
    b"</BDB>",
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"xmlns=''",
    b"RklSADAyMAD/////",
    b"Finger",
    b"Left LittleFinger",
    b"=" * 7,
    b"A" * 100_000,
)
_DATA = re.compile(rb"(?<=<BDB>)[^<]+(?=</BDB>)")


def mutated(original: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Yield documents, each with one to four changes of the text, or of the data within."""
    chosen = random.Random(seed)
    for _ in range(count):
        content = original
        for _ in range(chosen.randint(1, 4)):
            content = _inside(content, chosen) if chosen.random() < 0.5 else changed(content, chosen, NASTY)
        yield content


def taken(content: bytes) -> Reason | str:
    """Read a document as far as its pixels; return why it was refused, or that it was read."""
    try:
        for sample in samples_of(read(content)):
            decode(sample.content, sample.ppi)
    except Refused as refused:
        return refused.reason
    except InvalidInput as error:
        return error.code
    return "read"


def _inside(content: bytes, chosen: random.Random) -> bytes:
    """Change what one of the data is before it becomes text."""
    places = list(_DATA.finditer(content))
    if not places:
        return changed(content, chosen, NASTY)
    place = chosen.choice(places)
    try:
        data = base64.b64decode(place[0])
    except ValueError:
        return changed(content, chosen, NASTY)
    numbers = (*(chosen.randbytes(4) for _ in range(3)), b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff")
    head = chosen.random() < 0.7  # where the lengths are
    other = changed(data[:120], chosen, numbers) + data[120:] if head else changed(data, chosen, numbers)
    return content[: place.start()] + base64.b64encode(other) + content[place.end() :]


def changed(content: bytes, chosen: random.Random, words: tuple[bytes, ...]) -> bytes:
    """Return a content with one change: of a bit, of some bytes, of its length, or with a word in it."""
    if not content:
        return chosen.choice(words)
    start = chosen.randrange(len(content))
    end = min(len(content), start + chosen.choice((1, 2, 4, 16, 200, 5000)))
    piece = content[start:end]
    other = chosen.randrange(len(content))
    return chosen.choice(
        (
            content[:start] + bytes([piece[0] ^ (1 << chosen.randrange(8))]) + content[start + 1 :],
            content[:start] + chosen.randbytes(len(piece)) + content[end:],
            content[:start] + content[end:],
            content[:end] + piece + content[end:],
            content[:start] + chosen.choice(words) + content[start:],
            content[:start] + chosen.choice(words) + content[end:],
            content[:start] + content[other : other + len(piece)] + content[end:],
            content[:start],
        )
    )
