"""The result of a search of other states in words, for pages and the command line."""

from __future__ import annotations

from typing import Final

from api.localisation.translatable import N_
from biometrics.kernel.errors import ServerRefused, ServerUnavailable

FAILURES: Final = {
    ServerRefused.code: N_(
        "The national index refused the search: no other state was searched. Tell the administrator: the key for the "
        "index, what it may do there, or the version of this service is wrong."
    ),
    ServerUnavailable.code: N_("The national index did not answer: no other state was searched. Search again later."),
}
NO_RECORD: Final = N_("No record of the states that were searched is above the threshold.")
NO_STATE: Final = N_("No other state was searched.")
