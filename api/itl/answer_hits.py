"""The hits of searches in an answer: candidates, best first, with the images that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.itl.answer_fields import AnswerCandidate
from api.itl.attachments import image_record, minutiae_record
from api.itl.transaction_request import TransactionRequest
from biometrics.itl import DAI, ItlRecord
from biometrics.kernel.people.record import Elsewhere, StoredSample
from biometrics.kernel.people.record import Record as StoredRecord
from biometrics.searches.model import StoredSearch
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.candidates import Hint, Shown, stored_candidates
from palm.modality import PALM

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
    notes: list[str] = []
    lines, units = _best_lines(searches, limit, notes, only_hints)
    return AnswerHits(_answer_candidates(lines, units), _attached(engine, transaction, lines, notes), notes)


def _best_lines(
    searches: Sequence[StoredSearch], limit: int, notes: list[str], only_hints: bool
) -> tuple[list[Shown], list[Elsewhere]]:
    """Return the candidates, best first, each person once, and the other units that have a hit."""
    lists = [stored_candidates(stored) for stored in searches]
    if any(line.person is None for candidates in lists for line in candidates.people):
        notes.append("Candidates of the search are no longer on record; they are left out.")
    best: dict[bool, dict[str, Shown]] = {False: {}, True: {}}  # of prints and photos, and of palms alone
    lines = (line for candidates in lists for line in candidates.people)
    for line in sorted(lines, key=lambda line: line.candidate.order, reverse=True):
        if line.person is not None and not (only_hints and line.candidate.detail["hint"] == Hint.NONE):
            best[line.candidate.modality == PALM].setdefault(line.candidate.record_id, line)
    if all(best.values()):
        of_palms = len(list(best[False])[:limit]) + 1
        notes.append(f"Candidates from {of_palms} on are of palms: an order of their own, which no score compares.")
    units = {hit.unit.unit: hit.unit for candidates in lists for hit in candidates.elsewhere}
    people = [line for best_by_record in best.values() for line in list(best_by_record.values())[:limit]]
    return people, [units[unit] for unit in sorted(units)]


def _answer_candidates(lines: Sequence[Shown], units: Sequence[Elsewhere]) -> list[AnswerCandidate]:
    """Return the candidates of an answer; for people of other units, only the unit to call."""
    people = [_candidate(line, line.person) for line in lines if line.person is not None]
    return people + [AnswerCandidate("", f"Kept by {unit.contact}", None, elsewhere=unit) for unit in units]


def _candidate(line: Shown, record: StoredRecord) -> AnswerCandidate:
    matched = [sample["sample_id"] for sample in line.candidate.detail["samples"]]
    samples = {sample.id: sample for encounter in record.encounters for sample in encounter.samples}
    finger = next((_ridges_of(samples[sample_id]) for sample_id in matched if sample_id in samples), None)
    return AnswerCandidate(record.national_number, record.person.name, line.candidate.evidence, finger)


def _ridges_of(sample: StoredSample) -> int:
    """Return the code of a finger or palm; 0, an unknown finger, of another sample."""
    return sample.position or 0 if sample.modality.traits.has_ridges else 0


def _attached(
    engine: Engine, transaction: TransactionRequest, lines: Sequence[Shown], notes: list[str]
) -> list[ItlRecord]:
    """Return the requested images of the best candidates: the samples that matched.

    Since an earlier search, samples may have been destroyed, or may have templates of another model only; `notes` lists
    what is left out for this reason.
    """
    attached: list[ItlRecord] = []
    requested, source = transaction.attachments, transaction.first.text(DAI)
    for line in lines[: requested.images]:
        record = line.person
        if not isinstance(record, StoredRecord):
            continue
        matched = {sample["sample_id"] for sample in line.candidate.detail["samples"]}
        stored_templates = engine.store.templates.of_records([record.id], engine.models).get(record.id, ())
        templates = {template.sample_id: template for template in stored_templates}
        samples = {sample.id: sample for encounter in record.encounters for sample in encounter.samples}
        matching = [samples[sample_id] for sample_id in matched if sample_id in samples]
        if len(matching) < len(matched):
            notes.append(f"{record.national_number}: samples that matched are no longer on record.")
        prints = {sample.id for sample in matching if sample.modality.traits.has_fingers}
        if requested.features and prints - templates.keys():
            notes.append(f"{record.national_number}: minutiae are left out; there are none of the present model.")
        for encounter in record.encounters:
            for sample in encounter.samples:
                face = sample.modality.traits.has_views
                if len(attached) >= _MOST_RECORDS or not (requested.photos if face else sample.id in matched):
                    continue
                if sample.modality.traits.interchange.itl_record is None:
                    notes.append(f"{record.national_number}: a {sample.modality.traits.noun} has no record type.")
                    continue
                idc, date = len(attached) + 1, encounter.encounter.date
                content = engine.store.samples.image(sample.id)
                attached.append(image_record(sample, content, idc, source, date, record.national_number))
                is_print = sample.modality.traits.has_fingers and sample.id in templates
                if requested.features and is_print and len(attached) < _MOST_RECORDS:
                    attached.append(minutiae_record(templates[sample.id], sample, idc))
    return attached
