"""What an opinion on a case must rest on, and what of its author's work is stored with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from biometrics.cases.content import CaseContent
from biometrics.kernel.casework.annotations import CaseMark, checked, in_both
from biometrics.kernel.casework.basis import checked_basis
from biometrics.kernel.casework.cases import Conclusion, Opinion, Pair, Part, Side, clean_notes
from biometrics.kernel.errors import InvalidField, PairNotOpened, WrongStep


def require_compared(case: CaseContent, actor: str, part: Part, conclusion: Conclusion) -> None:
    """Refuse an examiner's opinion without an analysis that agrees with it, or without a look at the candidate.

    Raises:
        WrongStep: the analysis or the comparison is missing, or the analysis contradicts the conclusion.
    """
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


def require_opened(case: CaseContent, actor: str, part: Part, conclusion: Conclusion, pair: Pair | None) -> None:
    """Refuse an opinion that rests on images which were not compared.

    Raises:
        InvalidField: an identification names no pair of images.
        PairNotOpened: its author has not opened the pair, or no examiner has.
    """
    if pair is None:
        if conclusion is Conclusion.IDENTIFICATION:
            raise InvalidField("Name the pair of images that the identification rests on, one of each side.")
        return
    if not case.has_opened(actor, pair):
        raise PairNotOpened(
            f"You have not opened {pair[0]} and {pair[1]} since your analysis; compare them, or name the pair that "
            "you compared."
        )
    other_examiners = {assignment.actor for assignment in case.assignments if assignment.actor != actor}
    judged = part is Part.SUPERVISOR and conclusion is Conclusion.IDENTIFICATION
    if judged and not any(case.has_opened(actor, pair) for actor in other_examiners):
        raise PairNotOpened(
            f"No examiner of this case has opened {pair[0]} and {pair[1]}; name a pair that one of them compared, "
            "or withdraw the case and ask the question again."
        )


def goes_against(case: CaseContent, conclusion: Conclusion, ratio: float | None) -> bool:
    """Return whether a conclusion contradicts the ratio of its pair, or that of the whole search result."""
    if conclusion is not Conclusion.IDENTIFICATION or not case.has_ratio:
        return False
    return any(
        evidence_ratio is not None and evidence_ratio < 0.0 for evidence_ratio in (ratio, case.finding.evidence.ratio)
    )


def completed(
    case: CaseContent, opinion: Opinion, pair: Pair | None, marks: Sequence[CaseMark], unmarked_because: str
) -> Opinion:
    """Return an opinion with the pair that it names, its marks, and all images that its author has opened.

    Raises:
        InvalidField: there are marks and no pair, or a mark breaks its rule.
        BasisContradicts: the grounds contradict the conclusion.
    """
    if marks and pair is None:
        raise InvalidField("Name the pair of images that the minutiae are marked on.")
    images = (f"{look.side} {look.image}" for look in case.looks if look.actor == opinion.actor)
    probe, candidate = pair or ("", "")
    explains = unmarked_because.strip() and opinion.conclusion is Conclusion.IDENTIFICATION and not in_both(marks)
    return replace(
        opinion,
        looked_at=tuple(dict.fromkeys(images)),
        probe=probe,
        candidate=candidate,
        marks=checked(marks),
        basis=checked_basis(
            opinion.basis,
            identifies=opinion.conclusion is Conclusion.IDENTIFICATION,
            excludes=opinion.conclusion is Conclusion.EXCLUSION,
        ),
        unmarked_because=clean_notes(unmarked_because, "reason") if explains else "",
    )
