"""Warnings for the operator of a server that answers: people left out of searches, a doubtful clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from biometrics.kernel.recognition.modality import Modality
from biometrics.storage.audit.clock_check import clock_warning
from biometrics.templates.reextraction import ReextractionStore
from biometrics.use_cases.engine.engine import Engine
from biometrics.watchlist.checks import CheckReader

MOST_COUNTED: Final = 10_000  # people: counting more takes long, and is left to 'pehchan reextract status'


@dataclass(frozen=True)
class LeftOut:
    """How many templates cannot be decrypted, and how many enrolment checks wait for a model that is not in use.

    `people_of` counts the people without a template of the model in force, whom no search by that modality finds.
    """

    templates: int
    checks: int
    people_of: Mapping[Modality, int]

    @property
    def people(self) -> int:
        """How many people, of all modalities."""
        return sum(self.people_of.values())

    @classmethod
    def of(cls, engine: Engine) -> LeftOut:
        """Count them.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        database = engine.store.database
        work = ReextractionStore(database, engine.store.keys)
        people = {
            modality: work.unsearchable(modality, channel.recogniser.model, limit=MOST_COUNTED)
            for modality, channel in engine.channels.items()
        }
        checks = CheckReader(database).waiting_for_models(engine.by_model)
        return cls(engine.store.templates.unreadable_count(), checks, people)

    @property
    def sentences(self) -> list[str]:
        """What is left out as text; empty if nothing is."""
        sentences = [
            f"People who have no template of the {modality} model in force, so that no search finds them by it: "
            f"{count:,}{' or more' * (count == MOST_COUNTED)}. Run 'pehchan reextract status'."
            for modality, count in self.people_of.items()
            if count
        ]
        if self.templates:
            sentences.append(
                f"Templates that cannot be decrypted, so that no search finds them: {self.templates:,}. The log has "
                "their numbers. They are made again from their images where these can be decrypted; else restore their "
                "rows or data keys from a backup, then restart the server."
            )
        if self.checks:
            sentences.append(
                "Enrolments that were not checked for duplicates by all their templates, since a model that is not in "
                f"use made some of them: {self.checks:,}."
            )
        return sentences


def warnings_of(engine: Engine) -> list[str]:
    """Return all warnings as text.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    database = engine.store.database
    with database.reading() as connection:
        clock = clock_warning(connection, database.clock_gap)
    return LeftOut.of(engine).sentences + ([clock] if clock else [])
