"""An engine whose models and indexes are opened when they are first needed: most commands of an operator need none."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from threading import Lock

from api.bootstrap.recognisers import installed_names, open_recogniser
from api.bootstrap.store import open_store
from api.bootstrap.threads import RequestThreads
from api.settings import Settings
from biometrics.kernel.recognition.modality import Modality
from biometrics.records.store import RecordStore
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.engine.installed_models import InstalledModels


def engine_of(settings: Settings, store: RecordStore, installed: InstalledModels, pool: ThreadPoolExecutor) -> Engine:
    """Return the engine of a store, as the settings say; it follows which of the installed models are in force."""
    return Engine(
        store,
        Engine.channels_in_force(store, installed, Modality.registered()),
        settings.shortlist,
        pool,
        settings.check_rules,
        elsewhere=settings.elsewhere_rules,
        keeping=settings.probe_keeping,
        installed=installed,
    )


@contextmanager
def engine_on_demand(settings: Settings) -> Iterator[Engine]:
    """Open the records; the rest follows with the first use of a channel. On leaving, do as `open_engine` does."""
    with open_store(settings) as store, RequestThreads(settings.threads) as pool, ExitStack() as opened:
        running = _Running(settings, store, opened)
        installed = InstalledModels(
            partial(installed_names, settings),
            partial(open_recogniser, settings),
            lambda model: running.installed[model],
            allow_missing=settings.allow_unsearchable,
        )
        yield engine_of(settings, store, installed, pool)


class _Running:
    """The models of an engine that runs from the first time that they are asked for; `opened` ends it."""

    def __init__(self, settings: Settings, store: RecordStore, opened: ExitStack) -> None:
        self._settings = settings
        self._store = store
        self._opened = opened
        self._lock = Lock()
        self._installed: InstalledModels | None = None

    @property
    def installed(self) -> InstalledModels:
        """The models."""
        with self._lock:
            if self._installed is None:
                from api.bootstrap.engine import running_engine  # imported here: it takes most of a second

                engine = self._opened.enter_context(running_engine(self._settings, self._store))
                assert engine.installed is not None, "it was opened with them"
                self._installed = engine.installed
            return self._installed
