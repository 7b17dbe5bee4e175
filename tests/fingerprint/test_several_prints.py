"""A print is of one finger: records of more are refused, an officer is asked about images, and not about real ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from inputs import impression_of
from numpy.typing import NDArray

from biometrics.imaging.image import grey_png
from biometrics.kernel.errors import SeveralPrints
from biometrics.kernel.recognition.capture import FingerPosition, Impression
from biometrics.kernel.recognition.types import QualityFault, Sample
from biometrics.matching.extraction import extract_one
from fingerprint.interchange.codec import write_record
from fingerprint.interchange.conversion import to_record
from fingerprint.interchange.incoming import read_sample
from fingerprint.interchange.record import RecordFormat
from fingerprint.latents.marked import MarkedMinutia, MarkedPrint
from fingerprint.modality import FINGERPRINT
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.several.bounds import PLAIN, bounds_of, check_bounds
from fingerprint.synthetic.templates import synthetic_template
from fingerprint.template import MAX_MINUTIAE, FingerprintTemplate, MinutiaType

WHITE = 255


def printed(finger: int, turn: int = 0) -> NDArray[np.uint8]:
    """Return a generated print on white, cut to its ridges, turned by quarters of a circle."""
    pixels = impression_of(finger, 1)
    rows, columns = np.nonzero(pixels < 128)
    return np.rot90(pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1], turn)


def beside(prints: list[NDArray[np.uint8]], gap: int, axis: int) -> NDArray[np.uint8]:
    """Lay prints side by side (axis 1) or one below the other (axis 0), on white."""
    other = max(each.shape[1 - axis] for each in prints)
    padded = []
    for each in prints:
        missing = [(0, 0), (0, 0)]
        missing[1 - axis] = ((other - each.shape[1 - axis]) // 2, -(-(other - each.shape[1 - axis]) // 2))
        missing[axis] = (0, gap)
        padded.append(np.pad(each, missing, constant_values=WHITE))
    return np.concatenate(padded, axis=axis)


def png(pixels: NDArray[np.uint8]) -> bytes:
    return grey_png(np.pad(pixels, 20, constant_values=WHITE))


def may_be_several(recogniser: FingerprintRecogniser, content: bytes) -> bool:
    impression = Impression.ROLLED_LIVE_SCAN
    sample = Sample(FINGERPRINT, content, "a print", FingerPosition.RIGHT_THUMB, impression, ppi=500.0)
    assessment = extract_one(recogniser, sample, assess=True).assessment
    assert not assessment.acceptable or QualityFault.SEVERAL_PRINTS not in assessment.faults
    return QualityFault.SEVERAL_PRINTS in assessment.faults


@pytest.mark.parametrize("gap", [0, 60])
@pytest.mark.parametrize(
    ("fingers", "axis", "turn"), [((1, 2), 1, 0), ((1, 2), 0, 0), ((3, 4), 1, 1), ((1, 2, 3), 1, 0)]
)
def test_an_image_of_several_prints_is_asked_about(
    recogniser: FingerprintRecogniser, fingers: tuple[int, ...], axis: int, turn: int, gap: int
) -> None:
    prints = [printed(finger, turn if number else 0) for number, finger in enumerate(fingers)]
    assert may_be_several(recogniser, png(beside(prints, gap, axis)))


def test_each_of_these_prints_alone_is_not(recogniser: FingerprintRecogniser) -> None:
    for finger in (1, 2, 3, 4):
        assert not may_be_several(recogniser, png(printed(finger)))


def together(count: int, gap: float) -> FingerprintTemplate:
    """Return the minutiae of several generated fingers in two rows, as many of each as fit."""
    parts = []
    for number in range(count):
        one = synthetic_template(number)
        kept = np.argsort(-one.quality, kind="stable")[: MAX_MINUTIAE // count]
        row, column = divmod(number, max(1, count // 2))
        x, y = one.x[kept] - one.x.min(), one.y[kept] - one.y.min()
        parts.append((x + column * (np.ptp(one.x) + gap), y + row * (np.ptp(one.y) + gap), kept, one))
    x, y = (np.concatenate([part[axis] for part in parts]) for axis in (0, 1))
    return FingerprintTemplate(
        width=int(x.max()) + 1,
        height=int(y.max()) + 1,
        x=x,
        y=y,
        direction=np.concatenate([one.direction[kept] for *_, kept, one in parts]),
        quality=np.concatenate([one.quality[kept] for *_, kept, one in parts]),
        type=np.concatenate([one.type[kept] for *_, kept, one in parts]),
    )


def record_of(template: FingerprintTemplate, kind: RecordFormat) -> Sample:
    content = write_record(to_record(template, FingerPosition.RIGHT_THUMB, kind))
    return Sample(FINGERPRINT, content, "a record", FingerPosition.RIGHT_THUMB, Impression.ROLLED_LIVE_SCAN)


@pytest.mark.parametrize("kind", RecordFormat)
@pytest.mark.parametrize("count", [3, 4, 8])
def test_a_record_of_several_people_is_refused(count: int, kind: RecordFormat) -> None:
    with pytest.raises(SeveralPrints):
        read_sample(record_of(together(count, 30.0), kind))


@pytest.mark.parametrize("kind", RecordFormat)
def test_a_record_of_one_person_is_read(kind: RecordFormat) -> None:
    for number in range(8):
        read_sample(record_of(synthetic_template(number), kind))


def test_minutiae_crowded_as_on_no_finger_are_refused() -> None:
    over_each_other = together(8, 0.0)
    crowded = replace(over_each_other, x=over_each_other.x * 0.2, y=over_each_other.y * 0.2)
    with pytest.raises(SeveralPrints, match="square inches"):
        check_bounds(crowded, bounds_of(Impression.PLAIN_LIVE_SCAN))


def test_a_rolled_print_may_be_larger_than_a_plain_one() -> None:
    one = synthetic_template(0)
    scale = 1.35 * 500 / float(np.ptp(one.x))
    large = replace(one, x=(one.x - one.x.min()) * scale, y=(one.y - one.y.min()) * scale, width=2000, height=2000)
    assert float(np.ptp(large.x)) / 500 > PLAIN.width
    with pytest.raises(SeveralPrints):
        check_bounds(large, bounds_of(Impression.PLAIN_LIVE_SCAN))
    slim = replace(large, y=large.y * 0.8)
    check_bounds(slim, bounds_of(Impression.ROLLED_LIVE_SCAN))
    check_bounds(slim, bounds_of(None))


def test_a_record_that_states_more_cores_than_a_finger_has_is_refused() -> None:
    record = to_record(synthetic_template(0), FingerPosition.RIGHT_THUMB, RecordFormat.ISO_19794_2_2005)
    block = bytes([0x05]) + bytes(20) + b"\0"  # five cores without angles, no delta
    area = (2).to_bytes(2) + (4 + len(block)).to_bytes(2) + block
    content = write_record(replace(record, views=(replace(record.views[0], extended=area),)))
    sample = Sample(FINGERPRINT, content, "a record", FingerPosition.RIGHT_THUMB)
    with pytest.raises(SeveralPrints, match="5 cores"):
        read_sample(sample)


def test_marks_farther_apart_than_on_a_finger_are_refused() -> None:
    marks = tuple(MarkedMinutia(x, y, 0.0, MinutiaType.ENDING) for x in (10, 1900) for y in (10, 200, 400, 1200))
    with pytest.raises(SeveralPrints):
        MarkedPrint(2000, 1300, 500.0, marks).template()


def test_minutiae_of_several_prints_are_no_finger_of_a_transaction(recogniser: FingerprintRecogniser) -> None:
    with pytest.raises(SeveralPrints):
        recogniser.of_marked(together(4, 30.0))


@pytest.mark.reach
def test_no_real_print_is_asked_about(shared_data: Path, recogniser: FingerprintRecogniser) -> None:
    folder = shared_data / "fingerprint"
    paths = [*sorted(folder.glob("FVC200*/*/*_1.*")), *sorted(folder.glob("NIST_SD4/*"))[::4]]
    paths += [folder / "latents/120/sensor.png", folder / "latents/real-good/sensor.png"]
    for path in paths:
        assert not may_be_several(recogniser, path.read_bytes()), path
