"""Bit counts for compiled code."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


def _count_bits(_typing_context: Any, word: Any) -> Any:
    """Count the set bits of an unsigned word: one machine instruction."""

    def generate(_context: Any, builder: ir.IRBuilder, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    kind = types.uint32 if word == types.uint32 else types.uint64
    return kind(kind), generate


popcount: Any = intrinsic(_count_bits)
