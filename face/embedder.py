"""Turn an aligned face into the vector that stands for the person, with SFace or another network of its kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import ModelMismatch
from face.aligner import ALIGNED_SIDE
from face.quality import quality_from_length
from models.embedder_settings import EmbedderSettings
from models.session import Session


@dataclass(frozen=True)
class Embedding:
    """A face as a `vector` of unit length, shape (dimension,) float32, and how well it was seen, 0 to 100."""

    vector: NDArray[np.float32]
    quality: int


class FaceEmbedder:
    """SFace (Zhong and others, SFace, IEEE Transactions on Image Processing 30, 2021), or an ArcFace-like network."""

    def __init__(self, session: Session, settings: EmbedderSettings) -> None:
        """Embed with an opened model, whose pixels are prepared by `settings`.

        Raises:
            ModelMismatch: the model does not turn one (1, 3, 112, 112) tensor into one (1, dimension) tensor.
        """
        self._session = session
        self._settings = settings
        blank = np.zeros((ALIGNED_SIDE, ALIGNED_SIDE, 3), dtype=np.uint8)
        shapes = [output.shape for output in self._run(blank)]
        if len(shapes) != 1 or len(shapes[0]) != 2:
            raise ModelMismatch(f"The model {session.name} is no face embedder: its outputs have the shapes {shapes}.")
        self.dimension = int(shapes[0][1])

    def embed(self, aligned: NDArray[np.uint8]) -> Embedding:
        """Embed an aligned face, shape (112, 112, 3) RGB, together with its mirror image: the mean of both."""
        mean = (self._run(aligned)[0][0] + self._run(aligned[:, ::-1])[0][0]) / 2
        length = float(np.linalg.norm(mean))
        vector = np.asarray(mean / length, dtype=np.float32)
        return Embedding(vector, quality_from_length(length, self._settings.lengths))

    def _run(self, aligned: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        ordered = aligned if self._settings.colour == "RGB" else aligned[:, :, ::-1]
        tensor = (ordered.transpose(2, 0, 1)[None].astype(np.float32) - self._settings.mean) * self._settings.scale
        return self._session.run(**{self._session.inputs[0]: np.ascontiguousarray(tensor, dtype=np.float32)})
