"""Why samples are kept or were destroyed, by `domain.retention_rules`, in the reader's language."""

from __future__ import annotations

from typing import Final

from api.localisation.languages import Language
from api.localisation.translatable import N_
from api.v1.retention_schemas import ClockOut

# The texts of the rules, marked for translation; a test compares the two.
WHY: Final = {
    "destruction_ordered": N_("A court or magistrate ordered on {begins} that they be destroyed."),
    "not_convicted": N_(
        "The person, not convicted before, was released without trial, discharged or acquitted; since {begins} no "
        "legal remedy is left."
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


def why(clock: ClockOut, language: Language) -> str:
    """Say why an encounter's samples are kept until they are due."""
    text = language.translations.gettext(WHY[clock.rule])
    return text.format(begins=language.day(clock.begins), due=language.day(clock.due))
