"""Whatever samples are sent for a person: copies add nothing, a mated finger adds, a stranger's never does."""

from __future__ import annotations

from functools import cache
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_prints import impression, made_up_finger, moved, template_of

from api.bootstrap.recognisers import calibration_of, open_recogniser
from api.settings import Settings
from biometrics.kernel.people.labels import NO_POSITION, UNKNOWN_YEAR, Label
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe, Template
from biometrics.matching.channel import Channel
from biometrics.matching.fusion import PERSON_BOUND
from biometrics.matching.gallery import Gallery
from biometrics.matching.scoring import ProbeSources, score_person
from fingerprint.codec import encode
from fingerprint.modality import FINGERPRINT
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.template import FingerprintTemplate

FINGERS = [FingerPosition.RIGHT_THUMB, FingerPosition.RIGHT_INDEX, FingerPosition.LEFT_THUMB, FingerPosition.LEFT_INDEX]
STRANGERS = 40
ADDED = 0.5  # decibans that a copy may add, at most


@pytest.fixture(scope="module")
def channels() -> dict[Modality, Channel]:
    recogniser = cast(FingerprintRecogniser, open_recogniser(Settings(), FINGERPRINT))
    scale = calibration_of(recogniser, Settings())
    return {FINGERPRINT: Channel(recogniser, cast(Gallery, None), scale)}


@cache
def finger(seed: int, capture: int) -> FingerprintTemplate:
    return impression(made_up_finger(seed), 1000 * seed + capture)


def template(channels: dict[Modality, Channel], minutiae: FingerprintTemplate) -> Template:
    return Template(FINGERPRINT, channels[FINGERPRINT].recogniser.model, encode(minutiae), None)


def copy_of(minutiae: FingerprintTemplate, turn: float, kept: float) -> FingerprintTemplate:
    """Return what is extracted from the same image, turned and cropped from one side."""
    chosen = minutiae.x.argsort()[: max(12, round(kept * len(minutiae)))]
    part = template_of(minutiae.x[chosen], minutiae.y[chosen], minutiae.direction[chosen])
    return moved(part, turn, 10.0, -5.0)


def record(channels: dict[Modality, Channel]) -> list[StoredTemplate]:
    label = Label(0, 0, 0, UNKNOWN_YEAR, 0, NO_POSITION, 0, 0)
    return [
        StoredTemplate(place, place, "record", position, template(channels, finger(place, 0)), label)
        for place, position in enumerate(FINGERS)
    ]


def stated(channels: dict[Modality, Channel], probes: list[Probe]) -> float:
    person = score_person(channels, probes, record(channels))
    assert person is not None
    return person.score.stated


def mated(channels: dict[Modality, Channel], places: list[int], unknown: bool) -> list[Probe]:
    return [
        Probe(template(channels, finger(place, 1)), FingerPosition.UNKNOWN if unknown else FINGERS[place])
        for place in places
    ]


PLACES = st.lists(st.integers(0, len(FINGERS) - 1), min_size=1, max_size=len(FINGERS), unique=True)
PROPERTY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@PROPERTY
@given(PLACES, st.booleans(), st.lists(st.tuples(st.floats(-0.5, 0.5), st.floats(0.6, 1.0)), min_size=1, max_size=5))
def test_copies_add_nothing(
    channels: dict[Modality, Channel], places: list[int], unknown: bool, changes: list[tuple[float, float]]
) -> None:
    probes = mated(channels, places, unknown)
    copied = [
        Probe(template(channels, copy_of(finger(places[0], 1), turn, kept)), FingerPosition.UNKNOWN)
        for turn, kept in changes
    ]
    assert stated(channels, [*probes, *copied]) <= stated(channels, probes) + ADDED


@PROPERTY
@given(PLACES.filter(lambda places: len(places) > 1))
def test_a_further_mated_finger_adds(channels: dict[Modality, Channel], places: list[int]) -> None:
    probes = mated(channels, places, unknown=False)
    assert min(PERSON_BOUND, stated(channels, probes[:-1]) + 5.0) <= stated(channels, probes)


@PROPERTY
@given(PLACES.filter(lambda places: len(places) < len(FINGERS)), st.integers(100, 100 + STRANGERS), st.booleans())
def test_a_strangers_finger_never_adds(
    channels: dict[Modality, Channel], places: list[int], stranger: int, unknown: bool
) -> None:
    probes = mated(channels, places, unknown=False)
    position = FingerPosition.UNKNOWN if unknown else FINGERS[next(at for at in range(4) if at not in places)]
    other = Probe(template(channels, finger(stranger, 1)), position)
    assert stated(channels, [*probes, other]) <= stated(channels, probes)


def test_impressions_of_one_finger_are_of_one_source_and_those_of_two_are_not(
    channels: dict[Modality, Channel],
) -> None:
    probes = [
        Probe(template(channels, finger(seed, capture)), FingerPosition.UNKNOWN)
        for seed, capture in ((0, 1), (1, 1), (0, 2))
    ]
    assert ProbeSources.of(channels, probes).source == (0, 1, 0)


def test_fingers_that_are_compared_with_one_stored_print_of_an_unknown_finger_count_once(
    channels: dict[Modality, Channel],
) -> None:
    label = Label(0, 0, 0, UNKNOWN_YEAR, 0, NO_POSITION, 0, 0)
    stored = StoredTemplate(1, 1, "record", FingerPosition.UNKNOWN, template(channels, finger(0, 0)), label)
    person = score_person(channels, mated(channels, [0, 1, 2, 3], unknown=False), [stored])
    assert person is not None
    assert [sample.counted for sample in person.samples] == [True, False, False, False]
