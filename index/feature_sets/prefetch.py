"""Ask for memory before it is needed, in compiled code: what lies far apart is then there when its turn comes."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np import arrayobj

_READ, _KEEP, _DATA = 0, 3, 1  # the arguments of LLVM's prefetch


def _ask_for(_typing_context: Any, array: Any, place: Any) -> Any:
    """Bring the cache line of `array[place]` nearer; a place beyond the array's end does no harm."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        of_array: Any = arrayobj.make_array
        data = of_array(signature.args[0])(context, builder, arguments[0]).data
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        function = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        address = builder.bitcast(builder.gep(data, [arguments[1]]), byte)
        builder.call(function, [address, word(_READ), word(_KEEP), word(_DATA)])
        return context.get_dummy_value()

    return types.void(array, place), generate


prefetch: Any = intrinsic(_ask_for)
