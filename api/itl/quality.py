"""The quality of a transaction's images, measured as in an enrolment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from api.itl.samples import single_samples
from biometrics.imaging.image import decode
from biometrics.itl import ItlRecord
from biometrics.kernel.errors import FieldFault, InvalidInput
from biometrics.kernel.recognition.modality import Modality
from biometrics.matching.ports import Recogniser


def measured(records: Sequence[ItlRecord], recogniser: Callable[[Modality], Recogniser]) -> dict[int, str]:
    """Return the measured quality by the record's place, for prints of one finger and photos."""
    faults: list[FieldFault] = []
    qualities: dict[int, str] = {}
    for record, sample in single_samples(records, faults):
        channel = recogniser(sample.modality)
        try:
            image = decode(sample.content, sample.ppi)
            assessment = channel.assess(image, channel.extract(image))
        except InvalidInput as error:
            qualities[record.place] = f"not usable: {error.message}"
            continue
        advice = "".join(f"; {fault.advice}" for fault in assessment.faults)
        qualities[record.place] = f"quality {assessment.score} of 100{advice}"
    return qualities
