"""A record of another system in the place of an image: which finger of it is taken, and that it is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nbis
import pytest

from biometrics.kernel.errors import InvalidRecord, TooFewMinutiae, UnsupportedRecord
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample, Template
from fingerprint.codec import decode
from fingerprint.interchange.codec import read_record, write_record
from fingerprint.interchange.conversion import to_record
from fingerprint.interchange.incoming import MEDIA_TYPE, read_sample
from fingerprint.interchange.record import FingerView, MinutiaeRecord, QualityBlock, RecordFormat, RecordMinutia
from fingerprint.modality import FINGERPRINT
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.template import MinutiaType

Prints = dict[tuple[int, int], Template]


def view(position: FingerPosition, count: int = 10, score: int = 50, number: int = 0) -> FingerView:
    minutiae = tuple(RecordMinutia(MinutiaType.ENDING, 20 * n, 20 * n, n, 60) for n in range(count))
    return FingerView(position, 300, 400, 197, 197, minutiae, number, qualities=(QualityBlock(score),))


def sample(*views: FingerView, position: FingerPosition | None) -> Sample:
    content = write_record(MinutiaeRecord(RecordFormat.ISO_19794_2_2011, views))
    return Sample(FINGERPRINT, content, "a.fmr", position)


THUMB, INDEX, UNKNOWN = FingerPosition.RIGHT_THUMB, FingerPosition.RIGHT_INDEX, FingerPosition.UNKNOWN


@pytest.mark.parametrize(
    ("views", "position", "taken"),
    [
        ([view(INDEX, 11)], INDEX, 11),
        ([view(INDEX, 11)], UNKNOWN, 11),
        ([view(UNKNOWN, 11)], INDEX, 11),
        ([view(THUMB, 12), view(INDEX, 11)], INDEX, 11),
        ([view(UNKNOWN, 12), view(INDEX, 11)], INDEX, 11),
        ([view(INDEX, 12, 40), view(INDEX, 11, 70, 1)], INDEX, 11),
        ([view(INDEX, 12, 254), view(INDEX, 13, 255, 1)], UNKNOWN, 13),
    ],
)
def test_view_of_the_finger_that_was_named_is_taken(
    views: list[FingerView], position: FingerPosition, taken: int
) -> None:
    source, template, _ = read_sample(sample(*views, position=position))
    assert len(template) == taken
    assert (source.media_type, source.width, source.height, source.ppi) == (MEDIA_TYPE, 300, 400, 500.0)


@pytest.mark.parametrize(
    ("views", "position", "why"),
    [
        ([view(THUMB)], INDEX, "right thumb and not the right index"),
        ([view(THUMB), view(INDEX)], UNKNOWN, "right thumb, right index; say which"),
    ],
)
def test_finger_that_is_not_there_or_not_named_is_refused(
    views: list[FingerView], position: FingerPosition, why: str
) -> None:
    with pytest.raises(InvalidRecord, match=why):
        read_sample(sample(*views, position=position))


@pytest.mark.parametrize(("score", "expected"), [(50, 50), (0, 0), (254, None), (255, None)])
def test_quality_is_the_records_own_or_unknown(score: int, expected: int | None) -> None:
    assert read_sample(sample(view(INDEX, score=score), position=INDEX))[2] == expected


def test_record_of_three_minutiae_is_refused() -> None:
    with pytest.raises(TooFewMinutiae):
        read_sample(sample(view(INDEX, 3), position=INDEX))


def test_images_are_left_to_the_image_decoder(recogniser: FingerprintRecogniser, shared_data: Path) -> None:
    folder = shared_data / "standards"
    image = (folder / "nfiq2/examples/images/SFinGe_Test01.pgm").read_bytes()
    face = (folder / "iso19794/libbiomeval/face01.iso2005").read_bytes()
    assert recogniser.read_record(Sample(FINGERPRINT, image, position=INDEX)) is None
    with pytest.raises(UnsupportedRecord, match="face"):
        recogniser.read_record(Sample(FINGERPRINT, face, position=INDEX))


@pytest.mark.parametrize("kind", RecordFormat)
def test_print_that_comes_as_a_record_matches_its_mates(
    real_prints: Prints, recogniser: FingerprintRecogniser, kind: RecordFormat
) -> None:
    record = to_record(decode(real_prints[101, 1].data), INDEX, kind)
    read = recogniser.read_record(Sample(FINGERPRINT, write_record(record), position=INDEX))
    assert read is not None
    others = {key: template for key, template in real_prints.items() if key != (101, 1)}
    scores = dict(zip(others, recogniser.compare(read[1], list(others.values())), strict=True))
    mated = [score for key, score in scores.items() if key[0] == 101]
    assert min(mated) > max(score for key, score in scores.items() if key[0] != 101)


def test_minutiae_of_another_extractor_match_ours(
    real_prints: Prints, recogniser: FingerprintRecogniser, shared_data: Path
) -> None:
    """What NIST's mindtct found on one impression finds what we found on another."""
    settings = nbis.NbisExtractorSettings(
        min_quality=0.2, get_center=False, check_fingerprint=False, compute_nfiq2=False, ppi=500.0
    )
    image = (shared_data / "fingerprint/FVC2002/DB1_B/102_1.tif").read_bytes()
    foreign = nbis.new_nbis_extractor(settings).extract_minutiae(image).to_iso_19794_2_2011()
    record = read_record(foreign)
    # It writes 99 pixels a centimetre for an image of 500 ppi
    views = tuple(replace(view, resolution_x=197, resolution_y=197) for view in record.views)
    content = write_record(replace(record, views=views))
    read = recogniser.read_record(Sample(FINGERPRINT, content, position=UNKNOWN))
    assert read is not None
    keys = [key for key in real_prints if key != (102, 1)]
    scores = recogniser.compare(read[1], [real_prints[key] for key in keys])
    assert keys[int(scores.argmax())][0] == 102
