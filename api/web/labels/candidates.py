"""The lines of a candidate list as a page shows them: photos of the people, and which samples are shown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from api.v1.portraits import newest_samples, portrait
from api.v1.searches_schemas import CandidateOut, CandidateSampleOut, SearchOut, has_image
from biometrics.kernel.people.record import Record, StoredSample
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.clock import day_of
from biometrics.records.store import RecordStore
from biometrics.searches.model import StoredSearch

MOST_PAIRS: Final = 2  # of probe and candidate, in a row
AGED: Final = 10  # years; an adult's passport, and so its photo, is valid as long
ADULT: Final = 18  # years
_ONE_OF: Final = re.compile(r", face \d+ of (?!1\))\d+\)$")  # as `group_search` names its samples


@dataclass(frozen=True)
class Line:
    """One candidate, with a photo and the samples of the person by their ids; `taken` are the days of the latter."""

    candidate: CandidateOut
    photo: StoredSample | None
    samples: dict[int, StoredSample]
    taken: dict[int, dt.date]
    searched_on: dt.date

    @property
    def years(self) -> int:
        """Whole years from the newest photo that was compared to the search; 0 if that shows no change of a face."""
        compared = [self.taken[pair.sample_id] for pair in self.pairs if self._is_face(pair)]
        years = max((self.searched_on - max(compared)).days // 365, 0) if compared else 0
        return years if years >= AGED or (years and self._age_on(max(compared)) < ADULT) else 0

    def _age_on(self, day: dt.date) -> int:
        """Return the greatest age that a person can have on a day; that of an adult if the year of birth is unknown."""
        born = self.candidate.record.birth_year if self.candidate.record else None
        return day.year - born if born else ADULT

    def _is_face(self, pair: CandidateSampleOut) -> bool:
        return self.samples[pair.sample_id].modality.traits.has_views

    @property
    def pairs(self) -> list[CandidateSampleOut]:
        """The best scores whose samples are shown next to the probe."""
        best_first = sorted(self.candidate.samples, key=lambda sample: -sample.score.decibans)
        return [sample for sample in best_first if sample.sample_id in self.samples][:MOST_PAIRS]

    @property
    def shows_photo(self) -> bool:
        """Whether one of the pairs is a photo of the face, so no other photo is needed."""
        return any(map(self._is_face, self.pairs))

    def has_image(self, sample_id: int) -> bool:
        """Return whether a sample has an image: a minutiae record of another system has none."""
        return has_image(self.samples[sample_id])


@dataclass(frozen=True)
class Lines:
    """A whole list; `above` are those who reach the threshold, all where there is none."""

    above: Sequence[Line]
    below: Sequence[Line]

    @property
    def several_above(self) -> bool:
        """Whether more than one person reaches the threshold of the search."""
        return sum(line.candidate.above_threshold is True for line in self.above) > 1

    @property
    def record_ids(self) -> list[str]:
        """The records of the candidates whom the reader may see."""
        listed = [line.candidate.record for line in (*self.above, *self.below)]
        return [record.id for record in listed if record]

    def ranks_of(self, record_ids: Collection[str]) -> list[int]:
        """Return the ranks of the candidates with some records."""
        listed = [line.candidate for line in (*self.above, *self.below)]
        return [one.rank for one in listed if one.record and one.record.id in record_ids]

    @property
    def by_modality(self) -> dict[Modality | None, list[Line]]:
        """The lines of each list of a latent, which follow each other; under None the units that have a hit."""
        return {modality: list(lines) for modality, lines in groupby(self.above, lambda line: line.candidate.modality)}


def lines_of(search: SearchOut, store: RecordStore) -> Lines:
    """Return the lines of a search's list, as the store's account may see them."""
    people = store.people.named([candidate.record.id for candidate in search.candidates if candidate.record])
    lines = [
        _line(candidate, people.get(candidate.record.id) if candidate.record else None, day_of(search.created_at))
        for candidate in search.candidates
    ]
    above = [line for line in lines if line.candidate.above_threshold is not False]
    below = [line for line in lines if line.candidate.above_threshold is False]
    return Lines(above, below)


def is_one_of_several(stored: StoredSearch) -> bool:
    """Return whether a search was for one of several people in a photo, which the photo alone does not show."""
    return any(_ONE_OF.search(probe.probe.label) for probe in stored.search.probes)


def _line(candidate: CandidateOut, person: object, searched_on: dt.date) -> Line:
    encounters = person.encounters if isinstance(person, Record) else ()
    samples = newest_samples(person) if isinstance(person, Record) else []
    taken = {sample.id: visit.encounter.date for visit in encounters for sample in visit.samples}
    return Line(candidate, portrait(samples), {sample.id: sample for sample in samples}, taken, searched_on)
