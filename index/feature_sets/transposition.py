"""Codes read from bit planes, and written there; see `index.feature_sets.bit_planes`."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from index.feature_sets.vector_code import BLOCK, BYTES, INDEX, LANES, VECTOR, WORD, data_of, shuffled


def _exchange(_typing_context: Any, square: Any) -> Any:
    """Exchange rows and columns of 64 by 64 bits, in an array of 64 words: first of bytes, then bit by bit."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        words = data_of(context, builder, signature, arguments, 0)
        vectors = builder.bitcast(words, BYTES.as_pointer())
        rows = [builder.load(builder.gep(vectors, [INDEX(eight)]), align=8) for eight in range(8)]
        by_byte = [8 * (place % 8) + place // 8 for place in range(WORD)]
        eights = [builder.bitcast(shuffled(builder, row, row, by_byte), VECTOR) for row in rows]
        for width in (4, 2, 1):
            low = [place if not place & width else LANES + place - width for place in range(LANES)]
            high = [place + width if not place & width else LANES + place for place in range(LANES)]
            for at in range(LANES):
                if not at & width:
                    left, right = eights[at], eights[at + width]
                    eights[at] = shuffled(builder, left, right, low)
                    eights[at + width] = shuffled(builder, left, right, high)
        for column in range(WORD):
            bit = ir.Constant(BYTES, [1 << column % 8] * WORD)
            is_set = builder.and_(builder.bitcast(eights[column // 8], BYTES), bit)
            word = builder.bitcast(builder.icmp_unsigned("!=", is_set, ir.Constant(BYTES, [0] * WORD)), INDEX)
            builder.store(word, builder.gep(words, [INDEX(column)]))
        return context.get_dummy_value()

    return types.none(square), generate


exchange: Any = intrinsic(_exchange)


@njit(cache=True, nogil=True)
def read_codes(
    planes: NDArray[np.uint64], begin: int, end: int, first: NDArray[np.uint64], second: NDArray[np.uint64]
) -> None:
    """Write the codes from `begin` to `end` to the starts of two arrays."""
    square = np.empty(WORD, np.uint64)
    at = begin
    while at < end:
        block, lane, offset = at // BLOCK, at // WORD % LANES, at % WORD
        count = min(WORD - offset, end - at)
        for half in range(2):
            for bit in range(WORD):
                square[bit] = planes[block, half * WORD + bit, lane]
            exchange(square)
            into = first if half == 0 else second
            for j in range(count):
                into[at - begin + j] = square[offset + j]
        at += count


@njit(cache=True, nogil=True)
def write_codes(planes: NDArray[np.uint64], begin: int, first: NDArray[np.uint64], second: NDArray[np.uint64]) -> None:
    """Write codes to the places from `begin` on, and leave nothing of what was there."""
    square = np.empty(WORD, np.uint64)
    at, end = begin, begin + len(first)
    while at < end:
        block, lane, offset = at // BLOCK, at // WORD % LANES, at % WORD
        count = min(WORD - offset, end - at)
        for half in range(2):
            codes = first if half == 0 else second
            for bit in range(WORD):
                square[bit] = planes[block, half * WORD + bit, lane]
            exchange(square)
            for j in range(count):
                square[offset + j] = codes[at - begin + j]
            exchange(square)
            for bit in range(WORD):
                planes[block, half * WORD + bit, lane] = square[bit]
        at += count
