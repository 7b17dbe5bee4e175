"""The real engine, and two real people (public domain): Eileen Collins and Grace Hopper."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from photos import Pixels
from PIL import Image as Pillow

from face.detector import FaceDetector
from face.recogniser import FaceRecogniser
from models.registry import ModelRegistry


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> ModelRegistry:
    return ModelRegistry(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def recogniser(registry: ModelRegistry) -> FaceRecogniser:
    """Return the engine as the service uses it."""
    return FaceRecogniser(registry)


@pytest.fixture(scope="session")
def detector(registry: ModelRegistry) -> FaceDetector:
    return FaceDetector(registry.open_session("yunet"))


@pytest.fixture(scope="session")
def collins() -> Pixels:
    """Return a photo of Eileen Collins, 512 x 512, her face 100 pixels wide at (223, 119)."""
    return np.asarray(skimage.data.astronaut())


@pytest.fixture(scope="session")
def hopper() -> Pixels:
    """Return a photo of Grace Hopper, 512 x 600, her face 190 pixels wide."""
    path = metadata.distribution("matplotlib").locate_file("matplotlib/mpl-data/sample_data/grace_hopper.jpg")
    return np.asarray(Pillow.open(Path(str(path))))
