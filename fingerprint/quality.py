"""A first measure of how well a print can be compared."""

from __future__ import annotations

from fingerprint.parameters import FULL_MINUTIAE
from fingerprint.template import FingerprintTemplate


def quality(template: FingerprintTemplate) -> int:
    """Return the quality of a print, 0 (useless) to 100 (best).

    It is how sure the minutiae are (their mean quality), times the square root of how many there are, each counted by
    its quality, of those that a rich print has. The area that they span was tried as well; it does not foretell the
    scores of mated comparisons.
    """
    if len(template) == 0:
        return 0
    certainty = float(template.quality.mean())
    richness = min(1.0, float(template.quality.sum()) / FULL_MINUTIAE)
    return round(100 * certainty * float(richness**0.5))
