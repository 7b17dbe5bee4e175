"""Faces, as the use cases see them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import InvalidTemplate, ModelMismatch
from biometrics.image import Image
from biometrics.types import Assessment, Modality, Sample, Template
from face.codec import decode, encode
from face.detector import FaceDetector
from face.embedder import FaceEmbedder
from face.extractor import FaceExtractor
from face.selection import Chooser, sole_face
from models.registry import ModelRegistry


class FaceRecogniser:
    """`biometrics.ports.Recogniser` for faces: YuNet finds, SFace embeds, the cosine compares."""

    def __init__(self, registry: ModelRegistry, choose: Chooser = sole_face) -> None:
        """Open the models `yunet` and `sface` of `registry`.

        Args:
            registry: where the models come from.
            choose: which of several faces is meant; `face.selection.most_prominent` never refuses a photo for having
                several, as test sets need.

        Raises:
            ModelMissing, ModelMismatch: as for `ModelRegistry.open_session`, or the embedder is none.
        """
        session = registry.open_session("sface")
        embedder = FaceEmbedder(session, registry.entry("sface").embedder)
        self._model = session.sha256
        self._dimension = embedder.dimension
        self._extractor = FaceExtractor(FaceDetector(registry.open_session("yunet")), embedder, choose)

    @property
    def modality(self) -> Modality:
        """Faces."""
        return Modality.FACE

    @property
    def model(self) -> str:
        """SHA-256 (hex) of the embedder's file: the detector changes no feature space."""
        return self._model

    @property
    def feature_space(self) -> str:
        """That of the model: its embeddings are the features."""
        return self._model

    @property
    def dimension(self) -> int:
        """Length of an embedding: 128 for SFace."""
        return self._dimension

    def extract(self, image: Image) -> Template:
        """Extract the template of the one person in a photo.

        Raises:
            NoFace, SeveralFaces, FaceTooSmall: see `face.selection` and `face.extractor` for the rules.
        """
        embedding = self._extractor.extract(image)
        return Template(Modality.FACE, self._model, encode(embedding.vector), embedding.quality)

    def read_record(self, sample: Sample) -> None:
        """Say that the sample is an image: no other system's faces can be compared with ours."""

    def assess(self, image: Image, template: Template) -> Assessment:
        """Return the quality that extraction measured."""
        return Assessment(template.quality)

    def features(self, template: Template) -> NDArray[np.float32]:
        """Return the embedding: shape (dimension,) float32, unit length.

        Raises:
            ModelMismatch: made by another model.
            InvalidTemplate: its bytes are damaged.
        """
        if template.model != self._model:
            raise ModelMismatch("A face template was made by another model; extract it again from its photo.")
        embedding = decode(template.data)
        if embedding.size != self._dimension:
            raise InvalidTemplate(f"The face template has {embedding.size} numbers; its model makes {self._dimension}.")
        return embedding

    def compare(self, probe: Template, candidates: Sequence[Template]) -> NDArray[np.float64]:
        """Return the cosine of `probe` with each candidate, -1 to 1: shape (len(candidates),).

        Raises:
            ModelMismatch, InvalidTemplate: as for `features`.
        """
        if not candidates:
            return np.empty(0, dtype=np.float64)
        embeddings = np.stack([self.features(candidate) for candidate in candidates])
        return np.asarray(embeddings @ self.features(probe), dtype=np.float64)
