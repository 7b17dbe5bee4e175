"""Irises, as the use cases see them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.charts import Chart, Exhibit, MarkedImage
from biometrics.imaging.image import Image
from biometrics.kernel.recognition.capture import Impression
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Assessment, Sample, Template
from iris import charting
from iris.code import IrisCode
from iris.codec import decode, encode
from iris.comparison import NOTHING, Gallery, Matcher
from iris.extractor import IrisExtractor
from iris.modality import IRIS
from models.registry import ModelRegistry


class IrisRecogniser:
    """`biometrics.matching.ports.Recogniser` for irises: codes by log-Gabor filters, compared at many rotations."""

    vectors = None

    def __init__(self, registry: ModelRegistry) -> None:
        """Open the network.

        Raises:
            ModelMissing, ModelMismatch: as for `ModelRegistry.open_session`.
        """
        self._extractor = IrisExtractor(registry.folder)

    @property
    def modality(self) -> Modality:
        """Irises."""
        return IRIS

    @property
    def model(self) -> str:
        """SHA-256 (hex) of what decides on codes: the network's file and the version of the engine."""
        return self._extractor.model

    @property
    def feature_space(self) -> str:
        """That of the model: its codes are the features."""
        return self.model

    def extract(self, image: Image, impression: Impression | None = None) -> Template:
        """Extract the template of the iris that a near-infrared photo shows; photos have no impression type.

        Raises:
            UnusableSample: a photo in visible light, of a wrong size or of nothing; no iris; or too little of it seen.
        """
        return Template(IRIS, self.model, encode(self._extractor.extract(image).code), None)

    def read_record(self, sample: Sample) -> None:
        """Say that the sample is an image: no other system's codes can be compared with ours."""

    def assess(self, image: Image, template: Template) -> Assessment:
        """Say how good a photo is by the terms of ISO/IEC 29794-6: its worst part counts."""
        quality = self._extractor.measure(image)
        return Assessment(quality.score, quality.faults, quality.acceptable, tuple(quality.parts.items()))

    def features(self, template: Template) -> NDArray[np.uint64]:
        """Return the bits and the mask: uint64, shape (2, LINES * WORDS).

        Raises:
            ModelMismatch: made by another model.
            InvalidTemplate: its bytes are damaged.
        """
        code = self._read(template)
        return np.stack([code.bits.ravel(), code.mask.ravel()])

    def compare(self, probe: Template, candidates: Sequence[Template]) -> NDArray[np.float64]:
        """Return how alike `probe` is to each candidate: shape (len(candidates),), 0 for unrelated ones.

        Raises:
            ModelMismatch, InvalidTemplate: as for `features`.
        """
        codes = [self._read(candidate) for candidate in candidates]
        return NOTHING - Matcher(self._read(probe)).distances(Gallery.of(codes))

    def marked(self, exhibit: Exhibit) -> MarkedImage:
        """Put the outlines of pupil and iris on the photo.

        Raises:
            ModelMismatch: the template was made by another model.
            NothingToCompare: there is no photo, or no iris is found in it again.
        """
        self._read(exhibit.template)
        return charting.marked(exhibit, charting.found_again(exhibit, self._extractor))

    def chart(self, probe: Exhibit, candidate: Exhibit) -> Chart:
        """Chart two photos of irises with the probe moved onto the candidate.

        Raises:
            ModelMismatch, NothingToCompare: as for `marked`.
        """
        parts, candidate_parts = (charting.found_again(exhibit, self._extractor) for exhibit in (probe, candidate))
        first, second = self._read(probe.template), self._read(candidate.template)
        return charting.chart(probe, parts, first, candidate, candidate_parts, second)

    def _read(self, template: Template) -> IrisCode:
        return decode(template.data_for(self.model))
