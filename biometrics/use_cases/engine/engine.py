"""The engine that every use case runs on: the store and, for each modality, all that recognising by it needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from biometrics.kernel.access import Act
from biometrics.kernel.errors import InvalidInput, UnusableSample
from biometrics.kernel.people.national import NationalAnswer, NationalQuery
from biometrics.kernel.people.probe_keeping import DEFAULT_KEEPING, ProbeKeeping
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.people.templates import ModelInUse, StoredTemplate
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.observing import UNOBSERVED, Observer
from biometrics.kernel.recognition.types import Probe, Sample, Template
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.matching.channel import Channel
from biometrics.matching.extraction import extract_one, refuse_several_prints, refuse_unsuitable
from biometrics.matching.other_units import DEFAULT_ELSEWHERE, ElsewhereRules
from biometrics.matching.ranking import Matching
from biometrics.records.store import RecordStore
from biometrics.templates.models import ModelStore
from biometrics.use_cases.engine.installed_models import ChannelsByModel, ChannelsInForce, InstalledModels, ModelsNow
from biometrics.watchlist.model import DEFAULT_RULES, CheckRules

Probed = TypeVar("Probed", Probe, StoredTemplate)


@dataclass(frozen=True)
class Engine:
    """What the use cases run on.

    `shortlist` is how many templates the exact matcher sees for each sample of a search; `pool` extracts images;
    `rules` say how enrolments are checked, `elsewhere` what searches report of other units' people; `observer` receives
    the durations of the stages. `keeping` says how long the files of probes are kept.

    `ask_states` asks the national index, on behalf of an act; None where the installation names none.

    `channels` are those of the models in force; `installed` are all models that this server can recognise by, and `now`
    says which of them are in use, constant for one actor or task.
    """

    store: RecordStore
    channels: Mapping[Modality, Channel]
    shortlist: int
    pool: ThreadPoolExecutor
    rules: CheckRules = DEFAULT_RULES
    observer: Observer = UNOBSERVED
    elsewhere: ElsewhereRules = DEFAULT_ELSEWHERE
    keeping: ProbeKeeping = DEFAULT_KEEPING
    installed: InstalledModels | None = None
    now: ModelsNow | None = None
    ask_states: Callable[[Act, NationalQuery], NationalAnswer] | None = None

    @staticmethod
    def channels_in_force(
        store: RecordStore, installed: InstalledModels, modalities: Sequence[Modality]
    ) -> ChannelsInForce:
        """Return the channels of those among the installed models that the database has in force at each look."""
        return ChannelsInForce(modalities, lambda: ModelsNow(installed, ModelStore(store.database)))

    @property
    def missing_models(self) -> Sequence[ModelInUse]:
        """The models in force that this server lacks."""
        now = self._now().now
        return [] if now is None else now.missing

    def _require_models(self) -> None:
        if self.now is not None:
            self.now.require_installed()

    @property
    def matching(self) -> Matching:
        """What a ranking works with.

        Raises:
            ModelNotInstalled: this server lacks a model in force.
        """
        self._require_models()
        return Matching(self.channels, self.store.templates, self.pool, self.observer)

    def for_actor(self, act: Act) -> Engine:
        """Return this engine for an actor; see `RecordStore.for_actor`. The galleries stay the service's own."""
        return replace(self._now(), store=self.store.for_actor(act))

    def as_system(self, reason: str) -> Engine:
        """Return this engine for the system itself; see `RecordStore.as_system`."""
        return replace(self._now(), store=self.store.as_system(reason))

    def _now(self) -> Engine:
        """Return this engine with the models that are in use when it first needs one, and no others from then on."""
        if self.installed is None or self.now is not None:
            return self
        now = ModelsNow(self.installed, ModelStore(self.store.database))
        return replace(self, now=now, channels=ChannelsInForce(list(self.channels), lambda: now))

    def for_request(self, request: IdempotencyKey | None) -> Engine:
        """Return this engine for one request, which may arrive again; see `RecordStore.for_request`."""
        return replace(self, store=self.store.for_request(request))

    def for_part(self, number: int) -> Engine:
        """Return this engine for one of the parts of a request; see `RecordStore.for_part`."""
        return replace(self, store=self.store.for_part(number))

    def channels_not_in_force(self, modality: Modality) -> list[Channel]:
        """Return the channels of the models of a modality that are in use and not in force."""
        now = self._now().now
        return [] if now is None else now.channels_not_in_force(modality)

    @property
    def by_model(self) -> Mapping[str, Channel]:
        """The channels of the models in use by their digests (SHA-256, hex), those in force first."""
        return ChannelsByModel(self._in_use)

    def _in_use(self) -> list[Channel]:
        not_in_force = [channel for modality in self.channels for channel in self.channels_not_in_force(modality)]
        return [*self.channels.values(), *not_in_force]

    def channel_of(self, model: str) -> Channel | None:
        """Return the channel of a model, in use or not; None where it is not installed."""
        for channel in self.channels.values():
            if channel.recogniser.model == model:
                return channel
        return None if self.installed is None else self.installed.get(model)

    def with_models(self, models: Mapping[Modality, str]) -> Engine:
        """Return this engine with the installed ones among some models in the place of those in force."""
        channels = {modality: self.channel_of(model) for modality, model in models.items()}
        installed = {modality: channel for modality, channel in channels.items() if channel is not None}
        return replace(self, channels={**self.channels, **installed})

    def for_latent(self, probes: Iterable[tuple[Probe, str | None]]) -> Engine:
        """Return this engine with the scales of latents, where they are of all networks that found the minutiae.

        Each probe of the latent comes with its network (SHA-256, hex), None where its minutiae were marked.
        """
        networks: defaultdict[Modality, set[str | None]] = defaultdict(set)
        for probe, network in probes:
            networks[probe.template.modality].add(network)
        channels = {modality: channel.for_latents(networks[modality]) for modality, channel in self.channels.items()}
        return replace(self, channels=channels)

    def as_answered(self, identity: Mapping[str, Mapping[str, str]]) -> Engine:
        """Return this engine with the models and scales by which a search was answered, as far as they are kept."""
        engine = self.with_models({Modality.named(name): digests["model"] for name, digests in identity.items()})
        channels = {
            modality: channel.as_answered(identity.get(modality, {})) for modality, channel in engine.channels.items()
        }
        return replace(engine, channels=channels)

    def with_scale(self, probes: Iterable[Probed]) -> list[Probed]:
        """Return the probes or stored templates whose scores can reach a threshold."""
        return [probe for probe in probes if self.channels[probe.template.modality].has_scale]

    @property
    def models(self) -> list[str]:
        """The models in force, whose templates are searched."""
        return [channel.recogniser.model for channel in self.channels.values()]

    def catch_up(self) -> None:
        """Bring every gallery up to date with the database.

        Raises:
            StoreUnavailable: the database or an index does not answer.
        """
        for channel in self.by_model.values():
            channel.gallery.catch_up()
            if channel.standing is not None:
                channel.standing.catch_up()

    def lag(self, modality: Modality) -> int:
        """Return by how many changes a gallery is behind the database."""
        channel = self.channels[modality]
        return self.store.templates.pending(channel.gallery.sequence, modality, channel.recogniser.model)

    def extract(self, samples: Sequence[Sample], assess: bool = False) -> list[EnrolledSample]:
        """Decode and extract every sample; the use cases do so before they write anything.

        `assess` is for an enrolment: it measures their quality, and extracts the templates of all models in use.

        Raises:
            NoSamples, RepeatedFinger, BadImage, InvalidResolution, UnusableSample, UnsupportedRecord, InvalidRecord:
                the first sample at fault is named.
            ModelNotInstalled: this server lacks a model in force.
        """
        self._require_models()
        refuse_unsuitable(samples)
        return list(self.pool.map(partial(self._extract_one, assess), samples))

    def extract_usable(self, samples: Sequence[Sample], assess: bool = False) -> tuple[list[EnrolledSample], list[str]]:
        """Extract as `extract` does, leaving out samples that hold nothing usable; return a sentence for each of those.

        What may show more than one print is left out of an enrolment: nobody was asked about it.

        Raises:
            UnusableSample: none is usable. The rest is as for `extract`.
        """
        self._require_models()
        refuse_unsuitable(samples)

        def tried(sample: Sample) -> EnrolledSample | UnusableSample:
            try:
                return refuse_several_prints(self._extract_one(assess, sample))
            except UnusableSample as error:
                return error

        results = list(self.pool.map(tried, samples))
        extracted = [result for result in results if isinstance(result, EnrolledSample)]
        refused = [result for result in results if isinstance(result, UnusableSample)]
        if not extracted:
            raise refused[0]
        return extracted, [f"Left out: {error.message}" for error in refused]

    def inspect(self, samples: Sequence[Sample]) -> list[EnrolledSample | InvalidInput]:
        """Extract and assess each sample separately, without counting it; a failed sample yields its error."""

        def tried(sample: Sample) -> EnrolledSample | InvalidInput:
            try:
                return extract_one(self.channels[sample.modality].recogniser, sample, assess=True)
            except InvalidInput as error:
                return error

        return list(self.pool.map(tried, samples))

    def _extract_one(self, assess: bool, sample: Sample) -> EnrolledSample:
        extracted = extract_one(self.channels[sample.modality].recogniser, sample, assess, self.observer)
        return replace(extracted, other_templates=tuple(self._others_of(sample))) if assess else extracted

    def _others_of(self, sample: Sample) -> Iterator[Template]:
        """Yield the templates by the other models in use; re-extraction lists what one of them refuses."""
        for channel in self.channels_not_in_force(sample.modality):
            with suppress(InvalidInput):
                yield extract_one(channel.recogniser, sample, assess=False).template
