"""Reading bytes one after another, never past their end."""

from __future__ import annotations

from struct import Struct
from typing import Any

from biometrics.errors import InvalidRecord

# Published records miss their own lengths by so many bytes: the example in annex C of ISO/IEC 19794-2:2005, test files
# of NIST's libbiomeval, samples of FingerprintIO. A longer record than there are bytes was cut short, and is refused.
LENGTH_SLACK = 2

MINUTIAE = "minutiae record"


class Cursor:
    """A place in bytes that moves forward as they are read."""

    def __init__(self, data: bytes, what: str = MINUTIAE) -> None:
        """Begin at the first byte; `what` is what errors call the bytes."""
        self._data = data
        self._what = what
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
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise InvalidRecord(f"The {self._what} is cut short or damaged; ask its sender for it again.")
        self._at += count
        return taken

    def unpack(self, layout: Struct) -> tuple[Any, ...]:
        """Return the next values, as `layout` has them.

        Raises:
            InvalidRecord: there are too few bytes.
        """
        return layout.unpack(self.take(layout.size))

    def finish(self) -> None:
        """Make sure that everything was read.

        Raises:
            InvalidRecord: bytes are left.
        """
        if self.left:
            raise InvalidRecord(f"The {self._what} has {self.left} bytes too many; ask its sender for it again.")


def check_length(declared: int, actual: int, what: str = MINUTIAE) -> None:
    """Make sure that a record is as long as it says.

    Raises:
        InvalidRecord: it is cut short, or has bytes too many.
    """
    if not actual - LENGTH_SLACK <= declared <= actual:
        raise InvalidRecord(
            f"The {what} has {actual} bytes and says that it has {declared}; ask its sender for it again."
        )
