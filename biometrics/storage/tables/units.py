"""The table of the units of the police."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, String, Table

from biometrics.kernel.access import UNIT_LENGTH
from biometrics.kernel.technique.text import NAME_LENGTH
from biometrics.storage.tables.base import WORD_LENGTH, metadata

TELEPHONE_LENGTH = 40

units: Final = Table(
    "units",
    metadata,
    Column("path", String(UNIT_LENGTH), primary_key=True),  # `Unit.path`; its parent is the path without its last code
    Column("name", String(NAME_LENGTH), nullable=False),
    Column("level", String(WORD_LENGTH), nullable=False),
    Column("telephone", String(TELEPHONE_LENGTH), nullable=False),
)
