"""Names of any script in plain Latin letters.

Scripts of India are written out by their Unicode blocks, which are laid out alike (Unicode 15, chapter 12), with the
inherent vowel dropped where Hindi drops it. For other scripts anyascii gives each character's usual letters.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from anyascii import anyascii

_FIRST, _LAST, _BLOCK = 0x0900, 0x0D7F, 0x80
_DRAVIDIAN: Final = 0x0B80  # from here on an inherent vowel at a word's end is spoken
_INHERENT: Final = "\u0259"


def _list(text: str) -> list[str]:
    return text.split()


_CONSONANTS: Final = dict(
    zip(
        range(0x15, 0x3A),
        _list("k kh g gh n ch chh j jh ny t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h"),
        strict=True,
    )
) | dict(zip(range(0x58, 0x60), _list("k kh g z r rh f y"), strict=True))
_WITH_DOT: Final = {"j": "z", "d": "r", "dh": "rh", "ph": "f"}
_VOWELS: Final = dict(zip(range(0x05, 0x15), _list("a a i i u u ri li e e e ai o o o au"), strict=True))
_SIGNS: Final = dict(zip(range(0x3E, 0x4D), _list("a i i u u ri ri e e e ai o o o au"), strict=True))
_NASAL, _BREATH, _DOT, _KILLER = {0x01, 0x02, 0x70}, 0x03, 0x3C, 0x4D
_LONE: Final = {"\u09ce": "t", "\u0d7a": "n", "\u0d7b": "n", "\u0d7c": "r", "\u0d7d": "l", "\u0d7e": "l", "\u0b71": "v"}


def latin(text: str) -> str:
    """Return a text in lower-case Latin letters and digits, its words parted by single spaces."""
    parts = re.split(r"([\u0900-\u0d7f\u200c\u200d]+)", unicodedata.normalize("NFC", text))
    plain = "".join(_indic(part) if index % 2 else anyascii(part) for index, part in enumerate(parts))
    return " ".join(re.findall("[a-z0-9]+", plain.lower().replace("'", "").replace("`", "")))


def _indic(word: str) -> str:
    letters: list[str] = []
    for character in word:
        code = ord(character)
        offset = (code - _FIRST) % _BLOCK
        if not _FIRST <= code <= _LAST:
            continue  # a joiner
        if character in _LONE:
            letters.append(_LONE[character])
        elif offset in _CONSONANTS:
            letters += [_CONSONANTS[offset], _INHERENT]
        elif offset in _VOWELS:
            letters.append(_VOWELS[offset])
        elif offset in _NASAL:
            letters.append("n")
        elif offset == _BREATH:
            letters.append("h")
        elif offset == _DOT:
            _dot(letters)
        elif letters and letters[-1] == _INHERENT and (offset in _SIGNS or offset == _KILLER):
            letters.pop()
            letters.append(_SIGNS.get(offset, ""))
        elif code % _BLOCK in range(0x64, 0x70) or offset >= 0x64:
            letters.append(anyascii(character))
    return _spoken("".join(letters), keeps_end=ord(word[0]) >= _DRAVIDIAN)


def _dot(letters: list[str]) -> None:
    """Let a dot below change the consonant before it, which is followed by its inherent vowel."""
    if len(letters) > 1:
        letters[-2] = _WITH_DOT.get(letters[-2], letters[-2])


def _spoken(word: str, *, keeps_end: bool) -> str:
    """Drop the inherent vowel at the end, and between vowel-consonant and consonant-vowel, from the right.

    Source: the rule of Ohala, Aspects of Hindi Phonology (1983), without its exceptions.
    """
    if not keeps_end and re.search(f"[aeiou{_INHERENT}].*{_INHERENT}$", word):
        word = word[:-1]
    cluster = "(?:[kgcjtdpbs]h|chh|[bcdfghjklmnpqrstvwxyz])"
    vowel = f"[aeiou{_INHERENT}]"
    between = re.compile(f"({vowel}{cluster}){_INHERENT}(?={cluster}{vowel})")
    while matches := list(between.finditer(word)):
        last = matches[-1]
        word = word[: last.end() - 1] + word[last.end() :]
    return word.replace(_INHERENT, "a")
