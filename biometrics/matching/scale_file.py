"""Reading a scale of scores from its JSON file: a calibration, or a scale of likelihood ratios."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from biometrics.kernel.errors import CalibrationUnusable

Scale = TypeVar("Scale")


def load_scale(path: Path, parse: Callable[[dict[str, Any], str], Scale], problem: str) -> Scale:
    """Return what `parse` makes of the file's content and its SHA-256 (hex).

    Raises:
        CalibrationUnusable: the file is absent, or `parse` refuses it; the message says `problem` of its name.
    """
    try:
        data = path.read_bytes()
        return parse(json.loads(data), sha256(data).hexdigest())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CalibrationUnusable(f"{path.name} {problem}: {error}") from error
