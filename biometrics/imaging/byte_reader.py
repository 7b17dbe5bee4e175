"""Reading bytes one after another, never past their end."""

from __future__ import annotations

from struct import Struct
from typing import Any

from biometrics.kernel.errors import InvalidRecord

# Published records miss their own lengths by so many bytes: the example in annex C of ISO/IEC 19794-2:2005, test files
# of NIST's libbiomeval, samples of FingerprintIO. A record that states more bytes than there are was cut short, and is
# refused.
LENGTH_SLACK = 2

MINUTIAE = "minutiae record"


class Cursor:
    """A place in bytes that moves forward as they are read."""

    def __init__(self, data: bytes, description: str = MINUTIAE) -> None:
        """Begin at the first byte; `description` is what errors call the bytes."""
        self._data = data
        self._what = description
        self._at = 0

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes.

        Raises:
            InvalidRecord: there are fewer.
        """
        content = self._data[self._at : self._at + count]
        if len(content) < count:
            raise InvalidRecord(f"The {self._what} is cut short or damaged; ask its sender for it again.")
        self._at += count
        return content

    def unpack(self, layout: Struct) -> tuple[Any, ...]:
        """Return the next values, as `layout` has them.

        Raises:
            InvalidRecord: there are too few bytes.
        """
        return layout.unpack(self.take(layout.size))

    def limit(self, declared: int) -> None:
        """End at the length that a record states for itself, from its first byte on.

        What follows is padding of a fixed-size buffer, and is ignored. A record that states up to LENGTH_SLACK bytes
        less than it has is read whole.

        Raises:
            InvalidRecord: the record is cut short: it states more bytes than there are.
        """
        if declared > len(self._data):
            raise InvalidRecord(
                f"The {self._what} has {len(self._data)} bytes and states {declared}; ask its sender for it again."
            )
        if len(self._data) - declared > LENGTH_SLACK:
            self._data = self._data[:declared]

    def is_padding(self, start: int) -> bool:
        """Say whether all bytes from `start` bytes ahead to the end are zero, and there are some."""
        rest = self._data[self._at + start :]
        return bool(rest) and not any(rest)

    def finish(self, slack: int = 0) -> None:
        """Make sure that everything was read, but for `slack` bytes.

        Raises:
            InvalidRecord: more bytes are left.
        """
        if self.left > slack:
            raise InvalidRecord(f"The {self._what} has {self.left} bytes too many; ask its sender for it again.")
