"""Applicants for clearance certificates, for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from acting import HERE, act_of
from inputs import photo_of
from records_examples import FACE_MODEL, FINGER_MODEL, candidate_of, search_for

from biometrics.clearances.model import ClearanceOutcome, ClearanceRequest, Decision
from biometrics.kernel.access import Act, Purpose
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Probe, Template
from biometrics.kernel.technique.clock import today
from biometrics.records.store import RecordStore
from biometrics.searches.model import KeptImage, SearchProbe
from biometrics.storage.audit.log import Action
from biometrics.use_cases.search.identify import store_search
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

TEN: Final = tuple(finger for finger in FingerPosition if finger.is_known)
APPLICANT: Final[dict[str, Any]] = {
    "name": "आशा वर्मा",
    "birth_date": "1990-01-02",
    "document": "Passport Z1234567",
    "wanted_for": "Student visa",
    "authority": "Embassy of Norway, New Delhi",
    "legal_basis": "Written consent of the applicant",
}


def search_of_applicant(
    store: RecordStore,
    act: Act,
    *hits: tuple[str, float],
    fingers: Sequence[FingerPosition] = TEN,
    purpose: Purpose = Purpose.CLEARANCE,
) -> str:
    """Store a search with prints and a photo, and their files; return its id.

    `hits` are records, each with the decibans that it is above the threshold.
    """
    name = str(uuid4())
    finger, face = Template(FINGERPRINT, FINGER_MODEL, name.encode(), 55), Template(FACE, FACE_MODEL, b"face", 66)
    probes = [Probe(finger, each, each.label) for each in fingers] + [Probe(face, None, "photo")]
    made = search_for("")
    search = replace(
        made,
        probes=tuple(SearchProbe(probe, f"{number:x}" * 64) for number, probe in enumerate(probes)),
        candidates=tuple(candidate_of(each, made.threshold_elsewhere + above) for each, above in hits),
    )
    images = [KeptImage(number, "image/png", f"{name} {number}".encode()) for number in range(len(fingers))]
    images.append(KeptImage(len(fingers), "image/jpeg", photo_of(0)))
    asking = store.for_actor(replace(act, purpose=purpose))
    return store_search(asking, search, None, images, today() + dt.timedelta(days=30)).id


def certified(store: RecordStore, search_id: str, text: str) -> None:
    """Issue a clearance certificate on a search, and revoke it; all that can be written has this text."""
    applicant = ClearanceRequest(text, dt.date(1990, 1, 2), text, text, text, text, text)
    with store.for_actor(act_of(HERE)).begin() as work:
        asked = work.clearances.add(search_id, applicant)
        work.audit(Action.CLEARANCE_REQUESTED, asked)
    with store.for_actor(act_of(HERE, actor="second")).begin() as work:
        clearance = work.clearances.decide(
            work.clearances.get(asked), Decision(ClearanceOutcome.NO_RECORD, because=text)
        )
        work.clearances.revoke(clearance, text)
        work.audit(Action.CLEARANCE_REVOKED, asked)
