"""Photos of marks, searched among each other: those of one mark, and changed copies."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from benchmarks.metrics.identification import Searches
from benchmarks.runs.datasets import SUFFIXES, LabelledImage, UnusableDataset, read_image
from benchmarks.runs.index_run import SEED, IndexRun, timed
from biometrics.imaging.image import Image
from biometrics.kernel.capture import CropBox
from biometrics.kernel.errors import InvalidField, UnusableSample
from biometrics.kernel.labels import LABEL
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
    extractor: MarkExtractor, images: Sequence[LabelledImage], boxes: Mapping[str, CropBox], *, copies: bool = True
) -> MarkRun:
    """Search every photo of a mark that has others for each of those, and copies of the photos for these.

    Other photos of the same mark are no strangers: of each mark only the mate is in the gallery of a search.

    Raises:
        UnusableDataset: a photo cannot be read, or a box does not lie in its photo.
    """
    photos = [_in_box(image.path, boxes.get(image.path.stem)) for image in images]
    gallery = [_template(extractor, photo) for photo in photos]
    subjects = np.unique([image.subject for image in images], return_inverse=True)[1]
    scores = _searched(gallery, gallery)
    pairs = [(i, j) for i, ours in enumerate(subjects) for j in np.flatnonzero(subjects == ours) if i != j]
    changed = [
        (_template(extractor, _image(change(Pictures.fromarray(photo.rgb())))), place)
        for place, photo in enumerate(photos)
        for change in (CHANGES.values() if copies else ())
    ]
    templates = [template for template in gallery if template is not None]
    return MarkRun(
        extractor.model,
        len(images),
        len(images) - len(templates),
        sum(not measure(photo.rgb()).acceptable for photo in photos),
        _searches(np.array([scores[i] for i, _ in pairs]), np.array([j for _, j in pairs], np.int64), subjects),
        _searches(
            _searched([template for template, _ in changed], gallery),
            np.array([place for _, place in changed], np.int64),
            subjects,
        ),
        float(np.mean([len(encode(template)) for template in templates])) if templates else 0.0,
    )


def run_index(embeddings: int) -> IndexRun:
    """Time the first look of searches, which chooses the candidates, among generated embeddings.

    They are the positive parts of normal numbers, of unit length; a probe has a cosine of about .8 with its mate.
    """
    index = FaissIndex(EMBEDDING)
    for start in range(0, embeddings, _AT_ONCE):
        places = np.arange(start, min(start + _AT_ONCE, embeddings))
        index.add(places, np.stack([_generated(int(place)) for place in places]), np.zeros(len(places), LABEL))

    def probe_of(rng: np.random.Generator, place: int) -> NDArray[np.float32]:
        noise = rng.standard_normal(EMBEDDING).astype(np.float32)
        probe = _generated(place) + np.float32(_NOISE) * noise / np.linalg.norm(noise)
        return np.asarray(probe / np.linalg.norm(probe), np.float32)

    return timed(index, embeddings, probe_of, RERANKED)


def _generated(place: int) -> NDArray[np.float32]:
    positive = np.maximum(np.random.default_rng([SEED, place]).standard_normal(EMBEDDING, np.float32), 0)
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


def _searched(probes: Sequence[MarkFeatures | None], gallery: Sequence[MarkFeatures | None]) -> NDArray[np.float64]:
    """Return how alike each probe is to each photo, shape (probes, gallery), -inf where one gave no template."""
    held = [place for place, template in enumerate(gallery) if template is not None]
    scores = np.full((len(probes), len(gallery)), -np.inf)
    for row, probe in zip(scores, probes, strict=True):
        if probe is not None:
            row[held] = search(probe, [each for each in gallery if each is not None])
    return scores


def _searches(scores: NDArray[np.float64], mates: NDArray[np.int64], subjects: NDArray[np.int64]) -> Searches:
    """Rank the mate of each row among the photos of other marks."""
    scores = scores.reshape(len(mates), len(subjects)).copy()
    for row, mate in zip(scores, mates, strict=True):
        own = np.flatnonzero(subjects == subjects[mate])
        row[own[own != mate]] = -np.inf
    return Searches.of(scores, mates, np.unique(subjects[mates], return_inverse=True)[1])
