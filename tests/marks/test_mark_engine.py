"""Photos of marks: the same mark comes before others, what agrees lies in place, and a useless photo is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from biometrics.imaging.image import Image
from biometrics.kernel.errors import InvalidField, UnusableSample
from biometrics.kernel.recognition.capture import CropBox
from marks.codec import encode
from marks.comparison import CHANCE, search, similarity
from marks.extractor import MarkExtractor
from marks.features import MarkFeatures
from marks.geometry import agreement
from marks.quality import measure
from marks.synthetic import SIDE, mark

MARKS = 6


def photo(number: int, shot: int = 0) -> Image:
    return Image(np.asarray(mark(number, shot)), None, "image/png")


@pytest.fixture(scope="module")
def extractor(tmp_path_factory: pytest.TempPathFactory) -> MarkExtractor:
    return MarkExtractor(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def first(extractor: MarkExtractor) -> list[MarkFeatures]:
    return [extractor.extract(photo(number)) for number in range(MARKS)]


@pytest.mark.essential
def test_another_photo_of_a_mark_finds_it(extractor: MarkExtractor, first: list[MarkFeatures]) -> None:
    embeddings = np.stack([each.embedding for each in first])
    for number in range(MARKS):
        again = extractor.extract(photo(number, shot=1))
        assert search(again, embeddings, first.__getitem__).argmax() == number
        pairs = agreement(again.local, first[number].local).pairs
        assert len(pairs) > CHANCE
        assert len(np.unique(pairs[:, 0])) == len(np.unique(pairs[:, 1])) == len(pairs)


def test_features_that_agree_lie_where_the_motion_puts_them(extractor: MarkExtractor) -> None:
    whole = photo(1)
    part = Image(np.asarray(whole.rgb()[40:, 60:]), None, "image/png")
    probe, candidate = extractor.extract(part).local, extractor.extract(whole).local
    found = agreement(probe, candidate)
    turn, shift = found.motion
    assert abs(turn - (SIDE - 40) / SIDE) < 0.05
    assert abs(shift - (60 + 40j) / SIDE) < 0.05
    ours, theirs = probe.places[found.pairs[:, 0]], candidate.places[found.pairs[:, 1]]
    moved = (ours[:, 0] + 1j * ours[:, 1]) * turn + shift
    assert np.abs(moved - theirs[:, 0] - 1j * theirs[:, 1]).max() < 0.031


def test_the_same_photos_always_give_the_same_answer(extractor: MarkExtractor, first: list[MarkFeatures]) -> None:
    assert encode(extractor.extract(photo(0))) == encode(first[0])
    scores = [similarity(first[0], first[2]) for _ in range(3)]
    assert len(set(scores)) == 1


def test_a_box_leaves_the_rest_of_the_photo_out(extractor: MarkExtractor) -> None:
    canvas = np.full((600, 700, 3), 90, np.uint8)
    canvas[200 : 200 + SIDE, 300 : 300 + SIDE] = photo(3).rgb()
    box = CropBox(300, 200, 300 + SIDE, 200 + SIDE)
    boxed = extractor.extract(Image(canvas, None, "image/png").within(box))
    assert encode(boxed) == encode(extractor.extract(photo(3)))


@pytest.mark.parametrize("box", [(-1, 0, 40, 40), (0, 0, SIDE + 1, 40), (40, 0, 40, 40), (0, 50, 40, 40)])
def test_a_box_outside_of_the_photo_is_refused(box: tuple[int, int, int, int]) -> None:
    with pytest.raises(InvalidField, match="does not lie in the image"):
        photo(0).within(CropBox(*box))


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [(np.full((200, 200), 128, np.uint8), "better light"), (np.asarray(mark(0))[:31], "Come closer")],
)
def test_a_photo_that_shows_nothing_is_refused(extractor: MarkExtractor, pixels: np.ndarray, reason: str) -> None:
    with pytest.raises(UnusableSample, match=reason):
        extractor.extract(Image(pixels, None, "image/png"))


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda picture: picture.resize((40, 40)), "size"),
        (lambda picture: picture.resize((16, 16)).resize((SIDE, SIDE)), "sharpness"),
        (lambda picture: picture.point(lambda value: 120 + value // 20), "contrast"),
    ],
)
def test_quality_names_what_is_wrong(change: object, part: str) -> None:
    good, poor = measure(np.asarray(mark(0))), measure(np.asarray(change(mark(0))))  # type: ignore[operator]
    assert (good.acceptable, good.faults) == (True, ())
    assert not poor.acceptable
    assert poor.score <= poor.parts[part] < good.parts[part]


def test_the_model_is_identified_by_both_files(extractor: MarkExtractor, tmp_path: Path) -> None:
    assert extractor.model == MarkExtractor(tmp_path).model
    assert len(extractor.model) == 64
