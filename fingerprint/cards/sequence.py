"""Is every finger where the card says? Plain prints against rolled ones, and each against those of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Template
from biometrics.matching.calibration import Calibration, Score, threshold_for_fmr, threshold_for_fpir
from biometrics.matching.ports import Recogniser

FALSE_ALARMS = 0.001  # accepted share of correct cards with a finding that a finger is elsewhere
CONFIRMED_FMR = 0.001  # accepted chance that another finger is confirmed in a finger's place

Prints = Mapping[FingerPosition, Template]


class SequenceVerdict(StrEnum):
    """What was found about one plain print, or about two positions that should show two fingers."""

    RIGHT = "right"
    ELSEWHERE = "elsewhere"
    REPEATED = "repeated"
    UNCONFIRMED = "unconfirmed"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True)
class SequenceFinding:
    """One finding.

    Attributes:
        verdict: what was found.
        finger: the position that it is about.
        other: ELSEWHERE: the rolled print that it matches. REPEATED: the position that shows the same finger.
        score: of the comparison with `other`; where there is none, with the finger's own rolled print.
        message: a sentence for an officer.
    """

    verdict: SequenceVerdict
    finger: FingerPosition
    other: FingerPosition | None
    score: Score | None
    message: str


@dataclass(frozen=True)
class SequenceCheck:
    """All findings of one card, those about single plain prints first."""

    findings: tuple[SequenceFinding, ...]

    @property
    def wrong(self) -> tuple[SequenceFinding, ...]:
        """The findings that require new prints or corrected positions."""
        return tuple(
            finding
            for finding in self.findings
            if finding.verdict in (SequenceVerdict.ELSEWHERE, SequenceVerdict.REPEATED)
        )


def check_sequence(rolled: Prints, plain: Prints, recogniser: Recogniser, calibration: Calibration) -> SequenceCheck:
    """Compare a card's prints with each other.

    A plain print, such as a slap's finger, is `RIGHT` where it matches its rolled print, and `ELSEWHERE` where it
    matches another one and not its own. Two rolled prints, or two plain ones, that match each other are `REPEATED`. How
    high a match must be to give alarm follows from the number of pairs on the card, so that false alarms stay as rare
    as FALSE_ALARMS.

    Raises:
        ModelMismatch, InvalidTemplate: as for `Recogniser.compare`.
    """
    pairs = len(plain) * len(rolled) + sum(len(prints) * (len(prints) - 1) // 2 for prints in (rolled, plain))
    alarm = threshold_for_fpir(FALSE_ALARMS, pairs)
    findings = []
    for finger in sorted(plain):
        raw = recogniser.compare(plain[finger], list(rolled.values()))
        scores = {other: calibration.score(float(value)) for other, value in zip(rolled, raw, strict=True)}
        findings.append(_judge(finger, scores, alarm))
    for kind, prints in (("rolled", rolled), ("plain", plain)):
        findings.extend(_repeated(kind, prints, recogniser, calibration, alarm))
    return SequenceCheck(tuple(findings))


def _judge(finger: FingerPosition, scores: Mapping[FingerPosition, Score], alarm: float) -> SequenceFinding:
    own_score = scores.get(finger)
    best = max(scores, key=lambda position: scores[position].decibans, default=None)
    if best is not None and scores[best].decibans >= alarm and (own_score is None or own_score.decibans < alarm):
        message = f"The plain print of the {finger.label} is of the finger rolled as {best.label}; take both again."
        return SequenceFinding(SequenceVerdict.ELSEWHERE, finger, best, scores[best], message)
    if own_score is None:
        message = f"There is no usable rolled print of the {finger.label} to compare its plain print with."
        return SequenceFinding(SequenceVerdict.NOT_COMPARABLE, finger, None, None, message)
    if own_score.decibans >= threshold_for_fmr(CONFIRMED_FMR):
        message = f"The plain print of the {finger.label} matches the rolled one."
        return SequenceFinding(SequenceVerdict.RIGHT, finger, None, own_score, message)
    message = f"The plain print of the {finger.label} matches no rolled one; capture it again, or look at both."
    return SequenceFinding(SequenceVerdict.UNCONFIRMED, finger, None, own_score, message)


def _repeated(
    kind: str, prints: Prints, recogniser: Recogniser, calibration: Calibration, alarm: float
) -> Iterator[SequenceFinding]:
    for finger, other in combinations(sorted(prints), 2):
        score = calibration.score(float(recogniser.compare(prints[finger], [prints[other]])[0]))
        if score.decibans >= alarm:
            both = f"the {finger.label} and the {other.label}"
            yield SequenceFinding(
                SequenceVerdict.REPEATED,
                finger,
                other,
                score,
                f"The {kind} prints of {both} are of one finger; take both again.",
            )
