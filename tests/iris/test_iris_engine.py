"""Made-up eyes: parts are found where they are, an eye is like itself and unlike others, what is no iris is refused."""

from __future__ import annotations

from functools import cache
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_up_eyes import drawn, photo

from biometrics.imaging.image import Image
from biometrics.kernel.errors import UnusableSample
from biometrics.kernel.people.labels import LABEL
from iris.code import IrisCode
from iris.codec import encode
from iris.comparison import NOTHING, TURN, distance, rotated
from iris.extractor import ExtractedIris, IrisExtractor
from iris.index import LEAST_COMPARED, IrisIndex
from iris.synthetic.eye import NEAR, TIGHT, WIDE, Framing

EYES = range(720, 724)
FAINT_PUPILS = (8, 24, 32, 87)  # hardly darker than the iris beside them, or their edge runs through strong spokes
FARTHEST = 0.3  # distance of two photos of a made-up eye; strangers are beyond 0.36


@cache
def extractor() -> IrisExtractor:
    return IrisExtractor(Path("/nonexistent"))  # nothing of it is prepared


def extract(photo: Image) -> ExtractedIris:
    return extractor().extract(photo)


def image(pixels: np.ndarray) -> Image:
    return Image(pixels, None, "image/png")


@pytest.fixture(scope="module")
def first() -> list[ExtractedIris]:
    return [extract(photo(eye)) for eye in EYES]


@pytest.fixture(scope="module")
def second() -> list[ExtractedIris]:
    return [extract(photo(eye, shot=1)) for eye in EYES]


@pytest.mark.essential
def test_an_eye_is_like_itself_and_unlike_others(first: list[ExtractedIris], second: list[ExtractedIris]) -> None:
    distances = np.array([[distance(a.code, b.code) for b in second] for a in first])
    assert distances.diagonal().max() < FARTHEST
    assert distances[~np.eye(len(first), dtype=bool)].min() > 0.36


@pytest.mark.parametrize(("eye", "framing"), [*product([710], [NEAR, TIGHT, WIDE]), *product(FAINT_PUPILS, [NEAR])])
def test_pupil_and_iris_are_found_where_they_are(eye: int, framing: Framing) -> None:
    truth, parts = drawn(eye, 0, framing), extract(photo(eye, 0, framing)).parts
    for outline, (x, y, radius) in ((parts.pupil, truth.inner), (parts.limbus, truth.circle)):
        assert np.hypot(outline.x - x, outline.y - y) < 0.08 * radius
        assert abs(outline.radius - radius) < 0.08 * radius
    both = (parts.usable & truth.usable).sum() / (parts.usable | truth.usable).sum()
    assert both > 0.75


def test_the_same_photo_always_gives_the_same_bytes(first: list[ExtractedIris]) -> None:
    assert encode(extract(photo(EYES[0])).code) == encode(first[0].code)


@pytest.mark.parametrize("degrees", [-18, 10, 20])
def test_a_tilted_head_changes_little(first: list[ExtractedIris], degrees: float) -> None:
    pixels = photo(EYES[1]).pixels
    turn = cv2.getRotationMatrix2D((pixels.shape[1] / 2, pixels.shape[0] / 2), degrees, 1)
    tilted = cv2.warpAffine(pixels, turn, pixels.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    assert distance(extract(image(np.asarray(tilted))).code, first[1].code) < FARTHEST


def test_rotation_beyond_what_a_head_does_is_another_eye(first: list[ExtractedIris]) -> None:
    code = first[0].code

    def turned(steps: int) -> IrisCode:
        return IrisCode(rotated(code.bits, steps), rotated(code.mask, steps))

    assert distance(turned(TURN), code) == distance(code, code) < 0.1
    assert distance(turned(4 * TURN), code) > 0.36


def test_few_common_bits_say_nothing(first: list[ExtractedIris]) -> None:
    code = first[0].code
    mask = code.mask.copy()
    mask[2:] = 0
    assert distance(IrisCode(code.bits & mask, mask), code) == NOTHING


def test_light_and_contrast_change_little(first: list[ExtractedIris]) -> None:
    darker = (photo(EYES[0]).pixels.astype(np.float32) * 0.7 + 10).astype(np.uint8)
    assert distance(extract(image(darker)).code, first[0].code) < 0.2


def noise(seed: int, softness: float) -> np.ndarray:
    values = cv2.GaussianBlur(np.random.default_rng(seed).normal(0, 1, (240, 320)), (0, 0), softness)
    return np.clip(128 + 60 * values / values.std(), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        (np.full((240, 320), 90, np.uint8), "Nothing can be seen"),
        (noise(1, 0.1), "No iris"),
        (noise(2, 2.0), "No iris"),
        (noise(3, 6.0), "No iris"),
        (np.tile(np.arange(320, dtype=np.uint8) // 2, (240, 1)), "No iris"),
        (np.asarray(photo(700).pixels[::3, ::3]), "one of a single eye has"),
        (
            np.stack([photo(700).pixels // 2 + 40, photo(700).pixels // 2, photo(700).pixels // 3], 2),
            "in visible light",
        ),
    ],
)
def test_what_is_no_near_infrared_photo_of_an_eye_is_refused(pixels: np.ndarray, reason: str) -> None:
    with pytest.raises(UnusableSample, match=reason):
        extract(image(pixels))


def test_a_closed_eye_is_refused() -> None:
    truth = drawn(EYES[2])
    _, y, radius = truth.circle
    closed = truth.pixels.copy()
    cv2.rectangle(closed, (0, 0), (closed.shape[1], int(y + 0.8 * radius)), 150, -1)
    with pytest.raises(UnusableSample):
        extract(image(closed))


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda pixels: cv2.GaussianBlur(pixels, (0, 0), 4), "sharpness"),
        (lambda pixels: np.where(pixels > 60, pixels // 8 + 90, pixels).astype(np.uint8), "iris_sclera_contrast"),
    ],
)
def test_quality_names_what_is_wrong(first: list[ExtractedIris], change: object, part: str) -> None:
    poor = extract(image(np.asarray(change(photo(EYES[0]).pixels)))).quality  # type: ignore[operator]
    assert poor.parts[part] < first[0].quality.parts[part]
    assert first[0].quality.acceptable
    assert 0 <= poor.score <= poor.parts[part]


def test_an_index_finds_what_a_full_comparison_finds(second: list[ExtractedIris], first: list[ExtractedIris]) -> None:
    rng = np.random.default_rng(4)
    strangers = [
        IrisCode(rotated(code.bits, turn), rotated(code.mask, turn))
        for code in (each.code for each in first[1:])
        for turn in rng.integers(40, 216, LEAST_COMPARED // 2).tolist()
    ]
    index, codes = IrisIndex(), [*strangers[:300], first[0].code, *strangers[300:]]
    index.add(np.arange(len(codes)), [features(code) for code in codes], np.zeros(len(codes), LABEL))
    found = index.search(features(second[0].code), 3)
    assert found.ids[0] == 300
    assert found.scores[0] == pytest.approx(NOTHING - distance(second[0].code, first[0].code))
    assert len(found.ids) == 3


def features(code: IrisCode) -> np.ndarray:
    return np.stack([code.bits.ravel(), code.mask.ravel()])
