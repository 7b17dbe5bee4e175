"""Marks on the body, such as scars and tattoos: where they are, and what the photo of one shows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.entry import Entered
from biometrics.kernel.technique.text import assign, clean_text

MARK_LENGTH = 200
MARK_TEXT_LENGTH = 2500  # of the mark that a photo shows: all nine texts of a Type-10 record, of 256 characters each
NCIC_CODE_LENGTH = 11  # of the NCIC's codes; 10 in a Type-10 record
SIZES = range(1, 200)  # cm, of a mark
DESIGNS_MAX = 9  # of a Type-10 record


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
class BodyMark(Entered):
    """A scar, tattoo or other mark."""

    kind: BodyMarkKind
    part: BodyPart
    side: BodySide = BodySide.NONE
    description: str = ""

    def _clean(self) -> None:
        assign(self, "description", clean_text("mark", self.description, MARK_LENGTH, required=False))


@dataclass(frozen=True)
class PhotographedMark(BodyMark):
    """The mark on the body that a photo shows."""

    code: str = field(default="", metadata={"description": "NCIC code, such as TAT L ARM"})
    colours: tuple[MarkColour, ...] = field(default=(), metadata={"description": "Colours of a tattoo"})
    height_cm: int | None = None
    width_cm: int | None = None
    designs: tuple[str, ...] = field(
        default=(),
        metadata={
            "description": "What a tattoo shows: a class, or class/subclass of ANSI/NIST-ITL, as in animal/snake"
        },
    )

    def _clean(self) -> None:
        assign(self, "description", clean_text("mark", self.description, MARK_TEXT_LENGTH, required=False))
        assign(self, "code", " ".join(self.code.upper().split()))
        if self.code and not re.fullmatch(f"[A-Z0-9 ]{{2,{NCIC_CODE_LENGTH}}}", self.code):
            raise InvalidField(
                f"The NCIC code of a mark must have 2 to {NCIC_CODE_LENGTH} letters and digits, such as TAT L ARM."
            )
        assign(self, "colours", tuple(dict.fromkeys(self.colours)))
        assign(self, "designs", tuple(dict.fromkeys(design.strip().lower() for design in self.designs)))
        require_at_most("designs of a mark", self.designs, DESIGNS_MAX)
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


def require_at_most(noun: str, values: tuple[object, ...], limit: int) -> None:
    if len(values) > limit:
        raise InvalidField(f"There can be {limit} {noun}; {len(values)} were given.")
