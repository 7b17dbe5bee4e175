"""Palms, as the use cases see them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.charts import Chart, Exhibit, MarkedImage
from biometrics.imaging.image import Image
from biometrics.kernel.recognition.capture import Impression
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Assessment, Sample, Template
from fingerprint import charting
from fingerprint.compiled import require_compiled, wait_until_compiled
from fingerprint.features import features, projection_digest
from fingerprint.identity import NETWORK
from fingerprint.latents.marked import MarkedPrint
from fingerprint.latents.region import Polygon
from fingerprint.latents.turning import turned_minutiae
from fingerprint.matching.cylinders import PreparedPrint
from fingerprint.matching.explanation import explain
from models.registry import ModelRegistry
from models.session import ModelSession
from palm.codec import decode, encode
from palm.extractor import extract
from palm.identity import model_digest
from palm.latents import extract_both_ways, extract_latent
from palm.matcher import prepare, similarities
from palm.modality import PALM
from palm.quality import measure
from palm.template import PalmTemplate

PREPARED_KEPT = 200  # palms kept ready to be compared; one takes some 150 kB


class PalmRecogniser:
    """`biometrics.matching.ports.Recogniser` for palms: LEADER finds the minutiae, the matcher of fingers compares."""

    vectors = None

    def __init__(self, registry: ModelRegistry) -> None:
        """Take the network from a registry, which opens it when the first palm comes.

        Raises:
            ModelMissing: there is no such network.
        """
        self._registry = registry
        self._model = model_digest(registry)
        self._prepared = lru_cache(PREPARED_KEPT)(_prepared)

    @property
    def modality(self) -> Modality:
        """Palms."""
        return PALM

    @property
    def model(self) -> str:
        """SHA-256 (hex) of what decides on templates and scores."""
        return self._model

    @property
    def feature_space(self) -> str:
        """SHA-256 (hex) of the model and of the projection that makes its minutiae's codes."""
        return sha256(f"{self._model} codes {projection_digest()}".encode()).hexdigest()

    def extract(self, image: Image, impression: Impression | None = None) -> Template:
        """Extract the template of the palm in an image.

        Raises:
            TooFewMinutiae, ImageTooLarge: as for `palm.extractor.extract`.
            ModelMissing, ModelMismatch: as for `ModelRegistry.open_session`.
            MatcherCompiling: as for `require_compiled`.
        """
        require_compiled()
        return self._stored(extract(image, self._session))

    @property
    def latent_network(self) -> str:
        """SHA-256 (hex) of the weights that find the minutiae of latents: those that find any palm's."""
        return self._registry.entry(NETWORK).sha256

    def extract_latent(self, image: Image, region: Polygon | None = None) -> Template:
        """Extract the template of a latent; `region` encloses it, in pixels of the image.

        Raises:
            TooFewMinutiae, ImageTooLarge, InvalidField: as for `palm.latents.extract_latent`.
        """
        require_compiled()
        return self._stored(extract_latent(image, self._session, region))

    def extract_latent_both_ways(self, image: Image, region: Polygon | None = None) -> dict[bool, Template]:
        """Extract a latent of unknown orientation: upright (False), and turned by half a circle (True).

        A comparison allows for a quarter of a turn to either side, so that the two cover the whole circle.

        Raises:
            TooFewMinutiae, ImageTooLarge, InvalidField: as for `palm.latents.extract_latent`.
        """
        require_compiled()
        views = extract_both_ways(image, self._session, region)
        return {turned: self._stored(view) for turned, view in views.items()}

    def marked_both_ways(self, marked: MarkedPrint) -> dict[bool, Template]:
        """Return a latent's marked minutiae as templates: upright (False), and turned by half a circle (True).

        Raises:
            TooFewMinutiae: fewer than four.
        """
        template = marked.template_of(PalmTemplate)
        return {False: self._stored(template), True: self._stored(turned_minutiae(template))}

    def of_marks(self, marks: Template) -> Template:
        """Return minutiae that an examiner marked, as another model's template holds them, as one of this model.

        Raises:
            InvalidTemplate: its bytes are damaged.
        """
        return self._stored(decode(marks.data))

    def first_look(self, latent: Template) -> Template:
        """Return a latent as it is: there is no faster comparison."""
        return latent

    def latent_content(self, template: Template) -> None:
        """Say that no scale of latents of palms was measured."""

    def read_record(self, sample: Sample) -> None:
        """Say that the sample is an image: no other system's palms can be compared with ours."""

    def assess(self, image: Image, template: Template) -> Assessment:
        """Say how good an image of a palm is: its worst part counts."""
        quality = measure(decode(template.data))
        return Assessment(quality.score, quality.faults, quality.acceptable, tuple(quality.parts.items()))

    def features(self, template: Template) -> NDArray[np.void]:
        """Return what an index searches it by: shape (minutiae,), dtype `matching.local_features.LOCAL_FEATURE`.

        Raises:
            ModelMismatch: made by another model.
            InvalidTemplate: its bytes are damaged.
        """
        wait_until_compiled()
        return features(decode(template.data_for(self.model)))

    def compare(self, probe: Template, candidates: Sequence[Template]) -> NDArray[np.float64]:
        """Return how alike `probe` is to each candidate: shape (len(candidates),), 0 to 1.

        Raises:
            ModelMismatch, InvalidTemplate: as for `features`.
        """
        prepared_probe, *prepared_candidates = (self._ready(template) for template in (probe, *candidates))
        return similarities(prepared_probe, prepared_candidates)

    def marked(self, exhibit: Exhibit) -> MarkedImage:
        """Put the minutiae on the image.

        Raises:
            ModelMismatch, InvalidTemplate: as for `features`.
        """
        return charting.marked(decode(exhibit.template.data_for(self.model)), exhibit.image)

    def chart(self, probe: Exhibit, candidate: Exhibit) -> Chart:
        """Chart a comparison: the pairs of minutiae, and how the probe lies on the candidate.

        Raises:
            ModelMismatch, InvalidTemplate: as for `features`.
        """
        explanation = explain(self._ready(probe.template), self._ready(candidate.template))
        first, second = (
            charting.ComparedPrint(decode(exhibit.template.data), exhibit.image) for exhibit in (probe, candidate)
        )
        return charting.chart(explanation, first, second)

    @cached_property
    def _session(self) -> ModelSession:
        return self._registry.open_session(NETWORK)

    def _stored(self, template: PalmTemplate) -> Template:
        return Template(PALM, self.model, encode(template), None)

    def _ready(self, template: Template) -> PreparedPrint:
        require_compiled()
        return self._prepared(template.data_for(self.model))


def _prepared(data: bytes) -> PreparedPrint:
    return prepare([decode(data)])[0]
