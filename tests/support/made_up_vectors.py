"""A recogniser of made-up faces, whose templates are vectors as they are: for indexes, where no image is looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import api.modalities  # noqa: F401 - registers them
from biometrics.kernel.recognition.types import Template
from face.modality import FACE

DIMENSION = 16
MODEL = "b" * 64


class MadeUpVectors:
    """As much of a `biometrics.matching.ports.Recogniser` as a gallery needs."""

    modality = FACE
    model = MODEL
    feature_space = "c" * 64

    def features(self, template: Template) -> NDArray[Any]:
        return np.frombuffer(template.data, np.float32)


def template_of(seed: int) -> Template:
    """Return a template of unit length that no other seed has."""
    vector = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
    return Template(FACE, MODEL, (vector / np.linalg.norm(vector)).tobytes(), 80)
