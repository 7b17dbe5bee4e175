"""Which mark a Type-10 record shows: NCIC code, size, designs, colours and description, in both directions.

Checked against INTERPOL's implementation of ANSI/NIST-ITL 1-2011, Update 2013 (5.03): fields 10.003, 10.038 and 10.040
to 10.043 and their tables 58, 67 and 68 in its tables of fields and codes; the NCIC codes in its `fbi.xsd`
(`SMTCodeSimpleType`, 850 codes); and NIST's sample files.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import Final

from biometrics.itl import ItlRecord
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.recognition.body_marks import (
    DESIGNS_MAX,
    BodyMarkKind,
    BodyPart,
    BodySide,
    MarkColour,
    PhotographedMark,
    TattooClass,
)

IMAGE_TYPE: Final = 3
_COMMENT, _CODE, _SIZE, _DESCRIPTORS, _COLOURS = 38, 40, 41, 42, 43
_CODE_LENGTH, _COMMENT_LENGTH, _TEXT_LENGTH, _COLOURS_EACH = 10, 126, 256, 6
_SUBFIELD, _ITEM = "\x1e", "\x1f"
_OWNER: Final = re.compile(r"[0-9]{10}(?:; |$)")  # the national number, which our own answers have in 10.038
_NEEDLE_MARKS: Final = "NM"  # all that the image type MARK is for
# Image type (10.003) and NCIC category, empty where none says this and no more.
_KINDS: Final = {
    BodyMarkKind.SCAR: ("SCAR", "SC"),
    BodyMarkKind.TATTOO: ("TATTOO", "TAT"),
    BodyMarkKind.MOLE: ("CONDITION", "MOLE"),
    BodyMarkKind.BIRTHMARK: ("CONDITION", "DISC"),
    BodyMarkKind.BURN: ("SCAR", "SC"),
    BodyMarkKind.AMPUTATION: ("MISSING", "MISS"),
    BodyMarkKind.DEFORMITY: ("CONDITION", ""),
    BodyMarkKind.OTHER: ("OTHER", ""),
}
# Kinds that neither image type nor code tells apart from others, so that their name is written as text.
_AS_TEXT: Final = (BodyMarkKind.BIRTHMARK, BodyMarkKind.BURN, BodyMarkKind.DEFORMITY)
_OF_CATEGORY: Final = {"MOLE": BodyMarkKind.MOLE, "CRIP": BodyMarkKind.DEFORMITY}  # of the image type CONDITION
# The places of a category: _ is a space, @ is L and R. Left out: EYE and LIP where they are an eyebrow and a lip.
_SHARED: Final = (
    "FHD EAR @_EAR NOSE CHIN NECK SHLD CHEST BACK ABDOM ARM @_ARM F_ARM @F_ARM ELBOW HAND @_HND FGR @_FGR HIP @_HIP "
    "GROIN BUTTK THGH LEG @_LEG KNEE CALF @_CALF ANKL FOOT @_FT TOE @_TOE FACE HEAD @_EYE"
)
_PLACES: Final = {
    "SC": f"{_SHARED} CHK @_CHK @_SHLD BREAST @_BRST @_ELB WRIST @_WRIST @_BUTTK @_THGH @_KNEE @_ANKL",
    "TAT": "HEAD FACE FHD EYE @_EYE EAR @_EAR NOSE CHEEK @_CHK CHIN NECK SHLD @_SHLD CHEST BREAST @_BRST BACK ABDOM "
    "ARM @_ARM FARM @F_ARM ELBOW @ELBOW WRS @_WRS HAND @_HND FNGR @_FGR HIP @_HIP GROIN BUTTK @_BUTK THGH @_THGH "
    "LEG @_LEG KNEE @_KNEE CALF @_CALF ANKL @_ANKL FOOT @_FOOT TOE @_TOE",
    "MOLE": f"{_SHARED} EYE CHK @_CHK @_SHD BRST @BRST @_ELB WRS @_WRS @_BUT @_THG @_KNE @_ANK",
    "DISC": f"{_SHARED} CHEEK @_CHK @SHLD BRST @_BRS @_ELB WRIST @_WRS @_BUT @THGH @KNEE @_ANK",
    "MISS": "EAR @_EAR EYE @_EYE NOSE BRST @BRST ARM @_ARM HAND @_HND FGR @_FGR LEG @_LEG FOOT @_FT TOE @_TOE",
}
_WORDS: Final = {
    BodyPart.HEAD: "HEAD",
    BodyPart.FACE: "FACE",
    BodyPart.FOREHEAD: "FHD",
    BodyPart.EYE: "EYE",
    BodyPart.EAR: "EAR EARS",
    BodyPart.NOSE: "NOSE",
    BodyPart.CHEEK: "CHK CHEEK",
    BodyPart.MOUTH: "LIP LOWLIP LWLIP LLIP UPLIP ULIP TONGU",
    BodyPart.CHIN: "CHIN",
    BodyPart.NECK: "NECK",
    BodyPart.SHOULDER: "SHLD SHD",
    BodyPart.CHEST: "CHEST",
    BodyPart.BREAST: "BREAST BRST BRSTS BRS NIP NIPPL",
    BodyPart.BACK: "BACK",
    BodyPart.ABDOMEN: "ABDOM ABDMN ABDM",
    BodyPart.ARM: "ARM",
    BodyPart.ELBOW: "ELBOW ELB",
    BodyPart.FOREARM: "FARM",
    BodyPart.WRIST: "WRIST WRST WRS",
    BodyPart.HAND: "HAND HND",
    BodyPart.FINGER: "FGR FNGR FJT",
    BodyPart.HIP: "HIP",
    BodyPart.BUTTOCK: "BUTTK BUTK BUT",
    BodyPart.GROIN: "GROIN",
    BodyPart.GENITALS: "PENIS GNTLS",
    BodyPart.THIGH: "THGH THG THIGH",
    BodyPart.LEG: "LEG",
    BodyPart.KNEE: "KNEE KNE",
    BodyPart.CALF: "CALF",
    BodyPart.ANKLE: "ANKL ANK",
    BodyPart.FOOT: "FOOT FT",
    BodyPart.TOE: "TOE",
}
_PARTS: Final = {word: part for part, words in _WORDS.items() for word in words.split()}
# A place of one side: L ARM, UL ARM (upper left arm), LL ARM (lower left arm).
_SIDES: Final = re.compile(f"[UL]??([LR])({'|'.join(_PARTS)})")
_COLOUR_CODES: Final = {
    colour: {MarkColour.GREY: "GRAY", MarkColour.SEVERAL: "MULTI"}.get(colour, colour.upper()) for colour in MarkColour
}


def read_mark(record: ItlRecord) -> PhotographedMark:
    """Return the mark that a record shows; what its NCIC code does not say of the place is left open.

    What has no place of its own, such as an unknown colour or a second code, becomes part of the description.

    Raises:
        MalformedTransaction: a field breaks the standard.
    """
    codes = [item.strip() for items in record.items(_CODE) for item in items if item.strip()] or [""]
    part, side = _body_location(codes[0])
    image_type = record.text(IMAGE_TYPE).upper()
    designs, texts = _descriptors(record, image_type)
    colours, unknown = _colours(record)
    size = [record.parse_integer(_SIZE, item) for item in (record.items(_SIZE) or [[]])[0] if item.strip()]
    height, width = (*(length or None for length in size), None, None)[:2]  # 0: not measured
    if not texts and (comment := _OWNER.sub("", record.text(_COMMENT).strip(), count=1)):
        texts = [comment]
    described = "; ".join(" ".join(text.split()) for text in (*texts, *unknown, *codes[1:]))
    kind = _kind(image_type, codes[0], part)
    try:
        return PhotographedMark(kind, part, side, described, codes[0], colours, height, width, tuple(designs))
    except InvalidField as error:
        raise record.error(_CODE, f"and those after it break a rule: {error.message.rstrip('.')}") from error


def mark_fields(mark: PhotographedMark | None, comment: str) -> dict[int, str]:
    """Return the fields of a record that say which mark its image shows, and its comment."""
    if mark is None:
        return {IMAGE_TYPE: "OTHER", _COMMENT: comment}
    image_type, category = _KINDS[mark.kind]
    if mark.kind is BodyMarkKind.OTHER and mark.code.split()[:1] == [_NEEDLE_MARKS]:
        image_type = "MARK"
    texts = [str(mark.kind)] if mark.kind in _AS_TEXT else []
    if len(code := mark.code or _code(category, mark.part, mark.side)) > _CODE_LENGTH:
        texts, code = [*texts, code], ""
    fields = {IMAGE_TYPE: image_type, _CODE: code}
    if _body_location(code) != (mark.part, mark.side):
        texts += [word for word in (mark.side, mark.part) if word not in ("none", "other")]
    if mark.height_cm and mark.width_cm:
        fields[_SIZE] = f"{mark.height_cm}{_ITEM}{mark.width_cm}"
    else:
        texts += [f"{name} {cm} cm" for name, cm in (("height", mark.height_cm), ("width", mark.width_cm)) if cm]
    texts += [mark.description] if mark.description else []
    if mark.kind is BodyMarkKind.TATTOO:
        return fields | _descriptor_fields(mark, "; ".join(texts)) | {_COMMENT: comment}
    noted = "; ".join([*filter(None, [comment]), *mark.colours, *texts])
    return fields | {_COMMENT: noted if len(noted) <= _COMMENT_LENGTH else f"{noted[: _COMMENT_LENGTH - 3]}..."}


def _descriptor_fields(mark: PhotographedMark, text: str) -> dict[int, str]:
    """Return designs and texts of a tattoo, which scars and other marks do not have, and its colours."""
    texts = [text[start : start + _TEXT_LENGTH] for start in range(0, len(text), _TEXT_LENGTH)]
    names = [_COLOUR_CODES[colour] for colour in mark.colours]
    colours = [_ITEM.join(names[start : start + _COLOURS_EACH]) for start in range(0, len(names), _COLOURS_EACH)]
    rows = list(zip_longest(mark.designs, texts, colours, fillvalue=""))[:DESIGNS_MAX]
    described = [
        _ITEM.join(("TATTOO", *(design.upper().partition("/")[::2]), part)).rstrip(_ITEM) for design, part, _ in rows
    ]
    return {_DESCRIPTORS: _SUBFIELD.join(described), _COLOURS: _SUBFIELD.join(colours)}


def _descriptors(record: ItlRecord, image_type: str) -> tuple[list[str], list[str]]:
    """Return the known designs of a record, and what else its descriptors say."""
    designs, texts = [], []
    for subfield in record.items(_DESCRIPTORS):
        indicator, kind, subclass, text = (*(item.strip() for item in subfield), "", "", "", "")[:4]
        if indicator.upper() != image_type:
            texts.append(indicator)
        if kind.lower() in set(TattooClass) and re.fullmatch("[A-Za-z]{3,9}|", subclass):
            designs.append(f"{kind}/{subclass}".rstrip("/"))
        else:
            texts += [kind, subclass]
        texts.append(text)
    return designs, [text for text in texts if text]


def _kind(image_type: str, code: str, part: BodyPart) -> BodyMarkKind:
    """Return the kind of a mark; MISSING is also of organs, and CONDITION of much else."""
    if image_type in ("SCAR", "TATTOO"):
        return BodyMarkKind(image_type.lower())
    if image_type == "MISSING" and (not code or part is not BodyPart.OTHER):
        return BodyMarkKind.AMPUTATION
    return _OF_CATEGORY.get(code.split(" ")[0].upper(), BodyMarkKind.OTHER)


def _body_location(code: str) -> tuple[BodyPart, BodySide]:
    """Return the part of the body, and the side, that an NCIC code names."""
    category, *words = code.upper().split() or [""]
    location = "".join(words)
    if location in _PARTS:
        return _PARTS[location], BodySide.NONE
    if (sided := _SIDES.fullmatch(location)) is None:
        return BodyPart.OTHER, BodySide.NONE
    if category == "BRA":  # of both arms, or legs: LR
        return _PARTS[sided[2]], BodySide.NONE
    is_lower_arm = location in ("LLARM", "LRARM")
    part = BodyPart.FOREARM if is_lower_arm else _PARTS[sided[2]]
    return part, BodySide.LEFT if sided[1] == "L" else BodySide.RIGHT


def _places(category: str) -> list[str]:
    """Return the codes of a category that are written."""
    patterns = [f"{category} {location.replace('_', ' ')}" for location in _PLACES.get(category, "").split()]
    return [pattern.replace("@", side) for pattern in patterns for side in ("L", "R")]


# The code of each category, part and side that has one; some of the FBI's, such as MOLE LF ARM, are too long.
_CODES: Final = {
    (category, *_body_location(code)): code
    for category in _PLACES
    for code in _places(category)
    if len(code) <= _CODE_LENGTH
}


def _code(category: str, part: BodyPart, side: BodySide) -> str:
    """Return the NCIC code of a mark of which none is stated, without its side where no code has it; else empty."""
    return _CODES.get((category, part, side)) or _CODES.get((category, part, BodySide.NONE), "")


def _colours(record: ItlRecord) -> tuple[tuple[MarkColour, ...], list[str]]:
    """Return the known colours, and the names of others."""
    colours_by_code = {code: colour for colour, code in _COLOUR_CODES.items()}
    codes = [item.strip().upper() for items in record.items(_COLOURS) for item in items if item.strip()]
    return tuple(colours_by_code[name] for name in codes if name in colours_by_code), [
        name for name in codes if name not in colours_by_code
    ]
