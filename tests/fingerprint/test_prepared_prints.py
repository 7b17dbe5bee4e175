"""Templates are made ready once, and the last ones are kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import numpy as np
import pytest
from made_up_prints import made_up_finger

from biometrics.kernel.errors import InvalidTemplate
from fingerprint.codec import decode, encode, encode_latent
from fingerprint.matching import prepared_prints
from fingerprint.matching.cylinders import PreparedPrint, prepare, prepare_all
from fingerprint.matching.prepared_prints import PreparedPrints
from fingerprint.template import FingerprintTemplate

FINGERS = [made_up_finger(seed, 20) for seed in range(5)]
DATA = [encode(finger) for finger in FINGERS]


def prepared_by(prints: PreparedPrints, data: list[bytes]) -> list[int]:
    """Return how many views were prepared in each call."""
    calls = []

    def counted(templates: list[FingerprintTemplate]) -> list[PreparedPrint]:
        calls.append(len(templates))
        return prepare_all(templates)

    with patch.object(prepared_prints, "prepare_all", counted):
        prints.prepare(data)
    return calls


def test_each_template_gets_its_own_views_in_order() -> None:
    latent = encode_latent([FINGERS[:3], *([FINGERS[1:4]] * 4)])
    of_first, of_latent, again, of_second = PreparedPrints(2).prepare([DATA[0], latent, DATA[0], DATA[1]])
    assert again is of_first
    assert [[len(views) for views in aspects] for aspects in (of_first, of_latent, of_second)] == [[1], [3] * 5, [1]]
    views = (*of_first[0], *of_latent[0], *of_latent[4], *of_second[0])
    for view, finger in zip(views, (FINGERS[0], *FINGERS[:3], *FINGERS[1:4], FINGERS[1]), strict=True):
        np.testing.assert_array_equal(view.packed, prepare(decode(encode(finger))).packed)


def test_only_the_last_ones_are_kept() -> None:
    prints = PreparedPrints(3)
    assert prepared_by(prints, DATA[:3]) == [3]
    assert prepared_by(prints, [DATA[0], DATA[3]]) == [1]  # what was used last stays: 2, 0, 3
    assert prepared_by(prints, [DATA[2], DATA[0], DATA[3]]) == [0]
    assert prepared_by(prints, [DATA[1]]) == [1]
    assert prepared_by(PreparedPrints(0), DATA) == [5]


def test_none_is_kept_where_none_should_be() -> None:
    prints = PreparedPrints(0)
    assert prepared_by(prints, DATA) == prepared_by(prints, DATA) == [5]


def test_a_damaged_template_is_an_error_and_spoils_nothing() -> None:
    prints = PreparedPrints(5)
    with pytest.raises(InvalidTemplate):
        prints.prepare([DATA[0], b"damaged"])
    assert len(prints.prepare(DATA)) == 5


def test_threads_may_share_it() -> None:
    prints = PreparedPrints(2)
    with ThreadPoolExecutor(4) as threads:
        for views in threads.map(prints.prepare, [DATA[n % 3 : n % 3 + 3] for n in range(40)]):
            assert len(views) == 3
