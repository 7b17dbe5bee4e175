"""Instructions for compiled code that numba does not write itself: eight codes compared at once, and a few others."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np import arrayobj

LANES = 8  # words of a vector of 512 bits
WORD = 64

_VECTOR = ir.VectorType(ir.IntType(64), LANES)


def _data_of(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any, place: int) -> Any:
    """Return where the elements of an array that is given as an argument start."""
    make_array: Any = arrayobj.make_array
    return make_array(signature.args[place])(context, builder, arguments[place]).data


def _everywhere(builder: ir.IRBuilder, word: Any) -> Any:
    """Return a word in all lanes of a vector."""
    vector = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), word, ir.IntType(32)(0))
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(vector, ir.Constant(_VECTOR, ir.Undefined), lanes)


def _near_lanes(_typing_context: Any, codes: Any, at: Any, first: Any, second: Any, reach: Any) -> Any:
    """Compare a code with eight others; return a bit for each of these that differs in fewer than `reach` bits.

    Args:
        codes: uint64: the first halves of the eight codes, followed by the second halves.
        at: where in `codes` they start.
        first: the first half of the code, uint64.
        second: its second half, uint64.
        reach: uint64.
    """

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        start = builder.gep(_data_of(context, builder, signature, arguments, 0), [arguments[1]])
        halves = builder.bitcast(start, _VECTOR.as_pointer())
        get: Any = cgutils.get_or_insert_function
        count = get(builder.module, ir.FunctionType(_VECTOR, [_VECTOR]), f"llvm.ctpop.v{LANES}i64")
        differing = []
        for half in range(2):
            others = builder.load(builder.gep(halves, [ir.IntType(64)(half)]), align=8)
            bits = builder.xor(others, _everywhere(builder, arguments[2 + half]))
            differing.append(builder.call(count, [bits]))
        near = builder.icmp_unsigned("<", builder.add(*differing), _everywhere(builder, arguments[4]))
        return builder.bitcast(near, ir.IntType(LANES))

    return types.uint8(codes, types.int64, types.uint64, types.uint64, types.uint64), generate


near_lanes: Any = intrinsic(_near_lanes)


def _set_bytes(_typing_context: Any, values: Any, at: Any) -> Any:
    """Return a bit for each of 64 bytes of an array, from `at` on, that is not 0."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        start = builder.gep(_data_of(context, builder, signature, arguments, 0), [arguments[1]])
        kind = ir.VectorType(ir.IntType(8), WORD)
        some = builder.load(builder.bitcast(start, kind.as_pointer()), align=1)
        return builder.bitcast(builder.icmp_unsigned("!=", some, ir.Constant(kind, [0] * WORD)), ir.IntType(WORD))

    return types.uint64(values, types.int64), generate


set_bytes: Any = intrinsic(_set_bytes)


def _fetch(_typing_context: Any, array: Any, at: Any) -> Any:
    """Have the processor fetch an element of an array, and what lies around it, into its second cache."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        start = builder.gep(_data_of(context, builder, signature, arguments, 0), [arguments[1]])
        pointer = builder.bitcast(start, ir.IntType(8).as_pointer())
        how = [ir.IntType(32)] * 3  # to read it, soon but not at once, as data
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, *how])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [pointer.type], kind)
        builder.call(prefetch, [pointer, *(each(value) for each, value in zip(how, (0, 2, 1), strict=True))])
        return context.get_dummy_value()

    return types.none(array, types.int64), generate


fetch: Any = intrinsic(_fetch)


def _trailing_zeros(_typing_context: Any, word: Any) -> Any:
    """Count the zero bits below the lowest set bit of a word that is not 0."""

    def generate(_context: Any, builder: ir.IRBuilder, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], cgutils.true_bit)

    return types.uint64(types.uint64), generate


trailing_zeros: Any = intrinsic(_trailing_zeros)
