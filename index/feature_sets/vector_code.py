"""Vector instructions for compiled code that numba does not write itself: 512 bits, whatever they stand for."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np import arrayobj

LANES = 8  # words of a plane
WORD = 64
BLOCK = WORD * LANES  # codes of a block
GROUP_BITS = 3  # of a code, whose differing bits are counted for every pattern at once

_TERNARY = "llvm.x86.avx512.pternlog.q.512"  # one instruction for any function of three vectors, bit by bit
VECTOR_BYTES = LANES * WORD // 8
VECTOR = ir.VectorType(ir.IntType(64), LANES)
BYTES = ir.VectorType(ir.IntType(8), LANES * WORD // 8)
INDEX = ir.IntType(64)
ODD, EVEN = 0b10010110, 0b01101001  # what `three` takes for the sum of three bits, and its opposite
CHOICE = 0b11001010  # and for the second where the first is set, else the third


def _majority_of(pattern: int) -> int:
    """Return what `three` takes for "two or three of them differ from the pattern", whose lowest bit is for a."""
    wanted = 0
    for a, b, c in np.ndindex(2, 2, 2):
        differing = (a ^ pattern & 1) + (b ^ pattern >> 1 & 1) + (c ^ pattern >> 2 & 1)
        wanted |= (differing >= 2) << (4 * a + 2 * b + c)
    return int(wanted)


MAJORITIES = [_majority_of(pattern) for pattern in range(1 << GROUP_BITS)]


def data_of(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any, place: int) -> Any:
    """Return where the elements of an array that is given as an argument start."""
    make_array: Any = arrayobj.make_array
    return make_array(signature.args[place])(context, builder, arguments[place]).data


def aligned(builder: ir.IRBuilder, pointer: Any) -> Any:
    """Move a pointer up to where a vector lies in one line of the processor's cache."""
    up = builder.add(builder.ptrtoint(pointer, INDEX), INDEX(VECTOR_BYTES - 1))
    return builder.inttoptr(builder.and_(up, INDEX(-VECTOR_BYTES)), pointer.type)


def three(context: Any, builder: ir.IRBuilder, a: Any, b: Any, c: Any, wanted: int) -> Any:
    """Combine three vectors bit by bit: bit 4 a + 2 b + c of `wanted` says what three bits give."""
    if "+avx512f" in context.codegen().magic_tuple()[-1]:
        kind = ir.FunctionType(VECTOR, [VECTOR, VECTOR, VECTOR, ir.IntType(32)])
        get: Any = cgutils.get_or_insert_function
        return builder.call(get(builder.module, kind, _TERNARY), [a, b, c, ir.IntType(32)(wanted)])
    if wanted in {ODD, EVEN}:
        odd = builder.xor(builder.xor(a, b), c)
        return odd if wanted == ODD else builder.not_(odd)
    if wanted == CHOICE:
        return builder.or_(builder.and_(a, b), builder.and_(builder.not_(a), c))
    pattern = MAJORITIES.index(wanted)
    a, b, c = (builder.not_(vector) if pattern >> bit & 1 else vector for bit, vector in enumerate((a, b, c)))
    return builder.or_(builder.and_(a, b), builder.and_(c, builder.or_(a, b)))


def fetch(builder: ir.IRBuilder, pointer: Any) -> None:
    """Have the processor fetch a line of memory into its second cache."""
    pointer = builder.bitcast(pointer, ir.IntType(8).as_pointer())
    how = [ir.IntType(32)] * 3  # to read it, soon but not at once, as data
    kind = ir.FunctionType(ir.VoidType(), [pointer.type, *how])
    prefetch = builder.module.declare_intrinsic("llvm.prefetch", [pointer.type], kind)
    builder.call(prefetch, [pointer, *(each(value) for each, value in zip(how, (0, 2, 1), strict=True))])


def everywhere(builder: ir.IRBuilder, pointer: Any, place: Any) -> Any:
    """Return a word of an array in all lanes of a vector."""
    word = builder.load(builder.gep(pointer, [place]))
    vector = builder.insert_element(ir.Constant(VECTOR, ir.Undefined), word, ir.IntType(32)(0))
    return shuffled(builder, vector, ir.Constant(VECTOR, ir.Undefined), [0] * LANES)


def shuffled(builder: ir.IRBuilder, left: Any, right: Any, places: list[int]) -> Any:
    """Choose lanes of two vectors: those of the second are numbered after those of the first."""
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), len(places)), places)
    return builder.shuffle_vector(left, right, lanes)


def _trailing_zeros(_typing_context: Any, word: Any) -> Any:
    """Count the zero bits below the lowest set bit of a word that is not 0."""

    def generate(_context: Any, builder: ir.IRBuilder, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], cgutils.true_bit)

    return types.uint64(types.uint64), generate


trailing_zeros: Any = intrinsic(_trailing_zeros)
