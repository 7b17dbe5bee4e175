"""Instructions for compiled code that numba does not write itself: eight codes compared at once, and a few others."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np import arrayobj

LANES = 8  # words of a vector of 512 bits
WORD = 64

# In compiled code, places in arrays are unsigned: numba looks at each signed one for whether it counts from the end,
# which takes longer than comparing two codes, and keeps loops from becoming vector instructions.
ONE, WORD_PLACES = np.uint64(1), np.uint64(WORD)

_VECTOR = ir.VectorType(ir.IntType(64), LANES)


def _data_of(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any, argument: int) -> Any:
    """Return where the elements of an array that is given as an argument start."""
    make_array: Any = arrayobj.make_array
    return make_array(signature.args[argument])(context, builder, arguments[argument]).data


def _everywhere(builder: ir.IRBuilder, value: Any, kind: ir.VectorType = _VECTOR) -> Any:
    """Return a value in all lanes of a vector."""
    vector = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.IntType(32)(0))
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), kind.count), [0] * kind.count)
    return builder.shuffle_vector(vector, ir.Constant(kind, ir.Undefined), lanes)


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
            code_half = builder.load(builder.gep(halves, [ir.IntType(64)(half)]), align=8)
            bits = builder.xor(code_half, _everywhere(builder, arguments[2 + half]))
            differing.append(builder.call(count, [bits]))
        near = builder.icmp_unsigned("<", builder.add(*differing), _everywhere(builder, arguments[4]))
        return builder.bitcast(near, ir.IntType(LANES))

    return types.uint8(codes, types.uint64, types.uint64, types.uint64, types.uint64), generate


near_lanes: Any = intrinsic(_near_lanes)


def _near_points(
    _typing_context: Any,
    x: Any,
    y: Any,
    headings: Any,
    at: Any,
    its_x: Any,
    its_y: Any,
    heading: Any,
    square: Any,
    turn: Any,
) -> Any:
    """Return a bit for each of `WORD` points, from `at` on, that is close to another point and heads as that does.

    Args:
        x: of the points, float32, as `y`.
        y: of the points.
        headings: uint8, a whole turn being 256.
        at: the first of the points, uint64.
        its_x: of the other point, float32, as `its_y`.
        its_y: of the other point.
        heading: of the other point, uint8.
        square: the squared distance from which on a point is not close, float32.
        turn: from which on its heading differs too much, uint8, 1 to 127.
    """

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        def loaded(argument: int, element: ir.Type) -> tuple[Any, ir.VectorType]:
            kind = ir.VectorType(element, WORD)
            start = builder.gep(_data_of(context, builder, signature, arguments, argument), [arguments[3]])
            return builder.load(builder.bitcast(start, kind.as_pointer()), align=1), kind

        squares = []
        for axis in range(2):
            places, floats = loaded(axis, ir.FloatType())
            distances = builder.fsub(places, _everywhere(builder, arguments[4 + axis], floats))
            squares.append(builder.fmul(distances, distances))
        close = builder.fcmp_ordered("<", builder.fadd(*squares), _everywhere(builder, arguments[7], floats))
        directions, bytes_ = loaded(2, ir.IntType(8))
        max_steps = builder.sub(arguments[8], ir.IntType(8)(1))  # steps that it differs to either side
        beyond_least = builder.sub(directions, _everywhere(builder, builder.sub(arguments[6], max_steps), bytes_))
        aligned = builder.icmp_unsigned(
            "<=", beyond_least, _everywhere(builder, builder.add(max_steps, max_steps), bytes_)
        )
        return builder.bitcast(builder.and_(close, aligned), ir.IntType(WORD))

    floats = (types.float32, types.float32)
    return types.uint64(x, y, headings, types.uint64, *floats, types.uint8, types.float32, types.uint8), generate


near_points: Any = intrinsic(_near_points)


def _set_bytes(_typing_context: Any, values: Any, at: Any) -> Any:
    """Return a bit for each of 64 bytes of an array, from `at` on, that is not 0."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        start = builder.gep(_data_of(context, builder, signature, arguments, 0), [arguments[1]])
        kind = ir.VectorType(ir.IntType(8), WORD)
        some = builder.load(builder.bitcast(start, kind.as_pointer()), align=1)
        return builder.bitcast(builder.icmp_unsigned("!=", some, ir.Constant(kind, [0] * WORD)), ir.IntType(WORD))

    return types.uint64(values, types.uint64), generate


set_bytes: Any = intrinsic(_set_bytes)


def _fetch(_typing_context: Any, array: Any, at: Any) -> Any:
    """Have the processor fetch an element of an array, and what lies around it, into its second cache."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        start = builder.gep(_data_of(context, builder, signature, arguments, 0), [arguments[1]])
        pointer = builder.bitcast(start, ir.IntType(8).as_pointer())
        how = [ir.IntType(32)] * 3  # to read it, soon but not at once, as data
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, *how])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [pointer.type], kind)
        builder.call(
            prefetch, [pointer, *(integer_type(value) for integer_type, value in zip(how, (0, 2, 1), strict=True))]
        )
        return context.get_dummy_value()

    return types.none(array, types.uint64), generate


fetch: Any = intrinsic(_fetch)


def _trailing_zeros(_typing_context: Any, word: Any) -> Any:
    """Count the zero bits below the lowest set bit of a word that is not 0."""

    def generate(_context: Any, builder: ir.IRBuilder, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], cgutils.true_bit)

    return types.uint64(types.uint64), generate


trailing_zeros: Any = intrinsic(_trailing_zeros)
