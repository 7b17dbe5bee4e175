"""Antlers, as the use cases see them: the embedding is the photo itself, reduced to 8 x 8 pixels."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from antler.modality import ANTLER
from biometrics.imaging.charts import Chart, Exhibit, Frame, MarkedImage
from biometrics.imaging.image import Image
from biometrics.kernel.errors import NothingToCompare, UnusableSample
from biometrics.kernel.recognition.capture import Impression
from biometrics.kernel.recognition.types import Assessment, Sample, Template
from biometrics.matching.ports import Vectors
from models.registry import ModelRegistry

SIDE: Final = 8
LEAST_CONTRAST: Final = 1.0  # grey levels


class AntlerRecogniser:
    """`biometrics.matching.ports.Recogniser` for antlers; no model of the registry is needed."""

    modality = ANTLER
    model = sha256(b"antlers by 8 x 8 pixels").hexdigest()
    feature_space = model
    vectors = Vectors(SIDE * SIDE, feature_space, np.asarray)

    def __init__(self, _: ModelRegistry) -> None:
        """Open it."""

    def extract(self, image: Image, impression: Impression | None = None) -> Template:
        small = Pictures.fromarray(image.grey()).resize((SIDE, SIDE), Pictures.Resampling.BOX)
        pixels = np.asarray(small, np.float32).ravel()
        if pixels.std() < LEAST_CONTRAST:
            raise UnusableSample("No antler was found; take the photo again in better light.")
        centred = pixels - pixels.mean()
        return Template(ANTLER, self.model, (centred / np.linalg.norm(centred)).tobytes(), None)

    def read_record(self, sample: Sample) -> None:
        """Say that the sample is an image."""

    def assess(self, image: Image, template: Template) -> Assessment:
        return Assessment(min(100, int(image.grey().std())))

    def features(self, template: Template) -> NDArray[np.float32]:
        return np.frombuffer(template.data_for(self.model), np.float32)

    def compare(self, probe: Template, candidates: Sequence[Template]) -> NDArray[np.float64]:
        vectors = [self.features(candidate) for candidate in candidates]
        return np.array([self.features(probe) @ vector for vector in vectors], np.float64)

    def marked(self, exhibit: Exhibit) -> MarkedImage:
        if exhibit.image is None:
            raise NothingToCompare("The file of this photo is not stored; upload it to compare the antlers.")
        return MarkedImage(exhibit.image.width, exhibit.image.height, None, ())

    def chart(self, probe: Exhibit, candidate: Exhibit) -> Chart:
        ours, theirs = self.marked(probe), self.marked(candidate)
        return Chart(ours, theirs, (), Frame(ours.width, ours.height, None, None, None))
