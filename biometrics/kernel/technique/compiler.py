"""numba's compiler as all kernels use it: kept on disk, without the GIL, without a wrapper for C."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numba

if TYPE_CHECKING:
    from numba import njit as njit
else:
    njit = partial(numba.njit, cache=True, nogil=True, no_cfunc_wrapper=True)
