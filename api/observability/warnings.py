"""What an operator should see to although the server answers: templates and checks that are left out."""

from __future__ import annotations

from dataclasses import dataclass

from biometrics.use_cases.engine import Engine
from biometrics.watchlist.checks import CheckReader


@dataclass(frozen=True)
class LeftOut:
    """How many templates cannot be decrypted, and how many enrolment checks wait for a model that is not in use."""

    templates: int
    checks: int

    @classmethod
    def of(cls, engine: Engine) -> LeftOut:
        """Count them.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        checks = CheckReader(engine.store.database).waiting_for_models(engine.models)
        return cls(engine.store.templates.unreadable_count(), checks)

    @property
    def sentences(self) -> list[str]:
        """What is said about them; nothing where there are none."""
        said = []
        if self.templates:
            said.append(
                f"Templates that cannot be decrypted, so that no search finds them: {self.templates:,}. The log has "
                "their numbers; restore their rows or data keys from a backup, then restart the server."
            )
        if self.checks:
            said.append(
                "Enrolments that were not checked for duplicates by all their templates, since a model that is not in "
                f"use made some of them: {self.checks:,}."
            )
        return said
