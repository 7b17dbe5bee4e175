"""Stored samples as records: prints as Type-14, their minutiae as Type-9, photos as Type-10, palms
as Type-15, irises as Type-17.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from api.itl.body_marks import IMAGE_TYPE, mark_fields
from api.itl.irises import IRIS_IMAGE, iris_fields
from api.itl.samples import PHOTO, VIEWS
from biometrics.imaging.image import Image, decode, png_of
from biometrics.itl import DATA, IDC, Field, ItlRecord
from biometrics.kernel.people.record import StoredSample
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.capture import Impression, finger_of
from fingerprint.codec import decode as decode_template
from fingerprint.latents.marked import MarkedMinutia, MarkedPrint
from fingerprint.latents.writing import m1_record
from fingerprint.parameters import PPI

_COMPRESSIONS = {"image/x-wsq": "WSQ20", "image/jp2": "JP2", "image/jpeg": "JPEGB", "image/png": "PNG"}
_POSES = {view: code for code, view in VIEWS.items()}
_MOST_MINUTIAE = 255  # that field 9.136 can count
_INCHES = 1


def image_record(sample: StoredSample, content: bytes, idc: int, source: str, day: date, comment: str) -> ItlRecord:
    """Return the record of a stored image, of a photo the part in its box; what the standard does not know becomes PNG.

    Its modality must have a record type. `source` is the agency that sends it, `comment` says whose it is.
    """
    traits = sample.modality.traits
    record_type = traits.interchange.itl_record
    assert record_type is not None, "the modality has no record of the standard"
    photo = record_type == PHOTO
    width, height, compression = sample.width, sample.height, _COMPRESSIONS.get(sample.media_type)
    colours = 3 if photo else 1
    if compression in (None, "PNG") or sample.box or (sample.media_type == "image/jpeg" and not photo):
        image = decode(content, sample.ppi).within(sample.box)
        width, height = image.width, image.height
        if photo:
            colours = 3 if image.pixels.ndim == 3 else 1
            if compression is None or sample.box:
                content, compression = png_of(image), "PNG"
        else:
            content, compression = grey_file(image, content)
    ppi = f"{sample.ppi or PPI:.0f}"
    values = {IDC: f"{idc:02d}"}
    shared = {4: source, 5: day.strftime("%Y%m%d"), 6: str(width), 7: str(height)}
    if photo:
        # No unit: a photo's pixels have no size.
        type_fields = {
            8: "0",
            9: "1",
            10: "1",
            11: compression or "PNG",
            12: "RGB" if colours == 3 else "GRAY",
            38: comment,
        }
        type_fields |= (
            mark_fields(sample.mark, comment) if traits.shows_marks else {IMAGE_TYPE: traits.interchange.itl_images[0]}
        )
        type_fields |= {20: _POSES[sample.view]} if sample.view else {}
    elif record_type == IRIS_IMAGE and sample.position is not None:
        type_fields = iris_fields(sample.position, compression or "PNG", comment)
    else:
        impression = Impression.UNKNOWN if sample.impression is None else sample.impression
        type_fields = {3: str(int(impression)), 8: str(_INCHES), 9: ppi, 10: ppi, 11: compression or "PNG", 12: "8"}
        type_fields |= {13: str(int(sample.position or 0)), 20: comment}
    values |= dict(sorted((shared | type_fields).items()))
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
    position = finger_of(stored.position)
    marked = MarkedPrint(template.width, template.height, PPI, marks, position)
    return m1_record(marked, idc, Impression.UNKNOWN if sample.impression is None else sample.impression)
