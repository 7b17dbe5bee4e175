"""Face peers."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.image import Image

UPSAMPLED = 1  # times, before faces are looked for, as the package `face_recognition` has it


class Dlib:
    """dlib's detector of frontal faces, its five landmarks and its ResNet; of several faces the largest."""

    def __init__(self, _ppi: float) -> None:
        """Open the models that the package `face_recognition_models` holds."""
        dlib: Any = import_module("dlib")
        package = find_spec("face_recognition_models")
        assert package is not None
        assert package.origin is not None
        models = Path(package.origin).parent / "models"
        self._detect = dlib.get_frontal_face_detector()
        self._landmarks = dlib.shape_predictor(str(models / "shape_predictor_5_face_landmarks.dat"))
        self._network = dlib.face_recognition_model_v1(str(models / "dlib_face_recognition_resnet_model_v1.dat"))

    def extract(self, image: Image) -> NDArray[np.float64] | None:
        """Return the descriptor, shape (128,); None where no face is found."""
        pixels = np.ascontiguousarray(image.rgb())
        faces = self._detect(pixels, UPSAMPLED)
        if not faces:
            return None
        largest = max(faces, key=lambda face: face.area())
        return np.array(self._network.compute_face_descriptor(pixels, self._landmarks(pixels, largest)))

    def compare(self, first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
        """Return the Euclidean distance, negative, so that more is more alike."""
        return -float(np.linalg.norm(first - second))
