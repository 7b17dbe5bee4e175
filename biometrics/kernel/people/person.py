"""The person of a record, validated. Further particulars of the arrest form are in `particulars.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.particulars import Particulars
from biometrics.kernel.technique.entry import Entered, patched
from biometrics.kernel.technique.text import NAME_LENGTH, assign, clean_text

MAX_ALIASES = 50
FIRST_BIRTH_YEAR = 1850  # old files may be entered late, but fingerprinting began with people born after this


class Sex(StrEnum):
    """Sex as an Indian arrest form (IIF-III) records it."""

    MALE = "male"
    FEMALE = "female"
    TRANSGENDER = "transgender"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Person(Entered):
    """A person to create a record of."""

    name: str
    sex: Sex = Sex.UNKNOWN
    birth_year: int | None = None
    aliases: tuple[str, ...] = ()
    national_number: str | None = field(
        default=None, metadata={"description": "Ten digits; assigned by the service if left out"}
    )
    particulars: Particulars = field(default=Particulars())

    def _clean(self) -> None:
        """Trim and check; an alias given twice is kept once."""
        assign(self, "name", clean_text("name", self.name, NAME_LENGTH))
        if len(self.aliases) > MAX_ALIASES:
            raise InvalidField(f"A person can have {MAX_ALIASES} aliases; {len(self.aliases)} were given.")
        aliases = dict.fromkeys(clean_text("alias", alias, NAME_LENGTH) for alias in self.aliases)
        assign(self, "aliases", tuple(aliases))
        self._check_birth()
        if self.national_number is not None:
            assign(self, "national_number", self.national_number.strip())
            if not is_national_number(self.national_number):
                raise InvalidField(
                    "The national number must be ten digits, the first two of them the state's code; "
                    "leave it out to have one allotted."
                )

    def _check_birth(self) -> None:
        born = self.particulars.birth_date
        if born is not None and self.birth_year is None:
            assign(self, "birth_year", born.year)
        if born is not None and born.year != self.birth_year:
            raise InvalidField(f"The date of birth is {born}, but the birth year {self.birth_year}; correct one.")

    def corrected(self, patch: Mapping[str, Any]) -> Person:
        """Return the person with a merge patch; another day of birth brings its year, unless the patch has one.

        Raises:
            InvalidField: a value breaks its rule.
        """
        born = (patch.get("particulars") or {}).get("birth_date")
        return patched(self, {"birth_year": born.year, **patch} if born else patch)

    def _check_days(self, latest: date) -> None:
        if self.birth_year is not None and not FIRST_BIRTH_YEAR <= self.birth_year <= latest.year:
            raise InvalidField(
                f"The birth year is {self.birth_year}; give one from {FIRST_BIRTH_YEAR} to {latest.year}."
            )


def is_national_number(text: str) -> bool:
    """Say whether `text` is ten ASCII digits."""
    return re.fullmatch("[0-9]{10}", text) is not None
