"""A second look at a doubtful print: is it one at all, and what more shows in it?

LEADER finds a few minutiae in photos of faces and of textures, too, and too few in prints that are very dark, faint or
broken. Five things are looked at. The lines of a print do not all run one way (`ridge_direction.py`). Its
ridges are the strongest thing in it (`ridge_energy.py`). A network that was trained on generated prints and on textures
tells the two apart (`print_likelihood.py`). Turned by a quarter of a circle, LEADER finds a little else. And where the
ridges are drawn clearly (`enhancement.py`), it finds many minutiae, of which those count that it sees faintly in the
image itself. docs/decisions/0004-quality.md says how the thresholds were set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from fingerprint.extraction.enhancement import print_mask
from fingerprint.extraction.leader import QUARTER_TURNS, Detections, MinutiaNetwork, detect, detect_turned
from fingerprint.extraction.print_likelihood import print_likelihood
from fingerprint.extraction.ridge_direction import straightness
from fingerprint.extraction.ridge_energy import ridge_energy
from fingerprint.parameters import (
    MIN_MEAN_QUALITY,
    MIN_QUALITY,
    MIN_RELIABLE,
    RELIABLE_QUALITY,
    SAME_DIRECTION,
    SAME_PLACE,
)
from fingerprint.template import MAX_MINUTIAE, FingerprintTemplate, MinutiaType

Enhance = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]  # a grey image at 500 ppi to one with its ridges drawn

MAX_STRAIGHTNESS = 0.95  # of the lines of a print; striped surfaces lie above
SURE_RELIABLE = 10  # reliable minutiae: a print with as many needs no further evidence, if its lines bend
LEAST_ENERGY = -0.6  # of ridges: prints lie above, photos of faces below
LEAST_LIKELY = 0.02  # that an image is a print; generated prints lie far above, most textures below
FAINT_QUALITY = 0.1  # of a minutia of the image that bears out one of the drawing
BORNE_OUT = 0.35  # least share of the drawing's minutiae that the image bears out; on faces and noise fewer are
LEAST_BORNE_OUT = 4  # and how many they must be


def reliable(detections: Detections | FingerprintTemplate) -> int:
    """Count the minutiae that are as good as certain."""
    return int(np.count_nonzero(detections.quality >= RELIABLE_QUALITY))


def is_enough(detections: Detections | FingerprintTemplate) -> bool:
    """Say whether as much was found as in a usable print."""
    return reliable(detections) >= MIN_RELIABLE and float(detections.quality.mean()) >= MIN_MEAN_QUALITY


def may_be_print(pixels: NDArray[np.uint8], detections: Detections, refused: bool = False) -> bool:
    """Say whether an image at 500 ppi may be a print; one with many reliable minutiae is, if its lines bend.

    One that was `refused` before needs the evidence however many they are.
    """
    if straightness(pixels) > MAX_STRAIGHTNESS:
        return False
    if reliable(detections) >= SURE_RELIABLE and not refused:
        return True
    return ridge_energy(pixels) >= LEAST_ENERGY and print_likelihood(pixels) >= LEAST_LIKELY


def look_again(
    session: MinutiaNetwork, enhance: Enhance, pixels: NDArray[np.uint8], detections: Detections
) -> Detections | None:
    """Return the minutiae of a poor print at 500 ppi that had too few `detections`; None if there are still too few.

    Minutiae are added that LEADER finds in the turned image, or in the drawing of the ridges where the image bears them
    out. Those of the drawing alone are of the type OTHER, so that they are not taken for minutiae of the image.
    """
    views = [detections, *(detect_turned(session, pixels, MIN_QUALITY, turn) for turn in range(1, QUARTER_TURNS))]
    union_of_views = union(views)
    if any(map(is_enough, views)):
        return union_of_views
    drawn = _within_mask(detect(session, enhance(pixels), RELIABLE_QUALITY), print_mask(pixels))
    borne_out = _seen_in(drawn, detect(session, pixels, FAINT_QUALITY))
    if np.count_nonzero(borne_out) < LEAST_BORNE_OUT or borne_out.mean() < BORNE_OUT:
        return None
    drawn = _chosen(drawn, borne_out)
    return union([union_of_views, replace(drawn, type=np.full_like(drawn.type, MinutiaType.OTHER))])


def union(views: Sequence[Detections]) -> Detections:
    """Return the minutiae of all views, each once, as the first view that has it shows it; the best where too many."""
    joined = views[0]
    for view in views[1:]:
        joined = _joined(joined, _chosen(view, ~_seen_in(view, joined)))
    best = np.sort(np.argsort(-joined.quality, kind="stable")[:MAX_MINUTIAE])
    return _chosen(joined, best)


def _seen_in(detections: Detections, reference: Detections) -> NDArray[np.bool_]:
    """Say which minutiae are among some others, too."""
    near = np.hypot(detections.x[:, None] - reference.x, detections.y[:, None] - reference.y) <= SAME_PLACE
    turn = np.abs(np.angle(np.exp(1j * (detections.direction[:, None] - reference.direction))))
    return np.asarray((near & (turn <= SAME_DIRECTION)).any(axis=1))


def _within_mask(detections: Detections, mask: NDArray[np.bool_]) -> Detections:
    return _chosen(detections, mask[detections.y.astype(np.intp), detections.x.astype(np.intp)])


def _chosen(detections: Detections, places: NDArray[np.bool_] | NDArray[np.intp]) -> Detections:
    return Detections(**{field.name: getattr(detections, field.name)[places] for field in fields(detections)})


def _joined(first: Detections, second: Detections) -> Detections:
    return Detections(
        **{
            field.name: np.concatenate([getattr(first, field.name), getattr(second, field.name)])
            for field in fields(first)
        }
    )
