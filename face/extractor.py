"""From a photo to the embedding of the person it shows: the conductor of the stages."""

from __future__ import annotations

from biometrics.errors import FaceTooSmall, NoFace
from biometrics.image import Image
from face.aligner import align
from face.detector import DetectedFace, FaceDetector
from face.embedder import Embedding, FaceEmbedder
from face.selection import Chooser

MIN_QUALITY = 20  # a face on its side or mostly covered; the worst of LFW's 4,992 development photos has 29
MIN_FACE_SIZE = 24  # pixels; SFace's equal error rate on LFW's pairs is 1.6 % at 27 pixels, 2.4 % at 22, 10 % at 18


class FaceExtractor:
    """Detect, choose, look again, align, embed."""

    def __init__(self, detector: FaceDetector, embedder: FaceEmbedder, choose: Chooser) -> None:
        """Extract with these stages; `choose` decides which of several faces is meant."""
        self._detector = detector
        self._embedder = embedder
        self._choose = choose

    def extract(self, image: Image) -> Embedding:
        """Embed the one face that `choose` picks.

        Raises:
            NoFace, FaceTooSmall, and what `choose` raises.
        """
        rgb = image.rgb()
        faces = self._detector.detect(rgb)
        chosen = self._choose(faces, image.width, image.height)
        _require_size(chosen)
        face = self._detector.refine(rgb, chosen)
        aligned = align(rgb, face.landmarks)
        embedding = self._embedder.embed(aligned)
        _require_quality(embedding)
        return embedding


def _require_size(face: DetectedFace) -> None:
    if face.size < MIN_FACE_SIZE:
        raise FaceTooSmall(
            f"The face is about {int(face.size)} pixels wide; at least {MIN_FACE_SIZE} are needed. "
            "Use a larger or closer photo."
        )


def _require_quality(embedding: Embedding) -> None:
    if embedding.quality < MIN_QUALITY:
        raise NoFace("The face cannot be made out; turn the photo upright, or use one from the front in good light.")
