"""How alike two names are, from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from biometrics.names.spelling import joined

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
def word_likeness(word: str, other: str) -> float:
    """Return how alike two spellings are: 1 less the cheapest edits, for each letter of the longer one."""
    if word == other:
        return 1.0
    row = [0.0]
    for letter in other:
        row.append(row[-1] + _added(letter))
    for letter in word:
        above, row = row, [row[0] + _added(letter)]
        for column, against in enumerate(other):
            changed = above[column] + _changed(letter, against)
            row.append(min(changed, above[column + 1] + _added(letter), row[column] + _added(against)))
    return max(0.0, 1 - row[-1] / max(len(word), len(other), 3))


def spelt_likeness(query: Sequence[str], name: Sequence[str]) -> float:
    """Return how alike a name is to the query, by the spellings of their words; each of the query must be there.

    Their order does not matter, and words written as one or apart are taken for the same.
    """
    if not query or not name:
        return 0.0
    best = _matched(query, name)
    for pair, whole in zip(range(len(query) - 1), joined(tuple(query)), strict=True):
        best = max(best, _matched([*query[:pair], whole, *query[pair + 2 :]], name))
    for pair, whole in zip(range(len(name) - 1), joined(tuple(name)), strict=True):
        best = max(best, _matched(query, [*name[:pair], whole, *name[pair + 2 :]]))
    return best


def _matched(query: Sequence[str], name: Sequence[str]) -> float:
    remaining = list(name)
    total = 0.0
    for word in sorted(query, key=len, reverse=True):
        if not remaining:
            return 0.0
        nearest = max(remaining, key=lambda candidate: _whole_or_begun(word, candidate))
        alike = _whole_or_begun(word, nearest)
        if alike < ALIKE:
            return 0.0
        total += alike
        remaining.remove(nearest)
    return max(0.0, total / len(query) - _MISSING_WORD * len(remaining))


def _whole_or_begun(query: str, word: str) -> float:
    """Return how alike two words are; one that only begins as asked is just alike enough to be found."""
    alike = word_likeness(query, word)
    return max(alike, ALIKE) if word.startswith(query) else alike


def _added(letter: str) -> float:
    return _ADDED.get(letter, 1.0)


def _changed(letter: str, other: str) -> float:
    if letter == other:
        return 0.0
    near = _NEAR.get(frozenset((letter, other)))
    if near is not None:
        return near
    return 0.8 if letter in _VOWELS and other in _VOWELS else 1.2
