"""Every number of decibans, and every rarity, that an interface states of a score."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from biometrics.matching.fusion import PERSON_BOUND

# The most that is stated of several samples; a rarity is written with two digits, so that it may round up by 5 %.
BOUND = PERSON_BOUND
_ROUNDED = 10 * math.log10(1.05)
_NAMES = frozenset({"decibans", "low", "high", "score", "gap", "bound", "internalScore", "threshold"})
_NUMBER = r"(\d[\d,]*(?:\.\d+)?)"
_DECIBANS = re.compile(rf"{_NUMBER}\s?(?:decibans|dB)")
_RARITY = re.compile(rf"(?:1|[Oo]ne)\s?in\s?{_NUMBER}( million| billion| lakh| crore)?")


def decibans_in(content: Any) -> Iterator[float]:
    """Yield the decibans that plain JSON states of scores, in numbers or in words."""
    if isinstance(content, dict):
        for name, value in content.items():
            if name in _NAMES and isinstance(value, (float, int, str)):
                yield float(value)
            else:
                yield from decibans_in(value)
    elif isinstance(content, list):
        for value in content:
            yield from decibans_in(value)
    elif isinstance(content, str):
        yield from decibans_of_text(content)


def decibans_of_text(text: str) -> Iterator[float]:
    """Yield the decibans that a text states, and those of its rarities."""
    for number in _DECIBANS.findall(text):
        yield float(number.replace(",", ""))
    for number, unit in _RARITY.findall(text):
        assert not unit, f"no data of ours show {number}{unit}"
        yield 10 * math.log10(float(number.replace(",", ""))) - _ROUNDED
