"""The models that this server can recognise by, and which of them the database says are in use."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from biometrics.kernel.errors import ModelNotInstalled, PeopleUnsearchable
from biometrics.kernel.people.templates import ModelInUse
from biometrics.kernel.recognition.modality import Modality
from biometrics.matching.channel import Channel
from biometrics.matching.ports import Recogniser
from biometrics.records.store import RecordStore
from biometrics.templates.models import ModelStore
from biometrics.templates.reextraction import ReextractionStore

log = logging.getLogger("pehchan")

NOTED_FROM: Final = 1000  # samples that need not be looked at again at the next start

_WAYS_OUT: Final = (
    "Run 'pehchan reextract run' to extract their images again, or set PEHCHAN_ALLOW_UNSEARCHABLE=true to start "
    "without them (docs/operations.md, Changing the model)."
)


class InstalledModels(Mapping[str, Channel]):
    """The channel of each installed model, by its digest (SHA-256, hex).

    A recogniser, and the gallery of a channel, are opened when they are first used.
    """

    def __init__(
        self,
        names: Callable[[], Mapping[Modality, Mapping[str, str]]],
        open_recogniser: Callable[[Modality, str], Recogniser],
        open_channel: Callable[[str], Channel],
        *,
        allow_missing: bool = False,
    ) -> None:
        """`names` returns those of the models by their digests, the usual one of each modality first.

        `open_recogniser` takes a modality and a name, `open_channel` a digest. `allow_missing` lets the usual model
        take the place of one in force that is not installed.
        """
        self.allow_missing = allow_missing
        self._load = names
        self._open_recogniser = open_recogniser
        self._open_channel = open_channel
        self._recognisers: dict[str, Recogniser] = {}
        self._channels: dict[str, Channel] = {}

    @cached_property
    def _names(self) -> Mapping[Modality, Mapping[str, str]]:
        return self._load()

    @cached_property
    def _opening(self) -> Mapping[str, threading.Lock]:
        """What is held while the recogniser of a model, or its channel, is opened."""
        return {model: threading.Lock() for names in self._names.values() for model in names}

    def recogniser(self, model: str) -> Recogniser | None:
        """Return the recogniser of a model, without its gallery; None where it is not installed."""
        for modality, names in self._names.items():
            if model in names:
                with self._opening[model]:
                    if model not in self._recognisers:
                        self._recognisers[model] = self._open_recogniser(modality, names[model])
                    return self._recognisers[model]
        return None

    def __getitem__(self, model: str) -> Channel:
        """Return the channel of a model."""
        with self._opening[model]:
            if model not in self._channels:
                self._channels[model] = self._open_channel(model)
            return self._channels[model]

    def __contains__(self, model: object) -> bool:
        """Say whether a model is installed; nothing is opened."""
        return model in self._opening

    def __iter__(self) -> Iterator[str]:
        """Yield the digests, those of one modality in the order of the manifest."""
        return iter(self._opening)

    def __len__(self) -> int:
        """Count them."""
        return len(self._opening)

    @property
    def open_channels(self) -> list[Channel]:
        """The channels that are opened."""
        return list(self._channels.copy().values())

    def names_of(self, modality: Modality) -> Mapping[str, str]:
        """Return the names of a modality's models by their digests, the default first."""
        return self._names.get(modality, {})


@dataclass(frozen=True)
class ModelsNow:
    """The models in use as the database has them, read when first needed and constant from then on.

    So a request is answered by one model, even if another one is put in force meanwhile.
    """

    installed: InstalledModels
    store: ModelStore

    @cached_property
    def _rows(self) -> Sequence[ModelInUse]:
        return self.store.in_use()

    @property
    def in_use(self) -> Sequence[ModelInUse]:
        """The models in use that are installed, that in force first within its modality."""
        return [model for model in self._rows if model.model in self.installed]

    @property
    def missing(self) -> Sequence[ModelInUse]:
        """The models in force that this server lacks, as when another one has put them in force since it started."""
        if self.installed.allow_missing:
            return []
        return [model for model in self._rows if model.in_force and model.model not in self.installed]

    def require_installed(self) -> None:
        """Make sure that this server has all models in force: by others it would miss people, and enrol them unseen.

        Raises:
            ModelNotInstalled: it lacks one.
        """
        for model in self.missing:
            raise ModelNotInstalled(f"{missing_text(model)}: add its entry to the models manifest, and restart it.")

    def channel(self, modality: Modality) -> Channel:
        """Return the channel of the model in force; of the usual model where that is not installed."""
        models = self.installed.names_of(modality)
        if len(models) == 1:  # nothing to choose from, so that the database need not be asked
            return self.installed[next(iter(models))]
        in_force = (row.model for row in self.in_use if row.modality is modality and row.in_force)
        return self.installed[next(in_force, next(iter(models)))]

    def channels_not_in_force(self, modality: Modality) -> list[Channel]:
        """Return the channels of the models in use that are not in force."""
        if len(self.installed.names_of(modality)) == 1:
            return []
        return [self.installed[row.model] for row in self.in_use if row.modality is modality and not row.in_force]


def missing_text(model: ModelInUse) -> str:
    """Return the beginning of a sentence about a model in force that this server lacks."""
    return f"The {model.modality} model in force, {model.name} ({model.model[:16]}), is not installed"


class ChannelsInForce(Mapping[Modality, Channel]):
    """The channel of each modality by the model in force, as of the moment of each look."""

    def __init__(self, modalities: Sequence[Modality], now: Callable[[], ModelsNow]) -> None:
        self._modalities = modalities
        self._now = now

    def __getitem__(self, modality: Modality) -> Channel:
        """Return the channel."""
        if modality not in self._modalities:
            raise KeyError(modality)
        return self._now().channel(modality)

    def __iter__(self) -> Iterator[Modality]:
        """Yield the modalities."""
        return iter(self._modalities)

    def __len__(self) -> int:
        """Count them."""
        return len(self._modalities)


class ChannelsByModel(Mapping[str, Channel]):
    """Some channels by the digests of their models, looked up when first needed."""

    def __init__(self, channels: Callable[[], Sequence[Channel]]) -> None:
        self._find = channels

    @cached_property
    def _channels(self) -> dict[str, Channel]:
        return {channel.recogniser.model: channel for channel in self._find()}

    def __getitem__(self, model: str) -> Channel:
        """Return the channel of a model."""
        return self._channels[model]

    def __iter__(self) -> Iterator[str]:
        """Yield the digests."""
        return iter(self._channels)

    def __len__(self) -> int:
        """Count them."""
        return len(self._channels)


def require_searchable(store: RecordStore, installed: InstalledModels, *, allow_unsearchable: bool) -> None:
    """Make sure that of each modality an installed model is in force, by which everybody on record can be found.

    A database that has none in force gets the installed one with most templates.

    Raises:
        ModalityNotRegistered: the database holds a modality that is not registered.
        ModelNotInstalled: the model in force is not installed. With `allow_unsearchable` the usual one is used instead.
        PeopleUnsearchable: people have no template of the model in force, and `allow_unsearchable` is not given.
    """
    models = ModelStore(store.database)
    work = ReextractionStore(store.database, store.keys)
    models.require_registered()
    for modality in Modality.registered():
        names = installed.names_of(modality)
        default = next(iter(names))
        in_force = models.adopt(modality, names)
        if in_force.model not in names and not allow_unsearchable:
            raise ModelNotInstalled(
                f"{missing_text(in_force)}: put its entry back into the models manifest, or PEHCHAN_EXTRACTOR back as "
                f"it was. {_WAYS_OUT}"
            )
        if in_force.model not in names:
            log.warning("The %s model in force is not installed; %s is used in its place.", modality, names[default])
        if allow_unsearchable:
            continue
        if (settled := work.settled(in_force)) is not None:
            if settled - in_force.complete_to > NOTED_FROM:
                models.note_progress(in_force, 0, settled)
        elif lost := work.unsearchable(modality, in_force.model, refused=False):
            raise PeopleUnsearchable(
                f"People on record who have no template of the {modality} model in force, so that no search finds "
                f"them: {lost:,}. {_WAYS_OUT}"
            )
