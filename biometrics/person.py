"""Who a record is about, and what brought the person to the police: the words of the records store, validated."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

from biometrics.errors import InvalidField

# Lengths in code points; the columns of biometrics/records/tables.py have the same.
NAME_LENGTH = 200
CODE_LENGTH = 20  # a police station or district
FIR_LENGTH = 40
ACT_LENGTH = 100
SECTION_LENGTH = 40

MAX_ALIASES = 50
MAX_SECTIONS = 50

FIRST_BIRTH_YEAR = 1850  # an old file may be entered late, but nobody fingerprinted was born before
FIRST_ENCOUNTER_DATE = date(1890, 1, 1)  # before the first fingerprint bureau (Calcutta, 1897)

# Zero-width non-joiner and joiner: format characters, but part of how Devanagari and Persian are spelled.
_JOINERS = "\u200c\u200d"
_EARLIEST_MIDNIGHT = timezone(timedelta(hours=14))


class Sex(StrEnum):
    """Sex as an Indian arrest form (IIF-III) records it."""

    MALE = "male"
    FEMALE = "female"
    TRANSGENDER = "transgender"
    UNKNOWN = "unknown"


class EncounterKind(StrEnum):
    """Why a person's biometrics were taken."""

    ARREST = "arrest"
    COURT_SURRENDER = "court_surrender"
    CONVICTION = "conviction"
    MISSING = "missing"
    UNIDENTIFIED_BODY = "unidentified_body"
    WANTED = "wanted"


@dataclass(frozen=True)
class Section:
    """One section of an act, such as section 303(2) of the Bharatiya Nyaya Sanhita.

    Raises:
        InvalidField: a part is empty, too long or holds control characters.
    """

    act: str
    section: str

    def __post_init__(self) -> None:
        """Trim and check."""
        _set(self, "act", clean_text("act", self.act, ACT_LENGTH))
        _set(self, "section", clean_text("section", self.section, SECTION_LENGTH))


@dataclass(frozen=True)
class Person:
    """Who a record is about. `national_number` is None until one is allotted.

    Raises:
        InvalidField: a value breaks its rule.
    """

    name: str
    sex: Sex = Sex.UNKNOWN
    birth_year: int | None = None
    aliases: tuple[str, ...] = ()
    national_number: str | None = None

    def __post_init__(self) -> None:
        """Trim and check; an alias given twice is kept once."""
        _set(self, "name", clean_text("name", self.name, NAME_LENGTH))
        if len(self.aliases) > MAX_ALIASES:
            raise InvalidField(f"A person can have {MAX_ALIASES} aliases; {len(self.aliases)} were given.")
        aliases = dict.fromkeys(clean_text("alias", alias, NAME_LENGTH) for alias in self.aliases)
        _set(self, "aliases", tuple(aliases))
        this_year = _today().year
        if self.birth_year is not None and not FIRST_BIRTH_YEAR <= self.birth_year <= this_year:
            raise InvalidField(f"The birth year is {self.birth_year}; give one from {FIRST_BIRTH_YEAR} to {this_year}.")
        if self.national_number is not None:
            _set(self, "national_number", self.national_number.strip())
            if not is_national_number(self.national_number):
                raise InvalidField(
                    "The national number must be ten digits, the first two of them the state's code; "
                    "leave it out to have one allotted."
                )


@dataclass(frozen=True)
class Encounter:
    """One arrest or other occasion on which a person's biometrics were taken.

    Raises:
        InvalidField: a value breaks its rule.
    """

    fir_number: str
    station_code: str
    district_code: str
    state_code: str
    date: date
    sections: tuple[Section, ...]
    officer: str
    kind: EncounterKind = EncounterKind.ARREST

    def __post_init__(self) -> None:
        """Trim and check."""
        _set(self, "fir_number", clean_text("FIR number", self.fir_number, FIR_LENGTH))
        _set(self, "station_code", clean_text("police station code", self.station_code, CODE_LENGTH))
        _set(self, "district_code", clean_text("district code", self.district_code, CODE_LENGTH))
        _set(self, "state_code", clean_state_code(self.state_code))
        _set(self, "officer", clean_text("officer", self.officer, NAME_LENGTH))
        if not FIRST_ENCOUNTER_DATE <= self.date <= _today():
            raise InvalidField(
                f"The date is {self.date}; give the day of the encounter, "
                f"from {FIRST_ENCOUNTER_DATE} on and not in the future."
            )
        if len(self.sections) > MAX_SECTIONS:
            raise InvalidField(f"An encounter can have {MAX_SECTIONS} sections; {len(self.sections)} were given.")


def is_national_number(text: str) -> bool:
    """Say whether `text` is ten ASCII digits."""
    return re.fullmatch("[0-9]{10}", text) is not None


def clean_state_code(text: str) -> str:
    """Return a state's code trimmed.

    Raises:
        InvalidField: it is not two ASCII digits.
    """
    if not re.fullmatch("[0-9]{2}", text.strip()):
        raise InvalidField("The state code must be two digits, such as 27 for Maharashtra.")
    return text.strip()


def clean_text(field: str, text: str, length: int, *, required: bool = True) -> str:
    """Return `text` trimmed and in Unicode's composed form (NFC); `field` is what an error calls it.

    Raises:
        InvalidField: more than `length` code points, invisible control characters, or nothing where `required`.
    """
    clean = unicodedata.normalize("NFC", text.strip())
    if len(clean) > length:
        raise InvalidField(f"The {field} has {len(clean):,} characters; give at most {length}.")
    if any(_is_control(character) for character in clean):
        raise InvalidField(f"The {field} holds line breaks or other control characters; type it again without them.")
    if required and not folded(clean):
        raise InvalidField(f"The {field} is empty; give one of at most {length} characters.")
    return clean


def folded(text: str) -> str:
    """Return the form in which texts are compared in a search: without case, width, joiners or repeated spaces.

    Source: Unicode 15 section 3.13, compatibility caseless matching (NFKC, case folding, NFKC).
    """
    caseless = unicodedata.normalize("NFKC", text).casefold()
    visible = "".join(character for character in caseless if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", visible).split())


def _is_control(character: str) -> bool:
    """Control, surrogate, line-separating and format characters; the last can turn or hide what is displayed."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in _JOINERS


def _today() -> date:
    """Return the date where the day begins first: a server on UTC must not refuse an Indian morning's arrest."""
    return datetime.now(UTC).astimezone(_EARLIEST_MIDNIGHT).date()


def _set(instance: object, field: str, value: object) -> None:
    object.__setattr__(instance, field, value)
