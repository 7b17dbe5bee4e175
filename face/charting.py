"""Faces as people are shown them: landmarks on the photos, and both upright and of one size."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.charts import Affine, Chart, Frame, Mark, MarkedImage, MarkKind
from biometrics.imaging.image import Image
from face.aligner import similarity
from face.detected import DetectedFace
from models.embedder_settings import ARCFACE_TEMPLATE

WIDTH: Final = 480  # pixels of the frame: a head with its hair and chin
HEIGHT: Final = 600

_EYES_AT = (240.0, 250.0)  # the point between the eyes
_LARGER = 3.4  # than in the embedders' 112 pixels: 120 pixels from eye to eye
_BETWEEN_EYES = (np.array(ARCFACE_TEMPLATE[0]) + np.array(ARCFACE_TEMPLATE[1])) / 2
_PLACES: NDArray[np.float64] = (np.array(ARCFACE_TEMPLATE) - _BETWEEN_EYES) * _LARGER + np.array(_EYES_AT)
_KINDS = (MarkKind.EYE, MarkKind.EYE, MarkKind.NOSE, MarkKind.MOUTH, MarkKind.MOUTH)

Photographed = tuple[Image, DetectedFace]


def marked(photo: Photographed) -> MarkedImage:
    """Put the landmarks of a face on its photo."""
    image, face = photo
    points = zip(face.landmarks.tolist(), _KINDS, strict=True)
    return MarkedImage(image.width, image.height, None, tuple(Mark(x, y, kind) for (x, y), kind in points))


def chart(probe: Photographed, candidate: Photographed) -> Chart:
    """Chart two faces: the landmarks belong together, and each face is turned, scaled and shifted to its place."""
    pairs = tuple((kind_index, kind_index) for kind_index in range(len(_KINDS)))
    frame = Frame(WIDTH, HEIGHT, None, _upright(probe[1]), _upright(candidate[1]))
    return Chart(marked(probe), marked(candidate), pairs, frame)


def _upright(face: DetectedFace) -> Affine:
    (a, c, e), (b, d, f) = similarity(face.landmarks, _PLACES).tolist()
    return (a, b, c, d, e, f)
