"""A record of another system, sent where a print is expected."""

from __future__ import annotations

from biometrics.kernel.errors import InvalidRecord, SeveralPrints, TooFewMinutiae
from biometrics.kernel.recognition.capture import FingerPosition, Impression, finger_of
from biometrics.kernel.recognition.types import Sample, Source
from fingerprint.interchange.codec import read_record
from fingerprint.interchange.conversion import ppi_of, to_template
from fingerprint.interchange.extended import CORE_AND_DELTA, blocks, core_count
from fingerprint.interchange.record import MAX_QUALITY, FingerView, MinutiaeRecord
from fingerprint.parameters import MIN_RELIABLE
from fingerprint.several.bounds import MAX_CORES, bounds_of, check_bounds
from fingerprint.several.network import check_minutiae
from fingerprint.template import FingerprintTemplate

MEDIA_TYPE = "application/x-fmr"  # none is registered


def read_sample(sample: Sample) -> tuple[Source, FingerprintTemplate, int | None]:
    """Read the declared finger of a sample: its source image, its minutiae, and its quality.

    Quality, 0 to 100, is the record's own, by whatever measure, and None if it states none. Of several views of
    the finger the best is taken.

    Raises:
        UnsupportedRecord, InvalidRecord: as for `read_record` and `to_template`, or the finger is not in the record.
        TooFewMinutiae: not enough to be compared.
        SeveralPrints: more than one finger has.
    """
    record = read_record(sample.content)
    view = max(_views_of(record, finger_of(sample.position)), key=_rank)
    template = to_template(view, record.format)
    if len(template) < MIN_RELIABLE:
        raise TooFewMinutiae(f"The record has {len(template)} minutiae, too few to be compared; send the image.")
    _check_one_finger(view, template, sample.impression)
    return Source(MEDIA_TYPE, view.width, view.height, ppi_of(view.resolution_x)), template, _quality(view)


def _check_one_finger(view: FingerView, template: FingerprintTemplate, impression: Impression | None) -> None:
    check_bounds(template, bounds_of(impression))
    cores = sum(core_count(block) for block in blocks(view.extended) if block.type == CORE_AND_DELTA)
    if cores > MAX_CORES:
        raise SeveralPrints(f"The record states {cores} cores, more than one finger has; send each finger alone.")
    check_minutiae(template)


def _views_of(record: MinutiaeRecord, position: FingerPosition) -> list[FingerView]:
    """Return the views of a finger; those of an unknown finger where the record or the sender does not know it."""
    positions = {view.position for view in record.views}
    sought = {position, FingerPosition.UNKNOWN} if position else positions
    if len(positions & sought) > 1 and position not in positions:
        raise InvalidRecord(f"The record holds {_names(positions)}; say which of them is meant.")
    views = [view for view in record.views if view.position in sought]
    if not views:
        raise InvalidRecord(
            f"The record holds {_names(positions)} and not the {position.label}; name the finger rightly."
        )
    return [view for view in views if view.position is position] or views


def _names(positions: set[FingerPosition]) -> str:
    return ", ".join(position.label for position in sorted(positions))


def _rank(view: FingerView) -> tuple[int, int]:
    quality = _quality(view)
    return (-1 if quality is None else quality), len(view.minutiae)


def _quality(view: FingerView) -> int | None:
    scores = [block.score for block in view.qualities if block.score <= MAX_QUALITY]
    return scores[0] if scores else None
