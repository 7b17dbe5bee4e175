"""Stored samples as records of an answer: prints as Type-14, their minutiae as Type-9, photos as Type-10."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from api.itl.samples import VIEWS
from biometrics.imaging.image import Image, decode, png_of
from biometrics.itl import DATA, IDC, Field, ItlRecord
from biometrics.kernel.record import StoredSample
from biometrics.kernel.templates import StoredTemplate
from biometrics.kernel.types import FingerPosition, Impression
from fingerprint.codec import decode as decode_template
from fingerprint.itl import TENPRINT
from fingerprint.latents.marked import MarkedMinutia, MarkedPrint
from fingerprint.latents.writing import m1_record
from fingerprint.parameters import PPI

_COMPRESSIONS = {"image/x-wsq": "WSQ20", "image/jp2": "JP2", "image/jpeg": "JPEGB", "image/png": "PNG"}
_POSES = {view: code for code, view in VIEWS.items()}
_MOST_MINUTIAE = 255  # that field 9.136 can count
_INCHES = 1


def image_record(sample: StoredSample, content: bytes, idc: int, source: str, day: date, comment: str) -> ItlRecord:
    """Return the record of a stored image; a format that the standard does not know becomes PNG.

    Its modality must have a record type. `source` is the agency that sends it, `comment` says whose it is.
    """
    record_type = sample.modality.traits.interchange.itl_record
    assert record_type is not None, "the modality has no record of the standard"
    face = record_type != TENPRINT
    width, height, compression = sample.width, sample.height, _COMPRESSIONS.get(sample.media_type)
    colours = 3 if face else 1
    if compression in (None, "PNG") or (sample.media_type == "image/jpeg" and not face):
        image = decode(content, sample.ppi)
        width, height = image.width, image.height
        if face:
            colours = 3 if image.pixels.ndim == 3 else 1
            content, compression = (content, compression) if compression else (png_of(image), "PNG")
        else:
            content, compression = grey_file(image, content)
    ppi = f"{sample.ppi or PPI:.0f}"
    values = {IDC: f"{idc:02d}"}
    shared = {4: source, 5: day.strftime("%Y%m%d"), 6: str(width), 7: str(height)}
    if face:
        # No unit: a photo's pixels have no size.
        own = {3: "FACE", 8: "0", 9: "1", 10: "1", 11: compression or "PNG", 12: "RGB" if colours == 3 else "GRAY"}
        own |= {20: _POSES[sample.view] if sample.view else "", 38: comment}
    else:
        impression = Impression.UNKNOWN if sample.impression is None else sample.impression
        position = sample.position or FingerPosition.UNKNOWN
        own = {3: str(int(impression)), 8: str(_INCHES), 9: ppi, 10: ppi, 11: compression or "PNG", 12: "8"}
        own |= {13: str(int(position)), 20: comment}
    values |= dict(sorted((shared | own).items()))
    fields = tuple(Field(number, value.encode("utf-8")) for number, value in values.items() if value)
    return ItlRecord(record_type, (*fields, Field(DATA, content)))


def grey_file(image: Image, content: bytes) -> tuple[bytes, str]:
    """Return a print's file and the name of its compression: as it is where it is grey and the standard knows it."""
    compression = _COMPRESSIONS.get(image.media_type)
    if compression and image.pixels.ndim == 2:
        return content, compression
    return png_of(replace(image, pixels=image.grey())), "PNG"


def minutiae_record(stored: StoredTemplate, sample: StoredSample, idc: int) -> ItlRecord:
    """Return the minutiae of a stored print, the surest ones where there are more than the record can count."""
    template = decode_template(stored.template.data)
    surest = sorted(template.minutiae(), key=lambda minutia: -minutia.quality)[:_MOST_MINUTIAE]
    marks = tuple(
        MarkedMinutia(minutia.x, minutia.y, minutia.direction, minutia.type, minutia.quality) for minutia in surest
    )
    position = stored.position or FingerPosition.UNKNOWN
    marked = MarkedPrint(template.width, template.height, PPI, marks, position)
    return m1_record(marked, idc, Impression.UNKNOWN if sample.impression is None else sample.impression)
