"""How good the images of a transaction are, measured as an enrolment would."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from api.standards.nist_itl.samples import single_samples
from biometrics.domain.errors import FieldFault, InvalidInput
from biometrics.domain.types import Modality
from biometrics.imaging.image import decode
from biometrics.itl import Record
from biometrics.matching.ports import Recogniser


def measured(records: Sequence[Record], recogniser: Callable[[Modality], Recogniser]) -> dict[int, str]:
    """Return by a record's place what was measured of its print or photo; those of several fingers are left out."""
    faults: list[FieldFault] = []
    told: dict[int, str] = {}
    for record, sample in single_samples(records, faults):
        its = recogniser(sample.modality)
        try:
            image = decode(sample.content, sample.ppi)
            assessment = its.assess(image, its.extract(image))
        except InvalidInput as error:
            told[record.place] = f"not usable: {error.message}"
            continue
        advice = "".join(f"; {fault.advice}" for fault in assessment.faults)
        told[record.place] = f"quality {assessment.score} of 100{advice}"
    return told
