"""Learn how SFace's and dlib's vectors become one (models/sface-dlib.npz) from photos of a pairs list.

    python -m benchmarks.training.faces ../shared/data/face/lfw --pairs ../shared/data/face/lfw/pairsDevTrain.txt

Of each photo of people with several there is a still, too, as a surveillance camera takes it. The axes are those along
which people differ most, in units of how the photos and stills of one person differ (linear discriminant analysis with
a shrunk covariance), so that a still comes near the sharp photos of its person. The people must not be those that the
engine is measured on.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.cli.progress_bars import progress
from benchmarks.runs.datasets import LabelledImage, read_image, read_pairs
from benchmarks.runs.stills import Camera
from face.detected import DetectedFace
from face.detector import FaceDetector
from face.embedder import FaceNetwork
from face.extractor import MIN_FACE_SIZE
from face.joining import Joining, side_by_side
from face.selection import most_prominent
from face.turning import turned_upright
from models.registry import ModelRegistry

FIRST, SECOND = "sface", "dlib"
RADIUS = 0.74  # 99.5 % of dlib's vectors lie nearer to their mean; from 0.67 to 0.79 the errors stay the same
DIMENSION = 128  # of 257 numbers
SECOND_WEIGHT = 0.75  # of dlib's vector beside SFace's: dlib's says less of stills
SHRINKAGE = 10.0  # added to the covariance of one person's photos, in its mean variance

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Looks:
    """Two networks' vectors of photos and stills, shapes (n, first) and (n, second), and whose they are, shape (n,)."""

    first: Vectors
    second: Vectors
    person: NDArray[np.int64]
    is_still: NDArray[np.bool_]


def learn(looks: Looks) -> Joining:
    """Learn from photos and stills of many people, each with several.

    Source: Fukunaga: Introduction to Statistical Pattern Recognition, 2nd ed., 1990, section 10.2 (discriminant
    analysis by whitening the within-class scatter).
    """
    centre = np.asarray(looks.second[~looks.is_still].mean(axis=0), np.float32)
    weights = np.ones(looks.first.shape[1] + looks.second.shape[1] + 1)
    weights[looks.first.shape[1] :] = SECOND_WEIGHT
    both = side_by_side(looks.first, looks.second, centre, RADIUS).astype(np.float64) * weights
    counts = np.bincount(looks.person)
    means = np.zeros((len(counts), both.shape[1]))
    np.add.at(means, looks.person, both)
    means /= counts[:, None]
    deviations = both - means[looks.person]
    within = deviations.T @ deviations / (len(both) - len(counts))
    shrunk = within + SHRINKAGE * np.trace(within) / len(within) * np.eye(len(within))
    variances, directions = np.linalg.eigh(shrunk)
    whitening = directions / np.sqrt(variances) @ directions.T
    _, between = np.linalg.eigh(whitening @ np.cov(means.T) @ whitening)
    axes = weights[:, None] * (whitening @ between[:, ::-1][:, :DIMENSION])
    return Joining(centre, RADIUS, np.ascontiguousarray(axes / np.abs(axes).max(), np.float32))


def look(images: Sequence[LabelledImage], registry: ModelRegistry) -> Looks:
    """Return both networks' vectors of the photos that show a face, and of a still of each in which it is found."""
    detector = FaceDetector(registry.open_session("yunet"))
    networks = [FaceNetwork(registry.open_session(name), registry.entry(name).embedder) for name in (FIRST, SECOND)]
    numbers = {subject: number for number, subject in enumerate(dict.fromkeys(image.subject for image in images))}
    vectors: list[list[NDArray[np.float32]]] = []
    seen: list[tuple[int, bool]] = []

    def face_in(rgb: NDArray[np.uint8], *, is_still: bool, number: int) -> DetectedFace | None:
        photo = turned_upright(detector, rgb, all_sizes=False)
        if not photo.faces or photo.quarters:
            return None
        face = most_prominent(photo.faces, rgb.shape[1], rgb.shape[0])
        if face.size < MIN_FACE_SIZE:
            return None
        face = detector.refine(rgb, face)
        vectors.append([network.look(rgb, face.landmarks) for network in networks])
        seen.append((number, is_still))
        return face

    with progress("Looking", len(images)) as advance:
        for image in images:
            rgb, rng = read_image(image.path, None).rgb(), np.random.default_rng(_seed(image))
            number = numbers[image.subject]
            if face := face_in(rgb, is_still=False, number=number):
                face_in(Camera.drawn(rng).still(rgb, face, rng), is_still=True, number=number)
            advance()
    first, second = (np.stack(column) for column in zip(*vectors, strict=True))
    person, is_still = zip(*seen, strict=True)
    return Looks(first, second, np.unique(person, return_inverse=True)[1].astype(np.int64), np.array(is_still))


def of_several(images: Sequence[LabelledImage]) -> list[LabelledImage]:
    """Keep the photos of people with several."""
    counts = Counter(image.subject for image in images)
    return [image for image in images if counts[image.subject] > 1]


def _seed(image: LabelledImage) -> tuple[int, ...]:
    """Return a seed that follows from the file's name, so that a still is the same whatever other photos there are."""
    name = image.path.name.encode()
    return int.from_bytes(name[-12:]), sum(name), 0, 0


def save(joining: Joining, path: Path) -> None:
    """Write it, the axes in half precision: 60 kB."""
    np.savez_compressed(path, centre=joining.centre, radius=joining.radius, axes=joining.axes.astype(np.float16))


def main() -> None:
    """Read the command line, look, learn, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="photos that lie as <person>/<image>")
    parser.add_argument("--pairs", type=Path, required=True, help="the list whose photos are taken")
    parser.add_argument("--out", type=Path, default=Path("models") / "sface-dlib.npz")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as data_folder:
        images = of_several(read_pairs(arguments.pairs, arguments.folder).images)
        looks = look(images, ModelRegistry(Path(data_folder)))
    save(learn(looks), arguments.out)


if __name__ == "__main__":
    main()
