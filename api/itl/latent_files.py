"""A latent and what an examiner marked on it as a file: a transaction (LFFS) that asks whose it is."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from api.itl.attachments import grey_file
from biometrics import itl
from biometrics.imaging.image import Image
from biometrics.itl import DATA, IDC, Field, ItlRecord
from biometrics.kernel.recognition.capture import Impression, PalmPosition
from fingerprint.itl import LATENT
from fingerprint.latents.marked import MarkedPrint
from fingerprint.latents.positions import code_of
from fingerprint.latents.writing import m1_record

_KIND, _VERSION, _IDC = "LFFS", "0502", 1
_CASE, _TEXT = 10, 2
_INCHES = "1"
_PALM_IMPRESSION = 12  # latent palm impression


def latent_file(marked: MarkedPrint, image: Image, content: bytes, case_number: str, agency: str, day: date) -> bytes:
    """Return the file with a latent (Type-13), its minutiae (Type-9) and the case; the same again for the same.

    `content` is the image's own file, kept as it is where the standard knows its format; `agency` is who sends it.
    """
    data, compression = grey_file(image, content)
    ppi = f"{marked.ppi:.0f}"
    picture = {
        IDC: f"{_IDC:02d}",
        3: str(_PALM_IMPRESSION if isinstance(marked.position, PalmPosition) else Impression.LATENT_IMPRESSION.value),
        4: agency,
        6: str(image.width),
        7: str(image.height),
        8: _INCHES,
        9: ppi,
        10: ppi,
        11: compression,
        12: "8",
        13: str(code_of(marked.position)),
    }
    rest = [
        _record(_TEXT, {IDC: "00", _CASE: case_number}),
        ItlRecord(LATENT, (*_record(LATENT, picture).fields, Field(DATA, data))),
        m1_record(marked, _IDC),
    ]
    number = sha256(itl.serialise(rest)).hexdigest()[:20]
    return itl.serialise([_first(rest, agency, day, number), *rest])


def _first(rest: list[ItlRecord], agency: str, day: date, number: str) -> ItlRecord:
    values = {
        itl.VER: _VERSION,
        itl.CNT: itl.contents(rest).decode("ascii"),
        itl.TOT: _KIND,
        itl.DAT: day.strftime("%Y%m%d"),
        itl.DAI: "PEHCHAN",
        itl.ORI: agency,
        itl.TCN: number,
        itl.NSR: "00.00",
        itl.NTR: "00.00",
    }
    return _record(1, values)


def _record(record_type: int, values: dict[int, str]) -> ItlRecord:
    fields = (Field(number, value.encode("utf-8")) for number, value in values.items() if value)
    return ItlRecord(record_type, tuple(fields))
