"""What brought a person to the police: an arrest or another occasion, its FIR, its sections and its legal basis."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final, Protocol

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.recognition.capture import Position
from biometrics.kernel.technique.entry import Entered, patched
from biometrics.kernel.technique.text import CODE_LENGTH, FIR_LENGTH, assign, clean_state_code, clean_text, folded

# Lengths in code points; the columns of biometrics/storage/tables/people.py have the same.
ACT_LENGTH = 100
SECTION_LENGTH = 40
OFFICER_LENGTH = 200
PLACE_LENGTH = 200
DEVICE_LENGTH = 100

MAX_SECTIONS = 50

NO_FIR: Final = "Not stated"  # of what another system sends without one
FIRST_ENCOUNTER_DATE = dt.date(1890, 1, 1)  # before the first fingerprint bureau (Calcutta, 1897)

_PREFIX_OF_FIR = re.compile(
    r"^(?:f\.?\s*i\.?\s*r\.?|(?:crime|cr|case)\b\.?)?\s*(?:numbers?\b|nos?\b\.?)?[\s.:#/-]*(?=[0-9])"
)
_PREFIXES_OF_FIR = ("", "FIR ", "FIR No ", "FIR No. ", "Crime No. ", "Cr. No. ")
_SEPARATORS_OF_FIR = re.compile(r"\s*(?:/|-|\bof\b)\s*")
_YEAR_OF_FIR = re.compile(r"[0-9]+\s*(?:/|-| of )\s*((?:18|19|20)[0-9]{2})")


class EncounterKind(StrEnum):
    """Why a person's biometrics were taken."""

    ARREST = "arrest"
    COURT_SURRENDER = "court_surrender"
    CONVICTION = "conviction"
    MISSING = "missing"
    UNIDENTIFIED_BODY = "unidentified_body"
    WANTED = "wanted"


class LegalBasis(StrEnum):
    """The law under which biometrics were taken."""

    IDENTIFICATION_ACT_CONVICTED = "cpi_2022_3_a"  # Criminal Procedure (Identification) Act 2022, section 3(a)
    IDENTIFICATION_ACT_SECURITY = "cpi_2022_3_b"  # ordered to give security for good behaviour or keeping the peace
    IDENTIFICATION_ACT_ARRESTED = "cpi_2022_3_c"  # arrested, or held under a law of preventive detention
    IDENTIFICATION_ACT_MAGISTRATE = "cpi_2022_5"  # by a magistrate's order
    PRISONERS_ACT = "prisoners_1920"  # Identification of Prisoners Act 1920, in force until August 2022
    CRPC_INQUEST = "crpc_174"  # a body, before July 2024
    BNSS_INQUEST = "bnss_194"  # a body
    CRPC_MAGISTRATE = "crpc_311a"
    BNSS_MAGISTRATE = "bnss_349"
    CONSENT = "consent"  # such as of a missing person's family
    UNSTATED = "unstated"  # such as of a record brought from another system


# The events that a basis can be of; one that is not named can be that of any.
_EVENTS_OF: Final = {
    LegalBasis.IDENTIFICATION_ACT_CONVICTED: {EncounterKind.CONVICTION, EncounterKind.COURT_SURRENDER},
    LegalBasis.CRPC_INQUEST: {EncounterKind.UNIDENTIFIED_BODY},
    LegalBasis.BNSS_INQUEST: {EncounterKind.UNIDENTIFIED_BODY},
}


@dataclass(frozen=True)
class Section(Entered):
    """A section of an act."""

    act: str
    section: str

    def _clean(self) -> None:
        assign(self, "act", clean_text("act", self.act, ACT_LENGTH))
        assign(self, "section", clean_text("section", self.section, SECTION_LENGTH))


class MissingReason(StrEnum):
    """Why a finger or an eye could not be taken, or not as a whole (OSIA's presence; ANSI/NIST-ITL, 14.018, 17.028)."""

    AMPUTATED = "amputated"  # of an eye: missing or artificial
    BANDAGED = "bandaged"
    DAMAGED = "damaged"  # there may be a sample all the same
    UNABLE = "unable"  # could not be taken for another reason


_WITHOUT_SAMPLE: Final = frozenset({MissingReason.AMPUTATED, MissingReason.BANDAGED})


@dataclass(frozen=True)
class MissingFinger(Entered):
    """A finger or an eye that could not be taken, and why."""

    position: Position = field(
        metadata={"description": "ANSI/NIST finger position code, 1 to 10; 101 right eye, 102 left eye"}
    )
    reason: MissingReason = field(
        metadata={
            "description": "`amputated` (of an eye: missing or artificial) or `bandaged`: no sample is possible. "
            "`damaged`: one is possible. `unable`: any other reason"
        }
    )

    def _clean(self) -> None:
        if not self.position.is_known:
            raise InvalidField("A missing finger or eye is not named; give its position, 1 to 10, 101 or 102.")


@dataclass(frozen=True)
class Encounter(Entered):
    """An arrest or another event."""

    fir_number: str
    station_code: str
    district_code: str
    state_code: str
    date: dt.date
    officer: str
    sections: tuple[Section, ...] = ()
    kind: EncounterKind = EncounterKind.ARREST
    fir_year: int | None = field(
        default=None, metadata={"description": "Needed if the FIR number does not end in the year"}
    )
    time: dt.time | None = field(default=None, metadata={"description": "Local time of day"})
    place: str = ""
    device: str = field(default="", metadata={"description": "Capture device of the prints and photos"})
    legal_basis: LegalBasis = LegalBasis.UNSTATED
    missing_fingers: tuple[MissingFinger, ...] = field(
        default=(),
        metadata={
            "description": "Fingers and eyes that could not be taken, each once; returned in the order of positions"
        },
    )

    def _clean(self) -> None:
        assign(self, "fir_number", _clean_fir(self.fir_number))
        assign(self, "station_code", clean_text("police station code", self.station_code, CODE_LENGTH))
        assign(self, "district_code", clean_text("district code", self.district_code, CODE_LENGTH))
        assign(self, "state_code", clean_state_code(self.state_code))
        assign(self, "officer", clean_text("officer", self.officer, OFFICER_LENGTH))
        assign(self, "place", clean_text("place", self.place, PLACE_LENGTH, required=False))
        assign(self, "device", clean_text("capture device", self.device, DEVICE_LENGTH, required=False))
        if self.time is not None:
            assign(self, "time", self.time.replace(second=0, microsecond=0, tzinfo=None))
        assign(self, "fir_year", _fir_year(self.fir_number, self.fir_year))
        if self.kind not in _EVENTS_OF.get(self.legal_basis, {self.kind}):
            raise InvalidField(
                f"The legal basis {self.legal_basis} is not that of the event {self.kind}: a conviction and an inquest "
                "are events of their own. Correct the legal basis or the kind of event."
            )
        if len(self.sections) > MAX_SECTIONS:
            raise InvalidField(f"An encounter can have {MAX_SECTIONS} sections; {len(self.sections)} were given.")
        assign(self, "missing_fingers", _each_once(self.missing_fingers))

    def _check_days(self, latest: dt.date) -> None:
        if not FIRST_ENCOUNTER_DATE <= self.date <= latest:
            raise InvalidField(
                f"The date is {self.date}; give the day of the encounter, "
                f"from {FIRST_ENCOUNTER_DATE} on and not in the future."
            )
        if self.fir_year is not None and not FIRST_ENCOUNTER_DATE.year <= self.fir_year <= latest.year:
            raise InvalidField(
                f"The FIR {self.fir_number} is of the year {self.fir_year}; "
                f"give one from {FIRST_ENCOUNTER_DATE.year} to {latest.year}."
            )

    def corrected(self, patch: Mapping[str, Any]) -> Encounter:
        """Return the encounter with a merge patch; the year of another FIR number is read from it.

        Raises:
            InvalidField: a value breaks its rule.
        """
        return patched(self, {"fir_year": None, **patch} if "fir_number" in patch else patch)

    def refuse_prints_of_missing(self, samples: Iterable[_OfAFinger]) -> None:
        """Check that no sample is of a finger or an eye that is not there to be taken.

        Raises:
            InvalidField: one is of a finger that this encounter says is amputated or bandaged.
        """
        without: dict[Position, MissingReason] = {
            missing.position: missing.reason for missing in self.missing_fingers if missing.reason in _WITHOUT_SAMPLE
        }
        for sample in samples:
            if sample.position is not None and sample.position in without:
                raise InvalidField(
                    f"The {sample.position.label} is {without[sample.position]}, and there is a sample of it; "
                    "correct one of them."
                )


class _OfAFinger(Protocol):
    """A sample, arriving or stored."""

    @property
    def position(self) -> Position | None: ...


def compared_fir(number: str) -> str:
    """Return the form in which FIR numbers are compared: of "FIR No. 0888 of 2026" and "888/2026" it is the latter."""
    bare = _PREFIX_OF_FIR.sub("", folded(number), count=1)
    parts = _SEPARATORS_OF_FIR.split(bare)
    return "/".join(part.lstrip("0") or "0" if part.isdecimal() else part for part in parts)


def fir_spellings(number: str) -> list[str]:
    """Return common spellings that are the same by `compared_fir`, and the given one: conditions that an index answers.

    They differ in leading zeros and in the words before the number.
    """
    serial, *rest = compared_fir(number).split("/")
    numbers = ["/".join((serial.zfill(width), *rest)) for width in range(1, 6)] if serial.isdecimal() else []
    return sorted({number.strip(), *(prefix + spelling for prefix in _PREFIXES_OF_FIR for spelling in numbers)})


def _each_once(missing: Sequence[MissingFinger]) -> tuple[MissingFinger, ...]:
    """Return missing fingers and eyes in the order of their positions."""
    ordered = tuple(sorted(missing, key=lambda finger: finger.position))
    for finger, other in pairwise(ordered):
        if finger.position == other.position:
            raise InvalidField(
                f"The {finger.position.label} is named twice among those that are missing; name it once."
            )
    return ordered


def _clean_fir(number: str) -> str:
    """Return a FIR number as it is stored.

    Raises:
        InvalidField: it is empty or too long, or has no digit.
    """
    cleaned = clean_text("FIR number", number, FIR_LENGTH)
    if cleaned != NO_FIR and not any(character.isdecimal() for character in cleaned):
        raise InvalidField(f"{cleaned!r} is no FIR number; give its number and year, such as 0123/2026.")
    return cleaned


def _fir_year(number: str, year: int | None) -> int | None:
    """Return the year of a FIR: the given one, or else the one in its number.

    Raises:
        InvalidField: the two differ.
    """
    match = _YEAR_OF_FIR.fullmatch(number)
    in_number = int(match[1]) if match else None
    if year is not None and in_number is not None and year != in_number:
        raise InvalidField(f"The FIR {number} is of {in_number}, but the year {year} was given; correct one of them.")
    return in_number if year is None else year
