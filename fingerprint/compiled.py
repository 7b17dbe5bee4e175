"""Whether the kernels that compare prints are compiled: a server's first start serves everything else meanwhile."""

from __future__ import annotations

from threading import Event

from biometrics.kernel.errors import MatcherCompiling

RETRY_SECONDS = 10

_compiled = Event()
_compiled.set()


def start_compiling() -> None:
    """Mark the kernels as not compiled yet."""
    _compiled.clear()


def finish_compiling() -> None:
    """Mark the kernels as compiled."""
    _compiled.set()


def is_compiled() -> bool:
    """Return whether prints can be processed."""
    return _compiled.is_set()


def require_compiled() -> None:
    """Refuse to process a print while the kernels are being compiled.

    Raises:
        MatcherCompiling: they are.
    """
    if not is_compiled():
        raise MatcherCompiling(
            "The matcher for prints is being compiled, as it is once after an installation; try again in a minute.",
            RETRY_SECONDS,
        )


def wait_until_compiled() -> None:
    """Wait until the kernels are compiled."""
    _compiled.wait()
