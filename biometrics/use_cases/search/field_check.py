"""A field check: is this person on record, and looked for? A search with a plain answer that keeps no probe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from biometrics.imaging.image import decode
from biometrics.kernel.errors import ContactlessPrint, InvalidField
from biometrics.kernel.people.record import Elsewhere, Record
from biometrics.kernel.recognition.capture import Impression
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.observing import WorkStage
from biometrics.kernel.recognition.types import Sample
from biometrics.searches.model import FIELD, Search, StoredSearch
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.candidates import Hint, Shown, stored_candidates
from biometrics.use_cases.search.identify import (
    SEARCH,
    SearchRequest,
    add_search,
    observe,
    probes_of,
    require_may_search,
    search_gallery,
)
from biometrics.watchlist.model import WatchEntry

RARE: Final = 0.01  # of searches for people not on record: how many may, at most, show what is called "on record"
COLOURED: Final = 12.0  # mean distance of a pixel's channels, of 255, from which on an image is a colour photo
_LATENT: Final = frozenset(
    {
        Impression.LATENT_IMPRESSION,
        Impression.LATENT_TRACING,
        Impression.LATENT_PHOTO,
        Impression.LATENT_LIFT,
    }
)


class FieldAnswer(StrEnum):
    """The answer of a field check about a person."""

    ON_RECORD = "on_record"  # above the threshold, well ahead of any next one, and rare among so many
    POSSIBLE = "possible"  # above the threshold: the unit that keeps the record is to be called
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class FieldPerson:
    """A person above the threshold whom the officer may see, and the record's entry in the watchlist."""

    answer: FieldAnswer
    record: Record
    entry: WatchEntry


@dataclass(frozen=True)
class FieldCheck:
    """A field check: who is above the threshold, those looked for first, and the other units that have a hit."""

    searched: StoredSearch
    people: tuple[FieldPerson, ...]
    units: tuple[Elsewhere, ...]

    @property
    def answer(self) -> FieldAnswer:
        """What it says of the person who was checked."""
        if any(person.answer is FieldAnswer.ON_RECORD for person in self.people):
            return FieldAnswer.ON_RECORD
        return FieldAnswer.POSSIBLE if self.people or self.units else FieldAnswer.NOT_FOUND


def check_in_field(engine: Engine, samples: Sequence[Sample]) -> FieldCheck:
    """Search all records with prints or a photo of a person, as `identify` does, and keep no probe of it.

    Raises:
        PurposeMissing: the actor states no purpose, or no case.
        InvalidField: the samples are not those of a field check.
        ContactlessPrint: one is a photo of a finger, or a latent.
        TooManySearches, TooManyFieldChecks: the account has made too many in an hour.
        HiddenUntilDecided: as for `identify`.
        InvalidInput: a sample is unusable; nothing was searched or written.
    """
    request = SearchRequest(samples)
    require_may_search(engine, request)
    engine.store.searches.require_field_allowance(engine.elsewhere.field_checks_per_hour)
    _refuse_others(samples)
    for sample in samples:
        _refuse_contactless(engine, sample)
    search = search_gallery(engine, request, probes_of(engine.extract(samples)))
    counts = Counter(str(probe.probe.template.modality) for probe in search.probes)
    observe(engine, search)
    with engine.observer.stage(WorkStage.STORE):
        return _stored(engine, replace(search, probes=(), settings={**search.settings, FIELD: dict(counts)}))


def _refuse_others(samples: Sequence[Sample]) -> None:
    """Refuse what a field check does not take.

    Raises:
        InvalidField: there are too many samples, or they are of several modalities or of another one.
    """
    modalities = {sample.modality for sample in samples}
    limits = {modality.traits.field_samples for modality in modalities}
    if len(limits) > 1 or len(samples) > max(limits, default=0):
        accepted = [(modality.traits.field_samples, modality.traits.noun) for modality in Modality.registered()]
        kinds = " or ".join(f"{number} {noun}" + "s" * (number > 1) for number, noun in accepted if number)
        raise InvalidField(f"A field check takes at most {kinds} of a person; search with other samples instead.")


def _refuse_contactless(engine: Engine, sample: Sample) -> None:
    """Refuse a photo of a finger: how reliably those are found is not measured, and their scale is not known.

    Raises:
        ContactlessPrint: it is one, or a latent.
        InvalidInput: it cannot be decoded.
    """
    if not sample.modality.traits.has_fingers:
        return
    if sample.impression not in _LATENT:
        if engine.channels[sample.modality].recogniser.read_record(sample) is not None:
            return
        pixels = decode(sample.content, sample.ppi).pixels
        if pixels.ndim == 2 or float(np.ptp(pixels.astype(np.int16), axis=2).mean()) < COLOURED:
            return
    raise ContactlessPrint(
        f"{sample.label}: a field check takes prints of a scanner, no photos of fingers and no latents; take the print "
        "with a scanner."
    )


def _stored(engine: Engine, search: Search) -> FieldCheck:
    with engine.store.begin(SEARCH) as work:
        stored = add_search(work, search, engine.elsewhere.searches_per_hour)
        work.searches.require_field_allowance(engine.elsewhere.field_checks_per_hour)
        visible = stored_candidates(stored)
        above = [(answered, line.person) for line in visible.people if (answered := _answer(line, stored.search))]
        entries = work.watchlist.entries_of([person.id for _, person in above if person])
    people = [FieldPerson(answered, person, entries[person.id]) for answered, person in above if person]
    people.sort(key=lambda person: not person.entry.looked_for)  # the order of the scores within each
    return FieldCheck(stored, tuple(people), tuple(hit.unit for hit in visible.elsewhere))


def _answer(line: Shown, search: Search) -> FieldAnswer | None:
    """Return what a search's own statement says of a candidate in plain words; None of one below the threshold."""
    candidate = line.candidate
    rarity = candidate.evidence.among(search.gallery_size)
    if rarity is None or search.threshold is None or candidate.decibans < search.threshold:
        return None
    is_clear = candidate.detail["hint"] == Hint.LIKELY and rarity.rate <= RARE
    return FieldAnswer.ON_RECORD if is_clear else FieldAnswer.POSSIBLE
