"""Re-extraction: templates of a model from the stored images of samples and kept probes that have none.

Several processes work at once, each on one at a time: see `biometrics.templates.reextraction`. Searches use the
model in force alone until another one is put in its place (docs/decisions/0018-one-model-until-the-switch.md).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from biometrics.imaging.image import decode
from biometrics.kernel.access import EVERYWHERE
from biometrics.kernel.errors import (
    DecryptionFailed,
    InvalidInput,
    ModelMismatch,
    StoreUnavailable,
    UnknownSample,
)
from biometrics.kernel.people.record import StoredSample
from biometrics.kernel.people.templates import ModelInUse
from biometrics.kernel.recognition.types import Sample, Template
from biometrics.kernel.technique.clock import today
from biometrics.matching.extraction import extract_one
from biometrics.matching.ports import LatentRecogniser, Recogniser
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import notify_unit
from biometrics.searches.probe_templates import KeptProbe, ProbePlace, ProbeTemplates
from biometrics.templates.coverage import SETTLED
from biometrics.templates.leases import LEASE, Held
from biometrics.templates.models import ModelStore
from biometrics.templates.reextraction import ReextractionStore
from biometrics.templates.servers import unique_process_name
from biometrics.use_cases.engine.engine import Engine

log = logging.getLogger("pehchan")

REPORT_EVERY: Final = 10.0  # seconds between two notes of the progress
ALL_PROBES_EVERY: Final = timedelta(hours=1)  # looks at all kept probes; otherwise at those of recent searches
PAUSED: Final = timedelta(minutes=2)  # without progress noted, after which the count restarts
FAULT: Final = "fault"  # the code of a sample at which the extraction failed by an error of ours

Item = TypeVar("Item", int, ProbePlace)
Progress = Callable[[ModelInUse, int], None]  # called with the model and how many this process has done


class Reextraction:
    """The work of one process."""

    def __init__(self, engine: Engine, lease: timedelta = LEASE) -> None:
        """Work on an engine as the service; a sample is taken by others if it takes longer than the lease."""
        self._engine = engine
        self._lease = lease
        holder = unique_process_name()
        self._store = ReextractionStore(engine.store.database, engine.store.keys, holder)
        self._probes = ProbeTemplates(engine.store.database, engine.store.images, engine.store.keys, holder)
        self._models = ModelStore(engine.store.database)
        self._notified: date | None = None
        self._all_probes: dict[str, tuple[datetime, int]] = {}  # when all kept probes had a model's template

    def work_off(self, go_on: Callable[[], bool] = lambda: True, progress: Progress | None = None) -> int:
        """Extract all samples and kept probes that lack a template of a model in use; return how many were done.

        `go_on` is asked before each: it may wait while searches run, and returns False to end the work.

        Raises:
            StoreUnavailable: the database or the images do not answer; the rest waits.
        """
        self._notify_of_unreadable()
        return sum(self._of_model(model, go_on, progress) for model in self._models.in_use())

    def held_by_others(self, models: Collection[str]) -> list[Held]:
        """Return what other processes have taken of some models' work, and until when."""
        return [*self._store.held_by_others(models), *self._probes.held_by_others(models)]

    def _notify_of_unreadable(self) -> None:
        """Notify the national bureau, once a day, that templates cannot be decrypted."""
        if self._notified != today() and self._engine.store.templates.unreadable_count():
            self._notified = today()
            with self._engine.store.database.writing() as connection:
                kind = NotificationKind.TEMPLATES_UNREADABLE
                notify_unit(connection, EVERYWHERE, kind, f"templates {today().isoformat()}")

    def _of_model(self, in_use: ModelInUse, go_on: Callable[[], bool], progress: Progress | None) -> int:
        recogniser = None if self._engine.installed is None else self._engine.installed.recogniser(in_use.model)
        if recogniser is None:
            return 0
        tally = _Tally(self._models, in_use, progress)
        self._work_through(
            0,
            lambda after: self._store.take(in_use, after, self._lease),
            lambda sample_id: self._extract(sample_id, recogniser),
            tally,
            go_on,
        )
        since, began = self._since(in_use), datetime.now(UTC)
        whole = self._work_through(
            ProbePlace(),
            lambda after: self._probes.take(in_use, after, self._lease, since, network_of(recogniser)),
            lambda place: self._extract_probe(place, recogniser),
            tally,
            go_on,
        )
        if whole and since is None and not self._probes.in_progress(in_use.model):
            self._all_probes[in_use.model] = began, in_use.complete_to
        tally.end(self._store.settled(in_use) if in_use.wanted else None)
        return tally.done

    def _since(self, in_use: ModelInUse) -> datetime | None:
        """Return from when on kept probes are looked at; None for all, once an hour and when the model is wanted again.

        Looking at a million takes seconds, and those of a search that ended long ago were all done then.
        """
        done_at, complete_to = self._all_probes.get(in_use.model, (None, 0))
        if done_at is None or in_use.complete_to < complete_to or datetime.now(UTC) - done_at > ALL_PROBES_EVERY:
            return None
        return done_at - SETTLED

    def _work_through(
        self,
        start: Item,
        take: Callable[[Item], Item | None],
        extract: Callable[[Item], None],
        tally: _Tally,
        go_on: Callable[[], bool],
    ) -> bool:
        """Take one after another beyond a place, and extract it; return whether none is left."""
        after, unavailable = start, False
        while go_on():
            next_one = take(after)
            if next_one is None and after != start:
                after = start  # once more from the beginning: a lease may have run out
                continue
            if next_one is None:
                return True
            tally.begin()
            try:
                extract(next_one)
                unavailable = False
            except StoreUnavailable:  # one file may be damaged: it is tried again once its lease has run out
                if unavailable:
                    raise
                unavailable = True
            after = next_one
            tally.add()
        return False

    def _extract(self, sample_id: int, recogniser: Recogniser) -> None:
        refuse = partial(self._store.refuse, sample_id, recogniser.model)
        if (template := _extract_or_refuse(lambda: self._template(sample_id, recogniser), refuse)) is not None:
            self._store.write(sample_id, template)

    def _template(self, sample_id: int, recogniser: Recogniser) -> Template:
        samples = self._engine.store.as_system("extracts samples again").samples
        sample = samples.get(sample_id)
        return extract_one(recogniser, _as_it_came(sample, samples.image(sample_id)), assess=False).template

    def _extract_probe(self, probe_id: ProbePlace, recogniser: Recogniser) -> None:
        refuse = partial(self._probes.refuse, probe_id, recogniser.model)
        if (template := _extract_or_refuse(lambda: self._probe_template(probe_id, recogniser), refuse)) is not None:
            self._probes.write(probe_id, template)

    def _probe_template(self, probe_id: ProbePlace, recogniser: Recogniser) -> Template:
        return read_again(self._probes.load(probe_id), recogniser)


class _Tally:
    """What one process has done of a model's samples and probes, noted in the database from time to time."""

    def __init__(self, models: ModelStore, in_use: ModelInUse, progress: Progress | None) -> None:
        self._models, self._in_use, self._progress = models, in_use, progress
        self._noted, self._last = 0, datetime.now(UTC)
        self.done = 0

    def begin(self) -> None:
        """Restart the count before the first one if nothing was done of late."""
        changed = self._in_use.changed_at
        if not self.done and self._in_use.wanted and (changed is None or self._last - changed > PAUSED):
            self._models.restart_count(self._in_use)

    def add(self) -> None:
        """Count one that was done."""
        self.done += 1
        if self._progress:
            self._progress(self._in_use, self.done)
        if (datetime.now(UTC) - self._last).total_seconds() > REPORT_EVERY:
            self._models.note_progress(self._in_use, self.done - self._noted)
            self._noted, self._last = self.done, datetime.now(UTC)

    def end(self, complete_to: int | None) -> None:
        """Note the rest, and up to which number all samples are done."""
        if self.done > self._noted or (complete_to is not None and complete_to > self._in_use.complete_to):
            self._models.note_progress(self._in_use, self.done - self._noted, complete_to)


def _extract_or_refuse(extract: Callable[[], Template], refuse: Callable[[str, str], None]) -> Template | None:
    """Return a template; None where there is none, which is listed by `refuse`: others must not wait for that."""
    try:
        return extract()
    except UnknownSample:
        return None  # removed meanwhile, and the lease with it
    except (InvalidInput, DecryptionFailed, ModelMismatch) as error:
        refuse(error.code, error.message)
    except StoreUnavailable:
        raise
    except Exception:  # a fault of ours at one image: the others go on, and this one is listed
        log.exception("A stored image cannot be extracted again.")
        refuse(FAULT, "The extraction failed; the log of the server says why.")
    return None


def network_of(recogniser: Recogniser | None) -> str | None:
    """Return the SHA-256 (hex) of the weights by which a recogniser reads latents; None of one that reads none."""
    return recogniser.latent_network if isinstance(recogniser, LatentRecogniser) else None


def read_again(probe_file: KeptProbe, recogniser: Recogniser) -> Template:
    """Return the template of a kept probe by a recogniser's model, from its file, read as it was for the search.

    Raises:
        InvalidInput: nothing usable is in the file.
    """
    probe, content, reading = probe_file.probe.probe, probe_file.image.content, probe_file.probe.reading
    if reading.marked or reading.latent:
        assert isinstance(recogniser, LatentRecogniser), "only the recogniser of prints makes probes of latents"
        if reading.marked:
            return recogniser.of_marks(probe.template)
        return recogniser.extract_latent_both_ways(decode(content, reading.ppi), reading.region)[reading.turned]
    sample = Sample(recogniser.modality, content, "", probe.position, reading.impression, reading.ppi, box=reading.box)
    return extract_one(recogniser, sample, assess=False).template


def _as_it_came(sample: StoredSample, content: bytes) -> Sample:
    """Return a stored sample as the file that was enrolled; its name is left out of what is stored of a refusal."""
    ppi = sample.ppi if sample.media_type.startswith("image/") else None
    return Sample(sample.modality, content, "", sample.position, sample.impression, ppi, box=sample.box)
