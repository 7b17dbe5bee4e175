"""People in a station's database: most with templates of made-up fingers and faces, a few with images of their own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import date

import numpy as np
from numpy.typing import NDArray

from api.bootstrap.engine import open_engine
from api.bootstrap.recognisers import open_recogniser
from api.bootstrap.store import master_keys
from api.demo.people import FINGERS, DemoPerson, enrol_person, missing
from api.settings import Settings
from benchmarks.search.faces import strangers
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Sample, Source, Template
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.watchlist.checks import CheckReader
from face.codec import encode as encode_face
from face.modality import FACE
from fingerprint.codec import encode as encode_print
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic.templates import synthetic_template

FIRST_SEED = 1_000_000
SEARCHED = 4  # people with images, the first two with photos, as probes of the searches
_PART = 50  # people whose fingers a process makes at a time
_FACES = 7  # seed

_ENCOUNTER = Encounter("1/2026", "27519004", "519", "27", date(2026, 1, 15), "benchmark")


def fill(settings: Settings, people: int, workers: int, advance: Callable[[int], None]) -> None:
    """Enrol until there are `people` people; an interrupted run continues. The made-up ones have no image files."""
    models = {modality: open_recogniser(settings, modality).model for modality in Modality.registered()}
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    images = _NoImages(settings.data_folder / "images")
    with RecordStore.open(settings.resolved_database_url, images, master_keys(settings)) as store:
        present = store.record_count()
        faces = strangers(people, _FACES)
        for number, fingers in _fingers(min(present, people), people - SEARCHED, workers):
            person = Person(f"Made-up {number}", national_number=f"26{number:08d}")
            store_person(store, person, _ENCOUNTER, [*_prints(fingers, models), _face(faces[number], models)])
            advance(1)
        while waiting := CheckReader(store.database).waiting(_PART):  # a server would run them during the measurement
            with store.begin() as work:
                work.checks.waive(waiting)
    with open_engine(settings) as engine:
        engine = engine.as_system("a benchmark")
        for number in range(SEARCHED):
            for demo in missing(engine, [DemoPerson(number)]):
                enrol_person(engine, demo, demo.samples())
            advance(1)


def _prints(fingers: list[bytes], models: dict[Modality, str]) -> Iterator[EnrolledSample]:
    for position, data in zip(FINGERS, fingers, strict=True):
        sample = Sample(FINGERPRINT, data, "", position)
        template = Template(FINGERPRINT, models[FINGERPRINT], data, None)
        yield EnrolledSample(sample, Source("image/png", 388, 480, 500.0), template)


def _face(vector: NDArray[np.float32], models: dict[Modality, str]) -> EnrolledSample:
    data = encode_face(vector)
    template = Template(FACE, models[FACE], data, None)
    return EnrolledSample(Sample(FACE, data, ""), Source("image/jpeg", 512, 512, None), template)


def _fingers(start: int, end: int, workers: int) -> Iterator[tuple[int, list[bytes]]]:
    parts = [range(first, min(first + _PART, end)) for first in range(start, end, _PART)]
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for part, encoded in zip(parts, pool.map(_made_templates, parts), strict=True):
            yield from zip(part, encoded, strict=True)


def _made_templates(people: range) -> list[list[bytes]]:
    seeds = [range(FIRST_SEED + 10 * person, FIRST_SEED + 10 * person + 10) for person in people]
    return [[encode_print(synthetic_template(seed)) for seed in of_person] for of_person in seeds]


class _NoImages(ImageFolder):
    """Takes image files and keeps none: those of made-up people would be a hundred thousand files of nothing."""

    def put_all(self, files: Mapping[str, bytes]) -> None:
        """Keep nothing; `put` and `write` come here, too."""
