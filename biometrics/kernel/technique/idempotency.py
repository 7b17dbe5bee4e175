"""A request that may arrive more than once, and is carried out once: idempotency keys.

Source: IETF draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date, time
from hashlib import sha256
from typing import Any, Self

from biometrics.kernel.errors import InvalidField

KEY_LENGTH = 255


@dataclass(frozen=True)
class IdempotencyKey:
    """The key that a client gave a request, and the SHA-256 (hex) of all that the request says.

    The same request gets the first answer again; the same key with different content is refused. A request that repeats
    one step, as a search for every person in a photo, has numbered parts.

    Raises:
        InvalidField: the key is empty, too long, or not of visible ASCII characters.
    """

    key: str
    digest: str
    part: int = 0

    def __post_init__(self) -> None:
        """Check."""
        if not re.fullmatch(r"[!-~]{1,255}", self.key):
            raise InvalidField(
                f"The idempotency key must be 1 to {KEY_LENGTH} visible ASCII characters; make a UUID for each request."
            )

    def step(self, name: str) -> str:
        """Return the name of a step of this part, unique within the request."""
        return f"{name} {self.part}" if self.part else name

    @classmethod
    def of(cls, key: str, request: object) -> Self:
        """Make one of a request: plain values, bytes, days and dataclasses of them, in lists and mappings."""
        plain = json.dumps(request, sort_keys=True, default=_plain)
        return cls(key, sha256(plain.encode()).hexdigest())


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        # Without what is at its default: a field that a later version adds changes no digest, so that a request that
        # arrived before an upgrade is known when it arrives again after it.
        values = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: one for field, one in values if one != _default(field)}
    if isinstance(value, bytes):
        return sha256(value).hexdigest()
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be part of a request's digest")


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()
