"""A latent is seen in four orientations, all views lie in the same place, and the score is the mean of theirs."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from inputs import print_of
from made_up_prints import impression, made_up_finger

from biometrics.domain.errors import InvalidTemplate, TooFewMinutiae
from biometrics.domain.types import Template
from biometrics.imaging.image import Image, decode
from fingerprint.codec import decode as decode_template
from fingerprint.codec import decode_views, encode, encode_views
from fingerprint.latents.image import Views, extract_latent, extract_latent_views
from fingerprint.matching.cylinders import prepare
from fingerprint.matching.matcher import match
from fingerprint.matching.views import match_views
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.template import FingerprintTemplate
from models.registry import ModelRegistry
from models.session import Session

REGION = [(60.0, 60.0), (240.0, 60.0), (240.0, 300.0), (60.0, 300.0)]


@pytest.fixture(scope="module")
def session(registry: ModelRegistry) -> Session:
    return registry.open_session("leader")


@pytest.fixture(scope="module")
def image() -> Image:
    """Return a print whose sides are no multiples of a tile's."""
    whole = decode(print_of(0, "right_index", 0))
    return Image(np.ascontiguousarray(whole.pixels[:-5, :-7]), 500.0, "image/png")


@pytest.fixture(scope="module")
def views(image: Image, session: Session) -> tuple[Views, Views]:
    return extract_latent_views(image, session)


def turned(image: Image) -> Image:
    return Image(np.ascontiguousarray(image.pixels[::-1, ::-1]), image.ppi, image.media_type)


def shared(first: FingerprintTemplate, second: FingerprintTemplate) -> float:
    """Return the share of the first one's minutiae that the second one has in the same place and direction."""
    distance = np.hypot(first.x[:, None] - second.x, first.y[:, None] - second.y)
    turn = np.abs(np.angle(np.exp(1j * (first.direction[:, None] - second.direction))))
    return float(((distance < 6) & (turn < 0.4)).any(axis=1).mean())


def test_all_views_show_the_same_minutiae_but_are_not_the_same(views: tuple[Views, Views]) -> None:
    upright, _ = views
    assert len(upright) == 4
    for view in upright[1:]:
        assert shared(upright[0], view) > 0.7
        assert encode(view) != encode(upright[0])


def test_the_first_view_of_each_way_is_what_is_seen_so(
    views: tuple[Views, Views], image: Image, session: Session
) -> None:
    upright, upside_down = views
    assert encode(upright[0]) == encode(extract_latent(image, session))
    alone = extract_latent(turned(image), session)
    assert len(alone) == len(upside_down[0])
    assert shared(alone, upside_down[0]) == 1.0
    assert np.array_equal(alone.ridges.words, upside_down[0].ridges.words)


def test_both_ways_hold_the_same_minutiae_turned_by_half_a_circle(views: tuple[Views, Views]) -> None:
    upright, upside_down = views
    for one, other in zip(upright, upside_down[2:] + upside_down[:2], strict=True):
        assert np.allclose(other.x, one.width - 1 - one.x, atol=1e-3)
        assert np.allclose(other.y, one.height - 1 - one.y, atol=1e-3)
        turn = np.angle(np.exp(1j * (other.direction - one.direction - pi)))
        assert np.abs(turn).max() < 1e-3


def test_nothing_outside_the_region_is_in_any_view(image: Image, session: Session) -> None:
    upright, upside_down = extract_latent_views(image, session, REGION)
    for view in upright:
        assert ((view.x > 60) & (view.x < 240) & (view.y > 60) & (view.y < 300)).all()
    for view in upside_down:
        x, y = image.width - view.x, image.height - view.y
        assert ((x > 59) & (x < 242) & (y > 59) & (y < 302)).all()


def test_a_latent_without_minutiae_in_any_view_is_refused(session: Session) -> None:
    paper = Image(np.full((300, 300), 250, np.uint8), 500.0, "image/png")
    with pytest.raises(TooFewMinutiae, match="mark them by hand"):
        extract_latent_views(paper, session)


def test_the_score_of_views_is_the_mean_and_the_same_either_way() -> None:
    finger = made_up_finger(1)
    probe = [prepare(impression(finger, seed=seed)) for seed in (1, 2, 3)]
    candidates = [[prepare(finger)], [prepare(made_up_finger(2)), prepare(made_up_finger(3))]]
    scores = match_views(probe, candidates)
    for score, candidate in zip(scores, candidates, strict=True):
        pairs = [match(view, [other])[0] for view in probe for other in candidate]
        assert score == pytest.approx(np.mean(pairs), rel=1e-12)
        assert match_views(candidate, [probe])[0] == score
    assert match_views(probe, []).shape == (0,)
    assert match_views(probe[:1], candidates[:1])[0] == match(probe[0], [candidates[0][0]])[0]


def test_views_survive_being_stored_and_one_view_is_stored_as_any_template() -> None:
    made = [made_up_finger(seed) for seed in (1, 2)]
    data = encode_views(made)
    assert [encode(view) for view in decode_views(data)] == [encode(view) for view in made]
    assert encode(decode_template(data)) == encode(made[0])
    assert encode_views(made[:1]) == encode(made[0])
    assert [encode(view) for view in decode_views(encode(made[0]))] == [encode(made[0])]


@pytest.mark.parametrize("damage", ["cut", "longer", "version", "count", "head"])
def test_damaged_views_are_refused(damage: str) -> None:
    data = encode_views([made_up_finger(seed) for seed in (1, 2)])
    damaged = {
        "cut": data[:-1],
        "longer": data + b"\0",
        "version": data[:4] + b"\x07" + data[5:],
        "count": data[:5] + b"\x01" + data[6:],
        "head": data[:5],
    }[damage]
    with pytest.raises(InvalidTemplate):
        decode_views(damaged)


def test_the_recogniser_compares_and_charts_a_latent_of_several_views(registry: ModelRegistry, image: Image) -> None:
    recogniser = FingerprintRecogniser(registry)
    stored = recogniser.extract(decode(print_of(0, "right_index", 1)))
    other = recogniser.extract(decode(print_of(1, "right_index", 0)))
    ways = recogniser.extract_latent_both_ways(image)

    def alone(view: FingerprintTemplate) -> Template:
        return recogniser.of_marked(view)

    of_views = [recogniser.compare(alone(view), [stored, other]) for view in decode_views(ways[False].data)]
    scores = recogniser.compare(ways[False], [stored, other])
    assert scores == pytest.approx(np.mean(of_views, axis=0), rel=1e-12)
    assert scores[0] > 5 * scores[1]
    assert recogniser.explain(ways[False], stored).score == of_views[0][0]
    unlike, alike = made_up_finger(5), decode_template(stored.data)
    views = Template(stored.modality, stored.model, encode_views([unlike, alike]), None)
    explained = recogniser.explain(views, stored)
    assert explained.score == recogniser.compare(stored, [stored])[0]  # of the second view: the first one is a stranger
    assert len(recogniser.features(ways[False])) == len(decode_template(ways[False].data))
