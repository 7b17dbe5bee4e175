"""Wrong-hand and repeated-finger cards are caught by matching the slaps with the rolled prints of a real card."""

from __future__ import annotations

from pathlib import Path

import pytest
from calibrations import made_calibration

from biometrics import itl
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Template
from biometrics.matching.calibration import Calibration
from fingerprint.cards.card import Card, read_card
from fingerprint.cards.sequence import SequenceCheck, SequenceVerdict, check_sequence
from fingerprint.modality import FINGERPRINT
from fingerprint.recogniser import FingerprintRecogniser

REFERENCES = "standards/an2/jnbis-itl-references"
FINGERS = INDEX, MIDDLE = FingerPosition.RIGHT_INDEX, FingerPosition.RIGHT_MIDDLE
Prints = dict[FingerPosition, Template]


@pytest.fixture(scope="module")
def card(shared_data: Path) -> Card:
    return read_card(itl.parse((shared_data / REFERENCES / "type-14-tpcard-nqm.an2").read_bytes()))


@pytest.fixture(scope="module")
def rolled(card: Card, recogniser: FingerprintRecogniser) -> Prints:
    return {finger: recogniser.extract(card.rolled[finger]) for finger in FINGERS}


@pytest.fixture(scope="module")
def plain(card: Card, recogniser: FingerprintRecogniser) -> Prints:
    return {finger: recogniser.extract(card.plain[finger]) for finger in FINGERS}


@pytest.fixture(scope="module")
def calibration(recogniser: FingerprintRecogniser) -> Calibration:
    """Return a calibration whose non-mated scores hardly ever pass 0.03, whichever model made the templates."""
    return made_calibration(FINGERPRINT, recogniser.model, ((0.0, 0.0), (0.03, 60.0)), 0.01)


@pytest.fixture
def check(recogniser: FingerprintRecogniser, calibration: Calibration):
    def checked(rolled: Prints, slaps: Prints) -> SequenceCheck:
        return check_sequence(rolled, slaps, recogniser, calibration)

    return checked


def verdicts(checked: SequenceCheck) -> dict[FingerPosition, SequenceVerdict]:
    return {each.finger: each.verdict for each in checked.findings}


def test_every_finger_of_a_real_card_is_read_rolled_and_plain(card: Card) -> None:
    fingers = [FingerPosition(code) for code in range(1, 11)]
    assert sorted(card.rolled) == sorted(card.plain) == fingers
    assert (len(card.slaps), card.missing, card.refused) == (4, {}, ())


def test_an_amputation_is_honoured_when_the_card_is_cut(shared_data: Path) -> None:
    card = read_card(itl.parse((shared_data / REFERENCES / "type-14-amp-nqm-utf8.an2").read_bytes()))
    assert card.missing == {FingerPosition.LEFT_RING: "XX"}
    assert sorted(card.plain) == [code for code in range(1, 11) if code != FingerPosition.LEFT_RING]


def test_an_image_that_cannot_be_read_or_cut_is_reported_and_the_others_are_used(shared_data: Path) -> None:
    records = itl.parse((shared_data / REFERENCES / "type-14-amp-nqm-utf8.an2").read_bytes())
    left = itl.ItlRecord(14, tuple(each for each in records[4].fields if each.number != 18), 5)
    damaged = itl.ItlRecord(14, (*records[2].fields[:-1], itl.Field(itl.DATA, b"\xff\xa0 no image")), 3)
    card = read_card([records[0], damaged, left, records[3]])
    assert sorted(card.plain) == [2, 3, 4, 5]
    assert [sentence.partition(":")[0] for sentence in card.refused] == [
        "Record 3 (Type-14, position 15)",
        "Record 5 (Type-14, position 14)",
    ]


def test_the_fingers_of_a_right_card_match_their_rolled_prints(check, rolled: Prints, plain: Prints) -> None:
    checked = check(rolled, plain)
    assert verdicts(checked) == dict.fromkeys(FINGERS, SequenceVerdict.RIGHT)
    assert not checked.wrong
    assert all(each.score is not None and each.score.decibans > 30 for each in checked.findings)


def test_fingers_that_changed_places_are_found_where_they_are(check, rolled: Prints, plain: Prints) -> None:
    checked = check(rolled, plain | {INDEX: plain[MIDDLE], MIDDLE: plain[INDEX]})
    result = {each.finger: each.other for each in checked.wrong}
    assert result == {INDEX: MIDDLE, MIDDLE: INDEX}
    assert "right index is of the finger rolled as right middle" in checked.wrong[0].message


def test_a_slap_of_the_other_hand_is_found_to_be_one(check, rolled: Prints, plain: Prints) -> None:
    left = {FingerPosition(finger + 5): plain[finger] for finger in FINGERS}  # told to be the left hand's
    checked = check(rolled, left)
    assert {each.finger: each.other for each in checked.wrong} == {FingerPosition(f + 5): f for f in FINGERS}


def test_a_finger_rolled_twice_is_found(check, rolled: Prints, plain: Prints) -> None:
    checked = check(rolled | {MIDDLE: plain[INDEX]}, {})
    (repeated,) = checked.wrong
    assert (repeated.verdict, repeated.finger, repeated.other) == (SequenceVerdict.REPEATED, INDEX, MIDDLE)


def test_a_finger_without_a_rolled_print_is_not_comparable(check, rolled: Prints, plain: Prints) -> None:
    checked = check({INDEX: rolled[INDEX]}, plain)
    assert verdicts(checked) == {INDEX: SequenceVerdict.RIGHT, MIDDLE: SequenceVerdict.NOT_COMPARABLE}
    assert verdicts(check({}, {INDEX: plain[INDEX]})) == {INDEX: SequenceVerdict.NOT_COMPARABLE}


def test_a_finger_that_was_not_rolled_at_all_is_not_confirmed(
    check, card: Card, rolled: Prints, recogniser: FingerprintRecogniser
) -> None:
    thumb = recogniser.extract(card.plain[FingerPosition.LEFT_THUMB])
    checked = check(rolled, {INDEX: thumb})
    assert verdicts(checked) == {INDEX: SequenceVerdict.UNCONFIRMED}
    assert not checked.wrong
