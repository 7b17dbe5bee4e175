"""From a captured file to a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from biometrics.imaging.image import decode
from biometrics.kernel.errors import InvalidInput, NoSamples, RepeatedFinger, SeveralPrints
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.capture import Position, known_position
from biometrics.kernel.recognition.observing import UNOBSERVED, Observer, WorkStage
from biometrics.kernel.recognition.types import QualityFault, Sample
from biometrics.matching.ports import Recogniser


def extract_one(
    recogniser: Recogniser, sample: Sample, assess: bool, observer: Observer = UNOBSERVED
) -> EnrolledSample:
    """Decode and extract one sample; the rest is as for `Engine.extract`."""
    try:
        if record := recogniser.read_record(sample):
            return EnrolledSample(sample, *record)
        with observer.stage(WorkStage.DECODE):
            image = decode(sample.content, sample.ppi)
            crop = image.within(sample.box)
        with observer.stage(WorkStage.EXTRACT):
            template = recogniser.extract(crop, sample.impression)
        if not assess:
            return EnrolledSample(sample, image.source, template)
        with observer.stage(WorkStage.ASSESS):
            assessment = recogniser.assess(crop, template)
        if assessment.score is not None:
            observer.assessed(sample.modality, assessment.score)
        return EnrolledSample(sample, image.source, replace(template, quality=assessment.score), assessment)
    except InvalidInput as error:
        raise type(error)(f"{sample.label}: {error.message}") from error


def refuse_several_prints(sample: EnrolledSample) -> EnrolledSample:
    """Return an assessed sample, if nothing suggests that it shows more than one print.

    Raises:
        SeveralPrints: it may.
    """
    if (fault := QualityFault.SEVERAL_PRINTS) in sample.assessment.faults:
        raise SeveralPrints(f"{sample.sample.label}: {fault.advice}, or enrol it with a reason if it is one.")
    return sample


def refuse_unsuitable(samples: Sequence[Sample]) -> None:
    """Check that there are samples, and that each known finger or eye is given once.

    Raises:
        NoSamples, RepeatedFinger: it is not so.
    """
    if not samples:
        raise NoSamples("Nothing was sent to recognise a person by; send at least one print or photo.")
    refuse_repeated_fingers(samples)


def refuse_repeated_fingers(samples: Sequence[Sample]) -> None:
    """Check that each known finger or eye is given once.

    Raises:
        RepeatedFinger: one is not.
    """
    positions: set[Position] = set()
    for sample in samples:
        if position := known_position(sample.position):
            if position in positions:
                raise RepeatedFinger(f"The {position.label} was given twice; send it once.")
            positions.add(position)
