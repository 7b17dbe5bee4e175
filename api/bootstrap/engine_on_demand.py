"""An engine whose models and indexes are opened when they are first needed: most commands of an operator need none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Lock

from api.bootstrap.store import open_store
from api.bootstrap.threads import RequestThreads
from api.settings import Settings
from biometrics.kernel.types import Modality
from biometrics.matching.channel import Channel
from biometrics.records.store import RecordStore
from biometrics.use_cases.engine import Engine


def engine_of(
    settings: Settings, store: RecordStore, channels: Mapping[Modality, Channel], pool: ThreadPoolExecutor
) -> Engine:
    """Return the engine of a store, as the settings say."""
    return Engine(
        store,
        channels,
        settings.shortlist,
        pool,
        settings.check_rules,
        elsewhere=settings.elsewhere_rules,
        scales_pinned=not settings.learned_scales,
        keeping=settings.probe_keeping,
    )


@contextmanager
def engine_on_demand(settings: Settings) -> Iterator[Engine]:
    """Open the records; the rest follows with the first use of a channel. On leaving, do as `open_engine` does."""
    with open_store(settings) as store, RequestThreads(settings.threads) as pool, ExitStack() as opened:
        yield engine_of(settings, store, _Channels(settings, store, opened), pool)


class _Channels(Mapping[Modality, Channel]):
    """The channels of an engine, opened together when one is first asked for; `opened` closes them."""

    def __init__(self, settings: Settings, store: RecordStore, opened: ExitStack) -> None:
        self._settings = settings
        self._store = store
        self._opened = opened
        self._lock = Lock()
        self._channels: Mapping[Modality, Channel] = {}

    def _all(self) -> Mapping[Modality, Channel]:
        with self._lock:
            if not self._channels:
                from api.bootstrap.engine import running_engine  # imported here: it takes most of a second

                self._channels = self._opened.enter_context(running_engine(self._settings, self._store)).channels
            return self._channels

    def __getitem__(self, modality: Modality) -> Channel:
        """Return a channel."""
        return self._all()[modality]

    def __iter__(self) -> Iterator[Modality]:
        """Iterate over the modalities."""
        return iter(self._all())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._all())
