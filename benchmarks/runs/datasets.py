"""Folders of images as published: who is on each image, and which pairs a list names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.image import Image, decode
from biometrics.kernel.errors import BadImage, InvalidInput

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".jp2", ".j2k", ".wsq", ".pgm"})

_DRAW_SEED = 20090619  # any fixed number, so that a sample is the same at every run

_FVC = re.compile(r"(?P<finger>.+)_(?P<impression>\d+)")
# SOCOFing's files have no resolution. Most were reduced from scans of 241 x 298 pixels at 500 ppi, some of which are in
# it too: the mean of 199 across and 173 down.
SOCOFING_REDUCED = (96, 103)  # pixels
SOCOFING_REDUCED_PPI = 186.0

_SOCOFING = re.compile(
    r"(?P<person>\d+)__(?P<sex>[MF])_(?P<finger>(Left|Right)_(thumb|index|middle|ring|little))_finger"
)
_SD4 = re.compile(r"[fs](?P<person>\d{4})_(?P<finger>\d{2})")  # the first (f) and the second (s) print of a finger
_SEXES = {"M": "men", "F": "women"}


class UnusableDataset(InvalidInput):
    """A folder or list that does not hold what the benchmark needs."""

    code = "unusable_dataset"


@dataclass(frozen=True)
class LabelledImage:
    """An image file; `subject` is the finger or the person on it, the same for mated images.

    `ppi` is the resolution of a set whose files do not contain it.
    """

    path: Path
    subject: str
    ppi: float | None = None


@dataclass(frozen=True)
class PairList:
    """Pairs of a list file: `images` are those it mentions, by subject and number.

    `pairs` holds two places in `images` for each pair, shape (n, 2); `folds` the number of each pair's fold.
    """

    images: tuple[LabelledImage, ...]
    pairs: NDArray[np.int64]
    folds: NDArray[np.int64]


def read_fingerprints(folder: Path) -> tuple[LabelledImage, ...]:
    """Read `<finger>_<impression>.<ext>`, as FVC names them; the last `_` parts the two. By finger, then impression.

    Raises:
        UnusableDataset: no folder, no image, a name of another form, an impression twice, or too few to compare.
    """
    return _enough(_numbered_prints(folder), folder, "fingers", "<finger>_<impression>.<ext>")


def _numbered_prints(folder: Path) -> list[LabelledImage]:
    numbered: dict[tuple[str, int], Path] = {}
    for path in _images_in(folder):
        name = _FVC.fullmatch(path.stem)
        if name is None:
            raise UnusableDataset(f"{path} is not named <finger>_<impression>.<ext>, such as 101_1.png; rename it.")
        key = (name["finger"], int(name["impression"]))
        if key in numbered:
            raise UnusableDataset(f"{path} and {numbered[key].name} are the same impression; remove one.")
        numbered[key] = path
    return [LabelledImage(numbered[key], key[0]) for key in sorted(numbered)]


def read_faces(folder: Path) -> tuple[LabelledImage, ...]:
    """Read `<person>/<image>`, the people with two images or more; by person, then file name.

    Raises:
        UnusableDataset: no folder, no image in its folders, or too few to compare.
    """
    images = read_people(folder)
    count = Counter(image.subject for image in images)
    several = tuple(image for image in images if count[image.subject] > 1)
    return _enough(several, folder, "people", "<person>/<image>")


def read_people(folder: Path) -> tuple[LabelledImage, ...]:
    """Read `<person>/<image>`, everyone; by person, then file name.

    Raises:
        UnusableDataset: no folder, or no image in its folders.
    """
    people = [entry for entry in _entries(folder) if entry.is_dir()]
    images = tuple(
        LabelledImage(path, person.name) for person in people for path in _entries(person) if _is_image(path)
    )
    if not images:
        raise UnusableDataset(f"{folder} holds no folder with images; arrange them as <person>/<image>.")
    return images


def read_one_print_a_finger(folder: Path) -> tuple[LabelledImage, ...]:
    """Read prints for non-mated comparison, `subject` being the person, or the finger if the name contains no person.

    Names are SOCOFing's, `<person>__<sex>_<hand>_<finger>_finger.<ext>`, or FVC's, of which each finger's lowest
    impression is taken.

    Raises:
        UnusableDataset: no folder, no image, a name of neither form, or a file that cannot be read.
    """
    paths = _images_in(folder)
    persons = [_SOCOFING.fullmatch(path.stem) for path in paths]
    if all(persons):
        return tuple(
            LabelledImage(path, name["person"], _socofing_ppi(path))
            for path, name in zip(paths, persons, strict=True)
            if name
        )
    first: dict[str, LabelledImage] = {}
    for image in read_fingerprints(folder):
        first.setdefault(image.subject, image)
    return tuple(first.values())


def read_strangers(folder: Path) -> tuple[LabelledImage, ...]:
    """Read prints to compare with those of other subjects; none needs a mate.

    Names are SOCOFing's or NIST SD4's, whose subject is the person, or FVC's, whose subject is the finger.

    Raises:
        UnusableDataset: no folder, no image, a name of another form, or one subject only.
    """
    paths = _images_in(folder)
    for form in (_SOCOFING, _SD4):
        names = [form.fullmatch(path.stem) for path in paths]
        if all(names):
            images = tuple(
                LabelledImage(path, name["person"], _socofing_ppi(path) if form is _SOCOFING else None)
                for path, name in zip(paths, names, strict=True)
                if name
            )
            break
    else:
        images = tuple(_numbered_prints(folder))
    if len({image.subject for image in images}) < 2:
        raise UnusableDataset(f"{folder} needs prints of two subjects or more.")
    return images


def groups_of(images: Sequence[LabelledImage]) -> dict[str, tuple[str, ...]]:
    """Return the group labels that file names contain: the label of each image, by kind ("sex", "finger").

    A kind that one of the names does not contain is left out.
    """
    names = [_SOCOFING.fullmatch(image.path.stem) or _SD4.fullmatch(image.path.stem) for image in images]
    groups = {}
    for kind in ("sex", "finger"):
        labels = [name.groupdict().get(kind) if name else None for name in names]
        if all(labels):
            groups[kind] = tuple(_SEXES.get(str(label), str(label)) for label in labels)
    return groups


def of_some_subjects(images: Sequence[LabelledImage], at_most: int) -> tuple[LabelledImage, ...]:
    """Keep the images of `at_most` subjects, drawn at random; a smaller number gives a part of the same subjects."""
    subjects = sorted({image.subject for image in images})
    drawn = np.random.default_rng(_DRAW_SEED).permutation(len(subjects))[:at_most]
    chosen = {subjects[index] for index in drawn}
    return tuple(image for image in images if image.subject in chosen)


def development_half(images: Sequence[LabelledImage]) -> tuple[LabelledImage, ...]:
    """Keep the images of every second subject: those that may be trained on, while figures are of the others."""
    subjects = set(sorted({image.subject for image in images})[::2])
    return tuple(image for image in images if image.subject in subjects)


def without(images: Sequence[LabelledImage], names: Collection[str]) -> tuple[LabelledImage, ...]:
    """Leave out images by file name without extension.

    Raises:
        UnusableDataset: there is no image of such a name.
    """
    absent = set(names) - {image.path.stem for image in images}
    if absent:
        raise UnusableDataset(f"There is no image called {', '.join(sorted(absent))} to leave out; correct the name.")
    return tuple(image for image in images if image.path.stem not in names)


def read_pairs(list_file: Path, folder: Path) -> PairList:
    """Read a pairs list of LFW: `name number number` is a mated pair, `name number name number` a non-mated one.

    A first line of numbers says how the rest is divided: `folds n`, or `n` for one fold, with n mated pairs and then n
    non-mated ones in each fold; otherwise everything is one fold. Image 7 of a person is
    `<person>/<person>_0007.<ext>`.

    Raises:
        UnusableDataset: the list or an image is not there, or the list is not of this form.
    """
    rows = _rows(list_file)
    folds, pairs_each = _division(rows[0], list_file)
    rows = rows[1:] if pairs_each else rows
    if pairs_each and len(rows) != folds * 2 * pairs_each:
        raise UnusableDataset(
            f"{list_file} has {len(rows)} pairs, but its first line says {folds} x 2 x {pairs_each}; correct that line."
        )
    named_pairs = [_pair(row, list_file) for row in rows]
    mentioned = sorted({image for pair in named_pairs for image in pair})
    index_of = {image: i for i, image in enumerate(mentioned)}
    images = tuple(LabelledImage(_numbered(folder, *image), image[0]) for image in mentioned)
    pairs = np.array([[index_of[a], index_of[b]] for a, b in named_pairs], dtype=np.int64)
    if len({a[0] == b[0] for a, b in named_pairs}) < 2:
        raise UnusableDataset(f"{list_file} needs pairs of the same person and pairs of two people.")
    return PairList(images, pairs, np.arange(len(named_pairs), dtype=np.int64) // (2 * pairs_each or len(named_pairs)))


def read_image(path: Path, ppi: float | None = None) -> Image:
    """Decode one image; `ppi`, where given, wins over the file's own tag.

    Raises:
        UnusableDataset: it cannot be read or decoded.
        InvalidResolution: see `biometrics.imaging.image.decode`.
    """
    try:
        return decode(path.read_bytes(), ppi)
    except (OSError, BadImage) as error:
        raise UnusableDataset(f"{path} cannot be read: {error}") from error


def _socofing_ppi(path: Path) -> float | None:
    image = read_image(path)
    return SOCOFING_REDUCED_PPI if (image.width, image.height) == SOCOFING_REDUCED else None


def _entries(folder: Path) -> list[Path]:
    """List a folder by name, without hidden files."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise UnusableDataset(f"The folder {folder} cannot be read: {error.strerror}.") from error


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES


def _images_in(folder: Path) -> list[Path]:
    images = [path for path in _entries(folder) if _is_image(path)]
    if not images:
        raise UnusableDataset(f"The folder {folder} holds no images ({', '.join(sorted(SUFFIXES))}).")
    return images


def _enough(images: Sequence[LabelledImage], folder: Path, noun: str, form: str) -> tuple[LabelledImage, ...]:
    subjects = {image.subject for image in images}
    if len(subjects) < 2 or len(images) == len(subjects):
        raise UnusableDataset(f"{folder} needs two {noun} or more, and two images of one of them, named {form}.")
    return tuple(images)


def _rows(list_file: Path) -> list[list[str]]:
    try:
        text = list_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableDataset(f"The pairs list {list_file} cannot be read: {error}.") from error
    rows = [line.split() for line in text.splitlines() if line.strip()]
    if not rows:
        raise UnusableDataset(f"The pairs list {list_file} is empty.")
    return rows


def _division(row: list[str], list_file: Path) -> tuple[int, int]:
    """Return the number of folds and of mated pairs in each; (1, 0) where the first line is a pair already."""
    if len(row) > 2:
        return 1, 0
    if not all(word.isdecimal() and int(word) > 0 for word in row):
        raise UnusableDataset(f"The first line of {list_file} is neither a pair nor '<folds> <pairs>'.")
    return (int(row[0]), int(row[1])) if len(row) == 2 else (1, int(row[0]))


def _pair(row: list[str], list_file: Path) -> tuple[tuple[str, int], tuple[str, int]]:
    words = [*row[:2], row[0], row[2]] if len(row) == 3 else row
    if len(words) != 4 or not (words[1].isdecimal() and words[3].isdecimal()):
        raise UnusableDataset(f"{list_file} has the line '{' '.join(row)}', which is not a pair of LFW's form.")
    return (words[0], int(words[1])), (words[2], int(words[3]))


def _numbered(folder: Path, person: str, number: int) -> Path:
    stem = folder / person / f"{person}_{number:04d}"
    paths = [path for suffix in sorted(SUFFIXES) if (path := stem.with_name(stem.name + suffix)).is_file()]
    if not paths:
        raise UnusableDataset(f"The pairs list mentions {stem.relative_to(folder)}, which is not in {folder}.")
    return paths[0]
