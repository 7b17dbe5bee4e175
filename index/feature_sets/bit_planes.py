"""Codes of 128 bits kept by bit instead of by code, so that a few instructions compare 512 of them with another code.

A block holds 512 codes as 128 planes: plane b has bit b of every code, in 8 words. A carry-save adder sums the planes
in which a probe's code differs, for all codes of the block at once, in 128 XORs and 127 full adders, each of which is
one or two instructions with AVX-512. Counting bits code by code takes four times as long on processors without
AVX-512's popcount.

Source of the adder: Muła, Kurz, Lemire, "Faster Population Counts Using AVX2 Instructions", 2018, section 4.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np import arrayobj
from numpy.typing import NDArray

from biometrics.matching.local_features import CODE_BITS

LANES = 8  # words of a plane
WORD = 64
BLOCK = WORD * LANES  # codes of a block
COUNT_BITS = 7  # of how many bits of two codes differ
FOUND = (1 + COUNT_BITS) * LANES  # words that `find_near` writes

_VECTOR = ir.VectorType(ir.IntType(64), LANES)
_INDEX = ir.IntType(64)


def masks_of(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return for each code and bit a word of nothing but that bit: shape (codes, 128)."""
    halves = np.stack([first, second], axis=1).astype("<u8")
    bits = np.unpackbits(halves.view(np.uint8), axis=1, bitorder="little")
    return np.where(bits == 1, ~np.uint64(0), np.uint64(0))


def start_of(reach: int) -> NDArray[np.uint64]:
    """Return the words that the sum starts at, so that it passes 128 where `reach` bits or more differ."""
    bits = (CODE_BITS - reach) >> np.arange(COUNT_BITS) & 1
    return np.where(bits == 1, ~np.uint64(0), np.uint64(0))


def _find_near(_typing_context: Any, planes: Any, block: Any, mask: Any, start: Any, found: Any) -> Any:
    """Write which codes of a block differ from a probe's code in fewer bits than `reach`; say whether any does.

    Args:
        planes: uint64, shape (blocks, 128, LANES).
        block: which one.
        mask: a row of `masks_of` the probe's codes.
        start: `start_of(reach)`.
        found: written, uint64, FOUND words: one bit a code, set where it is near; then for each bit of a count, the
            lowest first, one bit a code: the count of the differing bits, and 128 - reach, of a code that is near.
    """

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        make_array: Any = arrayobj.make_array

        def data(place: int) -> Any:
            return make_array(signature.args[place])(context, builder, arguments[place]).data

        def everywhere(pointer: Any, place: int) -> Any:
            word = builder.load(builder.gep(pointer, [_INDEX(place)]))
            one = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), word, ir.IntType(32)(0))
            lanes = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
            return builder.shuffle_vector(one, ir.Constant(_VECTOR, ir.Undefined), lanes)

        def differing(bit: int) -> Any:
            plane = builder.load(builder.gep(first_plane, [_INDEX(bit)]), align=8)
            return builder.xor(plane, everywhere(data(2), bit))

        def add(a: Any, b: Any, c: Any) -> tuple[Any, Any]:
            carry = builder.or_(builder.and_(a, b), builder.and_(c, builder.or_(a, b)))
            return builder.xor(builder.xor(a, b), c), carry

        block_start = builder.mul(arguments[1], arguments[1].type(CODE_BITS * LANES))
        first_plane = builder.bitcast(builder.gep(data(0), [block_start]), _VECTOR.as_pointer())
        sums = [everywhere(data(3), weight) for weight in range(COUNT_BITS)]
        waiting: list[Any] = [None] * COUNT_BITS  # for each weight a carry without its second
        full: Any = None
        for bit in range(0, CODE_BITS, 2):
            sums[0], carry = add(sums[0], differing(bit), differing(bit + 1))
            weight = 1
            while weight < COUNT_BITS and waiting[weight] is not None:
                sums[weight], carry = add(sums[weight], waiting[weight], carry)
                waiting[weight] = None
                weight += 1
            if weight < COUNT_BITS:
                waiting[weight] = carry
            else:
                full = carry
        near = builder.not_(full)
        out = builder.bitcast(data(4), _VECTOR.as_pointer())
        for place, words in enumerate([near, *sums]):
            builder.store(words, builder.gep(out, [_INDEX(place)]), align=8)
        any_near = builder.extract_element(near, ir.IntType(32)(0))
        for lane in range(1, LANES):
            any_near = builder.or_(any_near, builder.extract_element(near, ir.IntType(32)(lane)))
        return builder.icmp_unsigned("!=", any_near, _INDEX(0))

    return types.boolean(planes, block, mask, start, found), generate


find_near: Any = intrinsic(_find_near)


def _trailing_zeros(_typing_context: Any, word: Any) -> Any:
    """Count the zero bits below the lowest set bit of a word that is not 0."""

    def generate(_context: Any, builder: ir.IRBuilder, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], cgutils.true_bit)

    return types.uint64(types.uint64), generate


trailing_zeros: Any = intrinsic(_trailing_zeros)


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
            _transpose(square)
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
            _transpose(square)
            for j in range(count):
                square[offset + j] = codes[at - begin + j]
            _transpose(square)
            for bit in range(WORD):
                planes[block, half * WORD + bit, lane] = square[bit]
        at += count


@njit(cache=True, nogil=True)
def _transpose(square: NDArray[np.uint64]) -> None:
    """Exchange rows and columns of 64 by 64 bits (Warren, Hacker's Delight, 2nd ed., section 7-3)."""
    width, low = np.uint64(32), np.uint64(0xFFFFFFFF)
    while width:
        size = np.int64(width)
        for start in range(0, WORD, 2 * size):
            for row in range(start, start + size):
                moved = ((square[row] >> width) ^ square[row + size]) & low
                square[row + size] ^= moved
                square[row] ^= moved << width
        width >>= np.uint64(1)
        low ^= low << width
