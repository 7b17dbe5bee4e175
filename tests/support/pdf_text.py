"""The text of a PDF that fpdf2 wrote, for tests: no reader of PDFs is installed."""

from __future__ import annotations

import re
import zlib


def text_of(content: bytes) -> str:
    """Return what is written in a document, in the order in which it is written, without spaces."""
    objects = {int(number): body for number, body in re.findall(rb"\n(\d+) 0 obj\n(.*?)\nendobj", content, re.S)}
    letters = {name: _letters(objects, int(number)) for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", content)}
    written = [_stream(body) for _, body in sorted(objects.items()) if b"stream" in body and b"/Type" not in body]
    return "".join(_shown(page, letters) for page in written if b" Tf" in page)


def _stream(body: bytes) -> bytes:
    data = body.partition(b"stream\n")[2].rpartition(b"\nendstream")[0]
    return zlib.decompress(data) if b"FlateDecode" in body else data


def _letters(objects: dict[int, bytes], font: int) -> tuple[int, dict[int, str]]:
    """Return how many bytes a letter of a font takes, and what each code stands for."""
    result = re.search(rb"/ToUnicode (\d+) 0 R", objects[font])
    if result is None:
        return 1, {code: bytes([code]).decode("cp1252", "ignore") for code in range(256)}
    rows = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", _stream(objects[int(result[1])]))
    return 2, {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in rows}


def _shown(page: bytes, letters: dict[bytes, tuple[int, dict[int, str]]]) -> str:
    message, font, kept = [], b"", []
    for name, shown, state in re.findall(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj|\b([qQ])\b", page, re.S):
        if state == b"q":  # how things are drawn is kept, to be taken up again
            kept.append(font)
        elif state:
            font = kept.pop()
        elif name:
            font = name
        if state or name:
            continue
        plain = re.sub(rb"\\(.)", lambda item: {b"n": b"\n", b"r": b"\r"}.get(item[1], item[1]), shown, flags=re.S)
        size, stands_for = letters[font]
        codes = [int.from_bytes(plain[at : at + size], "big") for at in range(0, len(plain), size)]
        message.append("".join(stands_for.get(code, "") for code in codes))
    return re.sub(r"\s", "", "".join(message))
