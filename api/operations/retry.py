"""The retry of deliveries, such as those to webhooks: after how long, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

LONGEST_DELAY: Final = timedelta(hours=1)


@dataclass(frozen=True)
class RetryPolicy:
    """How deliveries are repeated, and how long work is kept.

    Attributes:
        lease: time after which a task whose worker does not report counts as lost.
        first_delay: delay after the first failed delivery; each later one doubles it, up to LONGEST_DELAY.
        attempts: deliveries that may fail before the result is given up.
        keep_for: time for which tasks are stored after their end.
    """

    lease: timedelta = timedelta(seconds=30)
    first_delay: timedelta = timedelta(seconds=5)
    attempts: int = 16
    keep_for: timedelta = timedelta(days=7)

    def delay_after(self, attempts: int) -> timedelta | None:
        """Return the delay before the next delivery, after a number of failed ones; None: give up."""
        if attempts >= self.attempts:
            return None
        return min(self.first_delay * 2.0 ** min(attempts - 1, 30), LONGEST_DELAY)
