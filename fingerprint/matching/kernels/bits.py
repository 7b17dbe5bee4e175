"""How wide the kernels' innermost loops are."""

from __future__ import annotations

from biometrics.kernel.technique.compiler import njit

LANES = 16  # turns of an innermost loop: a constant, so that it becomes vector instructions without a remainder


@njit(inline="always")
def padded(count: int) -> int:
    """Return `count`, rounded up to whole turns of an innermost loop."""
    return (count + LANES - 1) // LANES * LANES
