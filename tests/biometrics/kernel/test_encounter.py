"""What is known of a capture: fingers that could not be taken, and from where a photo shows the face."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import field, fields, make_dataclass, replace
from datetime import date

import pytest
from records_examples import encounter, photo_of, print_of

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import (
    EncounterKind,
    LegalBasis,
    MissingFinger,
    MissingReason,
    compared_fir,
    fir_spellings,
)
from biometrics.kernel.recognition.capture import FingerPosition, PhotoView
from biometrics.kernel.recognition.types import Sample
from biometrics.kernel.technique.idempotency import IdempotencyKey
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

RING = MissingFinger(FingerPosition.LEFT_RING, MissingReason.AMPUTATED)
THUMB = MissingFinger(FingerPosition.RIGHT_THUMB, MissingReason.DAMAGED)


@pytest.mark.parametrize(
    "number",
    ["FIR 888/2026", "fir no. 0888/2026", "F.I.R. No 888 of 2026", "Cr. No. 888-2026", "FIR/888/2026", "888 / 2026"],
)
def test_a_fir_number_is_compared_without_what_stands_around_it(number: str) -> None:
    assert compared_fir(number) == compared_fir("888/2026")
    assert {compared_fir(spelling) for spelling in fir_spellings(number)} == {"888/2026"}
    assert {number, "888/2026", "FIR No. 0888/2026"} <= set(fir_spellings(number))
    assert compared_fir(number) not in {compared_fir(other) for other in ("88/2026", "888/2025", "888/A/2026", "2026")}


@pytest.mark.parametrize(
    ("kind", "basis", "is_refused"),
    [
        (EncounterKind.ARREST, LegalBasis.IDENTIFICATION_ACT_CONVICTED, True),
        (EncounterKind.CONVICTION, LegalBasis.IDENTIFICATION_ACT_CONVICTED, False),
        (EncounterKind.ARREST, LegalBasis.BNSS_INQUEST, True),
        (EncounterKind.UNIDENTIFIED_BODY, LegalBasis.BNSS_INQUEST, False),
        (EncounterKind.ARREST, LegalBasis.IDENTIFICATION_ACT_ARRESTED, False),
    ],
)
def test_a_legal_basis_is_that_of_the_event(kind: EncounterKind, basis: LegalBasis, is_refused: bool) -> None:
    with pytest.raises(InvalidField, match="legal basis") if is_refused else nullcontext():
        encounter(kind=kind, legal_basis=basis)


def test_missing_fingers_come_in_the_order_of_the_hands() -> None:
    assert encounter(missing_fingers=(RING, THUMB)).missing_fingers == (THUMB, RING)


def test_a_finger_is_missing_for_one_reason() -> None:
    twice = (RING, MissingFinger(FingerPosition.LEFT_RING, MissingReason.BANDAGED))
    with pytest.raises(InvalidField, match="left ring is named twice"):
        encounter(missing_fingers=twice)


def test_a_missing_finger_is_named() -> None:
    with pytest.raises(InvalidField, match="give its position, 1 to 10"):
        MissingFinger(FingerPosition.UNKNOWN, MissingReason.UNABLE)


@pytest.mark.parametrize("reason", list(MissingReason))
def test_only_what_is_not_there_has_no_print(reason: MissingReason) -> None:
    """A damaged finger may have a print, and one that could not be taken then may have one after all."""
    visit = encounter(missing_fingers=(MissingFinger(FingerPosition.RIGHT_INDEX, reason),))
    samples = [photo_of("face").sample, print_of("index", FingerPosition.RIGHT_INDEX).sample]
    if reason in (MissingReason.AMPUTATED, MissingReason.BANDAGED):
        with pytest.raises(InvalidField, match=f"right index is {reason}, and there is a sample of it"):
            visit.refuse_prints_of_missing(samples)
    else:
        visit.refuse_prints_of_missing(samples)
    visit.refuse_prints_of_missing([print_of("thumb", FingerPosition.RIGHT_THUMB).sample, samples[0]])


def test_a_print_has_no_view() -> None:
    assert Sample(FACE, b"a", view=PhotoView.ANGLED).view is PhotoView.ANGLED
    with pytest.raises(InvalidField, match=r"right thumb \(a\.png\): a view is stated, and a print has none"):
        Sample(FINGERPRINT, b"a", "a.png", FingerPosition.RIGHT_THUMB, view=PhotoView.FRONTAL)


def test_a_request_from_before_a_field_was_added_is_recognised_when_repeated() -> None:
    """Its digest is what it was: a station that sends its queue again after an upgrade enrols nobody twice."""
    visit, sample = encounter(date=date(2024, 3, 9)), print_of("a").sample
    added = make_dataclass("Sample", [("added", str, field(default=""))], bases=(Sample,), frozen=True)
    upgraded = added(*(getattr(sample, each.name) for each in fields(sample)))
    digest = IdempotencyKey.of("key", [visit, sample]).digest
    assert IdempotencyKey.of("key", [visit, upgraded]).digest == digest
    assert IdempotencyKey.of("key", [visit, replace(upgraded, added="something")]).digest != digest
    partial = replace(visit, missing_fingers=(RING,))
    assert IdempotencyKey.of("key", [partial, sample]).digest != digest
