"""What a mark on the body is found by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from biometrics.names.spelling import key, words

WORD_LENGTH: Final = 60


def terms_of(mark: Mapping[str, Any]) -> list[str]:
    """Return the properties of a mark, as it is stored in JSON, and the words of its description with their sound.

    Each is `name=value`; what is not stated has none.
    """
    spelt = [word[:WORD_LENGTH] for word in words(mark.get("description") or "")]
    terms = [f"{name}={mark[name]}" for name in ("kind", "part", "side")]
    terms += [f"colour={colour}" for colour in mark.get("colours", ())]
    terms += [f"shows={design.partition('/')[0]}" for design in mark.get("designs", ())]
    terms += [f"word={word}" for word in spelt] + [f"sound={key(word)}" for word in spelt]
    return list(dict.fromkeys(terms))
