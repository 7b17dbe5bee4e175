"""One spelling for what sounds the same in Indian names, and a key of its consonants to find it by.

The rules are those by which Indian names are written in Latin letters in more than one way: aspirates, doubled and
lengthened letters, v and w, ph and f, sh and s, x and ksh, z and j, c and k, glides, abbreviations and titles.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final

from biometrics.names.latin import latin


def _list(text: str) -> list[str]:
    return text.split()


TITLES: Final = frozenset(_list("shri shree sri shrimati srimati smt mr mrs ms miss dr prof adv late km"))
_BETWEEN: Final = frozenset(_list("urf alias aka ji"))
_SHORT: Final = {
    **dict.fromkeys(_list("md mohd mohmd muhd mhd mohammd mohamd"), "mohammad"),
    "mhmd": "mohammad",
    "kr": "kumar",
    "pd": "prasad",
    "sk": "shekh",
    "abd": "abdul",
}

# In this order. A capital C stands for ch, so that the rules for c pass it by.
_RULES: Final = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        ("x", "ks"),
        ("t?chh?", "C"),
        ("sCh?", "sh"),
        ("ph", "f"),
        ("c(?=[eiy])", "s"),
        ("ck|[cq]", "k"),
        ("z", "j"),
        ("w", "v"),
        ("jny?|gny|dny|^gn", "gy"),
        ("^sinh$|^sing$", "singh"),
        ("(?<=[kgjtdpbslrnmC])h", ""),
        (r"([bdfgjklmnprstvyhC])\1+", r"\1"),
        ("aa", "a"),
        ("ee|ii|ie", "i"),
        ("oo|uu", "u"),
        ("iy(?=[aeiou])", "i"),
        ("(?<=[aeo])y(?=[aeiou])", ""),
        ("(?<=[bdfgjklmnprstvhC])y", "i"),
        ("a[iye]|ey|ei", "e"),
        ("a[uo]|ou|[ao]v(?=[bdfgjklmnprstC])", "o"),
        ("(?<=[^aeiou])av$", "o"),
        ("od$", "or"),
        ("n(?=[bpf])", "m"),
        ("(?<=[aeiou])h$", ""),
        ("y$", "i"),
    )
)
_FIRST_VOWELS: Final = {"a": "A", "e": "I", "i": "I", "o": "U", "u": "U"}


@lru_cache(100_000)
def spelling(word: str) -> str:
    """Return the one spelling of a word in Latin letters; letters that sound the same are the same in it."""
    spelt = _SHORT.get(word, word)
    for pattern, to in _RULES:
        spelt = pattern.sub(to, spelt)
    return spelt.lower()


@lru_cache(100_000)
def key(spelt: str) -> str:
    """Return the search key of a spelling: its consonants, b as v, and the kind of vowel that it begins with."""
    consonants = re.sub("[aeiou]", "", spelt[1:] if spelt[:1] in _FIRST_VOWELS else spelt)
    return (_FIRST_VOWELS.get(spelt[:1], "") + re.sub(r"(.)\1+", r"\1", consonants.replace("b", "v"))).upper()


def words(name: str) -> tuple[str, ...]:
    """Return the spellings of a name's words in any script, without titles before it and what stands between names."""
    name_words = [word for word in latin(name).split() if word not in _BETWEEN]
    while len(name_words) > 1 and name_words[0] in TITLES:
        name_words = name_words[1:]
    return tuple(spelling(word) for word in name_words)


def joined(spelt: tuple[str, ...]) -> tuple[str, ...]:
    """Return neighbours of a name's words written as one, as in Ramkumar for Ram Kumar."""
    return tuple(first + second for first, second in pairwise(spelt))
