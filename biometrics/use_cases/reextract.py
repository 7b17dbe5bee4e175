"""Re-extraction: templates of a model from the stored images of samples that have none.

Several processes work at once, each on one sample at a time: see `biometrics.templates.reextraction`. Searches use the
model in force alone until another one is put in its place (docs/decisions/0018-one-model-until-the-switch.md).
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from biometrics.kernel.access import EVERYWHERE
from biometrics.kernel.clock import today
from biometrics.kernel.errors import (
    DecryptionFailed,
    InvalidInput,
    ModelMismatch,
    StoreUnavailable,
    UnknownSample,
)
from biometrics.kernel.record import StoredSample
from biometrics.kernel.templates import ModelInUse
from biometrics.kernel.types import Sample, Template
from biometrics.matching.extraction import extract_one
from biometrics.matching.ports import Recogniser
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import notify_unit
from biometrics.templates.models import ModelStore
from biometrics.templates.reextraction import LEASE, ReextractionStore
from biometrics.use_cases.engine import Engine

log = logging.getLogger("pehchan")

REPORT_EVERY: Final = 10.0  # seconds between two notes of the progress
PAUSED: Final = timedelta(minutes=2)  # without a note of it, after which progress is counted anew
FAULT: Final = "fault"  # the code of a sample at which the extraction failed by an error of ours

Progress = Callable[[ModelInUse, int], None]  # called with the model and how many samples were done by this process


class Reextraction:
    """The work of one process."""

    def __init__(self, engine: Engine, lease: timedelta = LEASE) -> None:
        """Work on an engine as the service; a sample is taken by others if it takes longer than the lease."""
        self._engine = engine
        self._lease = lease
        self._store = ReextractionStore(engine.store.database, engine.store.keys, str(uuid.uuid4()))
        self._models = ModelStore(engine.store.database)
        self._notified: date | None = None

    def work_off(self, go_on: Callable[[], bool] = lambda: True, progress: Progress | None = None) -> int:
        """Extract all samples that lack a template of a model in use; return how many were done.

        `go_on` is asked before each sample: it may wait while searches run, and returns False to end the work.

        Raises:
            StoreUnavailable: the database or the images do not answer; the rest waits.
        """
        self._notify_of_unreadable()
        return sum(self._of_model(found, go_on, progress) for found in self._models.in_use())

    def _notify_of_unreadable(self) -> None:
        """Notify the national bureau, once a day, that templates cannot be decrypted."""
        if self._notified != today() and self._engine.store.templates.unreadable_count():
            self._notified = today()
            with self._engine.store.database.writing() as connection:
                kind = NotificationKind.TEMPLATES_UNREADABLE
                notify_unit(connection, EVERYWHERE, kind, f"templates {today().isoformat()}")

    def _of_model(self, found: ModelInUse, go_on: Callable[[], bool], progress: Progress | None) -> int:
        channel = self._engine.channel_of(found.model)
        if channel is None:
            return 0
        done, noted, after, unavailable = 0, 0, 0, False
        last = datetime.now(UTC)
        while go_on():
            sample_id = self._store.take(found, after, self._lease)
            if sample_id is None and after:
                after = 0  # once more from the beginning: a lease may have run out
                continue
            if sample_id is None:
                break
            if not done and found.wanted and (found.changed_at is None or last - found.changed_at > PAUSED):
                self._models.restart_count(found)
            try:
                self._extract(sample_id, channel.recogniser)
                unavailable = False
            except StoreUnavailable:  # one file may be damaged: it is tried again once its lease has run out
                if unavailable:
                    raise
                unavailable = True
            done, after = done + 1, sample_id
            if progress:
                progress(found, done)
            if (datetime.now(UTC) - last).total_seconds() > REPORT_EVERY:
                self._models.note_progress(found, done - noted)
                noted, last = done, datetime.now(UTC)
        complete_to = self._store.settled(found) if found.wanted else None
        if done > noted or (complete_to is not None and complete_to > found.complete_to):
            self._models.note_progress(found, done - noted, complete_to)
        return done

    def _extract(self, sample_id: int, recogniser: Recogniser) -> None:
        try:
            template = self._template(sample_id, recogniser)
        except UnknownSample:
            return  # removed meanwhile, and the lease with it
        except (InvalidInput, DecryptionFailed, ModelMismatch) as error:
            self._store.refuse(sample_id, recogniser.model, error.code, error.message)
        except StoreUnavailable:
            raise
        except Exception:  # one sample must not keep the others waiting
            log.exception("Sample %d cannot be extracted again.", sample_id)
            message = "The extraction failed; the log of the server says why."
            self._store.refuse(sample_id, recogniser.model, FAULT, message)
        else:
            self._store.write(sample_id, template)

    def _template(self, sample_id: int, recogniser: Recogniser) -> Template:
        samples = self._engine.store.as_system("extracts samples again").samples
        sample = samples.get(sample_id)
        return extract_one(recogniser, _as_it_came(sample, samples.image(sample_id)), assess=False).template


def _as_it_came(sample: StoredSample, content: bytes) -> Sample:
    """Return a stored sample as the file that was enrolled; its name is left out of what is stored of a refusal."""
    is_image = sample.media_type.startswith("image/")
    return Sample(sample.modality, content, "", sample.position, sample.impression, sample.ppi if is_image else None)
