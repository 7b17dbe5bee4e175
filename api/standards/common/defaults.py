"""Defaults for fields that a record needs and a client does not send."""

from __future__ import annotations

from typing import Final

UNNAMED: Final = "Name not given"
NOWHERE: Final = "000"  # a code; its first two digits of a state
