"""What a person's captured fingers and eyes are worth, and whether they are the right ones, while they are still there.

This is done here and not by the service, because it must take no longer than the finger stays on the scanner: over a
slow line a print travels for seconds, a station without a connection has no service, and prints that are taken again
should never leave the computer. It is the comparison that the service uses, on the prints of one person alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from biometrics.kernel.errors import InvalidInput
from biometrics.kernel.recognition.capture import FingerPosition, Impression, finger_of
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import UNASSESSED, Assessment, Sample, Template
from biometrics.matching.calibration import Calibration
from biometrics.matching.extraction import extract_one
from biometrics.matching.ports import Recogniser
from capture.scanner import CapturedFile
from fingerprint.cards.sequence import SequenceFinding, check_sequence
from fingerprint.modality import FINGERPRINT


@dataclass(frozen=True)
class Judged:
    """A captured file and what it is worth; `refusal` says why nothing can be recognised by it."""

    file: CapturedFile
    modality: Modality
    assessment: Assessment = UNASSESSED
    refusal: InvalidInput | None = None

    @property
    def is_good(self) -> bool:
        """Whether it can be kept as it is."""
        return self.refusal is None and self.assessment.acceptable


class CaptureSession:
    """The prints of one person that were captured so far; a finger that is captured again replaces the earlier one."""

    def __init__(self, recognisers: Mapping[Modality, Recogniser], calibration: Calibration) -> None:
        """Use these recognisers, among them the one of fingerprints, whose scale `calibration` is."""
        self._recognisers = recognisers
        self._calibration = calibration
        self._prints: dict[bool, dict[FingerPosition, Template]] = {True: {}, False: {}}  # by whether they are rolled

    def judge(self, files: Sequence[CapturedFile], impression: Impression | None) -> list[Judged]:
        """Measure what was captured, and keep the templates of its prints to compare later ones with."""
        return [self._judge(file, impression) for file in files]

    def wrong_fingers(self, files: Sequence[CapturedFile]) -> list[SequenceFinding]:
        """Return findings that one of these prints is of another finger than stated."""
        positions = {file.position for file in files}
        recogniser = self._recognisers[FINGERPRINT]
        check = check_sequence(self._prints[True], self._prints[False], recogniser, self._calibration)
        return [finding for finding in check.wrong if positions & {finding.finger, finding.other}]

    def _judge(self, file: CapturedFile, impression: Impression | None) -> Judged:
        modality, finger = Modality.of(file.position), finger_of(file.position)
        sample = Sample(modality, file.content, file.filename, file.position, impression, file.ppi)
        prints = self._prints[impression is Impression.ROLLED_LIVE_SCAN]
        if finger.is_known:
            prints.pop(finger, None)
        try:
            extracted = extract_one(self._recognisers[modality], sample, assess=True)
        except InvalidInput as error:
            return Judged(file, modality, refusal=error)
        if finger.is_known:
            prints[finger] = extracted.template
        return Judged(file, modality, extracted.assessment)
