"""The national index: searches the people of all states, by copies of their templates that follow their changes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from biometrics.access.jurisdiction import unit_of
from biometrics.kernel.access import EVERYWHERE
from biometrics.kernel.errors import InvalidField, InvalidTemplate, PehchanError, ServerRefused
from biometrics.kernel.people.national import (
    ChangesPage,
    Coverage,
    NationalAnswer,
    NationalHit,
    NationalQuery,
    StateCoverage,
)
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe
from biometrics.matching import other_units
from biometrics.matching.calibration import threshold_for_fpir
from biometrics.matching.channel import Channel
from biometrics.matching.gallery import Gallery, TemplateSource
from biometrics.matching.ports import Recogniser, SearchIndex
from biometrics.matching.ranking import Matching, Ranking
from biometrics.storage.audit.log import Action, digest
from biometrics.templates.state_copy import StateCopy
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.unit_search import hits_from

LATE: Final = timedelta(minutes=2)  # a state that was read to its end longer ago is behind
FAR_BEHIND: Final = 10_000  # numbers of the change sequence, which an index catches up with in some seconds

Fetch = Callable[[int, str], ChangesPage]  # takes the last change that is held, and the mark of its history
OpenIndex = Callable[[Path, TemplateSource, Recogniser], SearchIndex]

log = logging.getLogger("pehchan")


class StateIndex:
    """One state: the copy of its templates, a gallery for each model, and whether the state answers.

    A search never waits for the state: it uses what the copy holds.
    """

    def __init__(self, code: str, name: str, folder: Path, secret: bytes, fetch: Fetch, open_index: OpenIndex) -> None:
        """Open the copy in a folder, sealed with a secret; `fetch` reads a page of the state's changes.

        `open_index` opens the index of a snapshot's path, a source of templates and a recogniser.
        """
        self.code = code
        self.copy = StateCopy(folder / f"{code}.db", code, secret)
        self._folder = folder
        self._name = name
        self._fetch = fetch
        self._open_index = open_index
        self._galleries: dict[Path, Gallery] = {}  # by the paths of their snapshots
        self._following = threading.Lock()
        self._opening = threading.Lock()
        self._failing: tuple[datetime, str] | None = None  # since when, and the code of the error

    def follow(self) -> None:
        """Take in all changes of the state; a state that does not answer is noted, and tried again the next time.

        Raises:
            ServerRefused: the state refuses the key, which the operator has to see to; it is noted, too.
        """
        while self._follow_page():
            pass

    def keep_up(self, channels: Mapping[Modality, Channel]) -> None:
        """Follow the state, and update the indexes of channels with what was read, so that no search waits.

        Raises:
            ServerRefused: as for `follow`.
            PehchanError: an index does not answer.
        """
        has_more = True
        while has_more:
            try:
                has_more = self._follow_page()
            finally:
                self._catch_up(channels)

    def _catch_up(self, channels: Mapping[Modality, Channel]) -> None:
        try:
            for channel in self.channels(channels).values():
                channel.gallery.catch_up()
        except PehchanError:
            self.follow()  # what the state has is read all the same
            raise

    def _follow_page(self) -> bool:
        """Do as `follow` with one page; say whether to go on."""
        with self._following:
            try:
                last = self._take_page()
            except PehchanError as error:
                before = self._failing
                self._failing = (before[0] if before else datetime.now(UTC), error.code)
                if isinstance(error, ServerRefused):
                    raise
                if before is None or before[1] != error.code:
                    log.warning("State %s does not give its changes: %s", self.code, error.message)
                return False
            if self._failing is not None:
                log.info("State %s gives its changes again.", self.code)
            self._failing = None
            return not last

    def _take_page(self) -> bool:
        """Read one page; return whether it was the last."""
        copy = self.copy
        page = self._fetch(copy.read_to, copy.mark)
        if page.since != copy.read_to:
            if copy.read_to:
                log.warning(
                    "State %s is not the database that was read: it was restored. Reading all again.", self.code
                )
            copy.clear()
            with self._opening:
                self._galleries.clear()
            self._remove_old_snapshots()
        copy.apply(page)
        return page.until == page.last

    def save(self) -> None:
        """Write a snapshot of each open index."""
        with self._opening:
            galleries = list(self._galleries.items())
        for path, gallery in galleries:
            gallery.save(path)
        self._remove_old_snapshots()

    def _remove_old_snapshots(self) -> None:
        for path in self._folder.glob(f"{self.code}-*.index"):
            if not path.stem.endswith(self.copy.identity):
                path.unlink(missing_ok=True)

    def same_models(self, channels: Mapping[Modality, Channel]) -> dict[Modality, Channel]:
        """Return the channels whose model the state searches by."""
        return {
            modality: channel
            for modality, channel in channels.items()
            if self.copy.in_force(modality) == channel.recogniser.model
        }

    def channels(self, channels: Mapping[Modality, Channel]) -> dict[Modality, Channel]:
        """Return the channels whose model the state searches by, each with the state's own gallery.

        Raises:
            PehchanError: an index cannot be opened.
        """
        return {
            modality: replace(channel, gallery=self._gallery(channel.recogniser), standing=None)
            for modality, channel in self.same_models(channels).items()
        }

    def is_far_behind(self, channel: Channel) -> bool:
        """Return whether the state's index lacks FAR_BEHIND changes or more, which a search would wait for."""
        recogniser = channel.recogniser
        return self.copy.last_change(recogniser.modality, recogniser.model) - channel.gallery.sequence >= FAR_BEHIND

    def path_of(self, recogniser: Recogniser) -> Path:
        """Return the snapshot's path of the index of a recogniser; another one after the state was restored."""
        name = f"{self.code}-{recogniser.modality}-{recogniser.feature_space[:16]}-{self.copy.identity}.index"
        return self._folder / name

    @property
    def indexes(self) -> list[SearchIndex]:
        """The indexes that are open."""
        with self._opening:
            return [gallery.index for gallery in self._galleries.values()]

    def _gallery(self, recogniser: Recogniser) -> Gallery:
        with self._opening:
            path = self.path_of(recogniser)
            if path not in self._galleries:
                index = self._open_index(path, self.copy, recogniser)
                self._galleries[path] = Gallery(self.copy, recogniser, index)
            return self._galleries[path]

    def coverage(self, searched_as: str, without: Sequence[Modality]) -> StateCoverage:
        """Return the coverage of an answer that searched the copy of an identity; "": it searched nothing."""
        copy, failing = self.copy, self._failing
        until = copy.read_until
        if until is None or copy.identity != searched_as:
            coverage = Coverage.NOT_SEARCHED
        else:
            behind = failing is not None or datetime.now(UTC) - until > LATE
            coverage = Coverage.BEHIND if behind else Coverage.CURRENT
        since, code = failing or (None, "")
        return StateCoverage(self.code, self._name, coverage, until, since, code, tuple(without))


def forget_others(folder: Path, codes: Collection[str]) -> None:
    """Remove the copies in a folder, with their snapshots, of states that are not among some."""
    for copy in folder.glob("*.db"):
        if copy.stem not in codes:
            for path in (*folder.glob(f"{copy.stem}-*.index"), copy.with_suffix(".db-journal"), copy):
                path.unlink(missing_ok=True)
            log.warning("State %s is no longer followed; what was read of it is removed.", copy.stem)


@dataclass(frozen=True)
class NationalIndex:
    """The states by their codes, and threads to search them."""

    states: Mapping[str, StateIndex]
    threads: ThreadPoolExecutor

    def search(self, engine: Engine, query: NationalQuery) -> NationalAnswer:
        """Search all states but the one that asks; written to the audit log before it is returned.

        A person is named who reaches the operator's threshold for a gallery of all people who are searched. A query for
        the unit above all states, as of the operator of a state's service, is one for the actor's unit.

        Raises:
            Forbidden: the actor may not search nationally.
            PurposeMissing: the actor states no purpose, or no case.
            OutOfJurisdiction: the asking unit is not at or below the actor's.
            InvalidField: there are no probes, or another model made them.
        """
        if query.unit == EVERYWHERE:
            query = replace(query, unit=unit_of(engine.store.act))
        engine.store.searches.require_national(query.unit)
        if query.is_latent:
            engine = engine.for_latent(zip(query.probes, query.networks, strict=True))
        _require_same_models(engine, query.probes)
        states = [state for code, state in sorted(self.states.items()) if code != query.unit.state]
        people = sum(state.copy.people for state in states)
        threshold = threshold_for_fpir(engine.elsewhere.fpir, max(people, 1))
        results = list(self.threads.map(lambda state: _searched(engine, state, query, threshold), states))
        answer = NationalAnswer(
            tuple(hit for hits, _ in results for hit in hits), tuple(covered for _, covered in results), people
        )
        engine.store.note(
            Action.NATIONAL_SEARCHED,
            unit=query.unit.path,
            officer=query.officer,
            basis_digest=digest(query.basis),
            found=[{"unit": hit.unit.unit.path, "reference": hit.reference} for hit in answer.hits],
            states={covered.state: covered.coverage for covered in answer.states},
        )
        return answer


def _searched(
    engine: Engine, state: StateIndex, query: NationalQuery, threshold: float
) -> tuple[list[NationalHit], StateCoverage]:
    """Search one state's copy; its hits count only where it was whole, and the same one, before and after.

    A state whose copy or index cannot be used, or whose index is being filled, is named as not searched, and the others
    are answered.
    """
    identity, is_whole = state.copy.identity, state.copy.read_until is not None
    modalities = dict.fromkeys(probe.template.modality for probe in query.probes)
    same = state.same_models({modality: engine.channels[modality] for modality in modalities})
    usable = [probe for probe in query.probes if probe.template.modality in same]
    without = [modality for modality in modalities if modality not in same]
    if not is_whole or not usable:
        return [], state.coverage("", without)
    ranking = Ranking(other_units.PEOPLE, engine.shortlist, is_latent=query.is_latent)
    lists = [usable]
    if query.is_latent:  # the scores of fingers and of palms are on no common scale
        lists = [[probe for probe in usable if probe.template.modality is modality] for modality in same]
    try:
        channels = state.channels(same)
        if any(map(state.is_far_behind, channels.values())):
            return [], state.coverage("", without)
        matching = Matching(channels, state.copy, engine.pool, engine.observer)
        references = {
            reference
            for probes in lists
            for reference, _ in hits_from(matching, ranking, engine.with_scale(probes), threshold)
        }
    except PehchanError as error:
        log.exception("State %s cannot be searched.", state.code)
        return [], replace(state.coverage("", without), failure=error.code)
    hits = [NationalHit(state.code, state.copy.unit_of(reference), reference, threshold) for reference in references]
    hits.sort(key=lambda hit: (hit.unit.unit, hit.reference))  # the order does not show whose score is higher
    covered = state.coverage(identity, without)
    return ([] if covered.coverage is Coverage.NOT_SEARCHED else hits), covered


def _require_same_models(engine: Engine, probes: Sequence[Probe]) -> None:
    if not probes:
        raise InvalidField("There is no probe; send at least one template.")
    for probe in probes:
        channel = engine.channels.get(probe.template.modality)
        if channel is None or channel.recogniser.model != probe.template.model:
            noun = probe.template.modality.traits.noun
            raise InvalidField(f"The national index searches a {noun} by another model; install the same one.")
        try:
            channel.recogniser.features(probe.template)
        except InvalidTemplate as error:
            raise InvalidField(f"A template is not usable: {error.message}") from error
