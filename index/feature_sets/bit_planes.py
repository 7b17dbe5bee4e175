"""Codes of 128 bits kept by bit instead of by code, so that some instructions compare 512 of them with another code.

A block holds 512 codes as 128 planes: plane b has bit b of every code, in 8 words. Before a block is compared, a table
of it is made: for each three bits, and each of the eight patterns that a probe's code can have there, in how many of
the three bits each of the 512 codes differs from the pattern, as two planes (the method of the Four Russians). A
carry-save adder then sums 43 such counts for each of the probe's codes, for all codes of the block at once: 86 full
adders, each of which is two instructions with AVX-512, instead of 128 full adders and 128 XORs for single bits.

Sources: Arlazarov, Dinic, Kronrod, Faradzev, "On Economical Construction of the Transitive Closure of a Directed
Graph", 1970, for the table; Muła, Kurz, Lemire, "Faster Population Counts Using AVX2 Instructions", 2018, section 4,
for the adder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
DIRECTION_BITS = 8

GROUP_BITS = 3  # of a code, whose differing bits are counted for every pattern at once
GROUPS = -(-CODE_BITS // GROUP_BITS)
_GROUP_VECTORS = 2 + (1 << GROUP_BITS)
TABLE = (GROUPS * _GROUP_VECTORS + 1) * LANES  # words that `tabulate` writes, from the first that is aligned

_FETCHED = 4  # planes of the next block, while one of the probe's codes is compared

_TERNARY = "llvm.x86.avx512.pternlog.q.512"  # one instruction for any function of three vectors, bit by bit
_VECTOR_BYTES = LANES * WORD // 8
_VECTOR = ir.VectorType(ir.IntType(64), LANES)
_BYTES = ir.VectorType(ir.IntType(8), LANES * WORD // 8)
_INDEX = ir.IntType(64)
_ODD, _EVEN = 0b10010110, 0b01101001  # what `_three` takes for the sum of three bits, and its opposite
_CHOICE = 0b11001010  # and for the second where the first is set, else the third


def _majority_of(pattern: int) -> int:
    """Return what `_three` takes for "two or three of them differ from the pattern", whose lowest bit is for a."""
    wanted = 0
    for a, b, c in np.ndindex(2, 2, 2):
        differing = (a ^ pattern & 1) + (b ^ pattern >> 1 & 1) + (c ^ pattern >> 2 & 1)
        wanted |= (differing >= 2) << (4 * a + 2 * b + c)
    return int(wanted)


_MAJORITIES = [_majority_of(pattern) for pattern in range(1 << GROUP_BITS)]


def start_of(reach: int) -> NDArray[np.uint64]:
    """Return the words that the sum starts at, so that it passes 128 where `reach` bits or more differ."""
    bits = (CODE_BITS - reach) >> np.arange(COUNT_BITS) & 1
    return np.where(bits == 1, ~np.uint64(0), np.uint64(0))


def offsets_of(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Return where the counts that suit each code lie in a group of the table: words, shape (codes, GROUPS, 2)."""
    halves = np.stack([first, second], axis=1).astype("<u8")
    bits = np.zeros((len(first), GROUPS * GROUP_BITS), np.int64)
    bits[:, :CODE_BITS] = np.unpackbits(halves.view(np.uint8), axis=1, bitorder="little")
    grouped = bits.reshape(len(first), GROUPS, GROUP_BITS)
    odd, pattern = grouped.sum(axis=2) % 2, grouped @ (1 << np.arange(GROUP_BITS))
    offsets: NDArray[np.uint8] = (LANES * np.stack([odd, 2 + pattern], axis=2)).astype(np.uint8)
    return offsets


def bits_of(directions: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return each bit of some directions, the lowest first, as a word of nothing else: shape (n, DIRECTION_BITS)."""
    is_set = directions[:, None] >> np.arange(DIRECTION_BITS, dtype=np.uint8) & 1
    return np.where(is_set == 1, ~np.uint64(0), np.uint64(0))


def _data(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any, place: int) -> Any:
    make_array: Any = arrayobj.make_array
    return make_array(signature.args[place])(context, builder, arguments[place]).data


def _aligned(builder: ir.IRBuilder, pointer: Any) -> Any:
    """Move a pointer up to where a vector lies in one line of the processor's cache."""
    up = builder.add(builder.ptrtoint(pointer, _INDEX), _INDEX(_VECTOR_BYTES - 1))
    return builder.inttoptr(builder.and_(up, _INDEX(-_VECTOR_BYTES)), pointer.type)


def _three(context: Any, builder: ir.IRBuilder, a: Any, b: Any, c: Any, wanted: int) -> Any:
    """Combine three vectors bit by bit: bit 4 a + 2 b + c of `wanted` says what three bits give."""
    if "+avx512f" in context.codegen().magic_tuple()[-1]:
        kind = ir.FunctionType(_VECTOR, [_VECTOR, _VECTOR, _VECTOR, ir.IntType(32)])
        get: Any = cgutils.get_or_insert_function
        return builder.call(get(builder.module, kind, _TERNARY), [a, b, c, ir.IntType(32)(wanted)])
    if wanted in {_ODD, _EVEN}:
        odd = builder.xor(builder.xor(a, b), c)
        return odd if wanted == _ODD else builder.not_(odd)
    if wanted == _CHOICE:
        return builder.or_(builder.and_(a, b), builder.and_(builder.not_(a), c))
    pattern = _MAJORITIES.index(wanted)
    a, b, c = (builder.not_(vector) if pattern >> bit & 1 else vector for bit, vector in enumerate((a, b, c)))
    return builder.or_(builder.and_(a, b), builder.and_(c, builder.or_(a, b)))


def _tabulate(_typing_context: Any, planes: Any, block: Any, table: Any) -> Any:
    """Write for each three bits of the codes of a block, and each pattern of three bits, how many differ.

    Args:
        planes: uint64, shape (blocks, 128, LANES).
        block: which one.
        table: written, uint64, TABLE words: for each three bits ten vectors, of which the first is the low bit of the
            count for an even pattern, the second for an odd one, and the others the high bit for each pattern.
    """

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        block_start = builder.mul(arguments[1], arguments[1].type(CODE_BITS * LANES))
        planes_start = builder.gep(_data(context, builder, signature, arguments, 0), [block_start])
        first_plane = builder.bitcast(planes_start, _VECTOR.as_pointer())
        out = builder.bitcast(_aligned(builder, _data(context, builder, signature, arguments, 2)), _VECTOR.as_pointer())
        nothing = ir.Constant(_VECTOR, [0] * LANES)
        for group in range(GROUPS):
            a, b, c = (
                builder.load(builder.gep(first_plane, [_INDEX(bit)]), align=8) if bit < CODE_BITS else nothing
                for bit in range(group * GROUP_BITS, (group + 1) * GROUP_BITS)
            )
            counts = [_ODD, _EVEN, *_MAJORITIES]
            for place, wanted in enumerate(counts, start=group * _GROUP_VECTORS):
                counted = _three(context, builder, a, b, c, wanted)
                builder.store(counted, builder.gep(out, [_INDEX(place)]), align=_VECTOR_BYTES)
        return context.get_dummy_value()

    return types.none(planes, block, table), generate


tabulate: Any = intrinsic(_tabulate)


def _find_nearest(
    _typing_context: Any,
    table: Any,
    offsets: Any,
    directions: Any,
    start: Any,
    near: Any,
    weights: Any,
    nearest: Any,
    planes: Any,
    upcoming: Any,
) -> Any:
    """Find which codes of a block are within reach of any of a probe's, and how far the nearest of these is within it.

    The smallest count so far and the direction that belongs to it are kept by bit, too. So no branch depends on the
    codes, of which the processor could not foresee the outcome.

    Args:
        table: what `tabulate` wrote for the block.
        offsets: `offsets_of` the probe's codes.
        directions: `bits_of` the probe's directions.
        start: `start_of(reach)`.
        near: written, uint64, LANES words: one bit a code, set where it is within reach.
        weights: written, uint8, BLOCK: for such a code the bits that its nearest one could differ in besides.
        nearest: written, uint8, BLOCK: and the direction of that one, the first of several.
        planes: of the codes of all blocks.
        upcoming: the block that is looked at next, which is fetched from memory meanwhile.
    """

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        table_start, offsets_start, directions_start, start_words, near_out, weights_out, nearest_out = (
            _data(context, builder, signature, arguments, place) for place in range(7)
        )
        upcoming_start = builder.mul(arguments[8], _INDEX(CODE_BITS * LANES))
        upcoming_words = builder.gep(_data(context, builder, signature, arguments, 7), [upcoming_start])
        table_words = builder.bitcast(_aligned(builder, table_start), _INDEX.as_pointer())
        count = builder.extract_value(context.make_array(signature.args[1])(context, builder, arguments[1]).shape, 0)
        nothing, everything = ir.Constant(_VECTOR, [0] * LANES), ir.Constant(_VECTOR, [-1] * LANES)
        starts = [_everywhere(builder, start_words, _INDEX(weight)) for weight in range(COUNT_BITS)]

        before, body, after = builder.block, *(builder.append_basic_block(name) for name in ("code", "codes_end"))
        builder.cbranch(builder.icmp_signed(">", count, _INDEX(0)), body, after)
        builder.position_at_end(body)
        code = builder.phi(_INDEX)
        # All ones: no code was near yet; then the bits of the least count, and of the direction.
        kept = [builder.phi(_VECTOR) for _ in range(1 + COUNT_BITS + DIRECTION_BITS)]
        first = [everything] * (1 + COUNT_BITS) + [nothing] * DIRECTION_BITS
        none, least, direction = kept[0], kept[1 : 1 + COUNT_BITS], kept[1 + COUNT_BITS :]
        for plane in range(_FETCHED):
            at = builder.add(builder.mul(code, _INDEX(_FETCHED)), _INDEX(plane))
            at = builder.and_(at, _INDEX(CODE_BITS - 1))
            _fetch(builder, builder.gep(upcoming_words, [builder.mul(at, _INDEX(LANES))]))
        row = builder.gep(offsets_start, [builder.mul(code, _INDEX(2 * GROUPS))])

        def counted(place: int) -> Any:
            offset = builder.zext(builder.load(builder.gep(row, [_INDEX(place)])), _INDEX)
            from_group = builder.gep(table_words, [_INDEX(place // 2 * _GROUP_VECTORS * LANES)])
            vector = builder.bitcast(builder.gep(from_group, [offset]), _VECTOR.as_pointer())
            return builder.load(vector, align=_VECTOR_BYTES)

        sums, far = _sum(context, builder, starts, counted)
        less = none
        for one, other in zip(sums, least, strict=True):  # the lowest bit first: the highest decides
            less = _three(context, builder, one, other, less, _MAJORITIES[1])
        less = builder.and_(less, builder.not_(far))
        changed = [builder.and_(none, far)]
        changed += [_three(context, builder, less, *pair, _CHOICE) for pair in zip(sums, least, strict=True)]
        for bit, old in enumerate(direction):
            place = builder.add(builder.mul(code, _INDEX(DIRECTION_BITS)), _INDEX(bit))
            of_code = _everywhere(builder, directions_start, place)
            changed.append(_three(context, builder, less, of_code, old, _CHOICE))
        following = builder.add(code, _INDEX(1))
        builder.cbranch(builder.icmp_signed("<", following, count), body, after)
        for phi, new, old in zip([code, *kept], [following, *changed], [_INDEX(0), *first], strict=True):
            phi.add_incoming(old, before)
            phi.add_incoming(new, builder.block)

        last = builder.block
        builder.position_at_end(after)
        ends = []
        for new, old in zip(changed, first, strict=True):
            end = builder.phi(_VECTOR)
            end.add_incoming(old, before)
            end.add_incoming(new, last)
            ends.append(end)
        vectors = builder.bitcast(near_out, _VECTOR.as_pointer())
        builder.store(builder.not_(ends[0]), vectors, align=8)
        distances, directions_ = ends[1 : 1 + COUNT_BITS], ends[1 + COUNT_BITS :]
        for lane in range(LANES):
            at = [_INDEX(lane)]
            weight = builder.sub(_bytes_of(1 << COUNT_BITS), _gathered(builder, distances, lane))
            builder.store(weight, builder.gep(builder.bitcast(weights_out, _BYTES.as_pointer()), at), align=1)
            turned = _gathered(builder, directions_, lane)
            builder.store(turned, builder.gep(builder.bitcast(nearest_out, _BYTES.as_pointer()), at), align=1)
        return context.get_dummy_value()

    return types.none(table, offsets, directions, start, near, weights, nearest, planes, upcoming), generate


find_nearest: Any = intrinsic(_find_nearest)


def _sum(
    context: Any, builder: ir.IRBuilder, starts: Sequence[Any], counted: Callable[[int], Any]
) -> tuple[list[Any], Any]:
    """Sum the counts of all groups; return the bits of the sums, and where they passed the highest bit."""
    sums = list(starts)
    waiting: list[Any] = [None] * COUNT_BITS  # for each weight a vector without its second
    full = ir.Constant(_VECTOR, [0] * LANES)

    def add(vector: Any, weight: int) -> None:
        nonlocal full
        if weight == COUNT_BITS:
            full = builder.or_(full, vector)
        elif waiting[weight] is None:
            waiting[weight] = vector
        else:
            total, other = sums[weight], waiting[weight]
            sums[weight], waiting[weight] = _three(context, builder, total, other, vector, _ODD), None
            add(_three(context, builder, total, other, vector, _MAJORITIES[0]), weight + 1)

    for group in range(GROUPS):
        add(counted(2 * group), 0)
        add(counted(2 * group + 1), 1)
    for weight in range(COUNT_BITS):
        if waiting[weight] is not None:
            carry = builder.and_(sums[weight], waiting[weight])
            sums[weight], waiting[weight] = builder.xor(sums[weight], waiting[weight]), None
            add(carry, weight + 1)
    return sums, full


def _fetch(builder: ir.IRBuilder, pointer: Any) -> None:
    """Have the processor fetch a line of memory into its second cache."""
    pointer = builder.bitcast(pointer, ir.IntType(8).as_pointer())
    how = [ir.IntType(32)] * 3  # to read it, soon but not at once, as data
    kind = ir.FunctionType(ir.VoidType(), [pointer.type, *how])
    prefetch = builder.module.declare_intrinsic("llvm.prefetch", [pointer.type], kind)
    builder.call(prefetch, [pointer, *(each(value) for each, value in zip(how, (0, 2, 1), strict=True))])


def _everywhere(builder: ir.IRBuilder, pointer: Any, place: Any) -> Any:
    """Return a word of an array in all lanes of a vector."""
    word = builder.load(builder.gep(pointer, [place]))
    one = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), word, ir.IntType(32)(0))
    return _shuffled(builder, one, ir.Constant(_VECTOR, ir.Undefined), [0] * LANES)


def _gathered(builder: ir.IRBuilder, planes: Sequence[Any], lane: int) -> Any:
    """Return the numbers of a lane whose bits are in some planes, the lowest first: a byte each."""
    total = _bytes_of(0)
    for bit, plane in enumerate(planes):
        word = builder.extract_element(plane, ir.IntType(32)(lane))
        is_set = builder.bitcast(word, ir.VectorType(ir.IntType(1), WORD))
        total = builder.or_(total, builder.select(is_set, _bytes_of(1 << bit), _bytes_of(0)))
    return total


def _bytes_of(value: int) -> Any:
    return ir.Constant(_BYTES, [value] * WORD)


def _exchange(_typing_context: Any, square: Any) -> Any:
    """Exchange rows and columns of 64 by 64 bits, in an array of 64 words: first of bytes, then bit by bit."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        words = _data(context, builder, signature, arguments, 0)
        vectors = builder.bitcast(words, _BYTES.as_pointer())
        rows = [builder.load(builder.gep(vectors, [_INDEX(eight)]), align=8) for eight in range(8)]
        by_byte = [8 * (place % 8) + place // 8 for place in range(WORD)]
        eights = [builder.bitcast(_shuffled(builder, row, row, by_byte), _VECTOR) for row in rows]
        for width in (4, 2, 1):
            low = [place if not place & width else LANES + place - width for place in range(LANES)]
            high = [place + width if not place & width else LANES + place for place in range(LANES)]
            for at in range(LANES):
                if not at & width:
                    one, other = eights[at], eights[at + width]
                    eights[at] = _shuffled(builder, one, other, low)
                    eights[at + width] = _shuffled(builder, one, other, high)
        for column in range(WORD):
            bit = ir.Constant(_BYTES, [1 << column % 8] * WORD)
            is_set = builder.and_(builder.bitcast(eights[column // 8], _BYTES), bit)
            word = builder.bitcast(builder.icmp_unsigned("!=", is_set, ir.Constant(_BYTES, [0] * WORD)), _INDEX)
            builder.store(word, builder.gep(words, [_INDEX(column)]))
        return context.get_dummy_value()

    return types.none(square), generate


exchange: Any = intrinsic(_exchange)


def _shuffled(builder: ir.IRBuilder, one: Any, other: Any, places: list[int]) -> Any:
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), len(places)), places)
    return builder.shuffle_vector(one, other, lanes)


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
