"""Our templates as records, and records as templates."""

from __future__ import annotations

from dataclasses import replace
from math import atan2, degrees, pi
from pathlib import Path

import nbis
import numpy as np
import pytest

from biometrics.kernel.recognition.capture import FingerPosition, Impression
from fingerprint.interchange.codec import read_record, write_record
from fingerprint.interchange.conversion import UNREPORTED_QUALITY, to_record, to_template
from fingerprint.interchange.record import QUALITY_UNREPORTED, FingerView, QualityBlock, RecordFormat, RecordMinutia
from fingerprint.template import FingerprintTemplate, MinutiaType


def template(count: int = 60) -> FingerprintTemplate:
    """Return a template of minutiae anywhere on the image, its corners among them."""
    dice = np.random.default_rng(8)
    places = dice.uniform(0, (387.5, 373.5), (count, 2))
    places[:2] = (0, 0), (387.4, 373.4)
    return FingerprintTemplate(
        388,
        374,
        places[:, 0],
        places[:, 1],
        dice.uniform(-pi, 3 * pi, count),
        dice.uniform(0, 1, count),
        dice.integers(0, 3, count),
    )


def turns(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the angles between directions, in degrees, unsigned."""
    return np.abs(np.degrees(np.angle(np.exp(1j * (first.astype(float) - second)))))


@pytest.mark.parametrize("kind", RecordFormat)
def test_template_survives_a_record_but_for_rounding(kind: RecordFormat) -> None:
    before = template()
    record = read_record(write_record(to_record(before, FingerPosition.LEFT_RING, kind)))
    after = to_template(record.views[0], record.format)
    assert record.format is kind
    assert record.views[0].position is FingerPosition.LEFT_RING
    assert (after.width, after.height) == (before.width, before.height)
    assert np.max(np.hypot(after.x - before.x, after.y - before.y)) <= 0.5 * 2**0.5 + 1e-4
    assert np.max(turns(after.direction, before.direction)) <= kind.angle_step / 2 + 1e-3
    assert np.max(np.abs(after.quality - before.quality)) <= 0.0101
    assert np.array_equal(after.type, before.type)


@pytest.mark.parametrize("kind", RecordFormat)
def test_record_of_a_template_does_not_change_any_more(kind: RecordFormat) -> None:
    once = to_record(template(), FingerPosition.RIGHT_THUMB, kind)
    again = to_record(to_template(once.views[0], kind), FingerPosition.RIGHT_THUMB, kind)
    assert again == once


def nists_extractor() -> nbis.NbisExtractor:
    """Return NIST's mindtct, which reads and writes records of 2011, too."""
    return nbis.new_nbis_extractor(
        nbis.NbisExtractorSettings(
            min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=False, ppi=None
        )
    )


def test_nists_reader_finds_the_same_minutiae() -> None:
    record = to_record(template(), FingerPosition.RIGHT_INDEX, RecordFormat.ISO_19794_2_2011)
    kinds = {nbis.MinutiaKind.RIDGE_ENDING: MinutiaType.ENDING, nbis.MinutiaKind.BIFURCATION: MinutiaType.BIFURCATION}
    read = nists_extractor().load_iso_19794_2_2011(write_record(record)).get()
    theirs = {(item.x(), item.y(), kinds[item.kind()]) for item in read}
    known = {
        (minutia.x, minutia.y, minutia.type)
        for minutia in record.views[0].minutiae
        if minutia.type is not MinutiaType.OTHER
    }
    assert known <= theirs


def test_record_that_nists_extractor_writes_is_read(shared_data: Path) -> None:
    image = (shared_data / "standards/nfiq2/examples/images/SFinGe_Test01.pgm").read_bytes()
    result = nists_extractor().extract_minutiae(image)
    view = read_record(result.to_iso_19794_2_2011()).views[0]
    assert [(minutia.x, minutia.y) for minutia in view.minutiae] == [
        (minutia.x(), minutia.y()) for minutia in result.get()
    ]


def test_resolution_of_500_and_1000_ppi_is_exact() -> None:
    """197 and 394 pixels a centimetre are the rounded 500 and 1000 ppi, not 500.4 and 1000.8."""
    view = FingerView(FingerPosition(1), 800, 800, 197, 197, (RecordMinutia(MinutiaType.ENDING, 700, 600, 0, 50),))
    assert to_template(view, RecordFormat.ISO_19794_2_2011).x.tolist() == [700]
    fine = to_template(replace(view, resolution_x=394, resolution_y=394), RecordFormat.ISO_19794_2_2011)
    assert (fine.width, fine.x.tolist(), fine.y.tolist()) == (400, [350], [300])


def test_pixels_that_are_not_square_turn_the_directions_too() -> None:
    minutia = RecordMinutia(MinutiaType.ENDING, 100, 100, 32, 50)  # 45 degrees
    view = FingerView(FingerPosition(1), 800, 400, 394, 197, (minutia,))
    made = to_template(view, RecordFormat.ISO_19794_2_2011)
    assert (made.x[0], made.y[0]) == (50, 100)
    assert degrees(made.direction[0]) == pytest.approx(degrees(atan2(1, 0.5)), abs=1e-3)


def test_quality_that_is_not_stated_is_not_zero() -> None:
    """254 says "not told" in the new formats, 0 in the old ones; neither makes a minutia worthless."""
    minutia = RecordMinutia(MinutiaType.ENDING, 10, 10, 0, QUALITY_UNREPORTED)
    view = FingerView(FingerPosition(1), 300, 300, 197, 197, (minutia,))
    assert to_template(view, RecordFormat.ANSI_378_2009).quality[0] == pytest.approx(UNREPORTED_QUALITY)
    old = replace(view, minutiae=(minutia._replace(quality=0),))
    assert to_template(old, RecordFormat.ISO_19794_2_2005).quality[0] == pytest.approx(UNREPORTED_QUALITY)
    assert to_template(old, RecordFormat.ISO_19794_2_2011).quality[0] == 0


@pytest.mark.parametrize("impression", Impression)
@pytest.mark.parametrize("kind", RecordFormat)
def test_every_impression_type_can_be_written(kind: RecordFormat, impression: Impression) -> None:
    record = to_record(template(), FingerPosition.UNKNOWN, kind, impression, QualityBlock(71))
    view = read_record(write_record(record)).views[0]
    old = kind in (RecordFormat.ISO_19794_2_2005, RecordFormat.ANSI_378_2004)
    latent = Impression.LATENT_IMPRESSION <= impression <= Impression.LATENT_LIFT
    if old and latent:
        assert view.impression == Impression.PLAIN_NONLIVE
    if not old:
        assert view.impression == impression
    assert view.qualities[0].score == 71


@pytest.mark.parametrize("kind", RecordFormat)
def test_minutia_on_the_far_edge_is_written_inside_the_image(kind: RecordFormat) -> None:
    """The standards number pixels from 0, so that the last is one less than the size."""
    edge = FingerprintTemplate(300, 400, *(np.array([value]) for value in (300.0, 400.0, 0.0, 1.0, 1)))
    (minutia,) = to_record(edge, FingerPosition.UNKNOWN, kind).views[0].minutiae
    assert (minutia.x, minutia.y, minutia.quality) == (299, 399, 100)


def test_print_without_minutiae_makes_a_record() -> None:
    empty = to_record(template(2), FingerPosition.UNKNOWN, RecordFormat.ISO_19794_2_2011)
    bare = replace(empty, views=(replace(empty.views[0], minutiae=()),))
    assert len(to_template(read_record(write_record(bare)).views[0], bare.format)) == 0
