"""Why samples are kept or were destroyed, by `domain.retention_rules`, in the reader's language."""

from __future__ import annotations

from typing import Final

from api.localisation.languages import Language
from api.localisation.translatable import N_
from api.v1.retention_schemas import ClockOut
from biometrics.use_cases.retention import DELETION_REQUESTED

# The texts of the rules, marked for translation; a test compares the two.
WHY: Final = {
    "destruction_ordered": N_("A court or magistrate ordered on {begins} that they be destroyed."),
    "not_convicted": N_(
        "The person, not convicted before, was released without trial, discharged or acquitted on {begins}; no legal "
        "remedy is left."
    ),
    "not_convicted_again": N_(
        "The person was not convicted of this, but had been convicted before: kept for 75 years from {begins}."
    ),
    "closed": N_(
        "The matter was closed on {begins}: the missing person was found, the body identified, or the person is no "
        "longer wanted."
    ),
    "open": N_(
        "The missing, unknown or wanted person of {begins} was not found so far; kept until {due} at the longest."
    ),
    "collected": N_("Collected on {begins}: kept for 75 years, until {due}."),
    "search_closed": N_("The matter that was searched for was closed on {begins}."),
    "search_kept": N_("Searched with on {begins}: kept until {due}."),
}

NAMES: Final = {
    "destruction_ordered": N_("Destruction was ordered"),
    "not_convicted": N_("Not convicted"),
    "not_convicted_again": N_("Not convicted of this, but before"),
    "closed": N_("The matter is closed"),
    "open": N_("Not found so far"),
    "collected": N_("Collected long ago"),
    "search_closed": N_("The matter is closed"),
    "search_kept": N_("Searched with long enough ago"),
    DELETION_REQUESTED: N_("Deletion was asked for"),
}


def why(clock: ClockOut, language: Language) -> str:
    """Say why an encounter's samples are kept until they are due."""
    text = language.translations.gettext(WHY[clock.rule])
    return text.format(begins=language.day(clock.begins), due=language.day(clock.due))
