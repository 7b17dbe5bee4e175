"""The score of a comparison in words; the same on pages and in the report for a court."""

from __future__ import annotations

from collections.abc import Callable

from api.localisation.translatable import N_
from api.localisation.value_labels import word
from biometrics.kernel.casework.cases import Finding
from biometrics.kernel.recognition.evidence import LEAST_STATED, Evidence, LatentsSeen, Strength

FOR = N_("The comparison gives %(strength)s that both are of the same person.")
AGAINST = N_("The comparison gives %(strength)s that they are of different people.")
TOO_POOR = N_("The photo is too poor to exclude anybody. Ask an examiner about the first.")
NEITHER = N_("The comparison supports neither side.")
PLACE = N_("Place %(rank)s of its list.")
ORDER_ONLY = N_("The list gives the order only: the score does not say how likely it is. The examiner decides.")
NO_RATIO = N_("No strength is stated: the scale was made without comparisons of the same person.")
RARE = N_("At most 1 in %(many)s other people scores this high.")
RAREST = N_("At most 1 in %(many)s other people scores this high; the data cannot show more.")
OFTEN = N_("Other people often score this high: it says little.")
SEEN = N_(
    "Of %(latents)s generated latents with %(least)s to %(most)s minutiae, each compared with %(prints)s prints of "
    "other people, %(reached)s had one that scored this high."
)
A_LEAD = N_("It is a lead for an investigator and no identification: the examiner decides.")

Translate = Callable[[str], str]


def strength_text(score: Evidence, translate: Translate) -> str:
    """Return what the likelihood ratio of a score supports, and how strongly; of a latent, how rare its score is."""
    if not score.calibrated:
        return translate(ORDER_ONLY)
    if score.seen is not None:
        return f"{_rarity_text(score, translate)} {_seen_text(score.seen, translate)} {translate(A_LEAD)}"
    if score.ratio is None or score.strength is None:
        return translate(NO_RATIO)
    if score.excludes_nobody:
        return translate(TOO_POOR)
    if score.strength is Strength.NONE:
        return translate(NEITHER)
    text = translate(FOR if score.ratio > 0.0 else AGAINST)
    return text % {"strength": translate(word(score.strength))}


def _rarity_text(score: Evidence, translate: Translate) -> str:
    if score.decibans < LEAST_STATED:
        return translate(OFTEN)
    return translate(RAREST if score.capped else RARE) % {"many": f"{score.strangers:,}"}


def _seen_text(latents_seen: LatentsSeen, translate: Translate) -> str:
    return translate(SEEN) % {
        "latents": f"{latents_seen.latents:,}",
        "least": latents_seen.least,
        "most": latents_seen.most,
        "prints": f"{latents_seen.prints:,}",
        "reached": f"{latents_seen.reached:,}",
    }


def finding_text(finding: Finding, translate: Translate) -> str:
    """Return what the search result of a case says: its place in the list, and what its score supports."""
    return f"{translate(PLACE) % {'rank': finding.rank}} {strength_text(finding.evidence, translate)}"
