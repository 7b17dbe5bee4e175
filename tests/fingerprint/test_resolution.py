"""A coarse scan that does not tell its resolution is read all the same."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from inputs import impression_of

from biometrics.imaging.image import Image, decode
from fingerprint import codec
from fingerprint.extraction.resolution import inferred_ppi


@pytest.mark.parametrize("ppi", [200, 250, 300])
def test_the_resolution_of_generated_prints_is_estimated_from_their_ridges(ppi: int) -> None:
    scale = ppi / 500
    prints = [impression_of(seed, 0) for seed in range(6)]
    coarse = [cv2.resize(each, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for each in prints]
    assert np.median([inferred_ppi(each) for each in coarse]) == pytest.approx(ppi, rel=0.12)


def test_socofing_is_read_as_it_comes(shared_data: Path, recogniser) -> None:  # type: ignore[no-untyped-def]
    """Its images have some 180 ppi and say nothing of it."""
    paths = sorted((shared_data / "fingerprint" / "SOCOFing").glob("1*__M_Right_thumb_finger.png"))[:5]
    for path in paths:
        image = decode(path.read_bytes())
        assert image.ppi is None
        assert len(codec.decode(recogniser.extract(image).data)) > 10


def test_a_known_resolution_is_not_second_guessed(shared_data: Path, recogniser) -> None:  # type: ignore[no-untyped-def]
    from biometrics.kernel.errors import TooFewMinutiae

    path = next((shared_data / "fingerprint" / "SOCOFing").glob("1__M_Right_thumb_finger.png"))
    image = decode(path.read_bytes())
    with pytest.raises(TooFewMinutiae):
        recogniser.extract(Image(image.pixels, 500.0, image.media_type))
