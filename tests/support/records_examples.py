"""People, encounters and samples to fill a store with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import api.modalities  # noqa: F401 - registers them
from biometrics.kernel.people.encounter import Encounter, Section
from biometrics.kernel.people.particulars import (
    Address,
    Appearance,
    Build,
    Complexion,
    DocumentKind,
    Eyes,
    Hair,
    IdDocument,
    Particulars,
    Relation,
    Relative,
)
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.body_marks import BodyMark, BodyMarkKind, BodyPart, BodySide, PhotographedMark
from biometrics.kernel.recognition.capture import CropBox, FingerPosition, Impression, PhotoView
from biometrics.kernel.recognition.types import Probe, Sample, Source, Template
from biometrics.searches.model import Search, SearchCandidate, SearchProbe
from face.modality import FACE
from fingerprint.modality import FINGERPRINT
from marks.modality import MARK

FINGER_MODEL = "f" * 64
FACE_MODEL = "a" * 64
MARK_MODEL = "b" * 64
BOUND = 17.6  # decibans: the most that is stated of a score


def encounter(**changed: object) -> Encounter:
    fields: dict[str, object] = {
        "fir_number": "0123/2024",
        "station_code": "27519004",
        "district_code": "519",
        "state_code": "27",
        "date": date(2024, 3, 9),
        "sections": (Section("BNS 2023", "303(2)"), Section("BNS 2023", "331")),
        "officer": "SI R. Patil",
    }
    return Encounter(**fields | changed)


def print_of(
    content: str, position: FingerPosition = FingerPosition.RIGHT_INDEX, model: str = FINGER_MODEL
) -> EnrolledSample:
    """Return a fingerprint whose image file and template are made of `content`."""
    return EnrolledSample(
        Sample(
            FINGERPRINT,
            f"image {content}".encode(),
            f"{content}.png",
            position,
            Impression.PLAIN_LIVE_SCAN,
        ),
        Source("image/png", 30, 20, 500.0),
        Template(FINGERPRINT, model, f"template {content}".encode(), 71),
    )


def photo_of(content: str, view: PhotoView | None = None) -> EnrolledSample:
    """Return a photo whose image file and template are made of `content`."""
    return EnrolledSample(
        Sample(FACE, f"photo {content}".encode(), f"{content}.jpg", view=view),
        Source("image/jpeg", 30, 40, None),
        Template(FACE, FACE_MODEL, f"face {content}".encode(), 88),
    )


def mark_of(content: str, mark: PhotographedMark | None = None) -> EnrolledSample:
    """Return a photo of a mark, else of a tattoo whose description is `content`; file and template are made of it."""
    tattoo = mark or PhotographedMark(BodyMarkKind.TATTOO, BodyPart.ARM, description=content)
    return EnrolledSample(
        Sample(MARK, f"mark {content}".encode(), f"{content}.png", box=CropBox(1, 2, 30, 40), mark=tattoo),
        Source("image/png", 30, 40, None),
        Template(MARK, MARK_MODEL, f"tattoo {content}".encode(), 60),
    )


def broken_print(content: str) -> EnrolledSample:
    """Return a sample that both databases refuse, after its image was stored."""
    good = print_of(content)
    return replace(good, source=replace(good.source, media_type=None))


def detail_of(decibans: float, **others: Any) -> dict[str, Any]:
    """Return what is stored of a score."""
    score = {"decibans": decibans, "low": decibans, "high": decibans, "bound": BOUND, "extrapolated": False}
    return {"score": score | {"calibrated": True, "ratio": None}, "gap": 1.0, "hint": "likely", "samples": []} | others


def candidate_of(record_id: str, decibans: float, **others: Any) -> SearchCandidate:
    """Return a candidate with a score."""
    return SearchCandidate(record_id, decibans, detail_of(decibans, **others))


def search_for(record_id: str) -> Search:
    finger = Template(FINGERPRINT, FINGER_MODEL, b"\x00\xff probe", 55)
    face = Template(FACE, FACE_MODEL, b"probe face", 66)
    return Search(
        case_number="0123/2024",
        officer="SI R. Patil",
        settings={
            "target_fpir": 0.001,
            "max_candidates": 10,
            "elsewhere_fpir": 0.001,
            "identity": {},
            "bound": BOUND,
            "stated": [10.0 * step for step in range(11)],
        },
        gallery_size=3,
        sequence=7,
        threshold=34.77,
        probes=(
            SearchProbe(Probe(finger, FingerPosition.UNKNOWN, "unknown finger (latent.png)"), "1" * 64),
            SearchProbe(Probe(face, None, "photo"), "2" * 64),
        ),
        candidates=(
            candidate_of(record_id, 61.25, samples=[{"sample_id": 1, "score": 1 / 3}]),
            candidate_of("00000000-0000-4000-8000-000000000000", 1e-9),
        ),
    )


WHOLE = Particulars(
    date(1980, 2, 29),
    (Relative(Relation.FATHER, "Shyam Lal"), Relative(Relation.WIFE, "सीता")),
    Address("12 Mill Road, Dadar", "Mumbai City", "27", "400014"),
    "ind",
    (IdDocument(DocumentKind.VOTER_CARD, "4f21"),),
    Appearance(
        171,
        Build.THIN,
        Complexion.WHEATISH,
        Hair.GREY,
        Eyes.BROWN,
        (
            BodyMark(BodyMarkKind.TATTOO, BodyPart.FOREARM, BodySide.LEFT, "a snake"),
            BodyMark(BodyMarkKind.SCAR, BodyPart.NECK),
        ),
        ("Marathi", "Hindi"),
    ),
)
