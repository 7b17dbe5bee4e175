"""Which mark a Type-10 record shows: NCIC code, size, description and colours, in both directions.

Source: ANSI/NIST-ITL 1-2011, fields 10.003 and 10.040 to 10.043.
"""

from __future__ import annotations

from typing import Final

from biometrics.itl import ItlRecord
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.particulars import BodyMarkKind, BodyPart, BodySide, MarkColour, PhotographedMark

IMAGE_TYPE: Final = 3
_CODE, _SIZE, _DESCRIPTORS, _COLOURS = 40, 41, 42, 43
_SEPARATOR = "\x1f"
_KINDS: Final = {BodyMarkKind.SCAR: ("SCAR", "SC"), BodyMarkKind.TATTOO: ("TATTOO", "TAT")}
_OTHER_KIND: Final = "MARK"
_PARTS: Final = {
    "HEAD": BodyPart.HEAD,
    "FACE": BodyPart.FACE,
    "EYE": BodyPart.EYE,
    "EAR": BodyPart.EAR,
    "NOSE": BodyPart.NOSE,
    "NECK": BodyPart.NECK,
    "SHLD": BodyPart.SHOULDER,
    "CHEST": BodyPart.CHEST,
    "BACK": BodyPart.BACK,
    "ABDOM": BodyPart.ABDOMEN,
    "ARM": BodyPart.ARM,
    "F ARM": BodyPart.FOREARM,
    "HND": BodyPart.HAND,
    "FGR": BodyPart.FINGER,
    "HIP": BodyPart.HIP,
    "THGH": BodyPart.THIGH,
    "LEG": BodyPart.LEG,
    "FT": BodyPart.FOOT,
}
_WORDS: Final = {part: word for word, part in _PARTS.items()}
# How a code begins that is of one side: TAT L ARM, TAT UL ARM (upper left arm), TAT LF ARM (left forearm).
_SIDES: Final = {"L": BodySide.LEFT, "UL": BodySide.LEFT, "R": BodySide.RIGHT, "UR": BodySide.RIGHT}
_COLOUR_CODES: Final = {
    colour: {MarkColour.GREY: "GRAY", MarkColour.SEVERAL: "MULTI"}.get(colour, colour.upper()) for colour in MarkColour
}


def read_mark(record: ItlRecord) -> PhotographedMark:
    """Return the mark that a record shows; what its NCIC code does not say of the place is left open.

    Raises:
        MalformedTransaction: a field breaks the standard.
    """
    code = record.text(_CODE).strip()
    part, side = _place(code)
    image_type = record.text(IMAGE_TYPE).upper()
    kind = next((kind for kind, (name, _) in _KINDS.items() if name == image_type), BodyMarkKind.OTHER)
    texts = [items[3].strip() for items in record.items(_DESCRIPTORS) if len(items) > 3]
    size = [record.parse_integer(_SIZE, item) for item in (record.items(_SIZE) or [[]])[0] if item.strip()]
    height, width = (*size, None, None)[:2]
    try:
        return PhotographedMark(kind, part, side, "; ".join(texts), code, _colours(record), height, width)
    except InvalidField as error:
        raise record.error(_CODE, f"and those after it break a rule: {error.message.rstrip('.')}") from error


def mark_fields(mark: PhotographedMark | None) -> dict[int, str]:
    """Return the fields of a record that say which mark its image shows; one that is not stated is a mark."""
    if mark is None:
        return {IMAGE_TYPE: _OTHER_KIND}
    image_type, _ = _KINDS.get(mark.kind, (_OTHER_KIND, ""))
    size = _SEPARATOR.join(str(length or "") for length in (mark.height_cm, mark.width_cm))
    fields = {IMAGE_TYPE: image_type, _CODE: mark.code or _code(mark), _SIZE: size.strip(_SEPARATOR)}
    if mark.description:
        is_tattoo = mark.kind is BodyMarkKind.TATTOO
        fields[_DESCRIPTORS] = _SEPARATOR.join(
            (image_type, "OTHER" if is_tattoo else "", "MISC" if is_tattoo else "", mark.description)
        )
    fields[_COLOURS] = _SEPARATOR.join(_COLOUR_CODES[colour] for colour in mark.colours)
    return fields


def _place(code: str) -> tuple[BodyPart, BodySide]:
    """Return the part of the body, and the side, that an NCIC code names."""
    words = code.upper().split()[1:]
    side = BodySide.NONE
    if words and words[0] in ("LF", "RF"):
        words = [words[0][0], "F", *words[1:]]
    if words and words[0] in _SIDES:
        side, words = _SIDES[words[0]], words[1:]
    return _PARTS.get(" ".join(words), BodyPart.OTHER), side


def _code(mark: PhotographedMark) -> str:
    """Return the NCIC code of a scar or tattoo of which none is stated; empty for what has none here."""
    if mark.kind not in _KINDS or mark.part not in _WORDS:
        return ""
    side = {BodySide.LEFT: "L", BodySide.RIGHT: "R"}.get(mark.side, "")
    place = f"{side} {_WORDS[mark.part]}".replace("L F", "LF").replace("R F ", "RF ").strip()
    return f"{_KINDS[mark.kind][1]} {place}"


def _colours(record: ItlRecord) -> tuple[MarkColour, ...]:
    known = {code: colour for colour, code in _COLOUR_CODES.items()}
    colours = []
    for item in (item.strip().upper() for items in record.items(_COLOURS) for item in items if item.strip()):
        if item not in known:
            raise record.error(_COLOURS, f"has the colour {item[:20]!r}", ", ".join(known), item)
        colours.append(known[item])
    return tuple(colours)
