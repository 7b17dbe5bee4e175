"""Whatever the metadata of an image file hold, decoding it gives an image or the error of an image."""

from __future__ import annotations

import random
import struct
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hostile import MAKERS, hostile_wsq, tiff

from biometrics.imaging import decoder
from biometrics.imaging.image import decode, png
from biometrics.kernel.errors import BadImage


def decoded(made: Callable[[random.Random], bytes], seed: int, count: int) -> Counter[str]:
    """Decode and render files of a kind; return how each ended."""
    chosen, ended = random.Random(seed), Counter[str]()
    for _ in range(count):
        content = made(chosen)
        try:
            image = decode(content)
            png(content)
        except BadImage as error:
            ended[error.code] += 1
        else:
            ended["decoded"] += 1
            assert image.ppi is None or 180 <= image.ppi <= 2100
    return ended


def test_a_tiff_whose_resolution_is_a_text_is_an_image_of_unknown_resolution() -> None:
    image = decode(tiff({282: (2, b"five hundred\0"), 283: (2, b"five hundred\0")}))
    assert (image.width, image.height, image.ppi) == (32, 32, None)


def test_a_tiff_whose_resolution_is_a_number_keeps_it() -> None:
    """So that the test above is of the text."""
    assert decode(tiff({})).ppi == 500
    assert decode(tiff({282: (5, struct.pack("<II", 1, 0))})).ppi is None


@pytest.mark.parametrize("kind", MAKERS)
def test_metadata_of_any_content_raise_nothing_but_the_error_of_an_image(kind: str) -> None:
    ended = decoded(MAKERS[kind], 1, 60)
    assert ended["decoded"], "all are refused, so that nothing was tried"


def test_comments_of_wsq_files_raise_nothing_but_the_error_of_an_image(shared_data: Path) -> None:
    whole = (shared_data / "standards/wsq/jnbis/sample.wsq").read_bytes()
    assert decoded(lambda chosen: hostile_wsq(chosen, whole), 1, 3).total() == 3


@pytest.mark.reach
@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.filterwarnings("ignore")
def test_much_metadata_of_any_content_raise_nothing_but_a_refusal(kind: str) -> None:
    """By what runs in the helper process: 20,000 forks would take an hour."""
    chosen, decoded_files = random.Random(2), 0
    for _ in range(20_000):
        with suppress(decoder.ImageRefused):
            *_, ppi, _ = decoder.decoded(MAKERS[kind](chosen))
            decoded_files += 1
            assert ppi is None or 180 <= ppi <= 2100
    assert decoded_files
