"""A station with enough people for photo line-ups: real photos, and made-up templates that are unlike each other."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from acting import HERE, act_of, codes
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import photo_of
from PIL import Image as Pillow
from records_examples import encounter

from biometrics.kernel.access import Role
from biometrics.kernel.people.encounter import LegalBasis
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.capture import CropBox
from biometrics.kernel.recognition.types import Sample, Source, Template
from biometrics.lineups.model import (
    PHOTOS,
    Band,
    Choice,
    InstructionLanguage,
    LineupMember,
    Look,
    NewLineup,
    NewViewing,
    Presentation,
    Sought,
    WitnessStatement,
)
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import store_person
from face.codec import encode
from face.modality import FACE

BORN = 1990


def engine_of(client: TestClient) -> Engine:
    return cast(Engine, cast(FastAPI, client.app).state.services.engine)


def face_of(engine: Engine, seed: int, photo: int = 0) -> EnrolledSample:
    """Return a real photo with a template that is drawn by a seed: no two are alike."""
    channel = engine.channels[FACE]
    vector = np.random.default_rng(seed).normal(size=cast(Any, channel.recogniser).dimension)
    content = encode((vector / np.linalg.norm(vector)).astype(np.float32))
    sample = Sample(FACE, _own_photo(seed, photo), f"{seed}.png")
    template = Template(FACE, channel.recogniser.model, content, 90)
    return EnrolledSample(sample, Source("image/png", 400, 400, None), template)


def _own_photo(seed: int, photo: int) -> bytes:
    """Return a real photo with a spot at the cheek by a seed, so that no two have the same pixels."""
    pixels = np.array(Pillow.open(io.BytesIO(photo_of(photo))).convert("RGB"))
    middle, across = (side // 2 for side in pixels.shape[:2])
    pixels[middle : middle + 3, across : across + 3] = (seed % 251, seed // 251 % 251, 90)
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def booked(
    engine: Engine, seed: int, person: Person | None = None, unit: str = HERE, photo: int = 1, **its: object
) -> str:
    """Enrol an adult with a photo under the Identification Act; return the record's id."""
    visit = {"legal_basis": LegalBasis.IDENTIFICATION_ACT_ARRESTED, "fir_number": f"{seed}/2024", **codes(unit)}
    whom = person or Person(f"Person {seed}", Sex.MALE, BORN)
    store: RecordStore = engine.store.for_actor(act_of(unit, actor="enroller"))
    sample = face_of(engine, seed, photo)
    enrolled = store_person(store, whom, encounter(**visit | its), [sample])
    return enrolled.record_id


def station_for_lineups(engine: Engine, seed: int = 1000, fillers: int = 7) -> tuple[str, Sequence[str]]:
    """Enrol a suspect, and people of whom each can be a filler; return the records' ids."""
    suspect = booked(engine, seed, photo=0)
    return suspect, [booked(engine, seed + number) for number in range(1, fillers + 1)]


def ready_lineup(store: RecordStore, record_id: str, sample_id: int, text: str, unit: str = HERE) -> int:
    """Write a line-up of a record with made-up fillers that can be shown; return its number."""
    box, look = CropBox(0, 0, 40, 50), Look(is_grey=True, brightness=100, filled=0.0)
    members = [
        LineupMember(
            each, record_id, sample_id, each == 1, box, f"{each}" * 64, look, Band.MIDDLE if each > 1 else None
        )
        for each in range(1, PHOTOS + 1)
    ]
    with store.for_actor(act_of(unit, Role.STATION_OFFICER, "maker")).begin() as work:
        made = work.lineups.add(NewLineup("", "7/2026", text, Sought(), Presentation.SIMULTANEOUS, True), members)
        work.lineups.fix(made.id)
        work.audit(Action.LINEUP_MADE, made.subject)
    return made.id


def planted_lineup(store: RecordStore, record_id: str, sample_id: int, text: str, unit: str = HERE) -> int:
    """Write such a line-up, shown to a witness who has answered; return its number."""
    made_id = ready_lineup(store, record_id, sample_id, text, unit)
    with store.for_actor(act_of(unit, Role.STATION_OFFICER, "operator")).begin() as work:
        work.lineups.start(made_id, NewViewing(text, text, InstructionLanguage.EN, True))
        work.lineups.answer(made_id, 1, WitnessStatement(Choice.YES, text, 2, text))
        ended = work.lineups.end(made_id, 1, text)
        work.audit(Action.LINEUP_ENDED, ended.subject)
    return made_id
