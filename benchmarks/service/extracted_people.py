"""Generated people with ten prints each, extracted beforehand, so that they can be stored quickly at any moment."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.bootstrap.recognisers import open_recogniser
from api.demo.people import FINGERS, DemoPerson
from api.settings import Settings
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from biometrics.matching.extraction import extract_one
from biometrics.matching.ports import Recogniser
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.watchlist.checks import CheckReader
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

_ENCOUNTER: Final = Encounter("1/2026", "27519004", "519", "27", date(2026, 1, 15), "benchmark")
_AT_ONCE: Final = 100  # checks that are waived in one transaction

_recognisers: list[Recogniser] = []  # of a process that makes people


@dataclass(frozen=True)
class MadePerson:
    """A person who is not on record yet; `probe` is another impression of the right thumb."""

    number: int
    samples: tuple[EnrolledSample, ...]
    probe: Sample


def made_people(settings: Settings, count: int, workers: int) -> Iterator[MadePerson]:
    """Make people in several processes: ten prints each, extracted by the usual model; the first two have a photo."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _open, (settings,)) as pool:
        yield from pool.map(_make_person, range(count))


def stored(store: RecordStore, people: Sequence[MadePerson]) -> list[str]:
    """Store people, whose checks for duplicates are waived; return the ids of their records."""
    ids = [store_person(store, _person(person), _ENCOUNTER, person.samples).record_id for person in people]
    while waiting := CheckReader(store.database).waiting(_AT_ONCE):
        with store.begin() as work:
            work.checks.waive(waiting)
    return ids


def _person(made_person: MadePerson) -> Person:
    return Person(f"Made-up {made_person.number}", national_number=f"26{made_person.number:08d}")


def _open(settings: Settings) -> None:
    _recognisers.extend(open_recogniser(settings, modality) for modality in (FINGERPRINT, FACE))


def _make_person(number: int) -> MadePerson:
    person = DemoPerson(number)
    recognisers = {recogniser.modality: recogniser for recogniser in _recognisers}
    samples = person.prints(0, FINGERS) + person.photos()
    extracted = [extract_one(recognisers[sample.modality], sample, assess=False) for sample in samples]
    return MadePerson(number, tuple(extracted), *person.prints(1, [FingerPosition.RIGHT_THUMB]))
