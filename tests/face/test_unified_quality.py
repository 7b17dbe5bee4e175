"""The unified quality rises with how well a face can be recognised."""

from __future__ import annotations

import numpy as np
from photos import Pixels, photo, resized
from PIL import Image as Pillow
from PIL import ImageFilter

from face.recogniser import FaceRecogniser


def test_quality_falls_with_what_hides_a_face(recogniser: FaceRecogniser, collins: Pixels) -> None:
    """Blur, fewer pixels and darkness each lower the quality; a good portrait has 75 or more."""
    good = recogniser.extract(photo(collins)).quality
    assert 75 <= good <= 100
    blurred = [
        recogniser.extract(
            photo(np.asarray(Pillow.fromarray(collins).filter(ImageFilter.GaussianBlur(radius))))
        ).quality
        for radius in (2, 4)
    ]
    small = recogniser.extract(photo(resized(collins, 0.3))).quality
    dark = recogniser.extract(photo((collins // 12).astype(np.uint8))).quality
    assert good > blurred[0] > blurred[1]
    assert good > small
    assert good > dark
