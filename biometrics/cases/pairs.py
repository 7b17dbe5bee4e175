"""The pair of images that an opinion rests on: both must be able to show one and the same finger, or a face."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, select

from biometrics.cases.case import Case
from biometrics.kernel.casework.annotations import in_both
from biometrics.kernel.casework.cases import Conclusion, Opinion, Pair, Side
from biometrics.kernel.errors import BasisMissing, CorrespondencesMissing, PairNotComparable
from biometrics.kernel.recognition.capture import may_be_one, position_of
from biometrics.kernel.recognition.modality import Modality
from biometrics.storage.tables.people import samples
from biometrics.storage.tables.searches import search_probes

_NAME: Final = re.compile(r"(?:sample|probe|latent)-[0-9]{1,18}", re.ASCII)


def require_comparable(connection: Connection, case: Case, pair: Pair) -> None:
    """Refuse a pair of two different known fingers or eyes, or of a print and a photo.

    An image that was destroyed since it was opened is refused, too: the conclusion could not be checked. Names that the
    service gives to no image are not looked up.

    Raises:
        PairNotComparable: it is one of these.
    """
    if not all(map(_NAME.fullmatch, pair)):
        return
    probe, candidate = (_image(connection, case, name) for name in pair)
    if probe is None or candidate is None:
        raise PairNotComparable("An image of this pair is not kept any more; name a pair whose images are.")
    if probe.modality != candidate.modality:
        raise PairNotComparable("A print and a photo cannot be compared; name two images of one kind.")
    positions = [position_of(row.finger_position) for row in (probe, candidate)]
    if not may_be_one(*positions):
        first, second = (position.label for position in positions if position is not None)
        raise PairNotComparable(
            f"The pair is of {first} and {second}; name two images of one finger or eye. If one was "
            "recorded as the wrong one, have the record corrected first."
        )


def require_correspondences(connection: Connection, case: Case, opinion: Opinion) -> None:
    """Refuse an identification of two prints that marks no feature in both and gives no reason for that.

    One is enough: neither Indian law nor ENFSI sets a number, and the report for a court states it.

    Raises:
        CorrespondencesMissing: it is one.
    """
    if opinion.conclusion is not Conclusion.IDENTIFICATION or in_both(opinion.marks) or opinion.unmarked_because:
        return
    if _are_prints(connection, case, opinion.pair or ()):
        raise CorrespondencesMissing(
            "Mark at least one feature in both prints, or give your reason why none is marked (unmarked_because)."
        )


def require_basis(connection: Connection, case: Case, opinion: Opinion) -> None:
    """Refuse an identification or exclusion of prints that does not state its grounds in the fields for them.

    Raises:
        BasisMissing: it is one.
    """
    concludes = opinion.conclusion in (Conclusion.IDENTIFICATION, Conclusion.EXCLUSION)
    if not concludes or opinion.basis.is_stated:
        return
    looks = [look.split(" ") for look in opinion.looked_at]
    if _are_prints(connection, case, opinion.pair or [name for side, name, *_ in looks if side == Side.PROBE]):
        raise BasisMissing(
            "State the grounds of your opinion: how the pattern compares, how cores and deltas do, and whether there "
            "are differences (basis)."
        )


def _are_prints(connection: Connection, case: Case, names: Iterable[str]) -> bool:
    """Return whether the images of a case that are there, of these names, are prints; false if there are none."""
    images = [_image(connection, case, name) for name in names if _NAME.fullmatch(name)]
    traits = [Modality.named(image.modality).traits for image in images if image is not None]
    return bool(traits) and all(modality_traits.has_ridges for modality_traits in traits)


def _image(connection: Connection, case: Case, name: str) -> Any:
    """Return the modality and the finger of an image of a case, by its name; None where it is not there."""
    kind, _, number = name.partition("-")
    if kind == "sample":
        query = select(samples.c.modality, samples.c.finger_position).where(samples.c.id == int(number))
    else:
        query = select(search_probes.c.modality, search_probes.c.finger_position).where(
            search_probes.c.search_id == case.question.search_of(name), search_probes.c.ordinal == int(number)
        )
    return connection.execute(query).first()
