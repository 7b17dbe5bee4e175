"""Turn an aligned face into the vector that stands for the person, with SFace or another ArcFace-like network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import ModelMismatch
from face.aligner import ALIGNED_SIDE
from models.session import Session


class FaceEmbedder:
    """SFace (Zhong and others, SFace, IEEE Transactions on Image Processing 30, 2021) on RGB pixels from 0 to 255."""

    def __init__(self, session: Session) -> None:
        """Embed with an opened model that takes one (1, 3, 112, 112) tensor.

        Raises:
            ModelMismatch: the model does not take such a tensor, or does not return one vector.
        """
        self._session = session
        outputs = self._run(np.zeros((ALIGNED_SIDE, ALIGNED_SIDE, 3), dtype=np.uint8))
        if len(outputs) != 1 or outputs[0].ndim != 2:
            raise ModelMismatch(f"The model {session.name} does not return one vector a face; it is no face embedder.")
        self.dimension = int(outputs[0].shape[1])

    def embed(self, aligned: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embed an aligned face, shape (112, 112, 3) RGB: shape (dimension,), unit length.

        The face and its mirror image are embedded and summed, which halves the errors that SFace makes on LFW.
        """
        vector = self._run(aligned)[0][0] + self._run(aligned[:, ::-1])[0][0]
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)

    def _run(self, aligned: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        tensor = np.ascontiguousarray(aligned.transpose(2, 0, 1)[None], dtype=np.float32)
        return self._session.run(**{self._session.inputs[0]: tensor})
