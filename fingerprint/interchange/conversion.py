"""Our templates to records of other systems, and such records to our templates.

Directions mean the same in both, up the ending ridge or the valley between two (measured on FVC2002: LEADER's minutiae
against the grey levels around them, and against those of NIST's mindtct), and so do places to within a pixel. What
differs are units.
"""

from __future__ import annotations

from math import radians

import numpy as np

from biometrics.imaging.decoder import MAX_PPI, MIN_PPI
from biometrics.kernel.errors import InvalidRecord
from biometrics.kernel.recognition.capture import FingerPosition, Impression
from fingerprint.interchange.record import (
    MAX_QUALITY,
    FingerView,
    MinutiaeRecord,
    QualityBlock,
    RecordFormat,
    RecordMinutia,
)
from fingerprint.parameters import PPI
from fingerprint.template import MAX_SIDE, FingerprintTemplate, Minutia

UNKNOWN_OWNER = 0x0103  # IBIA's identifier for "no vendor"; zero is not allowed in an ANSI record
UNREPORTED_QUALITY = 0.85  # of a minutia whose record states none: the mean of LEADER's on FVC

_CM_AN_INCH = 2.54
_NOMINAL_PPI = (500.0, 1000.0)  # a record writes them, rounded, as 197 and 394 pixels a centimetre
_RESOLUTION = round(PPI / _CM_AN_INCH)

# The older formats have no codes for these.
_OLDER = {RecordFormat.ISO_19794_2_2005, RecordFormat.ANSI_378_2004}
_OLDER_IMPRESSIONS = {
    Impression.LATENT_IMPRESSION: Impression.PLAIN_NONLIVE,
    Impression.LATENT_TRACING: Impression.PLAIN_NONLIVE,
    Impression.LATENT_PHOTO: Impression.PLAIN_NONLIVE,
    Impression.LATENT_LIFT: Impression.PLAIN_NONLIVE,
    Impression.OTHER: Impression.PLAIN_LIVE_SCAN,
    Impression.UNKNOWN: Impression.PLAIN_LIVE_SCAN,
}


def to_record(
    template: FingerprintTemplate,
    position: FingerPosition,
    kind: RecordFormat = RecordFormat.ISO_19794_2_2011,
    impression: Impression = Impression.PLAIN_LIVE_SCAN,
    quality: QualityBlock | None = None,
) -> MinutiaeRecord:
    """Return a record of one view, at 500 ppi; join the views of several for a record of several fingers.

    Places are rounded to pixels, directions to the format's unit, qualities to hundredths. An impression type that
    the older formats have no code for is written as the nearest that they have.
    """
    if kind in _OLDER:
        impression = _OLDER_IMPRESSIONS.get(impression, impression)
    untold = QualityBlock(kind.unreported, 0 if kind in _OLDER else UNKNOWN_OWNER)
    view = FingerView(
        position,
        template.width,
        template.height,
        _RESOLUTION,
        _RESOLUTION,
        tuple(_record_minutia(minutia, template, kind) for minutia in template.minutiae()),
        impression=impression,
        qualities=(quality or untold,),
    )
    iso = kind in (RecordFormat.ISO_19794_2_2005, RecordFormat.ISO_19794_2_2011)
    return MinutiaeRecord(kind, (view,), 0 if iso else UNKNOWN_OWNER)


def to_template(view: FingerView, kind: RecordFormat) -> FingerprintTemplate:
    """Return a view of a record of this format as a template, at 500 ppi.

    Raises:
        InvalidRecord: a resolution that no scanner has, or an image larger than any card.
    """
    scale_x, scale_y = _scale(view.resolution_x), _scale(view.resolution_y)
    width, height = max(1, round(view.width * scale_x)), max(1, round(view.height * scale_y))
    if max(width, height) > MAX_SIDE:
        raise InvalidRecord(f"The record's image has {width} x {height} pixels at 500 ppi, more than any card.")
    rows = np.array(view.minutiae, dtype=np.float64).reshape(-1, len(RecordMinutia._fields))
    kinds, x, y, angle, quality = rows.T
    direction = np.radians(angle * kind.angle_step)
    reported = (quality <= MAX_QUALITY) & (quality != kind.unreported)
    return FingerprintTemplate(
        width=width,
        height=height,
        x=np.minimum(x * scale_x, width).astype(np.float32),
        y=np.minimum(y * scale_y, height).astype(np.float32),
        direction=np.arctan2(np.sin(direction) * scale_y, np.cos(direction) * scale_x).astype(np.float32),
        quality=np.where(reported, quality / MAX_QUALITY, UNREPORTED_QUALITY).astype(np.float32),
        type=kinds.astype(np.uint8),
    )


def ppi_of(resolution: int) -> float:
    """Return the pixels an inch of so many pixels a centimetre, which is a rounded number."""
    exact = resolution * _CM_AN_INCH
    return next((nominal for nominal in _NOMINAL_PPI if round(nominal / _CM_AN_INCH) == resolution), exact)


def _record_minutia(minutia: Minutia, template: FingerprintTemplate, kind: RecordFormat) -> RecordMinutia:
    x, y = min(round(minutia.x), template.width - 1), min(round(minutia.y), template.height - 1)
    angle = round(minutia.direction / radians(kind.angle_step)) % round(360 / kind.angle_step)
    quality = max(round(minutia.quality * MAX_QUALITY), 1 if kind in _OLDER else 0)  # there 0 says that none is given
    return RecordMinutia(minutia.type, x, y, angle, quality)


def _scale(resolution: int) -> float:
    """Return what a pixel of this resolution, in pixels a centimetre, measures in pixels at 500 ppi."""
    ppi = ppi_of(resolution)
    if not MIN_PPI <= ppi <= MAX_PPI:
        raise InvalidRecord(
            f"The record states a scanner resolution of {ppi:.0f} ppi, which no scanner has; request it again."
        )
    return PPI / ppi
