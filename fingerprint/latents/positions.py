"""Which skin a latent is of: a finger, a palm, or one of the two."""

from __future__ import annotations

from collections.abc import Collection

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.recognition.capture import FingerPosition, PalmPosition

RidgePosition = FingerPosition | PalmPosition
UNKNOWN_RIDGES = 18  # friction ridges of unknown kind (ANSI/NIST-ITL 1-2011, table 8)
CODES = (*FingerPosition, UNKNOWN_RIDGES, *PalmPosition)


def position_of_codes(codes: Collection[int]) -> RidgePosition | None:
    """Return the position that some codes of ANSI/NIST-ITL leave; None where it may be a finger or a palm.

    Several codes are alternatives. What is neither, such as a finger's tip, is an unknown finger.
    """
    palms = [code in set(PalmPosition) for code in codes]
    if UNKNOWN_RIDGES in codes or any(palms) != all(palms) or not codes:
        return None
    kind: type[RidgePosition] = PalmPosition if all(palms) else FingerPosition
    [first, *further] = codes
    return kind(first) if first in set(kind) and not further else kind["UNKNOWN"]


def position_of_code(code: float) -> RidgePosition | None:
    """Return the position of one code; None of `UNKNOWN_RIDGES`.

    Raises:
        InvalidField: it is no finger's and no palm's.
    """
    if code not in CODES:
        raise InvalidField(
            f"position is {code!s:.20}; give 0 to 10 for a finger, 20 to 38 for a palm, or 18 where it may be either."
        )
    return position_of_codes([int(code)])


def code_of(position: RidgePosition | None) -> int:
    """Return the code of a position."""
    return UNKNOWN_RIDGES if position is None else int(position)
