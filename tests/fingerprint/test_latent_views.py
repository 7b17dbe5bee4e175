"""A latent is seen in four orientations, all views lie in the same place, and it has a score of its own."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np
import pytest
from inputs import print_of
from made_up_prints import impression, made_up_finger

from biometrics.imaging.image import Image, decode
from biometrics.kernel.errors import InvalidTemplate, TooFewMinutiae
from biometrics.kernel.recognition.types import Template
from fingerprint.codec import decode as decode_template
from fingerprint.codec import decode_aspects, decode_described, decode_views, encode, encode_latent, is_latent
from fingerprint.features import features
from fingerprint.latents.image import ReadLatent, Views, extract_latent, extract_latent_views
from fingerprint.latents.network import LatentNetwork, latent_network
from fingerprint.latents.stretching import factors
from fingerprint.matching.cylinders import prepare
from fingerprint.matching.matcher import match
from fingerprint.matching.parameters import LATENT
from fingerprint.matching.views import match_latent, match_views
from fingerprint.parameters import ASPECTS
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.ridge_map import NO_RIDGES, TILE
from fingerprint.template import FingerprintTemplate
from models.registry import ModelRegistry

REGION = [(60.0, 60.0), (240.0, 60.0), (240.0, 300.0), (60.0, 300.0)]


@pytest.fixture(scope="module")
def network() -> LatentNetwork:
    return latent_network()


@pytest.fixture(scope="module")
def image() -> Image:
    """Return a print whose sides are no multiples of a tile's."""
    whole = decode(print_of(0, "right_index", 0))
    return Image(np.ascontiguousarray(whole.pixels[:-5, :-7]), 500.0, "image/png")


@pytest.fixture(scope="module")
def views(image: Image, network: LatentNetwork) -> tuple[Views, Views]:
    upright, upside_down = extract_latent_views(image, network)
    return upright.aspects[0], upside_down.aspects[0]


def of_version(version: int, latent: Template) -> Template:
    """Return a latent in one aspect as an earlier version wrote it."""
    data = undescribed(latent).data
    return replace(latent, data=data[:4] + bytes([version]) + data[5:6] + data[7:])


def undescribed(latent: Template) -> Template:
    """Return a latent as version 4 wrote it."""
    described = 10 + 70 * decode_described(latent.data).points.shape[1]  # bytes
    return replace(latent, data=latent.data[:4] + b"\x04" + latent.data[5:-described])


def turned(image: Image) -> Image:
    return Image(np.ascontiguousarray(image.pixels[::-1, ::-1]), image.ppi, image.media_type)


def tiles_of(print_: FingerprintTemplate) -> dict[tuple[int, int], int]:
    ridges = print_.ridges
    places = zip(ridges.rows.tolist(), ridges.columns.tolist(), strict=True)
    return dict(zip(places, ridges.words.tolist(), strict=True))


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
    views: tuple[Views, Views], image: Image, network: LatentNetwork
) -> None:
    upright, upside_down = views
    assert encode(upright[0]) == encode(extract_latent(image, network))
    alone = extract_latent(turned(image), network)
    assert len(alone) == len(upside_down[0])
    assert shared(alone, upside_down[0]) == 1.0
    seen, turned_back = tiles_of(alone), tiles_of(upside_down[0])
    same = [64 - (seen[tile] ^ turned_back[tile]).bit_count() for tile in seen.keys() & turned_back.keys()]
    assert len(same) > 0.9 * max(len(seen), len(turned_back))
    assert np.mean(same) > 0.95 * 64


def test_both_ways_hold_the_same_minutiae_turned_by_half_a_circle(views: tuple[Views, Views]) -> None:
    upright, upside_down = views
    for item, other in zip(upright, (upside_down[place] for place in (2, 0, 3, 1)), strict=True):
        assert np.allclose(other.x, item.width - 1 - item.x, atol=1e-3)
        assert np.allclose(other.y, item.height - 1 - item.y, atol=1e-3)
        turn = np.angle(np.exp(1j * (other.direction - item.direction - pi)))
        assert np.abs(turn).max() < 1e-3


def test_nothing_outside_the_region_is_in_any_view(image: Image, network: LatentNetwork) -> None:
    ((upright, *stretched), described), ((upside_down, *_), turned) = extract_latent_views(image, network, REGION)
    for aspect, views in zip(ASPECTS[1:], stretched, strict=True):
        across, down = factors(aspect)
        for view in views:
            left, top = (TILE * places.min() for places in (view.ridges.columns, view.ridges.rows))
            assert 60 * across - TILE / 2 <= left <= 60 * across + TILE
            assert 60 * down - TILE / 2 <= top <= 60 * down + TILE
    for view in upright:
        assert ((view.x > 60) & (view.x < 240) & (view.y > 60) & (view.y < 300)).all()
    for view in upside_down:
        x, y = image.width - view.x, image.height - view.y
        assert ((x > 59) & (x < 242) & (y > 59) & (y < 302)).all()
    x, y, _ = described.points
    assert len(x) > 10
    assert ((x > 60) & (x < 240) & (-y > 60) & (-y < 300)).all()
    np.testing.assert_allclose(turned.points[:2], [image.width - 1 - x, -(image.height - 1) - y], atol=1e-9)
    np.testing.assert_array_equal(turned.descriptions, described.descriptions)


def test_a_latent_without_minutiae_in_any_view_is_refused(network: LatentNetwork) -> None:
    paper = Image(np.full((300, 300), 250, np.uint8), 500.0, "image/png")
    with pytest.raises(TooFewMinutiae, match="mark them by hand"):
        extract_latent_views(paper, network)


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


def test_the_score_of_a_latent_is_a_mean_of_logarithms_and_the_same_either_way() -> None:
    finger = made_up_finger(1)
    probe = [prepare(impression(finger, seed=seed)) for seed in (1, 2, 3)]
    candidates = [[prepare(finger)], [prepare(made_up_finger(2)), prepare(made_up_finger(3))]]
    scores = match_latent([probe], [[candidate] for candidate in candidates])
    for score, candidate in zip(scores, candidates, strict=True):
        pairs = np.array([match(view, [other], LATENT)[0] for view in probe for other in candidate])
        logarithms = np.log(pairs / (1 - pairs) + 0.002).reshape(len(probe), len(candidate))
        of_candidate = 0.25 * logarithms[:, 0] + 0.75 * logarithms.mean(axis=1)
        odds = np.exp(0.25 * of_candidate[0] + 0.75 * of_candidate.mean()) - 0.002
        assert score == pytest.approx(odds / (1 + odds), rel=1e-12)
        assert match_latent([candidate], [[probe]])[0] == score
    assert match_latent([probe], []).shape == (0,)


def test_a_network_of_their_own_finds_the_minutiae_of_latents_and_of_nothing_else(
    registry: ModelRegistry, image: Image, network: LatentNetwork
) -> None:
    published = LatentNetwork(registry.open_session("leader"))
    recogniser, other = FingerprintRecogniser(registry), FingerprintRecogniser(registry, latents=published)
    assert recogniser.latent_network == network.digest != other.latent_network
    assert (recogniser.model, recogniser.extract(image)) == (other.model, other.extract(image))
    for region in (None, REGION):
        found = recogniser.extract_latent(image, region)
        assert found.data == encode(extract_latent(image, network, region))
        assert found.data != other.extract_latent(image, region).data
    latent, _ = extract_latent_views(image, network)
    assert recogniser.extract_latent_both_ways(image)[False].data == encode_latent(*latent)
    assert recogniser.compare(other.extract_latent_both_ways(image)[False], [recogniser.extract(image)])[0] > 0.1


def test_a_latent_survives_being_stored() -> None:
    made = [made_up_finger(seed) for seed in (1, 2)]
    for latent in ([made], [made[:1]], [made, *([made[::-1]] * 4)]):
        data = encode_latent(latent)
        assert is_latent(data)
        assert [[encode(view) for view in views] for views in decode_aspects(data)] == [
            [encode(view) for view in views] for views in latent
        ]
        assert len(decode_views(data)) == len(latent[0])
        assert encode(decode_template(data)) == encode(made[0])
    assert [encode(view) for view in decode_views(encode(made[0]))] == [encode(made[0])]
    assert not is_latent(encode(made[0]))


def test_the_views_of_one_aspect_share_the_ridges_of_the_first(
    registry: ModelRegistry, image: Image, network: LatentNetwork
) -> None:
    latent, _ = extract_latent_views(image, network)
    template = FingerprintRecogniser(registry).of_latent(latent)
    for views, stored in zip(latent.aspects, decode_aspects(template.data), strict=True):
        for view, its in zip(views, stored, strict=True):
            assert encode(its) == encode(view)
            assert len(its.ridges) > 20
    apart = sum(len(encode(view)) for views in latent.aspects for view in views)
    assert len(undescribed(template).data) < 0.6 * apart


def test_an_index_is_asked_for_the_minutiae_of_all_views_each_once(registry: ModelRegistry) -> None:
    recogniser = FingerprintRecogniser(registry)
    finger, other = (decode_template(encode(made_up_finger(seed))) for seed in (1, 2))  # rounded
    latent = recogniser.of_latent(ReadLatent(((finger, finger, other),)))
    searched = recogniser.features(latent)
    assert np.array_equal(searched[: len(finger)], features(finger))
    added = searched[len(finger) :]
    assert 0.5 * len(other) < len(added) <= len(other)
    assert {each.tobytes() for each in added} <= {each.tobytes() for each in features(other)}
    assert np.array_equal(recogniser.features(of_version(2, latent)), features(finger))
    assert np.array_equal(recogniser.features(of_version(3, latent)), searched)
    first, second, third = recogniser.features_of_all([latent, of_version(2, latent), latent])
    assert np.array_equal(first, searched)
    assert np.array_equal(second, features(finger))
    assert np.array_equal(third, searched)
    assert recogniser.features_of_all([]) == []


def test_latents_of_earlier_searches_are_compared_as_they_were(registry: ModelRegistry) -> None:
    recogniser = FingerprintRecogniser(registry)
    finger = made_up_finger(1)
    views = [impression(finger, seed=seed) for seed in (1, 2)]
    latent, stored = recogniser.of_latent(ReadLatent((tuple(views),))), recogniser.of_marked(finger)
    earlier = of_version(1, latent)
    assert not is_latent(earlier.data)
    prepared, print_ = ([prepare(view) for view in decode_views(each.data)] for each in (latent, stored))
    for probe, candidate in ((earlier, stored), (stored, earlier)):
        assert recogniser.compare(probe, [candidate])[0] == match_views(prepared, [print_])[0]
    scores = recogniser.compare(stored, [latent, earlier, stored])
    assert scores[0] == match_latent([prepared], [[print_]])[0] == recogniser.compare(latent, [stored])[0]
    assert scores[0] == recogniser.compare(of_version(3, latent), [stored])[0]
    assert scores[1:].tolist() == [match_views(prepared, [print_])[0], match_views(print_, [print_])[0]]


@pytest.mark.parametrize(
    "damage", ["cut", "longer", "undescribed", "version", "count", "aspects", "all aspects", "head"]
)
def test_damaged_views_are_refused(damage: str) -> None:
    data = encode_latent([[made_up_finger(seed) for seed in (1, 2)]])
    damaged = {
        "cut": data[:-1],
        "longer": data + b"\0",
        "undescribed": data[:-9],
        "version": data[:4] + b"\x07" + data[5:],
        "count": data[:5] + b"\x00" + data[6:],
        "aspects": data[:6] + b"\x02" + data[7:],
        "all aspects": data[:6] + b"\x05" + data[7:],
        "head": data[:5],
    }[damage]
    with pytest.raises(InvalidTemplate):
        decode_views(damaged)


def test_the_recogniser_compares_and_charts_a_latent_of_several_views(registry: ModelRegistry, image: Image) -> None:
    recogniser = FingerprintRecogniser(registry)
    stored = recogniser.extract(decode(print_of(0, "right_index", 1)))
    other = recogniser.extract(decode(print_of(1, "right_index", 0)))
    of_image = undescribed(recogniser.extract_latent_both_ways(image)[False])
    as_it_is = recogniser.of_latent(ReadLatent((tuple(decode_views(of_image.data)),)))

    def alone(view: FingerprintTemplate) -> Template:
        return recogniser.of_latent(ReadLatent(((view,),)))

    of_views = [recogniser.compare(alone(view), [stored, other]) for view in decode_views(of_image.data)]
    scores = recogniser.compare(as_it_is, [stored, other])
    logarithms = np.log(np.array([each / (1 - each) for each in of_views]) + 0.002)
    mean = np.exp(0.25 * logarithms[0] + 0.75 * logarithms.mean(axis=0)) - 0.002
    assert scores == pytest.approx(mean / (1 + mean), rel=1e-12)
    assert scores[0] > 5 * scores[1]
    assert recogniser.compare(of_image, [stored])[0] == scores[0]
    assert recogniser.explain(of_image, stored).score == of_views[0][0]
    unlike, alike = made_up_finger(5), replace(decode_template(stored.data), ridges=NO_RIDGES)
    views = Template(stored.modality, stored.model, encode_latent([[unlike, alike]]), None)
    explained = recogniser.explain(views, stored)
    assert (
        explained.score == recogniser.compare(alone(alike), [stored])[0]
    )  # of the second view: the first one is a stranger
