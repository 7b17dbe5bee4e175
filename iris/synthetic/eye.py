"""Made-up eyes: the same eye again and again, each time seen otherwise, and the truth of each photo.

    python -m iris.synthetic.eye FOLDER --eyes 100 --captures 4

No photo of a person is used.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from iris.synthetic.surroundings import Map, Mask, brow, draw_opening, glints, lash_shades, skin
from iris.synthetic.texture import COLUMNS, ROWS, iris_texture

_COVERING = 0.35  # of a pixel: so much of a lash or of a glint hides what is below
_WELL_SEEN = 0.8  # share of the iris
_CLEAR_STEP = 30  # grey levels from the pupil to the iris, and from it to the white of the eye


@dataclass(frozen=True)
class Framing:
    """What a camera takes: pixels across and down, and the least and largest radius of an iris in pixels."""

    width: int
    height: int
    radii: tuple[float, float]


TIGHT = Framing(320, 280, (80, 120))
NEAR = Framing(320, 240, (70, 115))
WIDE = Framing(640, 480, (85, 150))
FRAMINGS = {"tight": TIGHT, "near": NEAR, "wide": WIDE}


@dataclass(frozen=True, eq=False)
class DrawnEye:
    """A made-up photo, uint8, and the truth: each mask has its shape.

    `pupil` and `iris` (which contains the pupil) are whole, also where something covers them; `covered` is what lids,
    lashes and glints hide. `circle` and `inner` are x, y and mean radius of limbus and pupil.
    """

    pixels: NDArray[np.uint8]
    pupil: Mask
    iris: Mask
    covered: Mask
    circle: tuple[float, float, float]
    inner: tuple[float, float, float]

    @property
    def usable(self) -> Mask:
        """The part of the iris that can be seen."""
        return self.iris & ~self.pupil & ~self.covered


def draw_eye(eye: int, capture: int, framing: Framing = NEAR) -> DrawnEye:
    """Draw a photo of an eye; the same numbers always give the same photo."""
    of_eye = np.random.default_rng([eye, 1])
    texture = iris_texture(of_eye)
    squareness, lobes = of_eye.normal(0, 0.008, 2), of_eye.uniform(0, 2 * np.pi, 2)
    shade, depth, sclera = of_eye.uniform(70, 150), of_eye.uniform(20, 75), of_eye.uniform(20, 90)
    offset = of_eye.normal(0, 0.025, 2)  # the pupil is not in the middle

    rng = np.random.default_rng([eye, 2 + capture])
    shape = framing.height, framing.width
    radius = float(rng.uniform(*framing.radii))
    span = np.array([framing.width, framing.height])
    x, y = (float(at) for at in span * (0.5 + rng.normal(0, 0.07, 2)))
    ratio = float(rng.uniform(0.22, 0.65))
    squeeze, axis, turn = rng.uniform(0.93, 1.0), rng.uniform(0, np.pi), rng.normal(0, 0.07)
    if rng.random() < 0.7:
        squeeze = rng.uniform(0.98, 1.0)
    u, v = _unsqueezed(shape, (x, y), squeeze, axis)
    px, py = offset * radius
    angle = np.arctan2(v - py, u - px)
    wobble = 1 + sum(size * np.cos(k * angle - phase) for size, k, phase in zip(squareness, (2, 3), lobes, strict=True))
    outwards = _outwards(u, v, (px, py), ratio * radius * wobble.astype(np.float32), radius)
    pupil, iris = outwards < 0, np.hypot(u, v) < radius

    light = _light(outwards, angle + turn, texture, (shade, depth))
    opening = draw_opening(rng, framing.width, (x, y), radius)
    white = shade + sclera + rng.normal(0, 10)
    edge = _within((np.hypot(u, v) - radius) / rng.uniform(0.6, 3.0))
    image = white * (1 - edge) + light * edge
    hole = _within(outwards * (1 - ratio) * radius / rng.uniform(0.3, 1.2))
    image = image * (1 - hole) + rng.uniform(2, 45) * hole
    lids = opening.lids(framing.height)
    hidden = cv2.GaussianBlur(lids.astype(np.float32), (0, 0), 0.8)
    image -= rng.uniform(0, 60) * _shadow(shape, opening.upper, radius) * (1 - hole)  # of the lid, on the eye
    image = image * (1 - hidden) + skin(rng, shape, opening) * hidden
    lashes = lash_shades(rng, shape, opening, radius)
    hair = rng.uniform(5, 60)
    image = image * (1 - lashes) + hair * lashes
    if rng.random() < (0.5 if framing is WIDE else 0.15):
        strokes = brow(rng, shape, opening)
        image = image * (1 - strokes) + hair * strokes
    shine = glints(rng, shape, (x + px, y + py, ratio * radius), opening)
    image = image * (1 - shine) + 270 * shine
    covered = lids | (lashes > _COVERING) | (shine > _COVERING)
    return DrawnEye(
        _photographed(rng, np.asarray(image, np.float32)),
        pupil,
        iris,
        covered,
        (x, y, radius),
        (x + float(px), y + float(py), ratio * radius),
    )


def well_taken(eye: int, shot: int = 0, framing: Framing = NEAR) -> DrawnEye:
    """Draw a photo of an eye as a good camera takes it, wide open, centred, of clear contrast: `shot` counts those."""
    good = (photo for capture in count() if _is_good(photo := draw_eye(eye, capture, framing)))
    return next(islice(good, shot, None))


def _is_good(photo: DrawnEye) -> bool:
    ring = photo.iris & ~photo.pupil
    x, y, radius = photo.circle
    height, width = photo.pixels.shape
    around = cv2.dilate(photo.iris.astype(np.uint8), np.ones((21, 21), np.uint8)) > 0
    white = around & ~photo.iris & ~photo.covered
    if photo.usable.sum() < _WELL_SEEN * ring.sum() or not white.any():
        return False
    dark, grey, light = (float(np.median(photo.pixels[part])) for part in (photo.pupil, photo.usable, white))
    centred = min(x, width - x) > 1.1 * radius and min(y, height - y) > 0.8 * radius
    return centred and grey - dark > _CLEAR_STEP and light - grey > _CLEAR_STEP


def _within(distance: NDArray[np.floating]) -> Map:
    """Return 1 well within an edge and 0 well outside, from the signed distance in units of its softness."""
    return np.asarray(0.5 - 0.5 * np.tanh(distance / 2), np.float32)


def _unsqueezed(shape: tuple[int, int], centre: tuple[float, float], squeeze: float, axis: float) -> tuple[Map, Map]:
    """Return places from the centre of an iris that is seen from aside, as if it were seen from the front."""
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    dx, dy = columns - np.float32(centre[0]), rows - np.float32(centre[1])
    c, s = np.float32(np.cos(axis)), np.float32(np.sin(axis))
    along, across = (dx * c + dy * s) / np.float32(squeeze), dy * c - dx * s
    return along * c - across * s, along * s + across * c


def _outwards(u: Map, v: Map, inner: tuple[float, float], inner_radius: Map, radius: float) -> Map:
    """Return how far from the pupil (0) to the limbus (1) each place is, on circles between the two."""
    a = np.float32(inner[0] ** 2 + inner[1] ** 2) - (radius - inner_radius) ** 2
    dx, dy = u - np.float32(inner[0]), v - np.float32(inner[1])
    half = np.float32(inner[0]) * dx + np.float32(inner[1]) * dy - inner_radius * (radius - inner_radius)
    rest = dx * dx + dy * dy - inner_radius**2
    return np.asarray(-(half + np.sqrt(np.maximum(half * half - a * rest, 0))) / a, np.float32)


def _light(outwards: Map, angle: Map, texture: NDArray[np.float32], look: tuple[float, float]) -> Map:
    rows = np.clip(outwards, 0, 1).astype(np.float32) * (ROWS - 1)
    columns = (np.mod(angle, 2 * np.pi) / (2 * np.pi) * COLUMNS).astype(np.float32)
    wrapped = np.concatenate([texture, texture[:, :2]], axis=1)
    return np.asarray(look[0] + look[1] * cv2.remap(wrapped, columns, rows, cv2.INTER_LINEAR), np.float32)


def _shadow(shape: tuple[int, int], edge: Map, radius: float) -> Map:
    below = np.arange(shape[0], dtype=np.float32)[:, None] - edge
    return np.asarray(np.exp(-np.clip(below, 0, None) / np.float32(0.15 * radius)), np.float32)


def _photographed(rng: np.random.Generator, image: Map) -> NDArray[np.uint8]:
    """Return what a camera makes of it: defocus, motion, gain, sharpening and noise."""
    blur = rng.choice([rng.uniform(0.3, 0.9), rng.uniform(0.9, 2.2)], p=[0.75, 0.25])
    image = np.asarray(cv2.GaussianBlur(np.minimum(image, 275), (0, 0), float(blur)), np.float32)
    if rng.random() < 0.1:
        length = int(rng.integers(2, 6))
        image = np.asarray(cv2.blur(image, (length, 1)), np.float32)
    if rng.random() < 0.4:
        image += np.float32(rng.uniform(0.3, 1.5)) * (image - cv2.GaussianBlur(image, (0, 0), 1.5))
    exposed = image * np.float32(rng.uniform(0.6, 1.25)) + np.float32(rng.uniform(-15, 20))
    noise = rng.normal(0, rng.uniform(0.5, 5), image.shape)
    pixels = np.clip(np.rint(exposed + noise), 0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 96))]
        pixels = np.asarray(cv2.imdecode(cv2.imencode(".jpg", pixels, quality)[1], cv2.IMREAD_GRAYSCALE), np.uint8)
    return pixels


def main() -> None:
    """Write photos `<eye>L_<capture>.png`, and the truth of each to another folder if one is named."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--truth", type=Path, help="folder of the masks: 1 pupil, 2 iris, 4 covered, added up")
    parser.add_argument("--eyes", type=int, default=100)
    parser.add_argument("--captures", type=int, default=4)
    parser.add_argument("--framing", choices=FRAMINGS, default="near")
    parser.add_argument("--seed", type=int, default=0, help="the number of the first eye")
    chosen = parser.parse_args()
    for folder in filter(None, (chosen.folder, chosen.truth)):
        folder.mkdir(parents=True, exist_ok=True)
    for eye in range(chosen.seed, chosen.seed + chosen.eyes):
        for capture in range(chosen.captures):
            drawn = draw_eye(eye, capture, FRAMINGS[chosen.framing])
            name = f"{eye}L_{capture}.png"
            cv2.imwrite(str(chosen.folder / name), drawn.pixels)
            if chosen.truth:
                masks = drawn.pupil.astype(np.uint8) + 2 * drawn.iris.astype(np.uint8) + 4 * drawn.covered
                cv2.imwrite(str(chosen.truth / name), masks.astype(np.uint8))


if __name__ == "__main__":
    main()
