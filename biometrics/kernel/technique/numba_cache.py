"""Where numba keeps what it has compiled: in a folder of its own for each version of the sources.

numba compiles a function again when the function's own file changes, but not when one that it calls does. Without a
folder for each version, a score could come from code that is no longer there.
"""

from __future__ import annotations

import os
import shutil
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[3]
_COMPILED: Final = (
    "biometrics/kernel/technique/bits.py",
    "biometrics/kernel/technique/compiler.py",
    "fingerprint",
    "index",
)  # what holds compiled functions
_NAME: Final = "kernels-"


def use_kernel_cache() -> None:
    """Point NUMBA_CACHE_DIR to the folder; it lies in the folder that the variable names already, if it names one."""
    above = Path(os.environ.get("NUMBA_CACHE_DIR") or _ROOT / "fingerprint" / "__pycache__")
    if above.name.startswith(_NAME):  # of the process that started this one
        above = above.parent
    folder = str(above / f"{_NAME}{_digest()}")
    if os.environ.get("NUMBA_CACHE_DIR") == folder:
        return
    os.environ["NUMBA_CACHE_DIR"] = folder
    if (numba := sys.modules.get("numba")) is not None:
        numba.config.reload_config()


def remove_other_versions() -> None:
    """Remove the folders of other versions of the sources; a process that still runs one of them compiles it again."""
    current = Path(os.environ["NUMBA_CACHE_DIR"])
    for folder in current.parent.glob(f"{_NAME}*"):
        if folder != current:
            shutil.rmtree(folder, ignore_errors=True)


def cached_functions(name: str = "") -> int:
    """Return how many functions of this version are compiled, of that name if it is given."""
    return sum(1 for _ in Path(os.environ["NUMBA_CACHE_DIR"]).rglob(f"*.{name or '*'}-*.nbi"))


@cache
def _digest() -> str:
    digest = sha256()
    for name in _COMPILED:
        path = _ROOT / name
        for source in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if source.exists():  # not in each of the packages that are built from parts of this repository
                digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
