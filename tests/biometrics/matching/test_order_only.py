"""A modality without a calibration: each sample is a source of its own, and scores order people and say no more."""

from __future__ import annotations

from functools import cache
from typing import cast

import numpy as np
import pytest

from api.bootstrap.recognisers import calibration_of, open_recogniser
from api.settings import Settings
from biometrics.imaging.image import Image
from biometrics.kernel.people.labels import NO_POSITION, UNKNOWN_YEAR, Label
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe, Template
from biometrics.matching.calibration import MOST_UNCALIBRATED, Calibration
from biometrics.matching.channel import Channel
from biometrics.matching.gallery import Gallery
from biometrics.matching.scoring import PersonScore, score_person
from marks.modality import MARK
from marks.synthetic import mark

LABEL = Label(0, 0, 0, UNKNOWN_YEAR, 0, NO_POSITION, 0, 0)


@cache
def channels() -> dict[Modality, Channel]:
    recogniser = open_recogniser(Settings(), MARK)
    return {MARK: Channel(recogniser, cast(Gallery, None), calibration_of(recogniser, Settings()))}


@cache
def template(number: int, shot: int = 0) -> Template:
    return channels()[MARK].recogniser.extract(Image(np.asarray(mark(number, shot)), None, "image/png"))


def compared(probes: list[Template], stored: list[Template]) -> PersonScore:
    samples = [StoredTemplate(place, place, "record", None, each, LABEL) for place, each in enumerate(stored)]
    person = score_person(channels(), [Probe(probe) for probe in probes], samples)
    assert person is not None
    return person


def test_a_score_states_nothing_and_adds_nothing_to_others() -> None:
    score = compared([template(0, 1)], [template(0)]).score
    assert not score.calibrated
    assert score.evidence.decibans == 0.0
    assert score.evidence.among(1) is None
    assert score.decibans <= MOST_UNCALIBRATED
    assert score.decibans > compared([template(0, 1)], [template(1)]).score.decibans


@pytest.mark.parametrize("others", [[0] * 9, [1, 2, 3, 4]], ids=["copies", "other marks"])
def test_a_person_is_as_alike_as_their_best_mark_whatever_else_is_stored(others: list[int]) -> None:
    alone = compared([template(0, 1)], [template(0)]).score.decibans
    assert compared([template(0, 1)], [template(0), *map(template, others)]).score.decibans == alone


def test_copies_of_a_probe_count_once_and_photos_of_two_marks_are_two_sources() -> None:
    copies = compared([template(0, 1)] * 10, [template(0), template(1)])
    assert len({sample.score for sample in copies.samples if sample.counted}) == 1
    assert copies.score.decibans <= compared([template(0, 1)], [template(0), template(1)]).score.decibans
    two = compared([template(0, 1), template(1, 1)], [template(0), template(1)])
    assert [sample.counted for sample in two.samples] == [True, True]
    assert [sample.sample_id for sample in two.samples] == [0, 1]


def test_what_only_orders_may_not_claim_more() -> None:
    content = {"format": 3, "modality": "mark", "model": "", "spread": None}
    content |= {key: {"scale": 1.0, "shape": 0.0} for key in ("tail", "tail_low", "tail_high")}
    knots = {"knots": [[0, 0, 0, 0], [1, 21, 0, 21]]}
    measured = {"command": "pehchan calibrate", "non_mated": 1000}
    for absent in measured:
        with pytest.raises(ValueError, match="ends at 20 decibans"):
            Calibration.parse(content | knots | measured | {absent: None})
    assert not Calibration.parse(content | knots | measured).only_orders
