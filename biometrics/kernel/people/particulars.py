"""Further particulars of a person on the arrest form (IIF-III of CCTNS): family, address, documents, appearance.

Only what identifies a person is stored. The form's caste, religion, education and income are left out on purpose, and
so is all but the end of a document's number (`IdDocument`).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.recognition.body_marks import BodyMark, require_at_most
from biometrics.kernel.technique.entry import Entered
from biometrics.kernel.technique.text import assign, clean_state_code, clean_text

NAME_LENGTH = 200
ADDRESS_LENGTH = 300
DISTRICT_LENGTH = 100
LANGUAGE_LENGTH = 40
PEOPLE_MAX = 20  # relatives
DOCUMENTS_MAX = 10
MARKS_MAX = 50
LANGUAGES_MAX = 20
HEIGHTS = range(30, 273)  # cm: from a newborn, who may be missing, to the tallest person known


class Relation(StrEnum):
    """What a relative is to the person."""

    FATHER = "father"
    MOTHER = "mother"
    HUSBAND = "husband"
    WIFE = "wife"
    GUARDIAN = "guardian"
    OTHER = "other"


class DocumentKind(StrEnum):
    """An identity document."""

    AADHAAR = "aadhaar"
    PASSPORT = "passport"
    VOTER_CARD = "voter_card"
    DRIVING_LICENCE = "driving_licence"
    PAN = "pan"
    RATION_CARD = "ration_card"
    ARMS_LICENCE = "arms_licence"
    OTHER = "other"


class Build(StrEnum):
    """How a body is built."""

    THIN = "thin"
    MEDIUM = "medium"
    STRONG = "strong"
    HEAVY = "heavy"


class Complexion(StrEnum):
    """The form's words for the skin."""

    FAIR = "fair"
    WHEATISH = "wheatish"
    DUSKY = "dusky"
    DARK = "dark"


class Hair(StrEnum):
    """Hair colour, or baldness."""

    BLACK = "black"
    BROWN = "brown"
    RED = "red"
    BLOND = "blond"
    GREY = "grey"
    WHITE = "white"
    DYED = "dyed"
    BALD = "bald"


class FacialHair(StrEnum):
    """Beard or moustache."""

    CLEAN_SHAVEN = "clean_shaven"
    MOUSTACHE = "moustache"
    BEARD = "beard"


class Glasses(StrEnum):
    """Whether a person wears glasses."""

    WORN = "worn"
    NOT_WORN = "not_worn"


class Headgear(StrEnum):
    """What a person wears on the head."""

    TURBAN = "turban"
    OTHER = "other"
    NONE = "none"


class Eyes(StrEnum):
    """The eyes' colour."""

    BLACK = "black"
    BROWN = "brown"
    BLUE = "blue"
    GREEN = "green"
    GREY = "grey"
    TWO_COLOURS = "two_colours"


@dataclass(frozen=True)
class Relative(Entered):
    """A relative, to distinguish people of the same name."""

    relation: Relation
    name: str

    def _clean(self) -> None:
        assign(self, "name", clean_text("relative's name", self.name, NAME_LENGTH))


@dataclass(frozen=True)
class Address(Entered):
    """Where a person lives."""

    text: str = field(default="", metadata={"description": "House, street, village or town"})
    district: str = ""
    state_code: str = ""
    pin_code: str = ""

    def _clean(self) -> None:
        assign(self, "text", clean_text("address", self.text, ADDRESS_LENGTH, required=False))
        assign(self, "district", clean_text("district of the address", self.district, DISTRICT_LENGTH, required=False))
        if self.state_code:
            assign(self, "state_code", clean_state_code(self.state_code))
        assign(self, "pin_code", self.pin_code.replace(" ", ""))
        if self.pin_code and not re.fullmatch("[1-9][0-9]{5}", self.pin_code):
            raise InvalidField("The PIN code must be six digits and not begin with 0; leave it out where unknown.")


@dataclass(frozen=True)
class IdDocument(Entered):
    """A paper that was shown."""

    # The whole number would make the store a register of passports and Aadhaar numbers, which the Aadhaar Act forbids
    # to keep without its own purpose.
    kind: DocumentKind
    last_four: str = field(metadata={"description": "The last four characters of its number; the whole is refused"})

    def _clean(self) -> None:
        assign(self, "last_four", self.last_four.strip().upper())
        if not re.fullmatch("[0-9A-Z]{4}", self.last_four):
            raise InvalidField(
                f"Of a {self.kind.replace('_', ' ')} give the last four characters of the number and no more."
            )


@dataclass(frozen=True)
class Appearance(Entered):
    """What a person looks and sounds like."""

    height_cm: int | None = None
    build: Build | None = None
    complexion: Complexion | None = None
    hair: Hair | None = None
    eyes: Eyes | None = None
    marks: tuple[BodyMark, ...] = ()
    languages: tuple[str, ...] = ()
    facial_hair: FacialHair | None = None
    glasses: Glasses | None = None
    headgear: Headgear | None = None

    def _clean(self) -> None:
        if self.height_cm is not None and self.height_cm not in HEIGHTS:
            raise InvalidField(
                f"The height is {self.height_cm} cm; give one from {HEIGHTS.start} to {HEIGHTS.stop - 1}."
            )
        spoken = dict.fromkeys(clean_text("language", language, LANGUAGE_LENGTH) for language in self.languages)
        assign(self, "languages", tuple(spoken))
        require_at_most("marks", self.marks, MARKS_MAX)
        require_at_most("languages", self.languages, LANGUAGES_MAX)


# What a witness may describe, and what may make one of several people stand out.
TRAITS: Final = ("build", "complexion", "hair", "eyes", "facial_hair", "glasses", "headgear")


@dataclass(frozen=True)
class Particulars(Entered):
    """Further data of the arrest form (IIF-III) about a person."""

    birth_date: dt.date | None = None
    relatives: tuple[Relative, ...] = ()
    address: Address = Address()
    nationality: str = field(default="", metadata={"description": "Three letters, ISO 3166-1, such as IND"})
    documents: tuple[IdDocument, ...] = ()
    appearance: Appearance = Appearance()

    def _clean(self) -> None:
        assign(self, "nationality", self.nationality.strip().upper())
        if self.nationality and not re.fullmatch("[A-Z]{3}", self.nationality):
            raise InvalidField(
                "The nationality must be three letters (ISO 3166-1), such as IND; leave it out if unknown."
            )
        require_at_most("relatives", self.relatives, PEOPLE_MAX)
        require_at_most("documents", self.documents, DOCUMENTS_MAX)

    def _check_days(self, latest: dt.date) -> None:
        if self.birth_date is not None and self.birth_date > latest:
            raise InvalidField(f"The date of birth is {self.birth_date}, which is in the future; correct it.")
