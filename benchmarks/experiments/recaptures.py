"""Does a spectral peak reveal a photo of a screen or of a print? An experiment, and why no such hint is shipped.

    python -m benchmarks.experiments.recaptures ../shared/data/face/lfw

Recaptures are simulated from photos of people; the threshold is set on untouched photos of other people.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from benchmarks.commands.options import console
from benchmarks.runs.datasets import read_image, read_people

PEOPLE = 250  # on either side
FALSE_HINTS = 0.05  # of untouched photos, where the threshold is set
SEED = 1
_CUT = 96  # pixels of the middle of a photo that are looked at
_FINENESS = 4  # points of a screen or print for each pixel of the photo, on either side
_HIGHEST, _LOWEST = 47, 14  # cycles in the cut: frequencies between which a raster's peak is looked for

Photo = NDArray[np.uint8]
Kind = Callable[[Photo, np.random.Generator], Photo]


def untouched(photo: Photo, rng: np.random.Generator) -> Photo:
    """Return the photo as it is."""
    return photo


def resized_and_saved(photo: Photo, rng: np.random.Generator) -> Photo:
    """Return what honest handling makes of it: another size, another JPEG."""
    scale = rng.uniform(0.8, 1.3)
    return _saved(np.asarray(cv2.resize(photo, None, fx=scale, fy=scale), np.uint8), rng)


def of_coarse_screen(photo: Photo, rng: np.random.Generator) -> Photo:
    """Return a photo of a screen whose stripes of red, green and blue the camera nearly resolves."""
    big = np.repeat(np.repeat(photo, _FINENESS, axis=0), _FINENESS, axis=1).astype(np.float32)
    stripes = np.full(big.shape, 0.25, dtype=np.float32)
    for colour in range(3):
        stripes[:, colour::_FINENESS, colour] = 2.45
    stripes[_FINENESS - 1 :: _FINENESS] *= 0.5
    return _photographed(big * stripes, rng, 1 / _FINENESS, 1.1)


def of_halftone_print(photo: Photo, rng: np.random.Generator) -> Photo:
    """Return a photo of a print made of dots, each ink's at an angle of its own."""
    big = cv2.resize(photo, None, fx=_FINENESS, fy=_FINENESS, interpolation=cv2.INTER_CUBIC)
    y, x = np.mgrid[: big.shape[0], : big.shape[1]]
    inks = []
    for colour, degrees in enumerate((15, 45, 75)):
        turn, period = np.deg2rad(degrees), rng.uniform(5, 9)
        u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
        screen = 0.5 + 0.25 * (np.cos(2 * np.pi * u / period) + np.cos(2 * np.pi * v / period))
        inks.append(np.where(big[:, :, colour] / 255 > screen, 235.0, 25.0))
    return _photographed(np.stack(inks, axis=2).astype(np.float32), rng, 1 / _FINENESS, 1.7)


def of_smooth_picture(photo: Photo, rng: np.random.Generator) -> Photo:
    """Return a photo of a continuous print or a fine screen: blur, noise, another gamma and JPEG, no raster."""
    return _photographed(photo.astype(np.float32), rng, 1.0, 0.8)


KINDS: Mapping[str, Kind] = {
    "untouched": untouched,
    "resized and saved again": resized_and_saved,
    "of a coarse screen": of_coarse_screen,
    "of a halftone print": of_halftone_print,
    "of a smooth picture": of_smooth_picture,
}


def peak(photo: Photo) -> float:
    """Return the logarithm of the strongest fine frequency's power in a photo's middle, by what is usual there."""
    row, column = (side // 2 - _CUT // 2 for side in photo.shape[:2])
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32)[row : row + _CUT, column : column + _CUT]
    detail = grey - cv2.GaussianBlur(grey, (0, 0), 2)
    window = np.hanning(_CUT)[:, None] * np.hanning(_CUT)
    power = np.abs(np.fft.fftshift(np.fft.fft2((detail - detail.mean()) * window))) ** 2
    y, x = np.mgrid[-_CUT // 2 : _CUT // 2, -_CUT // 2 : _CUT // 2]
    frequency = np.hypot(x, y)
    starts = np.arange(12, 48, 4)
    usual = [np.median(power[(frequency >= start) & (frequency < start + 4)]) for start in starts]
    fine = (frequency > _LOWEST) & (frequency < _HIGHEST)
    return float(np.log(np.max(power[fine] / np.interp(frequency[fine], starts + 2, usual))))


def _photographed(scene: NDArray[np.float32], rng: np.random.Generator, scale: float, blur: float) -> Photo:
    height, width = scene.shape[:2]
    size = (round(width * scale), round(height * scale))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-6, 6), scale * rng.uniform(0.88, 1.28))
    matrix[:, 2] += size[0] / 2 - width / 2, size[1] / 2 - height / 2
    soft = cv2.GaussianBlur(scene, (0, 0), blur * rng.uniform(0.6, 1.4))
    photographed = cv2.warpAffine(soft, matrix, size, borderMode=cv2.BORDER_REFLECT)
    photographed = 255 * (np.clip(photographed, 0, 255) / 255) ** rng.uniform(0.8, 1.3) + rng.normal(
        0, rng.uniform(1, 3), photographed.shape
    )
    return _saved(np.clip(photographed, 0, 255).astype(np.uint8), rng)


def _saved(photo: Photo, rng: np.random.Generator) -> Photo:
    _, encoded = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(65, 95))])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def main() -> None:
    """Read the command line, simulate, show what the hint finds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="photos that lie as <person>/<image>")
    rng = np.random.default_rng(SEED)
    images = read_people(parser.parse_args().folder)
    firsts = list({image.subject: image for image in images}.values())
    chosen = [firsts[at] for at in rng.permutation(len(firsts))[: 2 * PEOPLE]]
    photos = [np.ascontiguousarray(read_image(image.path).rgb()) for image in chosen]
    threshold = np.quantile([peak(photo) for photo in photos[:PEOPLE]], 1 - FALSE_HINTS)
    table = Table("photo", "% detected")
    for name, kind in KINDS.items():
        detected = np.mean([peak(kind(photo, rng)) > threshold for photo in photos[PEOPLE:]])
        table.add_row(name, f"{100 * detected:.0f}")
    console.print(table)


if __name__ == "__main__":
    main()
