"""Several stills of one person as one probe: who is found, and whether what is stated of strangers holds.

The record of each person is one photo. The stills are real ones, or other photos as a surveillance camera would have
taken them (`benchmarks/runs/stills.py`). A set is so many stills drawn of a person's; those that are refused add
nothing, and a set of refused ones finds nobody. Sets are compared as a search compares them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from api.cli.progress_bars import progress
from benchmarks.metrics import Scores
from benchmarks.metrics.identification import Searches
from benchmarks.runs.datasets import LabelledImage, UnusableDataset, read_image
from benchmarks.runs.stills import Camera
from biometrics.imaging.image import Image
from biometrics.kernel.errors import NoFace, UnusableSample
from biometrics.kernel.people.labels import NO_POSITION, UNKNOWN_YEAR, Label
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.types import Probe, Template
from biometrics.matching.calibration import Calibration, decibans_of
from biometrics.matching.channel import Channel
from biometrics.matching.gallery import Gallery
from biometrics.matching.scoring import PersonComparison
from face.detector import FaceDetector
from face.modality import FACE
from face.recogniser import FaceRecogniser
from face.selection import most_prominent

SIZES = (1, 2, 5, 10)
STATED = (10.0, 20.0, 30.0)  # decibans
FPIRS = (0.01, 0.001)
LEAST_SEEN = 3  # comparisons that reach a level; of fewer nothing is said
_SEED = 55
_LABEL = Label(0, 0, 0, UNKNOWN_YEAR, 0, NO_POSITION, 0, 0)


@dataclass(frozen=True)
class PersonStills:
    """A person's template on record and those of the stills, None for a still that was refused."""

    subject: str
    on_record: Template
    stills: tuple[Template | None, ...]


@dataclass(frozen=True)
class SetFigures:
    """What sets of `size` stills showed.

    `without_face` are the sets whose stills were all refused. `seen` is, for each of STATED, how rare in decibans it
    was that so much was stated of another person; None where too few reached it.
    """

    size: int
    searches: Searches
    without_face: int
    seen: tuple[float | None, ...]

    def content(self) -> dict[str, Any]:
        """Return it as plain JSON, rates in percent."""
        found = 100 * self.searches.cmc()
        missed = 100 * self.searches.fnir_at_fpir(np.array(FPIRS))
        return {
            "stills": self.size,
            "sets": len(self.searches.ranks),
            "without_face": self.without_face,
            "rank1": round(float(found[0]), 2),
            "rank5": round(float(found[min(4, len(found) - 1)]), 2),
            **{f"fnir_at_fpir_{rate:g}": round(float(share), 2) for rate, share in zip(FPIRS, missed, strict=True)},
            **{f"seen_at_{stated:g}": seen for stated, seen in zip(STATED, self.seen, strict=True)},
        }


def real_stills(
    recogniser: FaceRecogniser, images: Sequence[LabelledImage], on_record: str, stills: str
) -> list[PersonStills]:
    """Extract stills and records, named by patterns such as "mug_33*" and "cctv_*".

    Raises:
        UnusableDataset: an image cannot be read, or nobody has both.
    """

    def extracted(subject: str, pattern: str) -> list[Template | None]:
        return [
            _extracted(recogniser, read_image(image.path))
            for image in images
            if image.subject == subject and fnmatch(image.path.name, pattern)
        ]

    subjects = sorted({image.subject for image in images})
    with progress("Extracting", len(subjects)) as advance:
        people = []
        for subject in subjects:
            records = [template for template in extracted(subject, on_record) if template]
            if records:
                people.append(PersonStills(subject, records[0], tuple(extracted(subject, stills))))
            advance()
    return _usable(people)


def generated_stills(
    recogniser: FaceRecogniser, detector: FaceDetector, images: Sequence[LabelledImage], count: int
) -> list[PersonStills]:
    """Keep each person's first photo on record, and make `count` stills of each who has others, of each in turn.

    Raises:
        UnusableDataset: an image cannot be read, or nobody has two photos with a face.
    """
    by_subject: dict[str, list[LabelledImage]] = {}
    for image in images:
        by_subject.setdefault(image.subject, []).append(image)
    people = []
    with progress("Extracting", len(by_subject)) as advance:
        for number, (subject, (first, *others)) in enumerate(sorted(by_subject.items())):
            record = _extracted(recogniser, read_image(first.path))
            if record:
                stills = tuple(
                    _extracted(recogniser, camera_still(detector, read_image(photo.path), (number, shot)))
                    for shot, photo in zip(range(count), others * count, strict=False)
                )
                people.append(PersonStills(subject, record, stills))
            advance()
    return _usable(people)


def camera_still(detector: FaceDetector, photo: Image, seed: tuple[int, ...]) -> Image | None:
    """Return a photo as a camera drawn at random would have taken it; None where it shows no face."""
    rng, rgb = np.random.default_rng((_SEED, *seed)), photo.rgb()
    try:
        face = detector.refine(rgb, most_prominent(detector.detect(rgb), photo.width, photo.height))
    except NoFace:
        return None
    return Image(Camera.drawn(rng).still(rgb, face, rng), None, photo.media_type)


def measure(
    recogniser: FaceRecogniser, calibration: Calibration, people: Sequence[PersonStills], sizes: Sequence[int] = SIZES
) -> list[SetFigures]:
    """Search sets of each size of the people who have so many stills, among everyone's records."""
    channels = {FACE: Channel(recogniser, cast(Gallery, None), calibration)}
    records = [
        [StoredTemplate(place, place, person.subject, None, person.on_record, _LABEL)]
        for place, person in enumerate(people)
    ]
    figures = []
    for size in sizes:
        sets = [(place, drawn) for place, person in enumerate(people) for drawn in _sets(place, person, size)]
        if not sets:
            continue
        decibans, stated = (np.full((len(sets), len(people)), -np.inf) for _ in range(2))
        with progress(f"Searching with {size}", len(sets)) as advance:
            for row, (_, drawn) in enumerate(sets):
                probes = [Probe(template) for template in drawn if template]
                if probes:
                    scores = PersonComparison(channels, probes).score_all(records)
                    decibans[row] = [scored.score.decibans if scored else -np.inf for scored in scores]
                    stated[row] = [scored.score.stated if scored else -np.inf for scored in scores]
                advance()
        mates = np.array([place for place, _ in sets], np.int64)
        figures.append(
            SetFigures(
                size,
                Searches.of(decibans, mates, mates),
                int(np.isneginf(decibans).all(axis=1).sum()),
                observed(_of_strangers(stated, mates)),
            )
        )
    return figures


def observed(stated: Scores) -> tuple[float | None, ...]:
    """Return in decibans how rarely so much as each of STATED is stated of strangers; `stated` of shape (n,)."""
    reached = [int(np.count_nonzero(stated >= level)) for level in STATED]
    return tuple(
        round(decibans_of(float(np.log(count / len(stated)))), 1) if count >= LEAST_SEEN else None for count in reached
    )


def table(figures: Sequence[SetFigures], title: str) -> Table:
    """Show the figures, one row a size."""
    seen = [f"{stated:g} stated, seen" for stated in STATED]
    headings = [*(f"% missed at FPIR {100 * rate:g} %" for rate in FPIRS), *seen]
    sets = Table("stills", "sets", "without a face", "% rank 1", "% rank 5", *headings, title=title)
    for one in figures:
        sets.add_row(*("" if value is None else f"{value:g}" for value in one.content().values()))
    return sets


def _sets(place: int, person: PersonStills, size: int) -> list[list[Template | None]]:
    """Draw as many sets of a person's stills as there are, each still in one of them."""
    order = np.random.default_rng((_SEED, size, place)).permutation(len(person.stills)).tolist()
    return [[person.stills[at] for at in order[end - size : end]] for end in range(size, len(order) + 1, size)]


def _of_strangers(scores: NDArray[np.float64], mates: NDArray[np.int64]) -> Scores:
    """Leave out the scores with the mates, and those of sets without a face."""
    others = np.ones_like(scores, dtype=bool)
    others[np.arange(len(mates)), mates] = False
    return np.asarray(scores[others & ~np.isneginf(scores)], np.float64)


def _extracted(recogniser: FaceRecogniser, image: Image | None) -> Template | None:
    if image is None:
        return None
    try:
        return recogniser.extract(image)
    except UnusableSample:
        return None


def _usable(people: list[PersonStills]) -> list[PersonStills]:
    if len(people) < 2 or not any(person.stills for person in people):
        raise UnusableDataset("Sets need people with a photo on record and stills; two people or more.")
    return people
