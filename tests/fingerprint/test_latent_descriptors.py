"""What the ridges around minutiae say of a latent and a print."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import cv2
import numpy as np
import pytest
from inputs import print_of
from made_up_prints import made_up_finger

from biometrics.imaging.image import Image, decode
from fingerprint.codec import decode as decode_template
from fingerprint.codec import decode_aspects, decode_described
from fingerprint.described import Described
from fingerprint.extraction.ridges import ridge_map
from fingerprint.latents.descriptors import Evidence, describe, evidence, points_of_all, with_evidence
from fingerprint.latents.image import ReadLatent
from fingerprint.latents.network import latent_network
from fingerprint.matching.kernels.ridge_windows import ridge_grid
from fingerprint.matching.kernels.surroundings import ridge_cells
from fingerprint.matching.kernels.votes import voted_motion
from fingerprint.matching.parameters import VoteParameters
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.ridge_map import NO_RIDGES, RidgeMap
from fingerprint.template import FingerprintTemplate
from models.session import ModelSession

ROOM = 120  # pixels around a print, for it to be turned


@pytest.fixture(scope="module")
def session() -> ModelSession:
    session = latent_network().surroundings
    assert session
    return session


@pytest.fixture(scope="module")
def image() -> Image:
    return decode(print_of(0, "right_index", 0))


@pytest.fixture(scope="module")
def print_(recogniser: FingerprintRecogniser, image: Image) -> FingerprintTemplate:
    return decode_template(recogniser.extract(image).data)


def described(session: ModelSession, template: FingerprintTemplate) -> Described:
    return describe(session, ridge_cells(ridge_grid(template.ridges)), points_of_all([template]))


def evidence_of(session: ModelSession, first: FingerprintTemplate, second: FingerprintTemplate) -> Evidence:
    ridges = ridge_grid(first.ridges), ridge_grid(second.ridges)
    return evidence(described(session, first), described(session, second), ridges)


def shown(print_: FingerprintTemplate, image: Image, degrees: float, shift: float) -> FingerprintTemplate:
    """Return a print turned counter-clockwise and shifted, with the ridges of the image that shows it so."""
    pixels = cv2.copyMakeBorder(image.grey(), ROOM, ROOM, ROOM, ROOM, cv2.BORDER_CONSTANT, value=255.0)
    height, width = pixels.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    matrix[:, 2] += shift
    x, y = matrix @ np.stack([print_.x + ROOM, print_.y + ROOM, np.ones(len(print_))])
    turned = cv2.warpAffine(pixels, matrix, (width, height), borderValue=255.0)
    direction = (print_.direction + np.deg2rad(degrees)) % (2 * pi)
    return replace(print_, width=width, height=height, x=x, y=y, direction=direction, ridges=ridge_map(turned))


def part(ridges: RidgeMap, kept: np.ndarray) -> RidgeMap:
    return RidgeMap(ridges.rows[kept], ridges.columns[kept], ridges.words[kept])


@pytest.mark.parametrize(("degrees", "shift"), [(0.0, 7.0), (35.0, -11.0), (-80.0, 4.0)])
def test_a_print_that_is_turned_and_shifted_keeps_its_descriptions(
    session: ModelSession, print_: FingerprintTemplate, image: Image, degrees: float, shift: float
) -> None:
    turned = shown(print_, image, degrees, shift)
    own, moved = described(session, print_), described(session, turned)
    assert own.descriptions.shape == moved.descriptions.shape
    np.testing.assert_allclose(np.linalg.norm(own.descriptions, axis=1), 1.0, rtol=1e-5)
    similar = own.descriptions @ moved.descriptions.T
    assert np.median(np.diag(similar)) > 0.8
    assert np.mean(similar.argmax(axis=1) == np.arange(len(similar))) > 0.9
    found = evidence_of(session, print_, turned)
    assert found.votes > 0.6 * len(similar)
    assert found.likeness > 0.25


def test_a_print_whose_surroundings_are_gone_says_less(session: ModelSession, print_: FingerprintTemplate) -> None:
    ridges = print_.ridges
    half = replace(print_, ridges=part(ridges, ridges.columns < np.median(ridges.columns)))
    whole, less = (evidence_of(session, print_, each).votes for each in (print_, half))
    assert 0.0 < less < 0.8 * whole
    assert evidence_of(session, print_, replace(print_, ridges=NO_RIDGES)) == Evidence(0.0, 0.0)


def test_strangers_say_less_than_two_impressions_of_a_finger(
    session: ModelSession, recogniser: FingerprintRecogniser, print_: FingerprintTemplate
) -> None:
    mate, *strangers = (
        decode_template(recogniser.extract(decode(print_of(person, "right_index", impression))).data)
        for person, impression in ((0, 1), (1, 0), (2, 0))
    )
    own, *others = (evidence_of(session, print_, each).votes for each in (mate, *strangers))
    assert own > 3 * max(others)


def test_prints_without_minutiae_or_ridges_say_nothing(session: ModelSession, print_: FingerprintTemplate) -> None:
    none = np.zeros(0)
    empty = replace(print_, x=none, y=none, direction=none, quality=none, type=none)
    for first, second in ((print_, empty), (empty, print_), (made_up_finger(1), print_)):
        assert evidence_of(session, first, second) == Evidence(0.0, 0.0)


def test_minutiae_of_several_views_count_once(print_: FingerprintTemplate) -> None:
    few = replace(print_, **{name: getattr(print_, name)[:9] for name in ("x", "y", "direction", "quality", "type")})
    assert points_of_all([few, print_]).shape == points_of_all([print_]).shape


def test_only_pairs_that_one_motion_carries_vote_and_none_beyond_a_quarter_of_a_turn() -> None:
    rng = np.random.default_rng(1)
    points = np.stack([*rng.uniform(0, 300, (2, 12)), rng.uniform(-pi, pi, 12)])

    def votes(turn: float, wrong: int) -> float:
        x, y = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ points[:2]
        moved = np.stack([x + 40, y - 25, points[2] + turn])
        moved[:2, :wrong] += rng.uniform(60, 200, (2, wrong))
        total, motion = voted_motion(points, moved, np.eye(12, dtype=np.float32), VoteParameters())
        assert motion.pairs == round(total)
        return total

    assert votes(1.2, 0) == pytest.approx(12)
    assert votes(1.2, 5) == pytest.approx(7)
    assert votes(1.8, 0) == 0.0


def test_a_score_rises_with_votes_and_with_likeness_and_falls_where_strangers_get_more_votes() -> None:
    for score in (0.0, 0.03, 0.4, 0.99):
        by_votes = [with_evidence(score, Evidence(votes, 0.0), 40) for votes in (0.0, 2.0, 9.0, 20.0)]
        by_likeness = [with_evidence(score, Evidence(9.0, likeness), 40) for likeness in (0.1, 0.2, 0.3)]
        for more in (by_votes, by_likeness):
            assert all(0.0 <= each <= 1.0 for each in more)
            assert more == sorted(more)
            assert more[0] < more[-1]
        assert by_votes[0] <= score < by_votes[-1]
        assert with_evidence(score, Evidence(9.0, 0.2), 50) < with_evidence(score, Evidence(9.0, 0.2), 20)
        assert with_evidence(score, Evidence(40.0, 0.4), 90) == pytest.approx(score, abs=1e-12)


def test_a_latent_is_compared_by_its_descriptions_unless_it_has_none_or_those_of_another_network(
    recogniser: FingerprintRecogniser, image: Image
) -> None:
    latent = recogniser.extract_latent_both_ways(image)[False]
    read, marks = ReadLatent(decode_aspects(latent.data), decode_described(latent.data)), decode_aspects(latent.data)
    bare = recogniser.of_latent(ReadLatent(marks))
    of_another = recogniser.of_latent(read._replace(described=read.described._replace(network=b"another1")))
    prints = [recogniser.extract(decode(print_of(person, "right_index", 1))) for person in (0, 1)]
    scores, before, without = (recogniser.compare(probe, prints) for probe in (latent, bare, of_another))
    assert scores[0] > before[0]
    assert before.tolist() == without.tolist()
    assert [recogniser.compare(each, [latent])[0] for each in prints] == scores.tolist()
    assert recogniser.compare(latent, [bare])[0] == recogniser.compare(bare, [latent])[0]


def test_descriptions_survive_being_stored(recogniser: FingerprintRecogniser, image: Image) -> None:
    latent = recogniser.extract_latent_both_ways(image)[True]
    read = decode_described(latent.data)
    assert len(read.descriptions) > 20
    np.testing.assert_allclose(np.linalg.norm(read.descriptions, axis=1), 1.0, rtol=1e-5)
    again = recogniser.of_latent(ReadLatent(decode_aspects(latent.data), read))
    assert again.data == latent.data
