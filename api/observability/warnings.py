"""What an operator should see to although the server answers: what is left out of searches, and a doubtful clock."""

from __future__ import annotations

from dataclasses import dataclass

from biometrics.storage.audit.clock_check import clock_warning
from biometrics.use_cases.engine import Engine
from biometrics.watchlist.checks import CheckReader


@dataclass(frozen=True)
class LeftOut:
    """How many templates cannot be decrypted, how many enrolment checks wait for a model that is not in use, and what
    contradicts the clock.
    """

    templates: int
    checks: int
    clock: str | None = None

    @classmethod
    def of(cls, engine: Engine) -> LeftOut:
        """Count them.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        database = engine.store.database
        checks = CheckReader(database).waiting_for_models(engine.models)
        with database.reading() as connection:
            clock = clock_warning(connection, database.clock_gap)
        return cls(engine.store.templates.unreadable_count(), checks, clock)

    @property
    def sentences(self) -> list[str]:
        """The warnings as text; empty if there are none."""
        sentences = []
        if self.templates:
            sentences.append(
                f"Templates that cannot be decrypted, so that no search finds them: {self.templates:,}. The log has "
                "their numbers; restore their rows or data keys from a backup, then restart the server."
            )
        if self.checks:
            sentences.append(
                "Enrolments that were not checked for duplicates by all their templates, since a model that is not in "
                f"use made some of them: {self.checks:,}."
            )
        if self.clock:
            sentences.append(self.clock)
        return sentences
