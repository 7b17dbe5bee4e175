"""Learn how SFace's and dlib's vectors become one (models/sface-dlib.npz) from photos of a pairs list.

    python -m benchmarks.training.faces ../shared/data/face/lfw --pairs ../shared/data/face/lfw/pairsDevTrain.txt

What is learned does not look at who is who: the centre is dlib's mean vector, the axes are the main directions of both
networks' vectors side by side. The people must not be those that the engine is measured on.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.runs.datasets import LabelledImage, read_image, read_pairs
from biometrics.kernel.errors import NoFace
from face.detector import FaceDetector
from face.embedder import FaceNetwork
from face.joining import Joining, side_by_side
from face.selection import most_prominent
from models.registry import ModelRegistry

FIRST, SECOND = "sface", "dlib"
RADIUS = 0.74  # 99.5 % of dlib's vectors lie nearer to their mean; from 0.67 to 0.79 the errors stay the same
DIMENSION = 128  # of 257 numbers; 95 % of their energy, and no more errors than with all of them

Vectors = NDArray[np.float32]


def learn(first: Vectors, second: Vectors) -> Joining:
    """Learn from two networks' vectors of the same photos, shapes (photos, first) and (photos, second)."""
    centre = second.mean(axis=0)
    both = side_by_side(first, second, centre, RADIUS)
    _, _, directions = np.linalg.svd(both, full_matrices=False)
    return Joining(centre, RADIUS, np.ascontiguousarray(directions[:DIMENSION].T))


def look(images: Sequence[LabelledImage], registry: ModelRegistry) -> tuple[Vectors, Vectors]:
    """Return both networks' vectors of the photos that show a face."""
    detector = FaceDetector(registry.open_session("yunet"))
    networks = [FaceNetwork(registry.open_session(name), registry.entry(name).embedder) for name in (FIRST, SECOND)]
    vectors: list[list[NDArray[np.float32]]] = []
    for image in images:
        photo = read_image(image.path, None)
        rgb = photo.rgb()
        try:
            face = detector.refine(rgb, most_prominent(detector.detect(rgb), photo.width, photo.height))
        except NoFace:
            continue
        vectors.append([network.look(rgb, face.landmarks) for network in networks])
    first, second = (np.stack(column) for column in zip(*vectors, strict=True))
    return first, second


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
        vectors = look(read_pairs(arguments.pairs, arguments.folder).images, ModelRegistry(Path(data_folder)))
    save(learn(*vectors), arguments.out)


if __name__ == "__main__":
    main()
