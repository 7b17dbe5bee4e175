"""What a record of ours needs and a client does not say."""

from __future__ import annotations

from typing import Final

UNNAMED: Final = "Name not given"
NO_FIR: Final = "Not stated"
NOWHERE: Final = "000"  # a code; its first two digits of a state
