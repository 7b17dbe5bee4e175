"""Two photos of marks side by side: the points that agree, and how the photos lie on each other."""

from __future__ import annotations

from biometrics.imaging.charts import Affine, Chart, Exhibit, Frame, Mark, MarkedImage, MarkKind
from biometrics.kernel.errors import NothingToCompare
from marks.features import LocalFeatures
from marks.geometry import agreement


def marked(exhibit: Exhibit, features: LocalFeatures) -> MarkedImage:
    """Put local features on the photo that they come from.

    Raises:
        NothingToCompare: there is no photo.
    """
    if exhibit.image is None:
        raise NothingToCompare("The file of this photo is not stored; upload it to compare the marks.")
    scale, corner = _scale_and_corner(exhibit)
    marks = tuple(
        Mark(float(x) * scale + corner.real, float(y) * scale + corner.imag, MarkKind.POINT) for x, y in features.places
    )
    return MarkedImage(exhibit.image.width, exhibit.image.height, None, marks)


def chart(
    probe: Exhibit, probe_features: LocalFeatures, candidate: Exhibit, candidate_features: LocalFeatures
) -> Chart:
    """Chart two photos: the frame is that of the candidate, onto which the probe is moved where features agree.

    Raises:
        NothingToCompare: as for `marked`.
    """
    first, second = marked(probe, probe_features), marked(candidate, candidate_features)
    agreed = agreement(probe_features, candidate_features)
    pairs = tuple((int(one), int(other)) for one, other in agreed.pairs)
    frame = Frame(second.width, second.height, None, None, None)
    if pairs:
        turn, shift = agreed.motion
        (scale, corner), (their_scale, their_corner) = _scale_and_corner(probe), _scale_and_corner(candidate)
        turn *= their_scale / scale
        moved: Affine = _affine(turn, shift * their_scale + their_corner - turn * corner)
        frame = Frame(second.width, second.height, None, moved, _affine(1 + 0j, 0j))
    return Chart(first, second, pairs, frame)


def _scale_and_corner(exhibit: Exhibit) -> tuple[float, complex]:
    """Return the longer side of what was extracted, in pixels, and the place of its upper left corner."""
    assert exhibit.image is not None, "it was shown"
    crop = exhibit.image.within(exhibit.box)
    return float(max(crop.width, crop.height)), complex(*exhibit.box[:2]) if exhibit.box else 0j


def _affine(turn: complex, shift: complex) -> Affine:
    """Return z -> turn z + shift as a motion of points."""
    return turn.real, turn.imag, -turn.imag, turn.real, shift.real, shift.imag
