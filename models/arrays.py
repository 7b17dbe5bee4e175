"""Files of arrays (.npz), as trainings export the weights of networks."""

from __future__ import annotations

import io
from typing import Final
from zipfile import BadZipFile

import numpy as np
from numpy.lib.npyio import NpzFile

ZIP: Final = b"PK\x03\x04"  # begins an .npz


def arrays_in(content: bytes) -> NpzFile:
    """Open the bytes of an .npz; it reads each array when it is asked for it.

    Raises:
        ValueError: they are none.
    """
    try:
        if content.startswith(ZIP):
            opened: NpzFile = np.load(io.BytesIO(content))
            return opened
    except BadZipFile as error:
        raise ValueError(f"not a file of arrays (.npz): {error}") from error
    raise ValueError("not a file of arrays (.npz)")
