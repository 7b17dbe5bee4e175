"""Scars, marks and tattoos, as the use cases see them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.charts import Chart, Exhibit, MarkedImage
from biometrics.imaging.image import Image
from biometrics.kernel.recognition.capture import Impression
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Assessment, Sample, Template
from biometrics.matching.ports import Vectors
from marks import charting
from marks.codec import decode, encode
from marks.comparison import similarity
from marks.extractor import MarkExtractor
from marks.features import EMBEDDING, MarkFeatures
from marks.modality import MARK
from marks.quality import measure
from models.registry import ModelRegistry


class MarkRecogniser:
    """`biometrics.matching.ports.Recogniser` for marks: embeddings find candidates, local features order them."""

    def __init__(self, registry: ModelRegistry) -> None:
        """Find the networks, which are opened with the first photo.

        Raises:
            ModelMissing: they are not here.
        """
        self._extractor = MarkExtractor(registry.folder)

    @property
    def modality(self) -> Modality:
        """Marks."""
        return MARK

    @property
    def model(self) -> str:
        """SHA-256 (hex) of what decides on the features: the networks' files and the version of the engine."""
        return self._extractor.model

    @property
    def feature_space(self) -> str:
        """That of the model: its embeddings are the features."""
        return self.model

    @property
    def vectors(self) -> Vectors:
        """The embeddings themselves."""
        return Vectors(EMBEDDING, self.feature_space, np.asarray)

    def extract(self, image: Image, impression: Impression | None = None) -> Template:
        """Extract the template of the mark that an image shows; photos have no impression type.

        Raises:
            UnusableSample: it is too small, or nothing can be seen.
        """
        return Template(MARK, self.model, encode(self._extractor.extract(image)), None)

    def read_record(self, sample: Sample) -> None:
        """Say that the sample is an image: no other system's marks can be compared with ours."""

    def assess(self, image: Image, template: Template) -> Assessment:
        """Say how well a photo shows its mark: its worst part counts."""
        quality = measure(image.rgb())
        return Assessment(quality.score, quality.faults, quality.acceptable, tuple(quality.parts.items()))

    def features(self, template: Template) -> NDArray[np.float32]:
        """Return the embedding: shape (1280,) float32, unit length.

        Raises:
            ModelMismatch: made by another model.
            InvalidTemplate: its bytes are damaged.
        """
        return self._read(template).embedding

    def compare(self, probe: Template, candidates: Sequence[Template]) -> NDArray[np.float64]:
        """Return how alike `probe` is to each candidate: shape (len(candidates),); copies reach more than 1.

        Raises:
            ModelMismatch, InvalidTemplate: as for `features`.
        """
        probe_features = self._read(probe)
        return np.array([similarity(probe_features, self._read(candidate)) for candidate in candidates], np.float64)

    def marked(self, exhibit: Exhibit) -> MarkedImage:
        """Put the local features on the photo.

        Raises:
            NothingToCompare: there is no photo.
        """
        return charting.marked(exhibit, self._read(exhibit.template).local)

    def chart(self, probe: Exhibit, candidate: Exhibit) -> Chart:
        """Chart two photos of marks, the probe moved onto the candidate.

        Raises:
            NothingToCompare: as for `marked`.
        """
        return charting.chart(probe, self._read(probe.template).local, candidate, self._read(candidate.template).local)

    def _read(self, template: Template) -> MarkFeatures:
        return decode(template.data_for(self.model))
