"""How alike two names are, from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from biometrics.names.spelling import joined, words

ALIKE: Final = 0.84  # from here on two words are taken for spellings of one name

_VOWELS: Final = "aeiou"
_NEAR: Final = {
    frozenset(pair): cost
    for pair, cost in {
        "ae": 0.3,
        "ao": 0.9,
        "au": 0.35,
        "ai": 1.1,
        "ei": 0.3,
        "ou": 0.25,
        "bv": 0.3,
        "mn": 0.6,
        "dt": 0.6,
        "gk": 0.6,
    }.items()
}
_ADDED: Final = {"a": 0.35, "i": 0.7, "u": 0.7, "e": 0.6, "o": 0.6, "h": 0.95}
_MISSING_WORD: Final = 0.04  # for each word of the longer name that the shorter one has not


@lru_cache(200_000)
def word_likeness(one: str, other: str) -> float:
    """Return how alike two spellings are: 1 less the cheapest edits, for each letter of the longer one."""
    if one == other:
        return 1.0
    row = [0.0]
    for letter in other:
        row.append(row[-1] + _added(letter))
    for letter in one:
        above, row = row, [row[0] + _added(letter)]
        for place, against in enumerate(other):
            changed = above[place] + _changed(letter, against)
            row.append(min(changed, above[place + 1] + _added(letter), row[place] + _added(against)))
    return max(0.0, 1 - row[-1] / max(len(one), len(other), 3))


def likeness(asked: str, name: str) -> float:
    """Return how alike a name is to the one asked for: every word of the latter must be there, in any order."""
    return spelt_likeness(words(asked), words(name))


def spelt_likeness(asked: Sequence[str], name: Sequence[str]) -> float:
    """Do as `likeness` for the spellings of words; words written as one or apart are taken for the same."""
    if not asked or not name:
        return 0.0
    best = _matched(asked, name)
    for pair, whole in zip(range(len(asked) - 1), joined(tuple(asked)), strict=True):
        best = max(best, _matched([*asked[:pair], whole, *asked[pair + 2 :]], name))
    for pair, whole in zip(range(len(name) - 1), joined(tuple(name)), strict=True):
        best = max(best, _matched(asked, [*name[:pair], whole, *name[pair + 2 :]]))
    return best


def _matched(asked: Sequence[str], name: Sequence[str]) -> float:
    left = list(name)
    total = 0.0
    for word in sorted(asked, key=len, reverse=True):
        if not left:
            return 0.0
        found = max(left, key=lambda one: _whole_or_begun(word, one))
        alike = _whole_or_begun(word, found)
        if alike < ALIKE:
            return 0.0
        total += alike
        left.remove(found)
    return max(0.0, total / len(asked) - _MISSING_WORD * len(left))


def _whole_or_begun(asked: str, word: str) -> float:
    """Return how alike two words are; one that only begins as asked is just alike enough to be found."""
    alike = word_likeness(asked, word)
    return max(alike, ALIKE) if word.startswith(asked) else alike


def _added(letter: str) -> float:
    return _ADDED.get(letter, 1.0)


def _changed(one: str, other: str) -> float:
    if one == other:
        return 0.0
    near = _NEAR.get(frozenset((one, other)))
    if near is not None:
        return near
    return 0.8 if one in _VOWELS and other in _VOWELS else 1.2
