"""Further particulars of a person on the arrest form (IIF-III of CCTNS): family, address, documents, appearance.

Only what identifies a person is stored. The form's caste, religion, education and income are left out on purpose, and
so is all but the end of a document's number (`IdDocument`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from biometrics.kernel.entry import Entered
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.text import assign, clean_state_code, clean_text

NAME_LENGTH = 200
ADDRESS_LENGTH = 300
DISTRICT_LENGTH = 100
MARK_LENGTH = 200
MARK_TEXT_LENGTH = 2500  # of the mark that a photo shows: all nine texts of a Type-10 record, of 256 characters each
CODE_LENGTH = 11  # of the NCIC's codes; 10 in a Type-10 record
SIZES = range(1, 200)  # cm, of a mark
LANGUAGE_LENGTH = 40
PEOPLE_MAX = 20  # relatives
DOCUMENTS_MAX = 10
MARKS_MAX = 50
DESIGNS_MAX = 9  # of a Type-10 record
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


class Eyes(StrEnum):
    """The eyes' colour."""

    BLACK = "black"
    BROWN = "brown"
    BLUE = "blue"
    GREEN = "green"
    GREY = "grey"
    TWO_COLOURS = "two_colours"


class BodyMarkKind(StrEnum):
    """What a mark on the body is."""

    SCAR = "scar"
    TATTOO = "tattoo"
    MOLE = "mole"
    BIRTHMARK = "birthmark"
    BURN = "burn"
    AMPUTATION = "amputation"
    DEFORMITY = "deformity"
    OTHER = "other"


class BodyPart(StrEnum):
    """Where a mark is."""

    HEAD = "head"
    FACE = "face"
    FOREHEAD = "forehead"
    EYE = "eye"
    EAR = "ear"
    NOSE = "nose"
    CHEEK = "cheek"
    MOUTH = "mouth"
    CHIN = "chin"
    NECK = "neck"
    SHOULDER = "shoulder"
    CHEST = "chest"
    BREAST = "breast"
    BACK = "back"
    ABDOMEN = "abdomen"
    ARM = "arm"
    ELBOW = "elbow"
    FOREARM = "forearm"
    WRIST = "wrist"
    HAND = "hand"
    FINGER = "finger"
    HIP = "hip"
    BUTTOCK = "buttock"
    GROIN = "groin"
    GENITALS = "genitals"
    THIGH = "thigh"
    LEG = "leg"
    KNEE = "knee"
    CALF = "calf"
    ANKLE = "ankle"
    FOOT = "foot"
    TOE = "toe"
    OTHER = "other"


# The part that each part is in; the others are in none.
_WITHIN = {
    BodyPart.FACE: BodyPart.HEAD,
    BodyPart.EAR: BodyPart.HEAD,
    **dict.fromkeys(
        (BodyPart.FOREHEAD, BodyPart.EYE, BodyPart.NOSE, BodyPart.CHEEK, BodyPart.MOUTH, BodyPart.CHIN), BodyPart.FACE
    ),
    BodyPart.BREAST: BodyPart.CHEST,
    **dict.fromkeys((BodyPart.ELBOW, BodyPart.FOREARM, BodyPart.WRIST), BodyPart.ARM),
    BodyPart.FINGER: BodyPart.HAND,
    BodyPart.BUTTOCK: BodyPart.HIP,
    **dict.fromkeys((BodyPart.THIGH, BodyPart.KNEE, BodyPart.CALF, BodyPart.ANKLE), BodyPart.LEG),
    BodyPart.TOE: BodyPart.FOOT,
}


def _around(part: BodyPart) -> Iterator[BodyPart]:
    while part in _WITHIN:
        part = _WITHIN[part]
        yield part


def overlapping(parts: Collection[BodyPart]) -> frozenset[BodyPart]:
    """Return the parts under which a mark on one of some parts may be stored.

    These are the parts themselves, those in them, and those that they are in: a mark on a forearm may be stored as one
    of the arm.
    """
    parts_around = {body_part for part in parts for body_part in (part, *_around(part))}
    return frozenset(
        parts_around | {body_part for body_part in BodyPart if any(part in parts for part in _around(body_part))}
    )


class MarkColour(StrEnum):
    """A colour of a tattoo (ANSI/NIST-ITL 1-2011, field 10.043)."""

    BLACK = "black"
    BROWN = "brown"
    GREY = "grey"
    BLUE = "blue"
    GREEN = "green"
    ORANGE = "orange"
    PURPLE = "purple"
    RED = "red"
    YELLOW = "yellow"
    WHITE = "white"
    SEVERAL = "several"
    OUTLINE = "outline"


class TattooClass(StrEnum):
    """What a tattoo shows (ANSI/NIST-ITL 1-2011, field 10.042)."""

    HUMAN = "human"
    ANIMAL = "animal"
    PLANT = "plant"
    FLAG = "flag"
    OBJECT = "object"
    ABSTRACT = "abstract"
    SYMBOL = "symbol"
    OTHER = "other"


class BodySide(StrEnum):
    """The side of a paired body part, as the person sees it."""

    LEFT = "left"
    RIGHT = "right"
    NONE = "none"


@dataclass(frozen=True)
class Relative(Entered):
    """A relative, who distinguishes people of one name.

    Raises:
        InvalidField: the name breaks its rule.
    """

    relation: Relation
    name: str

    def _clean(self) -> None:
        assign(self, "name", clean_text("relative's name", self.name, NAME_LENGTH))


@dataclass(frozen=True)
class Address(Entered):
    """Where a person lives: house, street and place in one text, the district by name, the state by code.

    Raises:
        InvalidField: a part breaks its rule.
    """

    text: str = ""
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
    """An identity document, and the last four characters of its number.

    The whole number is not needed: it would make the store a register of passports and Aadhaar numbers, which
    the Aadhaar Act forbids to keep without its own purpose.

    Raises:
        InvalidField: not four letters or digits.
    """

    kind: DocumentKind
    last_four: str

    def _clean(self) -> None:
        assign(self, "last_four", self.last_four.strip().upper())
        if not re.fullmatch("[0-9A-Z]{4}", self.last_four):
            raise InvalidField(
                f"Of a {self.kind.replace('_', ' ')} give the last four characters of the number and no more."
            )


@dataclass(frozen=True)
class BodyMark(Entered):
    """A scar, tattoo or other mark with its place on the body.

    Raises:
        InvalidField: the description breaks its rule.
    """

    kind: BodyMarkKind
    part: BodyPart
    side: BodySide = BodySide.NONE
    description: str = ""

    def _clean(self) -> None:
        assign(self, "description", clean_text("mark", self.description, MARK_LENGTH, required=False))


@dataclass(frozen=True)
class PhotographedMark(BodyMark):
    """The mark that a photo shows: a mark with its NCIC code, colours and size, empty or None where not stated.

    `designs` are what a tattoo shows: a class, or class/subclass, as in `animal/snake`.

    Raises:
        InvalidField: a text breaks its rule, a code is not of letters, digits and spaces, or a size is impossible.
    """

    code: str = ""
    colours: tuple[MarkColour, ...] = ()
    height_cm: int | None = None
    width_cm: int | None = None
    designs: tuple[str, ...] = ()

    def _clean(self) -> None:
        assign(self, "description", clean_text("mark", self.description, MARK_TEXT_LENGTH, required=False))
        assign(self, "code", " ".join(self.code.upper().split()))
        if self.code and not re.fullmatch(f"[A-Z0-9 ]{{2,{CODE_LENGTH}}}", self.code):
            raise InvalidField(
                f"The NCIC code of a mark must have 2 to {CODE_LENGTH} letters and digits, such as TAT L ARM."
            )
        assign(self, "colours", tuple(dict.fromkeys(self.colours)))
        assign(self, "designs", tuple(dict.fromkeys(design.strip().lower() for design in self.designs)))
        _at_most("designs of a mark", self.designs, DESIGNS_MAX)
        for design in self.designs:
            kind, slash, subclass = design.partition("/")
            if kind not in set(TattooClass) or (slash and not re.fullmatch("[a-z]{3,9}", subclass)):
                raise InvalidField(
                    f"{design!r} is not what a tattoo shows; give one of {', '.join(TattooClass)}, or with a "
                    "subclass of 3 to 9 letters, as in animal/snake."
                )
        for size in (self.height_cm, self.width_cm):
            if size is not None and size not in SIZES:
                raise InvalidField(f"A mark is {size} cm long; give {SIZES.start} to {SIZES.stop - 1} cm.")


@dataclass(frozen=True)
class Appearance(Entered):
    """A person's appearance and speech. None or empty means unknown.

    Raises:
        InvalidField: an impossible height, too many marks or languages, or a language that is not text.
    """

    height_cm: int | None = None
    build: Build | None = None
    complexion: Complexion | None = None
    hair: Hair | None = None
    eyes: Eyes | None = None
    marks: tuple[BodyMark, ...] = ()
    languages: tuple[str, ...] = ()

    def _clean(self) -> None:
        if self.height_cm is not None and self.height_cm not in HEIGHTS:
            raise InvalidField(
                f"The height is {self.height_cm} cm; give one from {HEIGHTS.start} to {HEIGHTS.stop - 1}."
            )
        spoken = dict.fromkeys(clean_text("language", language, LANGUAGE_LENGTH) for language in self.languages)
        assign(self, "languages", tuple(spoken))
        _at_most("marks", self.marks, MARKS_MAX)
        _at_most("languages", self.languages, LANGUAGES_MAX)


@dataclass(frozen=True)
class Particulars(Entered):
    """Further particulars of a person. `nationality` has three letters (ISO 3166-1), as in IND.

    Raises:
        InvalidField: a value breaks its rule.
    """

    birth_date: dt.date | None = None
    relatives: tuple[Relative, ...] = ()
    address: Address = field(default_factory=Address)
    nationality: str = ""
    documents: tuple[IdDocument, ...] = ()
    appearance: Appearance = field(default_factory=Appearance)

    def _clean(self) -> None:
        assign(self, "nationality", self.nationality.strip().upper())
        if self.nationality and not re.fullmatch("[A-Z]{3}", self.nationality):
            raise InvalidField(
                "The nationality must be three letters (ISO 3166-1), such as IND; leave it out if unknown."
            )
        _at_most("relatives", self.relatives, PEOPLE_MAX)
        _at_most("documents", self.documents, DOCUMENTS_MAX)

    def _check_days(self, latest: dt.date) -> None:
        if self.birth_date is not None and self.birth_date > latest:
            raise InvalidField(f"The date of birth is {self.birth_date}, which is in the future; correct it.")


def _at_most(noun: str, values: tuple[object, ...], limit: int) -> None:
    if len(values) > limit:
        raise InvalidField(f"There can be {limit} {noun}; {len(values)} were given.")
