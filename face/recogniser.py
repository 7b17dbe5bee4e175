"""Faces, as the use cases see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.charts import Chart, Exhibit, MarkedImage
from biometrics.imaging.image import Image
from biometrics.kernel.errors import InvalidTemplate, NothingToCompare, SeveralFaces, UnusableSample
from biometrics.kernel.recognition.capture import Impression
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Assessment, Sample, Template
from biometrics.matching.ports import Vectors
from face import charting
from face.codec import decode, encode
from face.detected import DetectedFace
from face.detector import FaceDetector
from face.embedder import FaceEmbedder, FaceEmbedding
from face.extractor import FaceExtractor
from face.modality import FACE
from face.presentation import AttackAssessment, AttackDetector
from face.quality.measures import FaceQuality
from face.quality.unified import FLOOR
from face.selection import Chooser, sole_face
from models.registry import ModelRegistry

EMBEDDER = "sface"  # its name in the manifest
ATTACK_DETECTOR = "pad"  # its name in an operator's manifest; none is shipped


@dataclass(frozen=True)
class PhotographedFace:
    """One of the faces of a photo: where it is, in the photo's pixels, how good it is, and its template."""

    face: DetectedFace
    quality: FaceQuality
    template: Template

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Where it is: x, y, width, height in the photo's pixels."""
        return self.face.box


class FaceRecogniser:
    """`matching.ports.Recogniser` for faces: YuNet finds, SFace and dlib's network embed, the cosine compares."""

    def __init__(self, registry: ModelRegistry, choose: Chooser = sole_face, embedder: str = EMBEDDER) -> None:
        """Open the model `yunet` of `registry`, an embedder with its second model if any, and `pad` if present.

        Args:
            registry: where the models come from.
            choose: which of several faces is meant; `face.selection.most_prominent` never refuses a photo for having
                several, as test sets need.
            embedder: its name in the manifest.

        Raises:
            ModelMissing, ModelMismatch: as for `ModelRegistry.open_session`, or the embedder is none.
        """
        self._embedder = FaceEmbedder(registry, embedder)
        detector = FaceDetector(registry.open_session("yunet", deferred=True))
        self._extractor = FaceExtractor(detector, self._embedder, choose, _attack_detector(registry))

    @property
    def modality(self) -> Modality:
        """Faces."""
        return FACE

    @property
    def model(self) -> str:
        """SHA-256 (hex) of what decides on embeddings: the networks' files and how faces are prepared for them."""
        return self._embedder.space

    @property
    def feature_space(self) -> str:
        """That of the model: its embeddings are the features."""
        return self.model

    @property
    def dimension(self) -> int:
        """Length of an embedding: 128 as shipped."""
        return self._embedder.dimension

    @property
    def vectors(self) -> Vectors:
        """The embeddings themselves."""
        return Vectors(self.dimension, self.feature_space, np.asarray)

    def extract(self, image: Image, impression: Impression | None = None) -> Template:
        """Extract the template of the one person in a photo; photos have no impression type.

        Raises:
            NoFace, SeveralFaces, FaceTooSmall: see `face.selection` and `face.extractor` for the rules.
        """
        return self._template(self._extractor.extract(image))

    def extract_all(self, image: Image) -> tuple[PhotographedFace, ...]:
        """Extract every face of a photo that is large and clear enough, the largest first.

        Raises:
            NoFace, FaceTooSmall: there is none.
        """
        people = self._extractor.extract_all(image)
        return tuple(
            PhotographedFace(person.face, person.quality, self._template(person.embedding)) for person in people
        )

    def attack(self, image: Image) -> AttackAssessment:
        """Say how likely the photo of a face is a presentation attack; `assess` reports the same.

        Raises:
            ModelMissing: the operator has installed no detector.
            NoFace, SeveralFaces, FaceTooSmall: as for `extract`.
        """
        return self._extractor.attack(image)

    def read_record(self, sample: Sample) -> None:
        """Say that the sample is an image: no other system's faces can be compared with ours."""

    def assess(self, image: Image, template: Template) -> Assessment:
        """Say how good the photo is that `template` was extracted from, with the measures of ISO/IEC 29794-5."""
        unified = template.quality or 0
        quality = self._extractor.assess(image, unified)
        return Assessment(unified, quality.faults, unified >= FLOOR, tuple(quality.parts.items()))

    def features(self, template: Template) -> NDArray[np.float32]:
        """Return the embedding: shape (dimension,) float32, unit length.

        Raises:
            ModelMismatch: made by another model.
            InvalidTemplate: its bytes are damaged.
        """
        embedding = decode(template.data_for(self.model))
        if embedding.size != self.dimension:
            raise InvalidTemplate(f"The face template has {embedding.size} numbers; its model makes {self.dimension}.")
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

    def marked(self, exhibit: Exhibit) -> MarkedImage:
        """Put the landmarks on the photo.

        Raises:
            NothingToCompare: there is no photo, or no face is found in it again.
        """
        return charting.marked(self._found_again(exhibit))

    def chart(self, probe: Exhibit, candidate: Exhibit) -> Chart:
        """Chart two faces, upright and of one size.

        Raises:
            NothingToCompare: as for `marked`.
        """
        return charting.chart(self._found_again(probe), self._found_again(candidate))

    def _found_again(self, exhibit: Exhibit) -> tuple[Image, DetectedFace]:
        """Return the face that a template was made from; of several in a photo the most similar one."""
        if exhibit.image is None:
            raise NothingToCompare("The file of this photo is not stored; upload it to compare the faces.")
        crop = exhibit.image.within(exhibit.box)
        try:
            face = self._extractor.locate(crop)
        except SeveralFaces:
            people = self.extract_all(crop)
            alike = self.compare(exhibit.template, [person.template for person in people])
            face = people[int(alike.argmax())].face
        except UnusableSample as error:
            raise NothingToCompare(f"The face cannot be shown upright. {error.message}") from error
        return exhibit.image, face.shifted(*exhibit.box[:2]) if exhibit.box else face

    def _template(self, embedding: FaceEmbedding) -> Template:
        return Template(FACE, self.model, encode(embedding.vector), embedding.quality)


def _attack_detector(registry: ModelRegistry) -> AttackDetector | None:
    for entry in registry.entries:
        if entry.name == ATTACK_DETECTOR and entry.attack:
            return AttackDetector(registry.open_session(entry.name), entry.attack)
    return None
