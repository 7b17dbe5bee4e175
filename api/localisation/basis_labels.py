"""The grounds of an opinion in words, the same on pages and on papers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from api.localisation.value_labels import word
from biometrics.kernel.casework.annotations import in_both
from biometrics.kernel.casework.opinions import Opinion


def basis_lines(opinion: Opinion, _: Callable[[str], str]) -> Iterator[str]:
    """Yield what an opinion states of its grounds, a line for each level of detail; `_` translates a text."""
    basis = opinion.basis
    if basis.pattern:
        yield _("Level 1, ridge flow and pattern: {found}").format(found=_(word(basis.pattern)))
    if basis.cores_deltas:
        yield _("Level 1, cores and deltas: {found}").format(found=_(word(basis.cores_deltas)))
    if basis.differences:
        text = _("Level 2: {number} corresponding features marked; differences: {found}")
        yield text.format(number=in_both(opinion.marks), found=_(word(basis.differences)))
    if basis.explanation:
        yield _("Differences: {explanation}").format(explanation=basis.explanation)
    if basis.level_three:
        yield _("Level 3, pores and edges of ridges: {found}").format(found=_(word(basis.level_three)))
    if basis.limits:
        yield _("Limits of the images: {limits}").format(limits=", ".join(_(word(limit)) for limit in basis.limits))


def against_line(opinion: Opinion, _: Callable[[str], str]) -> str:
    """Return what an opinion that contradicts the automatic comparison goes against."""
    if opinion.identifies:
        return _("Goes against the automatic comparison, which supports two different sources.")
    return _("Goes against the automatic comparison, which strongly supports one source.")
