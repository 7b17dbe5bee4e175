"""Whether a photo is of a person or of a picture of one: an operator's own detector, for none is shipped."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import ModelMismatch
from face.detected import DetectedFace
from models.attack_settings import AttackSettings
from models.session import ModelSession


@dataclass(frozen=True)
class AttackAssessment:
    """How likely a photo of a face is a presentation attack, 0 to 1, and above what that is reported."""

    likely: float
    limit: float

    @property
    def suspected(self) -> bool:
        """Whether it is reported."""
        return self.likely > self.limit


class AttackDetector:
    """A network that sorts faces into real ones and presentation attacks (ISO/IEC 30107-1), from one photo alone."""

    def __init__(self, session: ModelSession, settings: AttackSettings) -> None:
        """Run an opened model on faces cut out and prepared by `settings`.

        Raises:
            ModelMismatch: the model does not turn one (1, 3, side, side) tensor into one row of logits.
        """
        self._session = session
        self._settings = settings
        outputs = self._run(np.zeros((settings.side, settings.side, 3), dtype=np.uint8))
        if len(outputs) != 1 or outputs[0].ndim != 2 or max(settings.attacks) >= outputs[0].shape[1]:
            raise ModelMismatch(
                f"The model {session.name} has not the outputs {settings.attacks} of an attack detector."
            )

    def assess(self, rgb: NDArray[np.uint8], face: DetectedFace) -> AttackAssessment:
        """Look at one face of a photo, shape (height, width, 3)."""
        side = round(self._settings.reach * face.size)
        left, top = (round(middle - side / 2) for middle in face.centre)
        before, after = max(0, -left, -top), max(0, left + side - rgb.shape[1], top + side - rgb.shape[0])
        whole = cv2.copyMakeBorder(rgb, before, after, before, after, cv2.BORDER_REPLICATE)
        cut = whole[top + before : top + before + side, left + before : left + before + side]
        shape = (self._settings.side, self._settings.side)
        logits = self._run(np.asarray(cv2.resize(cut, shape, interpolation=cv2.INTER_AREA), np.uint8))[0][0]
        shares = np.exp(logits - logits.max())
        likely = float(shares[list(self._settings.attacks)].sum() / shares.sum())
        return AttackAssessment(likely, self._settings.limit)

    def _run(self, cut: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        ordered = cut if self._settings.colour == "RGB" else cut[:, :, ::-1]
        tensor = (ordered.transpose(2, 0, 1)[None].astype(np.float32) - self._settings.mean) * self._settings.scale
        return self._session.run(**{self._session.inputs[0]: np.ascontiguousarray(tensor, dtype=np.float32)})
