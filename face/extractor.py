"""From a photo to the embeddings of the people in it: the pipeline of all stages."""

from __future__ import annotations

from dataclasses import dataclass

from biometrics.imaging.image import Image
from biometrics.kernel.errors import FaceTooSmall, ModelMissing, NoFace, UnusableSample
from face.detected import DetectedFace
from face.detector import MIN_SCORE, FaceDetector
from face.embedder import FaceEmbedder, FaceEmbedding
from face.presentation import AttackAssessment, AttackDetector
from face.quality.measures import FaceQuality, measure
from face.selection import Chooser
from face.turning import TurnedPhoto, turned_upright

MIN_QUALITY = 10  # of what the detector is sure of; below it, a face mostly covered, or an animal's
MIN_UNSURE_QUALITY = 20  # of what it is not sure of: in photos without a face that has 16 at most
MIN_FACE_SIZE = 24  # pixels; SFace's equal error rate on LFW's pairs is 1.6 % at 27 pixels, 2.4 % at 22, 10 % at 18


@dataclass(frozen=True)
class ExtractedFace:
    """A face of a photo: where it is there, its embedding, and its quality in parts."""

    face: DetectedFace
    embedding: FaceEmbedding
    quality: FaceQuality


class FaceExtractor:
    """Turn, detect, choose, look again, embed."""

    def __init__(
        self, detector: FaceDetector, embedder: FaceEmbedder, choose: Chooser, attacks: AttackDetector | None = None
    ) -> None:
        """Extract with these stages; `choose` decides which of several faces is meant."""
        self._detector = detector
        self._embedder = embedder
        self._choose = choose
        self._attacks = attacks

    def extract(self, image: Image) -> FaceEmbedding:
        """Embed the one face that `choose` picks.

        Raises:
            NoFace, FaceTooSmall, and what `choose` raises.
        """
        photo, face = self._chosen(image)
        return self._embedded(photo, face)

    def locate(self, image: Image) -> DetectedFace:
        """Return where the one face that `choose` picks is, in the photo's own pixels.

        Raises:
            NoFace, FaceTooSmall, and what `choose` raises.
        """
        photo, face = self._chosen(image)
        return photo.back(face)

    def assess(self, image: Image, unified: int) -> FaceQuality:
        """Measure the quality of the one face that `choose` picks, whose `unified` score is known from extraction.

        Raises:
            NoFace, FaceTooSmall, and what `choose` raises.
        """
        photo, face = self._chosen(image)
        return measure(photo.rgb, face, unified, self._attacks)

    def attack(self, image: Image) -> AttackAssessment:
        """Ask the operator's detector about the one face that `choose` picks.

        Raises:
            ModelMissing: the installation has no detector.
            NoFace, FaceTooSmall, and what `choose` raises.
        """
        if self._attacks is None:
            raise ModelMissing("No detector of presentation attacks is installed; docs/face.md says how to add yours.")
        photo, face = self._chosen(image)
        return self._attacks.assess(photo.rgb, face)

    def extract_all(self, image: Image) -> tuple[ExtractedFace, ...]:
        """Embed and measure every face that is large and clear enough, the largest first.

        Raises:
            NoFace, FaceTooSmall: there is none.
        """
        photo = turned_upright(self._detector, image.rgb(), all_sizes=True)
        extracted: list[ExtractedFace] = []
        refusals: list[UnusableSample] = [
            NoFace("No face was found; use a photo in good light, with a whole face in it.")
        ]
        for face in sorted(photo.faces, key=lambda detected: -detected.size):
            try:
                extracted.append(self._extracted(photo, self._refined(photo, face)))
            except (NoFace, FaceTooSmall) as error:
                refusals.append(error)
        if not extracted:
            raise refusals[-1]
        return tuple(extracted)

    def _chosen(self, image: Image) -> tuple[TurnedPhoto, DetectedFace]:
        photo = turned_upright(self._detector, image.rgb(), all_sizes=False)
        height, width = photo.rgb.shape[:2]
        return photo, self._refined(photo, self._choose(photo.faces, width, height))

    def _refined(self, photo: TurnedPhoto, face: DetectedFace) -> DetectedFace:
        _require_size(face)
        return self._detector.refine(photo.rgb, face)

    def _extracted(self, photo: TurnedPhoto, face: DetectedFace) -> ExtractedFace:
        embedding = self._embedded(photo, face)
        quality = measure(photo.rgb, face, embedding.quality, self._attacks)
        return ExtractedFace(photo.back(face), embedding, quality)

    def _embedded(self, photo: TurnedPhoto, face: DetectedFace) -> FaceEmbedding:
        embedding = self._embedder.embed(photo.rgb, face.landmarks)
        if embedding.quality < (MIN_QUALITY if face.score >= MIN_SCORE else MIN_UNSURE_QUALITY):
            raise NoFace("The face cannot be made out; use a photo from the front, in good light.")
        return embedding


def _require_size(face: DetectedFace) -> None:
    if face.size < MIN_FACE_SIZE:
        raise FaceTooSmall(
            f"The face is about {int(face.size)} pixels wide; at least {MIN_FACE_SIZE} are needed. "
            "Use a larger or closer photo."
        )
