"""Errors about cases: the steps of examiners, in their order."""

from __future__ import annotations

from biometrics.kernel.errors.base import Conflict, Forbidden, NotFound


class UnknownCase(NotFound):
    """No such case."""

    code = "unknown_case"


class HiddenUntilDecided(Forbidden):
    """A search result, hidden from the examiner of a case about it until they have given an opinion."""

    code = "hidden_until_decided"


class WrongStep(Conflict):
    """A case, or a standing search, is not where this can be done to it."""

    code = "wrong_step"


class CaseTaken(Conflict):
    """The case is taken by another person, or not taken yet."""

    code = "case_taken"


class NotIndependent(Conflict):
    """The caller has a part in the case already, and cannot have another."""

    code = "not_independent"


class PairNotComparable(Conflict):
    """An opinion rests on a pair of images that cannot show one and the same finger or face."""

    code = "pair_not_comparable"


class GroundsMissing(Conflict):
    """A supervisor identifies against the automatic comparison without a written reason."""

    code = "grounds_missing"


class CorrespondencesMissing(Conflict):
    """An identification of two prints without a marked correspondence, or a written reason for that."""

    code = "correspondences_missing"


class BasisMissing(Conflict):
    """An identification or exclusion of two prints without its grounds in the fields for them."""

    code = "basis_missing"


class BasisContradicts(Conflict):
    """An opinion that its own grounds contradict."""

    code = "basis_contradicts"


class MarksChanged(Conflict):
    """The marks at work in a case are not those of the version that the caller read."""

    code = "marks_changed"


class PairNotOpened(Conflict):
    """An opinion rests on a pair of images that its author, or the other examiner, has not opened."""

    code = "pair_not_opened"
