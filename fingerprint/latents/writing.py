"""Marked minutiae as a Type-9 record of the M1 form (ANSI/NIST-ITL 1-2011, fields 9.126 to 9.140)."""

from __future__ import annotations

from math import degrees

from biometrics.itl import IDC, RS, US, Field, ItlRecord
from biometrics.kernel.recognition.capture import Impression
from fingerprint.latents.marked import MarkedMinutia, MarkedPrint
from fingerprint.latents.positions import code_of
from fingerprint.latents.type9 import MINUTIAE

_OWNER, _FORMAT = 27, 513  # CBEFF: INCITS M1, and its finger minutiae record without extended data
_PIXELS_AN_INCH = 1
_REGION = 300  # of the extended feature set; M1 has none
_UNITS_AN_INCH = 2540.0  # of 10 um


def m1_record(marked: MarkedPrint, idc: int, impression: Impression = Impression.LATENT_IMPRESSION) -> ItlRecord:
    """Return the Type-9 record of a print's minutiae; positions are rounded to pixels, directions to 2 degrees.

    A region of interest is field 9.300, as in the extended feature set.

    `idc` is that of the record with the print's image.
    """
    minutiae = RS.join(_minutia(number, mark) for number, mark in enumerate(marked.minutiae, start=1))
    values = {
        IDC: f"{idc:02d}",
        3: str(impression.value),
        4: "U",  # not the standard form of fields 9.005 to 9.012
        126: f"{_OWNER}\x1f{_FORMAT}\x1f0",
        127: "NONE\x1f0",
        128: str(marked.width),
        129: str(marked.height),
        130: str(_PIXELS_AN_INCH),
        131: f"{marked.ppi:.0f}",
        132: f"{marked.ppi:.0f}",
        133: "0",  # finger view
        134: f"{code_of(marked.position):02d}",
        135: "254\x1f0\x1f0",  # no quality of the whole finger
        136: str(len(marked.minutiae)),
    }
    fields = [Field(number, value.encode("ascii")) for number, value in values.items()]
    region = [Field(_REGION, _region(marked).encode("ascii"))] if marked.region else []
    return ItlRecord(MINUTIAE, (*fields, Field(137, minutiae), *region))


def _region(marked: MarkedPrint) -> str:
    """Return width, height, left, top and polygon of the region of interest, in units of 10 um."""
    corners = [(_units(x, marked), _units(y, marked)) for x, y in marked.region or ()]
    (left, right), (top, bottom) = ((min(values), max(values)) for values in zip(*corners, strict=True))
    polygon = "-".join(f"{x},{y}" for x, y in corners)
    return "\x1f".join((str(right - left), str(bottom - top), str(left), str(top), polygon))


def _units(pixels: float, marked: MarkedPrint) -> int:
    return round(pixels * _UNITS_AN_INCH / marked.ppi)


def _minutia(number: int, mark: MarkedMinutia) -> bytes:
    angle = round(degrees(mark.direction) / 2) % 180
    quality = max(1, round(100 * mark.quality))  # 0 would mean none
    items = (round(mark.x), round(mark.y), angle, int(mark.type), quality)
    return US.join([b"%03d" % number, *(b"%d" % item for item in items)])
