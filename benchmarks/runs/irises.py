"""Photos of irises: all pairs compared, and every later photo of an eye searched among the first ones."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from api.cli.progress_bars import progress
from benchmarks.metrics.identification import Searches
from benchmarks.metrics.verification import ScoredSide, VerificationScores
from benchmarks.runs.datasets import SUFFIXES, UnusableDataset, read_image
from benchmarks.runs.index_run import IndexRun, timed
from biometrics.kernel.errors import UnusableSample
from biometrics.kernel.people.labels import LABEL
from iris.code import LINES, WORDS, IrisCode, Words, code_of
from iris.codec import decode, encode
from iris.comparison import NOTHING, Gallery, Matcher
from iris.extractor import IrisExtractor
from iris.index import IrisIndex
from iris.normalisation import COLUMNS, ROWS, Strip
from iris.synthetic.texture import iris_texture

THREADS = 2
_NAME = re.compile(r"(?P<person>[A-Za-z]*\d+)(?P<side>[LR])_?(?P<capture>\d+)")
_IITD = re.compile(r"\d{3}[LR]_\d{2}")
_ENROLLED_TWICE = {"176": "012", "150": "094", "144": "140", "134": "074"}  # of IIT Delhi's set, as its users found
_SEED, _PARTS, _DRAWN = 35, 4, 100  # of generated codes: each is put together of parts of drawn ones


@dataclass(frozen=True)
class IrisPhoto:
    """A photo of an eye: `person` and `side`, L or R, tell whose."""

    path: Path
    person: str
    side: str

    @property
    def eye(self) -> str:
        """The eye, as one label."""
        return self.person + self.side


@dataclass(frozen=True)
class IrisRun:
    """What a folder gave. Photos that failed count in every comparison, with the score -inf.

    `faults` counts the reasons of failures. Comparisons of both eyes of one person are left out.
    """

    images: int
    faults: Counter[str]
    poor: int
    comparisons: VerificationScores
    people: int
    searches: Searches
    ms: float
    model: str


def read_irises(folder: Path) -> tuple[IrisPhoto, ...]:
    """Read `<person><L|R>_<capture>.<ext>`, the `_` being optional, in a folder and the folders in it; by path.

    Raises:
        UnusableDataset: no folder, a name of another form, no eye with two photos, or one person only.
    """
    photos = []
    for path in sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES):
        name = _NAME.fullmatch(path.stem)
        if name is None:
            raise UnusableDataset(f"{path} is not named <person><L|R>_<capture>.<ext>, such as 012L_03.png; rename it.")
        person = name["person"]
        if _IITD.fullmatch(path.stem):
            person = _ENROLLED_TWICE.get(person, person)
        photos.append(IrisPhoto(path, person, name["side"]))
    if max(Counter(photo.eye for photo in photos).values(), default=0) < 2 or len({p.person for p in photos}) < 2:
        raise UnusableDataset(
            f"{folder} needs photos of two people, and two of an eye, such as 012L_01.png, 012L_02.png."
        )
    return tuple(photos)


def run_irises(extractor: IrisExtractor, photos: Sequence[IrisPhoto]) -> IrisRun:
    """Extract all photos, compare all pairs, and search.

    Raises:
        UnusableDataset: a photo cannot be read.
    """
    codes: list[IrisCode | None] = []
    faults: Counter[str] = Counter()
    poor = 0
    before = time.process_time()
    with progress("Extracting", len(photos)) as advance, ThreadPoolExecutor(THREADS) as pool:
        for code, fault, acceptable in pool.map(partial(_extracted, extractor), photos):
            codes.append(code)
            faults.update([fault] if fault else [])
            poor += not acceptable
            advance()
    ms = 1000 * (time.process_time() - before) / len(photos)
    scores = _all_scores(codes)
    people = np.unique([photo.person for photo in photos], return_inverse=True)[1].astype(np.int64)
    eyes = np.unique([photo.eye for photo in photos], return_inverse=True)[1]
    first, second = np.triu_indices(len(photos), k=1)
    same, strangers = eyes[first] == eyes[second], people[first] != people[second]
    return IrisRun(
        len(photos),
        faults,
        poor,
        VerificationScores(
            ScoredSide(scores[first[same], second[same]], people[first[same]]),
            ScoredSide(
                scores[first[strangers], second[strangers]], people[first[strangers]], people[second[strangers]]
            ),
        ),
        int(people.max()) + 1,
        _searches(scores, eyes, people),
        ms,
        extractor.model,
    )


def _extracted(extractor: IrisExtractor, photo: IrisPhoto) -> tuple[IrisCode | None, str, bool]:
    """Return the code as it is stored and read again, or why there is none; and whether the quality is acceptable."""
    try:
        extracted = extractor.extract(read_image(photo.path))
    except UnusableSample as error:
        return None, error.message, False
    return decode(encode(extracted.code)), "", extracted.quality.acceptable


def _all_scores(codes: Sequence[IrisCode | None]) -> NDArray[np.float64]:
    """Return how alike each pair is, shape (photos, photos), -inf where one gave no code."""
    scores = np.full((len(codes), len(codes)), -np.inf)
    coded = [index for index, code in enumerate(codes) if code is not None]
    gallery = Gallery.of([code for code in codes if code is not None])

    def compare(order: int) -> None:
        code = codes[coded[order]]
        assert code is not None
        rest = Gallery(gallery.bits[order:], gallery.mask[order:])
        scores[coded[order], coded[order:]] = NOTHING - Matcher(code).distances(rest)

    with progress("Comparing", len(coded)) as advance, ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(compare, range(len(coded))):
            advance()
    return np.asarray(np.maximum(scores, scores.T))


def _searches(scores: NDArray[np.float64], eyes: NDArray[np.int64], people: NDArray[np.int64]) -> Searches:
    """Search every later photo of an eye among the first photos of all eyes."""
    numbers, gallery = np.unique(eyes, return_index=True)
    probes = np.setdiff1d(np.arange(len(eyes)), gallery)
    return Searches.of(scores[np.ix_(probes, gallery)], np.searchsorted(numbers, eyes[probes]), people[probes])


def run_index(codes: int) -> IndexRun:
    """Time searches among generated codes."""
    bits, mask = _generated(codes)
    index, labels = IrisIndex(), np.zeros(codes, LABEL)
    index.add(np.arange(codes), list(np.stack([bits, mask], axis=1)), labels)

    def probe_of(rng: np.random.Generator, code: int) -> Words:
        return np.stack([(bits[code] ^ _noise(rng, 0.25)) & mask[code], mask[code]])

    return timed(index, codes, probe_of, 10)


def _noise(rng: np.random.Generator, share: float) -> Words:
    flips = rng.random((LINES, 64 * WORDS)) < share
    return np.packbits(flips, axis=1, bitorder="little").view("<u8").astype(np.uint64).ravel()


def _generated(codes: int) -> tuple[Words, Words]:
    """Return codes put together of parts of drawn ones, ring by ring: shape (codes, LINES * WORDS) each."""
    rng = np.random.default_rng(_SEED)
    drawn = []
    for _ in range(_DRAWN):
        texture = iris_texture(rng)
        light = cv2.resize(texture, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
        visible = np.ones((ROWS, COLUMNS), np.bool_)
        drawn.append(code_of(Strip(np.asarray(100 + 40 * light, np.float32), visible)))
    source = Gallery.of(drawn)
    width = LINES * WORDS // _PARTS
    chosen = rng.integers(0, _DRAWN, (codes, _PARTS))
    bits, mask = (
        np.concatenate([part[chosen[:, k], k * width : (k + 1) * width] for k in range(_PARTS)], axis=1)
        for part in (source.bits, source.mask)
    )
    return bits, mask
