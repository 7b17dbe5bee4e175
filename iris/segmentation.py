"""From a photo of an eye to its parts: circles, outlines about them, and what can be seen between them."""

from __future__ import annotations

import numpy as np

from biometrics.kernel.errors import UnusableSample
from iris.geometry import Circle, EyeParts, Floats, Grey, Map, Mask, Outline
from iris.outlines import ANGLES, LIMBUS_EDGE, PUPIL_EDGE, angles, fit_outline
from iris.search import find_circles, limbus_in, pupil_in, with_disc, without_glints
from iris.visibility import SeenIris, VisibilityNetwork

LEAST_CLEAR = 10.0  # of `search.Pair.score`: photos of eyes have 14 to 17
LEAST_RADIUS = 40.0  # pixels of an iris; smaller ones have too little texture
LEAST_SEEN = 0.15  # share of the iris that must be seen; of an image without an eye the network sees next to nothing
_LATERAL = np.deg2rad(45)  # from the horizontal: where the limbus is seldom covered
_TRUST_LATERAL = 0.3  # how far such places count that are not seen
_LEAST_ROUND = 0.9
_REFITS = 2

_NO_IRIS = "No iris was found in the photo. Take it in near-infrared light, with one eye wide open in the middle."


def find_parts(grey: Grey, network: VisibilityNetwork) -> EyeParts:
    """Find pupil, limbus and the visible iris of a photo.

    Outlines are searched by the photo and the network together, then, where they make up no eye, by the photo alone,
    then about the circles that the network sees.

    Raises:
        UnusableSample: no iris was found, too little of it can be seen, or it is too small.
    """
    filled = without_glints(grey)
    network_view = network.see(grey)
    pupil, limbus = _outlines_of_an_eye(filled, network_view)
    _require_iris(grey.shape, pupil, limbus)
    ring = limbus.contains(grey.shape) & ~pupil.contains(grey.shape)
    usable = ring & network_view.visible & (np.abs(filled - grey) <= 1)
    if usable.sum() < LEAST_SEEN * ring.sum():
        raise UnusableSample(_NO_IRIS)
    return EyeParts(pupil, limbus, np.asarray(usable))


def _outlines_of_an_eye(filled: Map, network_view: SeenIris) -> tuple[Outline, Outline]:
    """Return the outlines of pupil and limbus by the first way that finds an eye.

    Raises:
        UnusableSample: none does.
    """
    clear = find_circles(filled, network_view.disc)
    if clear.score >= LEAST_CLEAR:
        pupil, limbus = _outlines(
            filled, network_view, clear.pupil, limbus_in(network_view.disc, clear.pupil) or clear.limbus
        )
        if not _make_an_eye(pupil, limbus):
            unguided = SeenIris(network_view.pupil, np.ones_like(network_view.disc), network_view.visible)
            alone = find_circles(filled, unguided.disc)
            if alone.score >= LEAST_CLEAR:
                pupil, limbus = _outlines(filled, unguided, alone.pupil, alone.limbus)
        if _make_an_eye(pupil, limbus):
            return pupil, limbus
    pupil_seen = pupil_in(network_view.pupil)
    limbus_seen = pupil_seen and limbus_in(network_view.disc, pupil_seen)
    if pupil_seen is None or limbus_seen is None:
        raise UnusableSample(_NO_IRIS)
    return _outlines(with_disc(filled, network_view.pupil), network_view, pupil_seen, limbus_seen)


def _outlines(filled: Map, network_view: SeenIris, near_pupil: Circle, near_limbus: Circle) -> tuple[Outline, Outline]:
    """Return the outlines of pupil and limbus about two circles."""
    guided = with_disc(filled, network_view.disc)
    lateral = (np.abs(np.sin(angles())) < np.sin(_LATERAL)).astype(np.float64)
    limbus = fit_outline(guided, near_limbus, LIMBUS_EDGE, lateral)
    for _ in range(_REFITS):
        weights = np.maximum(_shown_at(limbus, network_view.visible), _TRUST_LATERAL * lateral)
        limbus = fit_outline(guided, Circle(limbus.x, limbus.y, limbus.radius), LIMBUS_EDGE, weights)
    return fit_outline(filled, near_pupil, PUPIL_EDGE, np.ones(ANGLES)), limbus


def _shown_at(limbus: Outline, visible: Mask) -> Floats:
    """Return how much of the iris is seen just inside the limbus at each of `angles`."""
    turns = angles()[:, None]
    radii = limbus.radii(angles())[:, None] * np.linspace(0.85, 0.95, 5)
    columns = np.rint(limbus.x + radii * np.cos(turns)).astype(int)
    rows = np.rint(limbus.y + radii * np.sin(turns)).astype(int)
    in_image = (rows >= 0) & (columns >= 0) & (rows < visible.shape[0]) & (columns < visible.shape[1])
    visible_samples = np.zeros(radii.shape)
    visible_samples[in_image] = visible[rows[in_image], columns[in_image]]
    return np.asarray(visible_samples.mean(axis=1))


def _make_an_eye(pupil: Outline, limbus: Outline) -> bool:
    """Return whether one lies in the other, both are round, and their sizes fit."""
    centre_distance = np.hypot(pupil.x - limbus.x, pupil.y - limbus.y)
    within = centre_distance + pupil.radius < 0.95 * limbus.radius and 0.12 * limbus.radius < pupil.radius
    return bool(within and min(pupil.roundness, limbus.roundness) >= _LEAST_ROUND)


def _require_iris(shape: tuple[int, ...], pupil: Outline, limbus: Outline) -> None:
    """Refuse what cannot be an eye, or is too small.

    Raises:
        UnusableSample: with what to do.
    """
    if not _make_an_eye(pupil, limbus):
        raise UnusableSample(_NO_IRIS)
    if not (0 <= limbus.x < shape[1] and 0 <= limbus.y < shape[0]):
        raise UnusableSample("The iris is cut off by the edge of the photo; centre the eye.")
    if limbus.radius < LEAST_RADIUS:
        raise UnusableSample(
            f"The iris is {2 * limbus.radius:.0f} pixels wide; {2 * LEAST_RADIUS:.0f} are needed. Come closer."
        )
