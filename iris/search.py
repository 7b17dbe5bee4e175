"""Finds pupil and limbus as circles: gradients vote for centres of pupils, then each is judged with its best limbus.

Sources: J. Daugman, How iris recognition works, IEEE Trans. CSVT 14(1), 2004 (the integro-differential operator);
R. Wildes, Iris recognition: an emerging biometric technology, Proc. IEEE 85(9), 1997 (votes).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from iris.geometry import Circle, Floats, Grey, Map
from iris.outlines import ANGLES, EdgeSearch, angles, radial_edges

_SIDE = 160  # pixels of the longer side in which is searched
_PUPIL = (0.035, 0.25)  # least and largest radius, in units of the longer side
_SMALL = 8  # pixels: circles that are not larger count less, since lashes have many
_CANDIDATES, _JUDGED = 12, 5  # pupils that gradients vote for, and those of them whose limbus is searched
_LIMBUS = (1.4, 4.6)  # multiples of the pupil's radius
_STEP = 30.0  # grey levels that the network's limbus adds to the photo's
_LEAST_INSIDE = 0.3  # what a place counts, at least, that the network does not take for iris
_LEAST_ALIKE = 0.85  # of a pupil that the network sees to its circle: what both have, of what either has
_HULL, _TRIPLES = 180, 400  # places along the hull of the disc that the network sees, and circles tried through them
_LEAST_PART = 0.01  # of the photo: smaller parts of the disc are no iris
_MARGIN = 2  # pixels at the edge of the photo where a hull says nothing of the limbus
_NEAR = 0.05  # of a radius: what lies farther from a circle is not on it
_LEAST_ON = 0.45  # of the hull that lies on a limbus; chosen on the development half of the real photos
_MOST_LIMBUS, _MOST_ASIDE = 0.55, 0.2  # largest radius in longer sides, and how far off the pupil's centre in radii
_BESIDE = 1.25  # radii of a pupil, where its edge is not seen any more
_LATERAL = np.deg2rad(40)  # from the horizontal, where lids seldom cover the limbus


@dataclass(frozen=True)
class Pair:
    """Pupil and limbus, and how clear both are: below about 1 there is no eye."""

    pupil: Circle
    limbus: Circle
    score: float


def without_glints(grey: Grey) -> Map:
    """Return a photo in which spots that are much lighter than what surrounds them are filled."""
    size = max(3, round(max(grey.shape) / 320 * 13) | 1)
    opened = cv2.morphologyEx(grey, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    light = max(120.0, 0.75 * float(np.quantile(grey, 0.995)))
    spots = ((cv2.subtract(grey, opened) > 50) & (grey > light)).astype(np.uint8)
    grown = cv2.dilate(spots, np.ones((3, 3), np.uint8)) > 0
    return np.where(grown, opened, grey).astype(np.float32)


def find_circles(filled: Map, disc: Map) -> Pair:
    """Return the best pair of circles.

    Args:
        filled: a photo without glints.
        disc: how likely each pixel is within a limbus by the network, 0 to 1; 1 everywhere to do without.
    """
    scale = _SIDE / max(filled.shape)
    small, guided, within = (_reduced(part, scale) for part in (filled, with_disc(filled, disc), disc))
    judged = [
        (_edge_share(small, pupil) * _darkness(small, pupil) * _iris_share(within, pupil), pupil)
        for pupil in _pupils(small, within)
    ]
    clearest = sorted(judged, key=lambda judgement: -judgement[0])[:_JUDGED]
    best = max((_with_limbus(guided, pupil, clear) for clear, pupil in clearest), key=lambda pair: pair.score)
    return Pair(_scaled(best.pupil, 1 / scale), _scaled(best.limbus, 1 / scale), best.score)


def pupil_in(likely: Map) -> Circle | None:
    """Return the pupil by the network alone: the largest place that is more likely than not, if it is a circle.

    `likely`: how likely each pixel is within the pupil, 0 to 1.
    """
    _, labels, stats, centres = cv2.connectedComponentsWithStats((likely > 0.5).astype(np.uint8))
    if len(stats) < 2:
        return None
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    x, y = centres[largest]
    circle = Circle(float(x), float(y), float(np.sqrt(stats[largest, cv2.CC_STAT_AREA] / np.pi)))
    rows, columns = np.mgrid[: likely.shape[0], : likely.shape[1]]
    within = np.hypot(columns - circle.x, rows - circle.y) < circle.radius
    region = labels == largest
    return circle if (within & region).sum() > _LEAST_ALIKE * (within | region).sum() else None


def limbus_in(disc: Map, pupil: Circle) -> Circle | None:
    """Return the limbus about a pupil by the network alone: the circle that most of the disc's convex hull lies on.

    None where little of it lies on any: lids hide much, or there is no eye. By random triples of places (M. Fischler,
    R. Bolles, Random sample consensus, CACM 24(6), 1981), always the same ones.
    """
    places = _hull(disc)
    if len(places) < _LEAST_ON * _HULL:
        return None
    triples = np.random.default_rng(0).integers(0, len(places), (_TRIPLES, 3))
    first, second, third = places[triples].transpose(1, 0, 2)
    (ax, ay), (bx, by) = 2 * (second - first).T, 2 * (third - first).T
    to_second, to_third = (second**2 - first**2).sum(axis=1), (third**2 - first**2).sum(axis=1)
    area = ax * by - ay * bx
    area[area == 0] = np.inf
    x, y = (to_second * by - ay * to_third) / area, (ax * to_third - to_second * bx) / area
    radius = np.hypot(*(first.T - (x, y)))
    fits = (area < np.inf) & (radius < _MOST_LIMBUS * max(disc.shape)) & (radius > _BESIDE * pupil.radius)
    fits &= np.hypot(x - pupil.x, y - pupil.y) < _MOST_ASIDE * radius
    off = np.abs(np.hypot(places[:, 0] - x[:, None], places[:, 1] - y[:, None]) / radius[:, None] - 1)
    share = np.where(fits, np.maximum(0, 1 - off / _NEAR).sum(axis=1) / _HULL, 0)
    best = int(share.argmax())
    return Circle(float(x[best]), float(y[best]), float(radius[best])) if share[best] >= _LEAST_ON else None


def _hull(disc: Map) -> Floats:
    """Return places, x and y, evenly along the convex hull of what is more likely than not within the limbus.

    Of _HULL places, those at the edge of the photo are left out.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats((disc > 0.5).astype(np.uint8))
    parts = [part for part in range(1, count) if stats[part, cv2.CC_STAT_AREA] > _LEAST_PART * disc.size]
    if not parts:
        return np.zeros((0, 2))
    corners = cv2.convexHull(cv2.findNonZero(np.isin(labels, parts).astype(np.uint8)))[:, 0].astype(np.float64)
    closed = np.concatenate([corners, corners[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    at = np.linspace(0, along[-1], _HULL, endpoint=False)
    places = np.stack([np.interp(at, along, closed[:, axis]) for axis in (0, 1)], axis=1)
    limit = np.array(disc.shape[::-1]) - 1 - _MARGIN
    return np.asarray(places[((places >= _MARGIN) & (places <= limit)).all(axis=1)])


def _reduced(image: Map, scale: float) -> Map:
    reduced = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(reduced, (0, 0), 1.0), np.float32)


def with_disc(filled: Map, disc: Map) -> Map:
    """Return the photo lighter where the iris is not, by the network, so that its limbus counts besides the photo's."""
    return np.asarray(filled + _STEP * (1 - disc), np.float32)


def _iris_share(disc: Map, circle: Circle) -> float:
    """Return the share of the surroundings of a pupil that the network takes for iris, and at least _LEAST_INSIDE."""
    rows, columns = np.mgrid[: disc.shape[0], : disc.shape[1]]
    ring = disc[np.hypot(columns - circle.x, rows - circle.y) < 1.4 * circle.radius]
    return _LEAST_INSIDE + (1 - _LEAST_INSIDE) * float(ring.mean()) if ring.size else _LEAST_INSIDE


def _scaled(circle: Circle, by: float) -> Circle:
    return Circle((circle.x + 0.5) * by - 0.5, (circle.y + 0.5) * by - 0.5, circle.radius * by)


def _pupils(small: Map, within: Map) -> list[Circle]:
    """Return the circles that most gradients point away from, those in the iris by the network before others."""
    dx, dy = cv2.Scharr(small, cv2.CV_32F, 1, 0) / 32, cv2.Scharr(small, cv2.CV_32F, 0, 1) / 32
    size = np.hypot(dx, dy)
    rows, columns = np.nonzero(size > max(2.0, float(np.quantile(size, 0.7))))
    strength = np.minimum(size[rows, columns], 12.0)
    x_step, y_step = dx[rows, columns] / size[rows, columns], dy[rows, columns] / size[rows, columns]
    radii = np.arange(int(_PUPIL[0] * _SIDE), int(_PUPIL[1] * _SIDE) + 1)
    votes = np.zeros((len(radii), *small.shape), np.float32)
    for layer, radius in zip(votes, radii, strict=True):
        x, y = np.rint(columns - radius * x_step).astype(int), np.rint(rows - radius * y_step).astype(int)
        in_image = (x >= 0) & (y >= 0) & (x < small.shape[1]) & (y < small.shape[0])
        flat = np.bincount(y[in_image] * small.shape[1] + x[in_image], strength[in_image], small.size)
        layer += cv2.GaussianBlur(flat.reshape(small.shape).astype(np.float32), (0, 0), 1.2) / (radius + _SMALL)
    votes[1:-1] = votes[:-2] + votes[1:-1] + votes[2:]
    votes *= _LEAST_INSIDE + (1 - _LEAST_INSIDE) * within
    circles = []
    for _ in range(_CANDIDATES):
        layer_, row, column = np.unravel_index(int(votes.argmax()), votes.shape)
        circles.append(Circle(float(column), float(row), float(radii[layer_])))
        low, left = max(0, int(row) - 3), max(0, int(column) - 3)
        votes[max(0, layer_ - 3) : layer_ + 4, low : row + 4, left : column + 4] = 0
    return circles


def _with_limbus(small: Map, pupil: Circle, clear: float) -> Pair:
    """Return the pupil, which is as clear as said, with the best limbus about it."""
    lateral = (np.abs(np.sin(angles())) < np.sin(_LATERAL)).astype(np.float64)
    small = _pupil_filled(small, pupil)
    sides = [lateral * (np.cos(angles()) * sign > 0) for sign in (-1, 1)]
    max_radius = min(_LIMBUS[1] * pupil.radius, 0.5 * _SIDE)
    best = 0.0, Circle(pupil.x, pupil.y, 2 * pupil.radius)
    for dx in np.linspace(-0.3, 0.3, 5) * pupil.radius:
        for dy in np.linspace(-0.3, 0.3, 3) * pupil.radius:
            about = Circle(pupil.x + dx, pupil.y + dy, pupil.radius)
            radii, edges = radial_edges(small, about, EdgeSearch(_LIMBUS[0], max_radius / pupil.radius, 0.2, 0))
            rise = np.clip(edges, -6, 16)
            means = np.stack([side @ rise / side.sum() for side in sides])
            strength = (means.mean(axis=0) + means.min(axis=0)) * np.sqrt(radii / _SIDE)
            within = int(len(radii) * 0.15)  # an edge well inside speaks against a larger circle
            strength[within:] -= 0.5 * np.maximum.accumulate(np.clip(strength, 0, None))[: len(radii) - within]
            strength[radii < 1.25 * pupil.radius + np.hypot(dx, dy)] = 0  # the pupil is inside
            at = int(strength.argmax())
            if strength[at] > best[0]:
                best = float(strength[at]), Circle(about.x, about.y, float(radii[at]))
    return Pair(pupil, best[1], clear + 0.5 * min(best[0], 10.0))


def _pupil_filled(small: Map, pupil: Circle) -> Map:
    """Return the photo with what surrounds the pupil continued into it: its edge might be taken for the limbus."""
    rows, columns = np.mgrid[: small.shape[0], : small.shape[1]].astype(np.float32)
    dx, dy = columns - np.float32(pupil.x), rows - np.float32(pupil.y)
    away = np.maximum(np.hypot(dx, dy), 1e-3)
    outwards = np.maximum(1, _BESIDE * pupil.radius / away)
    x, y = (np.asarray(at, np.float32) for at in (pupil.x + dx * outwards, pupil.y + dy * outwards))
    return np.asarray(cv2.remap(small, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _edge_share(small: Map, circle: Circle) -> float:
    """Return how much lighter it gets at the two thirds of a circle where it does least, each place at most 12."""
    _, edges = radial_edges(small, circle, EdgeSearch(0.85, 1.15, 0.08, 0))
    rises = np.sort(np.clip(edges.max(axis=1), -2, 12))
    return float(rises[: ANGLES * 2 // 3].mean())


def _darkness(small: Map, circle: Circle) -> float:
    """Return which share of the inside is among the darkest of the photo, and alike."""
    rows, columns = np.mgrid[: small.shape[0], : small.shape[1]]
    disc = np.hypot(columns - circle.x, rows - circle.y) < 0.8 * circle.radius
    if not disc.any():
        return 0.0
    values = small[disc]
    limit = float(np.median(values)) + 15
    around = np.hypot(columns - circle.x, rows - circle.y)
    ring = small[(around > 1.1 * circle.radius) & (around < 1.5 * circle.radius)]
    large = min(1.0, (circle.radius + _SMALL) / (3 * _SMALL))
    return float(large * (values < limit).mean() * (ring > limit).mean()) if ring.size else 0.0
