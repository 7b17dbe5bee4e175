"""Names of units."""

from __future__ import annotations

from typing import Final

from api.localisation.translatable import N_

BUREAU: Final = N_("National bureau")  # the unit above all others
