"""The lines of a candidate list as a page shows them: photos of the people, and which samples are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from api.v1.portraits import newest_samples, portrait
from api.v1.searches_schemas import CandidateOut, CandidateSampleOut, SearchOut, has_image
from biometrics.kernel.people.record import Record, StoredSample
from biometrics.kernel.recognition.modality import Modality
from biometrics.records.store import RecordStore
from biometrics.searches.model import StoredSearch

MOST_PAIRS: Final = 2  # of probe and candidate, in a row
_ONE_OF: Final = re.compile(r", face \d+ of (?!1\))\d+\)$")  # as `group_search` names its samples


@dataclass(frozen=True)
class Line:
    """One candidate, with a photo and the samples of the person by their ids."""

    candidate: CandidateOut
    photo: StoredSample | None
    samples: dict[int, StoredSample]

    @property
    def pairs(self) -> list[CandidateSampleOut]:
        """The best scores whose samples are shown next to the probe."""
        best_first = sorted(self.candidate.samples, key=lambda sample: -sample.score.decibans)
        return [sample for sample in best_first if sample.sample_id in self.samples][:MOST_PAIRS]

    @property
    def shows_photo(self) -> bool:
        """Whether one of the pairs is a photo of the face, so no other photo is needed."""
        return any(self.samples[pair.sample_id].modality.traits.has_views for pair in self.pairs)

    def has_image(self, sample_id: int) -> bool:
        """Return whether a sample has an image: a minutiae record of another system has none."""
        return has_image(self.samples[sample_id])


@dataclass(frozen=True)
class Lines:
    """A whole list; `above` are those who reach the threshold, all where there is none."""

    above: Sequence[Line]
    below: Sequence[Line]

    @property
    def by_modality(self) -> dict[Modality | None, list[Line]]:
        """The lines of each list of a latent, which follow each other; under None the units that have a hit."""
        return {modality: list(lines) for modality, lines in groupby(self.above, lambda line: line.candidate.modality)}


def lines_of(search: SearchOut, store: RecordStore) -> Lines:
    """Return the lines of a search's list, as the store's account may see them."""
    people = store.people.named([candidate.record.id for candidate in search.candidates if candidate.record])
    lines = [
        _line(candidate, people.get(candidate.record.id) if candidate.record else None)
        for candidate in search.candidates
    ]
    above = [line for line in lines if line.candidate.above_threshold is not False]
    below = [line for line in lines if line.candidate.above_threshold is False]
    return Lines(above, below)


def is_one_of_several(stored: StoredSearch) -> bool:
    """Return whether a search was for one of several people in a photo, which the photo alone does not show."""
    return any(_ONE_OF.search(probe.probe.label) for probe in stored.search.probes)


def _line(candidate: CandidateOut, person: object) -> Line:
    samples = newest_samples(person) if isinstance(person, Record) else []
    return Line(candidate, portrait(samples), {sample.id: sample for sample in samples})
