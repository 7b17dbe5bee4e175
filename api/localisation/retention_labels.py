"""Names of the retention rules, by their ids."""

from __future__ import annotations

from typing import Final

from api.localisation.translatable import N_
from biometrics.use_cases.retention.retention import DELETION_REQUESTED

RULE_NAMES: Final = {
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

# The texts of `biometrics.kernel.people.retention_rules`, which signed certificates hold in English.
BASES: Final = (
    N_("Order of a court or magistrate"),
    N_("Criminal Procedure (Identification) Act 2022, s. 4(2)"),
    N_("Criminal Procedure (Identification) Act 2022, s. 4(2), proviso"),
    N_("No statute; the police's own retention rule"),
)
