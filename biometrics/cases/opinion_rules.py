"""The rules of an opinion on a case: what it must rest on, and what of its author's work is stored with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from biometrics.cases.content import CaseContent
from biometrics.kernel.casework.annotations import checked, checked_adjustments, checked_drawings, in_both
from biometrics.kernel.casework.cases import Conclusion, Dispute, Pair, Part, Side, clean_notes
from biometrics.kernel.casework.opinions import Agreement, Basis, Differences, Opinion, OpinionDraft
from biometrics.kernel.errors import (
    BasisContradicts,
    BasisMissing,
    CorrespondencesMissing,
    GroundsMissing,
    InvalidField,
    PairNotComparable,
    PairNotOpened,
    WrongStep,
)
from biometrics.kernel.recognition.capture import may_be_one, position_of
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.text import clean_text
from biometrics.storage.tables.people import samples
from biometrics.storage.tables.searches import search_probes

EXPLANATION_LENGTH = 1000  # characters
_OF_ANOTHER: Final = re.compile(
    r"\b(?:first|second|other|previous|another|fellow)\s+(?:examiner|expert|analyst|officer)"
    r"|\b(?:colleague|verifier)|(?:पहले|दूसरे|अन्य)\s+(?:परीक्षक|विशेषज्ञ)",
    re.IGNORECASE,
)  # a reason with these words rests on somebody else's work
_NAME: Final = re.compile(r"(?:sample|probe|latent)-[0-9]{1,18}", re.ASCII)


def given_opinion(
    case: CaseContent, actor: str, part: Part, draft: OpinionDraft, at: datetime, unit: str, ratio: float | None
) -> Opinion:
    """Return the opinion that a person gives by a draft, with all images that they have opened.

    `unit` is the path of the person's unit, `ratio` the likelihood ratio of the pair, as a power of ten. A conclusion
    against it, in either direction, closes no case until a supervisor gives a reason for it; nor do analyses that
    contradict each other.

    Raises:
        WrongStep: the analysis or the comparison is missing, or the analysis contradicts the conclusion.
        PairNotOpened: the person has not opened the pair.
        GroundsMissing: a supervisor decides against the automatic comparison, or between analyses that contradict each
            other, without grounds.
        BasisContradicts: the grounds contradict the conclusion.
        InvalidField: an identification names no pair, or a text, a mark, an adjustment or a drawing breaks its rule.
    """
    _require_compared(case, actor, part, draft.conclusion)
    _require_opened(case, actor, part, draft)
    against = _goes_against(case, draft, ratio)
    missing = _grounds_missing(case, draft, against=against) if part is Part.SUPERVISOR else ""
    if missing and not draft.grounds.strip():
        raise GroundsMissing(missing)
    if draft.marks and draft.pair is None:
        raise InvalidField("Name the pair of images that the minutiae are marked on.")
    is_unmarked = draft.unmarked_because.strip() and draft.identifies and not in_both(draft.marks)
    return Opinion(
        actor=actor,
        part=part,
        at=at,
        unit=unit,
        conclusion=draft.conclusion,
        because=draft.because,
        notes=clean_notes(draft.notes),
        probe_image=draft.probe_image,
        candidate_image=draft.candidate_image,
        against_ratio=against,
        grounds=clean_notes(draft.grounds, "grounds") if missing else "",
        adjustments=checked_adjustments(draft.adjustments),
        drawings=checked_drawings(draft.drawings, draft.pair or ()),
        looked_at=_opened_by(case, actor),
        marks=checked(draft.marks),
        basis=_checked_basis(draft.basis, draft.conclusion),
        unmarked_because=_own_reason(draft.unmarked_because) if is_unmarked else "",
    )


def require_stored_images(connection: Connection, case: CaseContent, opinion: Opinion) -> None:
    """Refuse an opinion that the stored images of a case do not bear.

    Raises:
        PairNotComparable: it rests on images of two different fingers or eyes, or on a print and a photo.
        CorrespondencesMissing: an identification of two prints marks no feature in both, without a reason.
        BasisMissing: an identification or exclusion of prints does not state its grounds.
    """
    if opinion.pair is not None:
        _require_comparable(connection, case, opinion.pair)
    _require_correspondences(connection, case, opinion)
    _require_basis(connection, case, opinion)


def _require_compared(case: CaseContent, actor: str, part: Part, conclusion: Conclusion) -> None:
    """Refuse an examiner's opinion without an analysis that agrees with it, or without a look at the candidate."""
    if part is Part.SUPERVISOR:
        return
    analysis = case.analysis_of(actor)
    if analysis is None:
        raise WrongStep("Analyse the print or photo first, then compare, then decide.")
    if analysis.of_value is (conclusion is Conclusion.NO_VALUE):
        value = "of value" if analysis.of_value else "of no value"
        raise WrongStep(f"Your analysis says that it is {value}; the decision contradicts it.")
    compared = any(look.actor == actor and look.side is Side.CANDIDATE for look in case.looks)
    if not compared and conclusion is not Conclusion.NO_VALUE:
        raise WrongStep("You have not opened an image of the candidate yet; compare before you decide.")


def _require_opened(case: CaseContent, actor: str, part: Part, draft: OpinionDraft) -> None:
    """Refuse an opinion that rests on images which were not compared."""
    pair = draft.pair
    if pair is None:
        if draft.identifies:
            raise InvalidField("Name the pair of images that the identification rests on, one of each side.")
        return
    if not case.has_opened(actor, pair):
        raise PairNotOpened(
            f"You have not opened {pair[0]} and {pair[1]} since your analysis; compare them, or name the pair that "
            "you compared."
        )
    other_examiners = {assignment.actor for assignment in case.assignments if assignment.actor != actor}
    judged = part is Part.SUPERVISOR and draft.identifies
    if judged and not any(case.has_opened(actor, pair) for actor in other_examiners):
        raise PairNotOpened(
            f"No examiner of this case has opened {pair[0]} and {pair[1]}; name a pair that one of them compared, "
            "or withdraw the case and ask the question again."
        )


def _goes_against(case: CaseContent, draft: OpinionDraft, ratio: float | None) -> bool:
    """Return whether a conclusion contradicts the ratio of its pair, or that of the whole search result."""
    return case.has_ratio and any(map(draft.contradicts, (ratio, case.finding.evidence.ratio)))


def _grounds_missing(case: CaseContent, draft: OpinionDraft, *, against: bool) -> str:
    """Return what a supervisor's conclusion needs grounds for; "" where it needs none."""
    if against:
        return (
            "The automatic comparison supports two different sources. Write your grounds for the identification."
            if draft.identifies
            else "The automatic comparison strongly supports one source. Write your grounds for the exclusion."
        )
    if Dispute.PATTERN in case.disputes and (draft.identifies or draft.excludes):
        return "The examiners saw different patterns on the probe. Write which holds and why (grounds)."
    return ""


def _own_reason(text: str) -> str:
    """Return why an examiner marked no feature; a reason that rests on another examiner's work is none.

    It says nothing of whether there is another one.
    """
    if _OF_ANOTHER.search(text):
        raise InvalidField(
            "The reason refers to another examiner's work. An opinion rests on your own comparison: mark a feature "
            "that you see in both prints, or say why you marked none."
        )
    return clean_notes(text, "reason")


def _opened_by(case: CaseContent, actor: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{look.side} {look.image}" for look in case.looks if look.actor == actor))


def _checked_basis(basis: Basis, conclusion: Conclusion) -> Basis:
    """Return the grounds of an opinion; a difference that nothing explains rules out an identification."""
    identifies, excludes = conclusion is Conclusion.IDENTIFICATION, conclusion is Conclusion.EXCLUSION
    explanation = clean_text("explanation", " ".join(basis.explanation.split()), EXPLANATION_LENGTH, required=False)
    if basis.differences in (Differences.EXPLAINED, Differences.UNEXPLAINED) and not explanation:
        raise InvalidField("Say which differences there are, and what explains them or why nothing does (explanation).")
    compared = {"pattern": basis.pattern, "cores and deltas": basis.cores_deltas, "level 3": basis.level_three}
    differing = [name for name, agreement in compared.items() if agreement is Agreement.DIFFERS]
    if identifies and basis.differences is Differences.UNEXPLAINED:
        raise BasisContradicts("A difference that nothing explains rules out an identification.")
    if identifies and differing:
        raise BasisContradicts(
            f"Your grounds state a difference ({', '.join(differing)}), which rules out an identification. If "
            "distortion explains it, state agreement and an explained difference."
        )
    rests_on_one = basis.differences is Differences.UNEXPLAINED or set(differing) - {"level 3"}
    if excludes and basis.is_stated and not rests_on_one:
        raise BasisContradicts(
            "Your grounds state no difference that an exclusion can rest on: of the pattern, of cores and deltas, or "
            "one that nothing explains."
        )
    return replace(basis, explanation=explanation, limits=tuple(dict.fromkeys(basis.limits)))


def _require_comparable(connection: Connection, case: CaseContent, pair: Pair) -> None:
    """Refuse a pair of two different known fingers or eyes, or of a print and a photo.

    An image that was destroyed since it was opened is refused, too: the conclusion could not be checked. Names that the
    service gives to no image are not looked up.
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


def _require_correspondences(connection: Connection, case: CaseContent, opinion: Opinion) -> None:
    """Refuse an identification of two prints that marks no feature in both and gives no reason for that.

    One is enough: neither Indian law nor ENFSI sets a number, and the report for a court states it.
    """
    if not opinion.identifies or in_both(opinion.marks) or opinion.unmarked_because:
        return
    if _are_prints(connection, case, opinion.pair or ()):
        raise CorrespondencesMissing(
            "Mark at least one feature in both prints, or give your reason why none is marked (unmarked_because)."
        )


def _require_basis(connection: Connection, case: CaseContent, opinion: Opinion) -> None:
    """Refuse an identification or exclusion of prints that does not state its grounds in the fields for them."""
    concludes = opinion.conclusion in (Conclusion.IDENTIFICATION, Conclusion.EXCLUSION)
    if not concludes or opinion.basis.is_stated:
        return
    looks = [look.split(" ") for look in opinion.looked_at]
    if _are_prints(connection, case, opinion.pair or [name for side, name, *_ in looks if side == Side.PROBE]):
        raise BasisMissing(
            "State the grounds of your opinion: how the pattern compares, how cores and deltas do, and whether there "
            "are differences (basis)."
        )


def _are_prints(connection: Connection, case: CaseContent, names: Iterable[str]) -> bool:
    """Return whether the images of a case that are there, of these names, are prints; false if there are none."""
    images = [_image(connection, case, name) for name in names if _NAME.fullmatch(name)]
    traits = [Modality.named(image.modality).traits for image in images if image is not None]
    return bool(traits) and all(modality_traits.has_ridges for modality_traits in traits)


def _image(connection: Connection, case: CaseContent, name: str) -> Any:
    """Return the modality and the finger of an image of a case, by its name; None where it is not there."""
    kind, _, number = name.partition("-")
    if kind == "sample":
        query = select(samples.c.modality, samples.c.finger_position).where(samples.c.id == int(number))
    else:
        query = select(search_probes.c.modality, search_probes.c.finger_position).where(
            search_probes.c.search_id == case.question.search_of(name), search_probes.c.ordinal == int(number)
        )
    return connection.execute(query).first()
