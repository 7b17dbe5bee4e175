"""A demo station: invented people with generated samples, but for two photos in the public domain."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageEnhance

from biometrics.kernel.people.encounter import Encounter, EncounterKind, Section
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.recognition.body_marks import BodyMarkKind, BodyPart, BodySide, MarkColour, PhotographedMark
from biometrics.kernel.recognition.capture import EyePosition, FingerPosition, PalmPosition
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Sample
from biometrics.searches.model import StoredSearch
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import enrol
from biometrics.use_cases.search.identify import SearchRequest, identify
from face.modality import FACE
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic import Finger
from iris.modality import IRIS
from iris.synthetic.eye import well_taken
from marks.modality import MARK
from marks.synthetic import mark as draw_mark
from palm.modality import PALM
from palm.synthetic.palm import Palm

PEOPLE = 50
PPI = 500
FINGERS = [position for position in FingerPosition if position is not FingerPosition.UNKNOWN]
SOUGHT_BY_PHOTO = 0  # the people that the demonstration searches for
SOUGHT = 17  # by all others
TATTOOED = range(2, PEOPLE, 3)  # whose photos of a tattoo are taken, where the installation recognises them
# Some people are enrolled with few samples, so that the demo starts quickly.
PALMS_OF = range(SOUGHT % 10, PEOPLE, 10)  # whose right palm is taken
TEN_PRINTS_OF = range(3, PEOPLE, 10)  # whose ten fingers are taken; of others, FOUR_FINGERS
PHOTOGRAPHED_EYES = range(SOUGHT % 3, PEOPLE, 3)
FOUR_FINGERS = (
    FingerPosition.RIGHT_THUMB,
    FingerPosition.RIGHT_INDEX,
    FingerPosition.LEFT_THUMB,
    FingerPosition.LEFT_INDEX,
)
SOUGHT_FINGERS = (FingerPosition.RIGHT_INDEX, FingerPosition.LEFT_THUMB)

# What the tattoos are said to show: description, class, colours.
_TATTOOS = (
    ("scorpion and arrows", "animal", (MarkColour.BLACK, MarkColour.GREEN)),
    ("lotus in a circle", "plant", (MarkColour.RED, MarkColour.BLACK)),
    ("trishul", "symbol", (MarkColour.BLACK,)),
    ("name of a friend", "other", (MarkColour.BLUE,)),
    ("tiger", "animal/vicious", (MarkColour.SEVERAL,)),
)
_PARTS = (BodyPart.FOREARM, BodyPart.ARM, BodyPart.CHEST, BodyPart.BACK, BodyPart.NECK, BodyPart.CALF, BodyPart.HAND)

# Photographs by NASA and the US Navy, in the public domain: (distribution, file).
PHOTOS = (
    ("scikit-image", "skimage/data/astronaut.png"),
    ("matplotlib", "matplotlib/mpl-data/sample_data/grace_hopper.jpg"),
)

_GIVEN_NAMES = {
    Sex.FEMALE: ("Asha", "Meera", "Farida", "Lakshmi", "Harpreet"),
    Sex.MALE: ("Ravi", "Imran", "Joseph", "Suresh", "Gurdeep"),
}
_FAMILY = ("Verma", "Khan", "Pillai", "Das", "Gill")


@dataclass(frozen=True)
class DemoPerson:
    """One invented person: everything follows from the number, 0 to PEOPLE - 1."""

    number: int

    @property
    def person(self) -> Person:
        """Name, sex and year of birth; those of PHOTOS are women. The state allots the national number."""
        sex = Sex.FEMALE if self.number < len(PHOTOS) or self.number % 2 else Sex.MALE
        name = f"{_GIVEN_NAMES[sex][self.number % 5]} {_FAMILY[self.number // 10]}"
        return Person(name, sex, 1950 + self.number)

    @property
    def encounter(self) -> Encounter:
        """An arrest; the real people on the photos are entered as missing, not as offenders."""
        kind = EncounterKind.MISSING if self.number < len(PHOTOS) else EncounterKind.ARREST
        sections = (Section("BNS 2023", "303(2)"),) if kind is EncounterKind.ARREST else ()
        fir = f"{self.number + 1:04d}/2026"
        return Encounter(fir, "27519004", "519", "27", dt.date(2026, 1, 15), "SI R. Patil", sections, kind)

    def prints(self, impression: int, fingers: Sequence[FingerPosition]) -> list[Sample]:
        """Generate one impression of each of some fingers."""
        samples = []
        for position in fingers:
            finger = Finger.generate(1000 * self.number + position)
            name = f"{position.name.lower()}_{impression}.png"
            samples.append(Sample(FINGERPRINT, _png(finger.impression(impression)), name, position, None, PPI))
        return samples

    def tattoos(self, shot: int = 0) -> list[Sample]:
        """Generate a photo of the person's tattoo, where there is one and the installation recognises marks."""
        if self.number not in TATTOOED or not recognises_marks():
            return []
        description, design, colours = _TATTOOS[self.number % len(_TATTOOS)]
        part = _PARTS[self.number % len(_PARTS)]
        side = BodySide.NONE if part in (BodyPart.CHEST, BodyPart.BACK, BodyPart.NECK) else BodySide.LEFT
        mark = PhotographedMark(BodyMarkKind.TATTOO, part, side, description, colours=colours, designs=(design,))
        content = _png(np.asarray(draw_mark(self.number, shot)))
        return [Sample(MARK, content, "tattoo.png", mark=mark)]

    def irises(self, shot: int = 0) -> list[Sample]:
        """Generate a photo of each eye, of those in PHOTOGRAPHED_EYES."""
        if self.number not in PHOTOGRAPHED_EYES:
            return []
        eyes = enumerate((EyePosition.RIGHT_EYE, EyePosition.LEFT_EYE), 2 * self.number)
        return [Sample(IRIS, _png(well_taken(eye, shot).pixels), f"eye_{eye}.png", position) for eye, position in eyes]

    def palms(self, shot: int = 0) -> list[Sample]:
        """Generate an impression of the right palm, of those in PALMS_OF."""
        if self.number not in PALMS_OF:
            return []
        content = _png(_palm_of(self.number).impression(shot).pixels)
        return [Sample(PALM, content, f"palm_{shot}.png", PalmPosition.RIGHT_FULL_PALM, None, PPI)]

    def samples(self) -> list[Sample]:
        """Generate what the person is enrolled with: four or ten prints, and face, eyes, palm and tattoo, if any."""
        fingers = FINGERS if self.number in TEN_PRINTS_OF else FOUR_FINGERS
        return self.prints(0, fingers) + self.photos() + self.irises() + self.palms() + self.tattoos()

    def photos(self) -> list[Sample]:
        """Return the person's photo, a rendered one but for those of PHOTOS."""
        path = photo_path(self.number)
        return [Sample(FACE, path.read_bytes(), path.name)]


def missing(engine: Engine, people: Sequence[DemoPerson]) -> list[DemoPerson]:
    """Return who of some demo people is not on record yet, so that an interrupted seeding goes on."""
    return [person for person in people if not _records_of(engine, person)]


def _records_of(engine: Engine, person: DemoPerson) -> set[str]:
    """Return the ids of the records with a demo person's name and FIR."""
    encounter = person.encounter
    query = RecordQuery(name=person.person.name, fir_number=encounter.fir_number, station_code=encounter.station_code)
    return {record.id for record in engine.store.people.find(query).items}


def enrol_person(engine: Engine, person: DemoPerson, samples: Sequence[Sample]) -> None:
    """Enrol one demo person with `DemoPerson.samples`, or others."""
    enrol(engine, person.person, person.encounter, samples, accept_poor_quality="a generated finger, dry for good")


def probes() -> list[tuple[str, DemoPerson, list[Sample]]]:
    """Return the searches of the demonstration: description, person and files."""
    by_photo, sought = DemoPerson(SOUGHT_BY_PHOTO), DemoPerson(SOUGHT)
    photo = Sample(FACE, poorer_photo(photo_path(by_photo.number)), "street.jpg")
    searches = [
        (
            "Two fingers of a suspect, another impression than the enrolled one:",
            sought,
            sought.prints(1, SOUGHT_FINGERS),
        ),
        ("A photo, turned, darkened, reduced and compressed:", by_photo, [photo]),
        ("An eye, in another photo than the enrolled one:", sought, sought.irises(1)[-1:]),
        ("A palm, in another impression than the enrolled one:", sought, sought.palms(1)),
    ]
    tattoos = sought.tattoos(1)
    return searches + [("A tattoo, in another photo than the enrolled one:", sought, tattoos)] * bool(tattoos)


def examples() -> list[Sample]:
    """Return files for a visitor to search with: print, face, eye, palm and, where marks are recognised, a tattoo."""
    _, *other_probes = probes()
    thumb = DemoPerson(SOUGHT).prints(2, [FingerPosition.RIGHT_THUMB])
    return thumb + [sample for _, _, samples in other_probes for sample in samples]


def search(engine: Engine, sought: DemoPerson, samples: list[Sample]) -> tuple[StoredSearch, bool]:
    """Search with some of `probes`; say also whether the right record came first, of those that the demo enrolled.

    A visitor may have enrolled the example files, and then comes first rightly.
    """
    result = identify(engine, SearchRequest(samples, 5, case_number="demo", officer="SI R. Patil"))
    demo_records = set[str]().union(*(_records_of(engine, DemoPerson(number)) for number in range(PEOPLE)))
    candidates = [candidate.record_id for candidate in result.search.candidates if candidate.record_id in demo_records]
    return result, bool(candidates) and candidates[0] in _records_of(engine, sought)


def recognises_marks() -> bool:
    """Say whether the installation recognises photos of marks (docs/marks.md)."""
    return MARK in Modality.registered()


def poorer_photo(path: Path) -> bytes:
    """Return a photo turned by 8 degrees, darkened, reduced to 60 % and strongly compressed, as JPEG."""
    picture = Pillow.open(path).convert("RGB").rotate(8, Pillow.Resampling.BICUBIC)
    picture = ImageEnhance.Brightness(picture).enhance(0.6)
    picture = picture.resize((picture.width * 6 // 10, picture.height * 6 // 10))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=40)
    return buffer.getvalue()


@lru_cache(maxsize=1)
def _palm_of(number: int) -> Palm:
    return Palm.generate(number)


def photo_path(number: int) -> Path:
    """Locate the photo of a person: one of PHOTOS, or a rendered face (api/demo/faces/README.md)."""
    if number >= len(PHOTOS):
        return Path(__file__).with_name("faces") / f"{number:02d}.jpg"
    package, file = PHOTOS[number]
    return Path(str(distribution(package).locate_file(file)))


def _png(pixels: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Pillow.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
