"""Fingerprints, as the use cases see them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from biometrics.domain.errors import ModelMismatch
from biometrics.domain.types import Assessment, Modality, Sample, Source, Template
from biometrics.imaging.charts import Chart, Exhibit, MarkedImage
from biometrics.imaging.image import Image
from fingerprint import charting
from fingerprint.codec import decode, encode
from fingerprint.extractor import extract
from fingerprint.features import features, projection_digest
from fingerprint.interchange.codec import is_record
from fingerprint.interchange.incoming import read_sample
from fingerprint.latents.image import extract_latent
from fingerprint.latents.region import Polygon
from fingerprint.matching.cylinders import PreparedPrint, prepare
from fingerprint.matching.explanation import Explanation, explain
from fingerprint.matching.matcher import match
from fingerprint.nfiq2 import Nfiq2
from fingerprint.parameters import ENGINE
from fingerprint.quality import assess, finger_pixels
from fingerprint.template import FingerprintTemplate
from models.registry import ModelRegistry

PREPARED_KEPT = 4000  # prints kept ready to match; one takes some 15 kB with its key: 60 MB in all


class FingerprintRecogniser:
    """`biometrics.matching.ports.Recogniser` for fingerprints: LEADER finds the minutiae, cylinders compare them.

    Safe to share between threads.
    """

    def __init__(self, registry: ModelRegistry, prepared_kept: int = PREPARED_KEPT) -> None:
        """Open the model `leader` of `registry`; keep some prints ready to match.

        Raises:
            ModelMissing, ModelMismatch: as for `ModelRegistry.open_session`.
        """
        self._session = registry.open_session("leader")
        self._model = sha256(f"{self._session.sha256} fingerprint engine {ENGINE}".encode()).hexdigest()
        self._nfiq2 = Nfiq2()
        self._prepared = lru_cache(prepared_kept)(_prepared)

    @property
    def modality(self) -> Modality:
        """Fingerprints."""
        return Modality.FINGERPRINT

    @property
    def model(self) -> str:
        """SHA-256 (hex) of what decides on templates and scores: LEADER's file, by its own hash, and the engine."""
        return self._model

    @property
    def feature_space(self) -> str:
        """SHA-256 (hex) of the model and of the projection that makes its minutiae's codes."""
        return sha256(f"{self._model} codes {projection_digest()}".encode()).hexdigest()

    def extract(self, image: Image) -> Template:
        """Extract the template of the one finger in `image`.

        Raises:
            TooFewMinutiae, ImageTooLarge: as for `fingerprint.extractor.extract`.
        """
        return Template(Modality.FINGERPRINT, self.model, encode(extract(image, self._session)), None)

    def extract_latent(self, image: Image, region: Polygon | None = None) -> Template:
        """Extract the template of a latent; `region` encloses it, in pixels of the image.

        Raises:
            TooFewMinutiae, ImageTooLarge, InvalidField: as for `fingerprint.latents.image.extract_latent`.
        """
        return self.of_marked(extract_latent(image, self._session, region))

    def of_marked(self, template: FingerprintTemplate) -> Template:
        """Return manually marked minutiae as a template to compare with this model's."""
        return Template(Modality.FINGERPRINT, self.model, encode(template), None)

    def read_record(self, sample: Sample) -> tuple[Source, Template] | None:
        """Take the template from a finger minutiae record; None where the sample is not one.

        Raises:
            UnsupportedRecord, InvalidRecord, TooFewMinutiae: as for `fingerprint.interchange.incoming.read_sample`.
        """
        if not is_record(sample.content):
            return None
        source, read, quality = read_sample(sample)
        return source, Template(Modality.FINGERPRINT, self.model, encode(read), quality)

    def assess(self, image: Image, template: Template) -> Assessment:
        """Measure the NFIQ 2 of the print that `template` was extracted from, and say what is wrong with it."""
        pixels = finger_pixels(image, decode(template.data).width / image.width)
        return assess(pixels, self._nfiq2.measure(pixels))

    def features(self, template: Template) -> NDArray[np.void]:
        """Return what an index searches it by: shape (minutiae,), dtype `matching.local_features.LOCAL_FEATURE`.

        Raises:
            ModelMismatch: made by another model.
            InvalidTemplate: its bytes are damaged.
        """
        self._refuse_other_models(template)
        return features(decode(template.data))

    def compare(self, probe: Template, candidates: Sequence[Template]) -> NDArray[np.float64]:
        """Return the similarity of `probe` to each candidate, 0 to 1: shape (len(candidates),).

        Raises:
            ModelMismatch: a template was made by another model.
            InvalidTemplate: the bytes of one are damaged.
        """
        return match(self._checked(probe), [self._checked(candidate) for candidate in candidates])

    def explain(self, probe: Template, candidate: Template) -> Explanation:
        """Say why `compare` gives two prints their score; indices are those of the templates' minutiae.

        Raises:
            ModelMismatch, InvalidTemplate: as for `compare`.
        """
        return explain(self._checked(probe), self._checked(candidate))

    def marked(self, exhibit: Exhibit) -> MarkedImage:
        """Put the minutiae on the image.

        Raises:
            ModelMismatch, InvalidTemplate: as for `features`.
        """
        self._refuse_other_models(exhibit.template)
        return charting.marked(decode(exhibit.template.data), exhibit.image)

    def chart(self, probe: Exhibit, candidate: Exhibit) -> Chart:
        """Chart the comparison that `explain` explains.

        Raises:
            ModelMismatch, InvalidTemplate: as for `compare`.
        """
        explanation = self.explain(probe.template, candidate.template)
        first, second = ((decode(exhibit.template.data), exhibit.image) for exhibit in (probe, candidate))
        return charting.chart(explanation, first, second)

    def _checked(self, template: Template) -> PreparedPrint:
        self._refuse_other_models(template)
        return self._prepared(template.data)

    def _refuse_other_models(self, template: Template) -> None:
        if template.model != self.model:
            raise ModelMismatch("A fingerprint template was made by another model; extract it again from its image.")


def _prepared(data: bytes) -> PreparedPrint:
    return prepare(decode(data))
