"""Photos of marks, searched among each other: those of one mark, and changed copies."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from benchmarks.metrics.identification import Searches
from benchmarks.runs.datasets import SUFFIXES, LabelledImage, UnusableDataset, read_image
from benchmarks.runs.index_run import SEED, IndexRun, timed
from biometrics.imaging.image import Image
from biometrics.kernel.errors import InvalidField, UnusableSample
from biometrics.kernel.people.labels import LABEL
from biometrics.kernel.recognition.capture import CropBox
from index.faiss_index import FaissIndex
from marks.codec import decode as read_template
from marks.codec import encode
from marks.comparison import RERANKED, search
from marks.extractor import MarkExtractor
from marks.features import EMBEDDING, MarkFeatures
from marks.quality import measure

TURNED = 10  # degrees
CUT = 0.1  # of each side
QUALITY = 30  # of JPEG
_AT_ONCE = 10_000  # embeddings that are added at a time
_NOISE = 0.75
_LEAST = 64  # pixels of the side of a distractor

Change = Callable[[Pictures.Image], Pictures.Image]


def _compressed(picture: Pictures.Image) -> Pictures.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=QUALITY)
    return Pictures.open(file)


def _cut(picture: Pictures.Image) -> Pictures.Image:
    width, height = picture.size
    return picture.crop((int(CUT * width), int(CUT * height), int((1 - CUT) * width), int((1 - CUT) * height)))


CHANGES: Mapping[str, Change] = {
    "cut": _cut,
    "turned": lambda picture: picture.rotate(TURNED, Pictures.Resampling.BICUBIC, expand=True),
    "halved": lambda picture: picture.reduce(2),
    "compressed": _compressed,
    "darker": lambda picture: picture.point(lambda value: value * 0.6),
}


@dataclass(frozen=True)
class MarkRun:
    """`photos` are the searches for another photo of a mark, `copies` those for the photo that a copy was made of.

    `failed` images gave no template, and `poor` ones have an unacceptable quality. A search whose probe or mate failed
    counts as one that found nothing.
    """

    model: str
    images: int
    failed: int
    poor: int
    photos: Searches
    copies: Searches
    template_bytes: float
    distractors: int


def read_marks(folder: Path) -> tuple[LabelledImage, ...]:
    """Read `<mark>_<photo>.<ext>` in a folder and the folders in it; by path.

    Raises:
        UnusableDataset: no folder, or no mark with two photos.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    images = tuple(LabelledImage(path, path.stem.rpartition("_")[0] or path.stem) for path in paths)
    if max(Counter(image.subject for image in images).values(), default=0) < 2:
        raise UnusableDataset(f"{folder} needs two photos of one mark, named <mark>_<photo>.<ext>.")
    return images


def read_boxes(folder: Path) -> dict[str, CropBox]:
    """Read the boxes of photos, by the photos' names without suffix, from text files of these names.

    The first line of a file has the left, top, right and bottom edge of the mark in pixels, as BIVTatt has them.

    Raises:
        UnusableDataset: a file does not begin with four whole numbers.
    """
    boxes: dict[str, CropBox] = {}
    for path in sorted(folder.rglob("*_*.txt")):
        try:
            left, top, right, bottom = map(int, path.read_text(encoding="utf-8").splitlines()[0].split())
        except (ValueError, IndexError) as error:
            raise UnusableDataset(f"{path} does not begin with four whole numbers: {error}") from error
        boxes[path.stem] = CropBox(left, top, right, bottom)
    return boxes


def run_marks(
    extractor: MarkExtractor,
    images: Sequence[LabelledImage],
    boxes: Mapping[str, CropBox],
    *,
    copies: bool = True,
    distractors: int = 0,
) -> MarkRun:
    """Search every photo of a mark that has others for each of those, and copies of the photos for these.

    Other photos of the same mark are no strangers: of each mark only the mate is in the gallery of a search. Parts and
    changes of the photos join the gallery as `distractors`; of each search, those made of other marks.

    Raises:
        UnusableDataset: a photo cannot be read, or a box does not lie in its photo.
    """
    photos = [_in_box(image.path, boxes.get(image.path.stem)) for image in images]
    subjects = np.unique([image.subject for image in images], return_inverse=True)[1]
    templates = [_template(extractor, photo) for photo in photos]
    gallery = _Gallery()
    for template, subject in zip(templates, subjects, strict=True):
        gallery.add(template, int(subject))
    pairs = [(i, int(j)) for i, mark in enumerate(subjects) for j in np.flatnonzero(subjects == mark) if i != j]
    changed = [
        (_template(extractor, _image(change(Pictures.fromarray(photo.rgb())))), index)
        for index, photo in enumerate(photos)
        for change in (CHANGES.values() if copies else ())
    ]
    rng = np.random.default_rng(SEED)
    for _ in range(distractors):
        source = int(rng.integers(len(photos)))
        gallery.add(_template(extractor, _image(_distractor(photos[source], rng))), int(subjects[source]))
    stored = [template for template in gallery.templates[: len(images)] if template is not None]
    return MarkRun(
        extractor.model,
        len(images),
        len(images) - len(stored),
        sum(not measure(photo.rgb()).acceptable for photo in photos),
        gallery.searched([(templates[i], j) for i, j in pairs]),
        gallery.searched(changed),
        float(np.mean([len(template) for template in stored])) if stored else 0.0,
        distractors,
    )


class _Gallery:
    """Templates as they are stored, and the mark that each is of."""

    def __init__(self) -> None:
        self.templates: list[bytes | None] = []
        self._embeddings: list[NDArray[np.float32]] = []
        self._subjects: list[int] = []

    def add(self, template: MarkFeatures | None, subject: int) -> None:
        self.templates.append(encode(template) if template else None)
        self._embeddings.append(template.embedding if template else np.zeros(EMBEDDING, np.float32))
        self._subjects.append(subject)

    def searched(self, probes: Sequence[tuple[MarkFeatures | None, int]]) -> Searches:
        """Rank the mate of each probe, given by its place, among the marks that are others."""
        embeddings, subjects = np.stack(self._embeddings), np.array(self._subjects)
        has_template = np.array([template is not None for template in self.templates])
        mates = np.array([mate for _, mate in probes], np.int64)
        scores = np.full((len(probes), len(has_template)), -np.inf)
        for row, (probe, mate) in zip(scores, probes, strict=True):
            compared = has_template & (subjects != subjects[mate])
            compared[mate] = has_template[mate]
            places = np.flatnonzero(compared)
            if probe is not None:
                row[places] = search(probe, embeddings[places], partial(self._read, places))
        return Searches.of(scores, mates, np.unique(subjects[mates], return_inverse=True)[1])

    def _read(self, places: NDArray[np.int64], at: int) -> MarkFeatures:
        template = self.templates[places[at]]
        assert template is not None
        return read_template(template)


def _distractor(photo: Image, rng: np.random.Generator) -> Pictures.Image:
    """Return a part of a photo, a third to four fifths of each side, turned, perhaps mirrored, brighter or darker."""
    picture = Pictures.fromarray(photo.rgb())
    sides = np.array(picture.size)
    size = np.maximum((sides * rng.uniform(1 / 3, 4 / 5, 2)).astype(int), np.minimum(sides, _LEAST))
    left, top = (int(rng.integers(0, free + 1)) for free in sides - size)
    part = picture.crop((left, top, left + int(size[0]), top + int(size[1])))
    if rng.random() < 0.5:
        part = part.transpose(Pictures.Transpose.FLIP_LEFT_RIGHT)
    gain = rng.uniform(0.6, 1.4, 3)
    part = Pictures.fromarray(np.clip(np.asarray(part) * gain, 0, 255).astype(np.uint8))
    return part.rotate(float(rng.uniform(-180, 180)), Pictures.Resampling.BILINEAR, expand=True)


def run_index(embeddings: int) -> IndexRun:
    """Time the first look of searches, which chooses the candidates, among generated embeddings.

    They are the positive parts of normal numbers, of unit length; a probe has a cosine of about .8 with its mate.
    """
    index = FaissIndex(EMBEDDING)
    for start in range(0, embeddings, _AT_ONCE):
        places = np.arange(start, min(start + _AT_ONCE, embeddings))
        index.add(places, np.stack([_generated(int(number)) for number in places]), np.zeros(len(places), LABEL))

    def probe_of(rng: np.random.Generator, number: int) -> NDArray[np.float32]:
        noise = rng.standard_normal(EMBEDDING).astype(np.float32)
        probe = _generated(number) + np.float32(_NOISE) * noise / np.linalg.norm(noise)
        return np.asarray(probe / np.linalg.norm(probe), np.float32)

    return timed(index, embeddings, probe_of, RERANKED)


def _generated(number: int) -> NDArray[np.float32]:
    positive = np.maximum(np.random.default_rng([SEED, number]).standard_normal(EMBEDDING, np.float32), 0)
    return np.asarray(positive / np.linalg.norm(positive), np.float32)


def _in_box(path: Path, box: CropBox | None) -> Image:
    try:
        return read_image(path).within(box)
    except InvalidField as error:
        raise UnusableDataset(f"{path}: {error.message}") from error


def _image(picture: Pictures.Image) -> Image:
    return Image(np.asarray(picture.convert("RGB")), None, "image/png")


def _template(extractor: MarkExtractor, image: Image) -> MarkFeatures | None:
    """Return the features as they are stored and read again."""
    try:
        return read_template(encode(extractor.extract(image)))
    except UnusableSample:
        return None
