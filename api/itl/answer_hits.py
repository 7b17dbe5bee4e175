"""The hits of searches in an answer: candidates, best first, with the images that were asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from api.itl.answer_fields import AnswerCandidate
from api.itl.attachments import image_record, minutiae_record
from api.itl.transaction_request import RequestedAttachments, TransactionRequest
from biometrics.itl import DAI, ItlRecord
from biometrics.kernel.people.record import Record, StoredSample
from biometrics.searches.model import SearchCandidate, StoredSearch
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.candidates import CandidateList, Hint, Shown, stored_candidates
from palm.modality import PALM

Hit = tuple[SearchCandidate, Record]

_MOST_RECORDS = 99  # of an answer: an IDC has two digits


@dataclass(frozen=True)
class AnswerHits:
    """What searches add to an answer: candidates, records with their images, and notes about what is left out."""

    candidates: list[AnswerCandidate]
    records: list[ItlRecord]
    notes: list[str]


def hits_of(
    engine: Engine,
    transaction: TransactionRequest,
    searches: Sequence[StoredSearch],
    limit: int,
    *,
    only_hints: bool = False,
) -> AnswerHits:
    """Return the hits of some searches: at most `limit` people, each once, and the other units that have a hit.

    For latents: up to `limit` people by fingers, then by palms, because their scores have no common scale.

    `only_hints`: leave out candidates whose score is no more than chance.
    """
    lists = [stored_candidates(stored) for stored in searches]
    lines = [line for candidates in lists for line in candidates.people]
    of_prints = _best([line for line in lines if line.candidate.modality != PALM], limit, only_hints=only_hints)
    of_palms = _best([line for line in lines if line.candidate.modality == PALM], limit, only_hints=only_hints)
    people = [*of_prints, *of_palms]
    attached = [_Attached(engine, hit) for hit in people[: transaction.attachments.images]]
    notes: list[str] = []
    if any(line.person is None for line in lines):
        notes.append("Candidates of the search are no longer on record; they are left out.")
    if of_prints and of_palms:
        rank = len(of_prints) + 1
        notes.append(f"Candidates from {rank} on are of palms: an order of their own, which no score compares.")
    for person in attached:
        notes += person.left_out(transaction.attachments)
    candidates = [*map(_candidate, people), *_candidates_elsewhere(lists)]
    return AnswerHits(candidates, _records(engine, transaction, attached), notes)


def _best(lines: Sequence[Shown], limit: int, *, only_hints: bool) -> list[Hit]:
    """Return the candidates that are on record, best first, each person once."""
    best: dict[str, Hit] = {}
    for line in sorted(lines, key=lambda line: line.candidate.order, reverse=True):
        if line.person is not None and not (only_hints and line.candidate.detail["hint"] == Hint.NONE):
            best.setdefault(line.candidate.record_id, (line.candidate, line.person))
    return list(best.values())[:limit]


def _candidate(hit: Hit) -> AnswerCandidate:
    candidate, record = hit
    samples = {sample.id: sample for encounter in record.encounters for sample in encounter.samples}
    matched = [sample["sample_id"] for sample in candidate.detail["samples"]]
    finger = next((_ridges_of(samples[sample_id]) for sample_id in matched if sample_id in samples), None)
    return AnswerCandidate(record.national_number, record.person.name, candidate.evidence, finger)


def _candidates_elsewhere(lists: Sequence[CandidateList]) -> list[AnswerCandidate]:
    """Return the units to call for people of other units."""
    units = {hit.unit.unit: hit.unit for candidates in lists for hit in candidates.elsewhere}
    return [
        AnswerCandidate("", f"Kept by {units[unit].contact}", None, elsewhere=units[unit]) for unit in sorted(units)
    ]


def _ridges_of(sample: StoredSample) -> int:
    """Return the code of a finger or palm; 0, an unknown finger, of another sample."""
    return sample.position or 0 if sample.modality.traits.has_ridges else 0


class _Attached:
    """A person whose images an answer has: the samples that matched, and the photos.

    Since an earlier search, samples may have been destroyed, or may have templates of another model only.
    """

    def __init__(self, engine: Engine, hit: Hit) -> None:
        candidate, self.record = hit
        self.matched = {sample["sample_id"] for sample in candidate.detail["samples"]}
        templates = engine.store.templates.of_records([self.record.id], engine.models).get(self.record.id, ())
        self.templates = {template.sample_id: template for template in templates}

    def samples(self, requested: RequestedAttachments) -> Iterator[tuple[StoredSample, date]]:
        """Yield the requested samples, with their days."""
        for encounter in self.record.encounters:
            for sample in encounter.samples:
                if requested.photos if sample.modality.traits.has_views else sample.id in self.matched:
                    yield sample, encounter.encounter.date

    def left_out(self, requested: RequestedAttachments) -> Iterator[str]:
        """Yield a note for what cannot be attached."""
        number = self.record.national_number
        stored = [sample for encounter in self.record.encounters for sample in encounter.samples]
        matching = [sample for sample in stored if sample.id in self.matched]
        if len(matching) < len(self.matched):
            yield f"{number}: samples that matched are no longer on record."
        prints = {sample.id for sample in matching if sample.modality.traits.has_fingers}
        if requested.features and prints - self.templates.keys():
            yield f"{number}: minutiae are left out; there are none of the present model."
        for sample, _ in self.samples(requested):
            if not _has_record(sample):
                yield f"{number}: a {sample.modality.traits.noun} has no record type."


def _has_record(sample: StoredSample) -> bool:
    return sample.modality.traits.interchange.itl_record is not None


def _records(engine: Engine, transaction: TransactionRequest, people: Sequence[_Attached]) -> list[ItlRecord]:
    """Return the requested images of people as records, each print followed by its minutiae where they are wanted."""
    records: list[ItlRecord] = []
    requested, source = transaction.attachments, transaction.first.text(DAI)
    for person in people:
        for sample, day in person.samples(requested):
            if not _has_record(sample) or len(records) >= _MOST_RECORDS:
                continue
            idc, content = len(records) + 1, engine.store.samples.image(sample.id)
            records.append(image_record(sample, content, idc, source, day, person.record.national_number))
            if requested.features and sample.modality.traits.has_fingers and sample.id in person.templates:
                records.append(minutiae_record(person.templates[sample.id], sample, idc))
    return records[:_MOST_RECORDS]
