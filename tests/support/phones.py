"""The authenticator on a person's phone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import pyotp

STEP: Final = 30  # seconds for which a phone shows a code; the service takes it one step earlier and later
LEAST: Final = 10  # seconds for which a code must still be good: a busy machine takes some to send it


@dataclass
class Phone:
    """Gives every code once; the service takes none twice."""

    secret: str
    given: int = 0  # the step of the last code

    def code(self) -> str:
        """Return the oldest code that is still good, and not given yet: three at most in one moment."""
        now = time.time()
        step, into = divmod(now, STEP)
        self.given = max(self.given + 1, int(step) - (STEP - into > LEAST))
        time.sleep(max(0.0, (self.given - 1) * STEP - now))  # until the service takes it
        return self.last()

    def last(self) -> str:
        """Return the code that was given last."""
        return pyotp.TOTP(self.secret).at(self.given * STEP)
