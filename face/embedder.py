"""Turn an aligned face into the vector that stands for the person, with SFace or another network of its kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import ModelMismatch
from face.aligner import ALIGNED_SIDE
from models.session import Session


@dataclass(frozen=True)
class Embedding:
    """A face as a `vector` of unit length, shape (dimension,) float32, and the `length` that it had before."""

    vector: NDArray[np.float32]
    length: float


class FaceEmbedder:
    """SFace (Zhong and others, SFace, IEEE Transactions on Image Processing 30, 2021), fed RGB pixels from 0 to 255.

    Its file does not say whether it wants RGB or BGR: on LFW's development pairs RGB has 0.7 % of errors, BGR 1.0 %.
    """

    def __init__(self, session: Session) -> None:
        """Embed with an opened model.

        Raises:
            ModelMismatch: the model does not turn one (1, 3, 112, 112) tensor into one (1, dimension) tensor.
        """
        self._session = session
        blank = np.zeros((ALIGNED_SIDE, ALIGNED_SIDE, 3), dtype=np.uint8)
        shapes = [output.shape for output in self._run(blank)]
        if len(shapes) != 1 or len(shapes[0]) != 2:
            raise ModelMismatch(f"The model {session.name} is no face embedder: its outputs have the shapes {shapes}.")
        self.dimension = int(shapes[0][1])

    def embed(self, aligned: NDArray[np.uint8]) -> Embedding:
        """Embed an aligned face, shape (112, 112, 3) RGB, together with its mirror image: the mean of both."""
        mean = (self._run(aligned)[0][0] + self._run(aligned[:, ::-1])[0][0]) / 2
        length = float(np.linalg.norm(mean))
        return Embedding(np.asarray(mean / length, dtype=np.float32), length)

    def _run(self, aligned: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        tensor = np.ascontiguousarray(aligned.transpose(2, 0, 1)[None], dtype=np.float32)
        return self._session.run(**{self._session.inputs[0]: tensor})
