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
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from biometrics.matching.local_features import CODE_BITS
from index.feature_sets.vector_code import (
    BYTES,
    CHOICE,
    EVEN,
    GROUP_BITS,
    INDEX,
    LANES,
    MAJORITIES,
    ODD,
    VECTOR,
    VECTOR_BYTES,
    WORD,
    aligned,
    data_of,
    everywhere,
    fetch,
    three,
)

COUNT_BITS = 7  # of how many bits of two codes differ
DIRECTION_BITS = 8
QUARTER = CODE_BITS // 4  # planes that `fetch_planes` fetches

GROUPS = -(-CODE_BITS // GROUP_BITS)
_GROUP_VECTORS = 2 + (1 << GROUP_BITS)
TABLE = (GROUPS * _GROUP_VECTORS + 1) * LANES  # words that `tabulate` writes, from the first that is aligned

_FETCHED = 4  # planes of the next block, while one of the probe's codes is compared


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
        planes_start = builder.gep(data_of(context, builder, signature, arguments, 0), [block_start])
        first_plane = builder.bitcast(planes_start, VECTOR.as_pointer())
        out = builder.bitcast(aligned(builder, data_of(context, builder, signature, arguments, 2)), VECTOR.as_pointer())
        nothing = ir.Constant(VECTOR, [0] * LANES)
        for group in range(GROUPS):
            a, b, c = (
                builder.load(builder.gep(first_plane, [INDEX(bit)]), align=8) if bit < CODE_BITS else nothing
                for bit in range(group * GROUP_BITS, (group + 1) * GROUP_BITS)
            )
            counts = [ODD, EVEN, *MAJORITIES]
            for place, wanted in enumerate(counts, start=group * _GROUP_VECTORS):
                counted = three(context, builder, a, b, c, wanted)
                builder.store(counted, builder.gep(out, [INDEX(place)]), align=VECTOR_BYTES)
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
            data_of(context, builder, signature, arguments, place) for place in range(7)
        )
        upcoming_start = builder.mul(arguments[8], INDEX(CODE_BITS * LANES))
        upcoming_words = builder.gep(data_of(context, builder, signature, arguments, 7), [upcoming_start])
        table_words = builder.bitcast(aligned(builder, table_start), INDEX.as_pointer())
        count = builder.extract_value(context.make_array(signature.args[1])(context, builder, arguments[1]).shape, 0)
        nothing, everything = ir.Constant(VECTOR, [0] * LANES), ir.Constant(VECTOR, [-1] * LANES)
        starts = [everywhere(builder, start_words, INDEX(weight)) for weight in range(COUNT_BITS)]

        before, body, after = builder.block, *(builder.append_basic_block(name) for name in ("code", "codes_end"))
        builder.cbranch(builder.icmp_signed(">", count, INDEX(0)), body, after)
        builder.position_at_end(body)
        code = builder.phi(INDEX)
        # All ones: no code was near yet; then the bits of the least count, and of the direction.
        kept = [builder.phi(VECTOR) for _ in range(1 + COUNT_BITS + DIRECTION_BITS)]
        first = [everything] * (1 + COUNT_BITS) + [nothing] * DIRECTION_BITS
        none, least, direction = kept[0], kept[1 : 1 + COUNT_BITS], kept[1 + COUNT_BITS :]
        for plane in range(_FETCHED):
            at = builder.add(builder.mul(code, INDEX(_FETCHED)), INDEX(plane))
            at = builder.and_(at, INDEX(CODE_BITS - 1))
            fetch(builder, builder.gep(upcoming_words, [builder.mul(at, INDEX(LANES))]))
        row = builder.gep(offsets_start, [builder.mul(code, INDEX(2 * GROUPS))])

        def counted(place: int) -> Any:
            offset = builder.zext(builder.load(builder.gep(row, [INDEX(place)])), INDEX)
            from_group = builder.gep(table_words, [INDEX(place // 2 * _GROUP_VECTORS * LANES)])
            vector = builder.bitcast(builder.gep(from_group, [offset]), VECTOR.as_pointer())
            return builder.load(vector, align=VECTOR_BYTES)

        sums, far = _sum(context, builder, starts, counted)
        less = none
        for count_bit, least_bit in zip(sums, least, strict=True):  # the lowest bit first: the highest decides
            less = three(context, builder, count_bit, least_bit, less, MAJORITIES[1])
        less = builder.and_(less, builder.not_(far))
        changed = [builder.and_(none, far)]
        changed += [three(context, builder, less, *pair, CHOICE) for pair in zip(sums, least, strict=True)]
        for bit, old in enumerate(direction):
            place = builder.add(builder.mul(code, INDEX(DIRECTION_BITS)), INDEX(bit))
            of_code = everywhere(builder, directions_start, place)
            changed.append(three(context, builder, less, of_code, old, CHOICE))
        following = builder.add(code, INDEX(1))
        builder.cbranch(builder.icmp_signed("<", following, count), body, after)
        for phi, new, old in zip([code, *kept], [following, *changed], [INDEX(0), *first], strict=True):
            phi.add_incoming(old, before)
            phi.add_incoming(new, builder.block)

        last = builder.block
        builder.position_at_end(after)
        ends = []
        for new, old in zip(changed, first, strict=True):
            end = builder.phi(VECTOR)
            end.add_incoming(old, before)
            end.add_incoming(new, last)
            ends.append(end)
        vectors = builder.bitcast(near_out, VECTOR.as_pointer())
        builder.store(builder.not_(ends[0]), vectors, align=8)
        distances, directions_ = ends[1 : 1 + COUNT_BITS], ends[1 + COUNT_BITS :]
        for lane in range(LANES):
            at = [INDEX(lane)]
            weight = builder.sub(_bytes_of(1 << COUNT_BITS), _gathered(builder, distances, lane))
            builder.store(weight, builder.gep(builder.bitcast(weights_out, BYTES.as_pointer()), at), align=1)
            turned = _gathered(builder, directions_, lane)
            builder.store(turned, builder.gep(builder.bitcast(nearest_out, BYTES.as_pointer()), at), align=1)
        return context.get_dummy_value()

    return types.none(table, offsets, directions, start, near, weights, nearest, planes, upcoming), generate


find_nearest: Any = intrinsic(_find_nearest)


def _sum(
    context: Any, builder: ir.IRBuilder, starts: Sequence[Any], counted: Callable[[int], Any]
) -> tuple[list[Any], Any]:
    """Sum the counts of all groups; return the bits of the sums, and where they passed the highest bit."""
    sums = list(starts)
    waiting: list[Any] = [None] * COUNT_BITS  # for each weight a vector without its second
    full = ir.Constant(VECTOR, [0] * LANES)

    def add(vector: Any, weight: int) -> None:
        nonlocal full
        if weight == COUNT_BITS:
            full = builder.or_(full, vector)
        elif waiting[weight] is None:
            waiting[weight] = vector
        else:
            total, other = sums[weight], waiting[weight]
            sums[weight], waiting[weight] = three(context, builder, total, other, vector, ODD), None
            add(three(context, builder, total, other, vector, MAJORITIES[0]), weight + 1)

    for group in range(GROUPS):
        add(counted(2 * group), 0)
        add(counted(2 * group + 1), 1)
    for weight in range(COUNT_BITS):
        if waiting[weight] is not None:
            carry = builder.and_(sums[weight], waiting[weight])
            sums[weight], waiting[weight] = builder.xor(sums[weight], waiting[weight]), None
            add(carry, weight + 1)
    return sums, full


def _fetch_planes(_typing_context: Any, planes: Any, block: Any, first: Any) -> Any:
    """Have the processor fetch a quarter of a block from memory, from plane `first` on."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        plane = builder.add(builder.mul(arguments[1], INDEX(CODE_BITS)), arguments[2])
        start = builder.gep(data_of(context, builder, signature, arguments, 0), [builder.mul(plane, INDEX(LANES))])
        for number in range(QUARTER):
            fetch(builder, builder.gep(start, [INDEX(number * LANES)]))
        return context.get_dummy_value()

    return types.none(planes, block, first), generate


fetch_planes: Any = intrinsic(_fetch_planes)


def _gathered(builder: ir.IRBuilder, planes: Sequence[Any], lane: int) -> Any:
    """Return the numbers of a lane whose bits are in some planes, the lowest first: a byte each."""
    total = _bytes_of(0)
    for bit, plane in enumerate(planes):
        word = builder.extract_element(plane, ir.IntType(32)(lane))
        is_set = builder.bitcast(word, ir.VectorType(ir.IntType(1), WORD))
        total = builder.or_(total, builder.select(is_set, _bytes_of(1 << bit), _bytes_of(0)))
    return total


def _bytes_of(value: int) -> Any:
    return ir.Constant(BYTES, [value] * WORD)
