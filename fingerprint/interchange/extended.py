"""The extended data area of a view: blocks of a type, a length and bytes.

Every standard counts a block's type and length in its length, as its example does; some writers of ISO/IEC
19794-2:2005 do not. An area is read in the one way or the other, whichever fills it. The last block's length may miss
the area's end by LENGTH_SLACK, as in two test files of NIST's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct, iter_unpack
from typing import NamedTuple

from biometrics.imaging.byte_reader import LENGTH_SLACK, Cursor
from biometrics.kernel.errors import InvalidRecord

RIDGE_COUNTS, CORE_AND_DELTA, ZONAL_QUALITY = 1, 2, 3  # types that the standards give a meaning
LENGTH = Struct(">H")  # of the whole area, before it
MAX_AREA = 0xFFFF  # bytes
_BLOCK = Struct(">HH")  # type, length
_EDGE = ">BBB"
_CORES = 0x3F  # of the first byte of a block of cores and deltas; the other two bits say whether they have angles


class Block(NamedTuple):
    """One block; types from 0x0100 are the vendor's own."""

    type: int
    data: bytes


class CountingMethod(IntEnum):
    """How the pairs of minutiae were chosen between which ridges are counted."""

    CUSTOM = 0
    QUADRANTS = 1
    OCTANTS = 2


class RidgeCount(NamedTuple):
    """How many ridges cross the line between two minutiae, named by their place in the view."""

    start: int
    end: int
    ridges: int


@dataclass(frozen=True)
class RidgeCounts:
    """A block of ridge counts."""

    method: CountingMethod
    edges: tuple[RidgeCount, ...]


def blocks(area: bytes) -> tuple[Block, ...]:
    """Read the blocks of an extended data area.

    Raises:
        InvalidRecord: the lengths do not fill the area.
    """
    try:
        return _blocks(area, _BLOCK.size)
    except InvalidRecord:
        return _blocks(area, 0)


def ridge_counts(block: Block) -> RidgeCounts:
    """Read a block of ridge counts; bytes at its end that are too few for another count are left out.

    Raises:
        InvalidRecord: it is empty, or counts by a method that is not known.
    """
    if not block.data or block.data[0] not in list(CountingMethod):
        raise InvalidRecord("The record's ridge counts cannot be read; ask its sender for it again.")
    whole = len(block.data) - (len(block.data) - 1) % 3
    edges = tuple(RidgeCount(*edge) for edge in iter_unpack(_EDGE, block.data[1:whole]))
    return RidgeCounts(CountingMethod(block.data[0]), edges)


def core_count(block: Block) -> int:
    """Return how many cores a block of cores and deltas states, 0 where it is empty."""
    return block.data[0] & _CORES if block.data else 0


def _blocks(area: bytes, counted: int) -> tuple[Block, ...]:
    """Read the blocks where each length includes `counted` bytes of the block's own head."""
    cursor, blocks = Cursor(area), []
    while cursor.left:
        kind, length = cursor.unpack(_BLOCK)
        size = length - counted
        if abs(size - cursor.left) <= LENGTH_SLACK:
            size = cursor.left
        elif size < 0:
            raise InvalidRecord("A length in the minutiae record is wrong; ask its sender for it again.")
        blocks.append(Block(kind, cursor.take(size)))
    return tuple(blocks)
