"""An operator's detector of presentation attacks is asked for each photo, and what it suspects is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from attack_detector import blueness
from photos import Pixels, photo

from biometrics.kernel.errors import ModelMismatch
from biometrics.kernel.recognition.types import QualityFault
from face.detected import DetectedFace
from face.presentation import AttackDetector
from face.recogniser import FaceRecogniser
from models.registry import ModelRegistry


def registry_with(folder: Path, attacks: str, outputs: int = 3) -> ModelRegistry:
    """Return the shipped models and a detector that takes what is bluer than 128 for an attack."""
    return ModelRegistry(folder, blueness(folder, attacks, outputs))


def test_a_suspected_attack_is_reported(tmp_path: Path, recogniser: FaceRecogniser, collins: Pixels) -> None:
    own = FaceRecogniser(registry_with(tmp_path, "[0]"))
    blue = collins.copy()
    blue[:, :, 2] = 250
    template = own.extract(photo(collins))
    assert template == recogniser.extract(photo(collins))
    honest, attack = own.assess(photo(collins), template), own.assess(photo(blue), template)
    assert QualityFault.PICTURE_OF_A_PICTURE in attack.faults
    assert attack.acceptable  # it is never a reason to refuse
    assert dict(attack.parts)["no_attack"] < 10
    assert QualityFault.PICTURE_OF_A_PICTURE not in honest.faults or dict(honest.parts)["no_attack"] < 50
    assert "no_attack" not in dict(recogniser.assess(photo(collins), template).parts)


def test_the_face_is_what_is_looked_at(tmp_path: Path) -> None:
    registry = registry_with(tmp_path, "[0]")
    entry = registry.entry("pad")
    assert entry.attack
    detector = AttackDetector(registry.open_session("pad"), entry.attack)
    scene = np.zeros((300, 300, 3), dtype=np.uint8)
    scene[:100, :100, 2] = 255
    landmarks = np.zeros((5, 2), dtype=np.float32)
    assert detector.assess(scene, DetectedFace((20.0, 20.0, 30.0, 30.0), landmarks, 0.9)).suspected
    assert not detector.assess(scene, DetectedFace((200.0, 200.0, 30.0, 30.0), landmarks, 0.9)).suspected
    assert detector.assess(scene, DetectedFace((0.0, 0.0, 40.0, 40.0), landmarks, 0.9)).suspected


def test_a_model_without_those_outputs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMismatch, match="attack detector"):
        FaceRecogniser(registry_with(tmp_path, "[3]"))
