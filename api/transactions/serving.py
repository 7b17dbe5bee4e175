"""A transaction carried out: the use case that it asks for, and the file that answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.transactions import answers
from api.transactions.answers import Answer, Candidate
from api.transactions.attachments import image_record, minutiae_record
from api.transactions.latents import latent_probes, marked_probe
from api.transactions.question import Booking, Deletion, LatentSearch, Question, TenprintSearch, read_question
from api.transactions.table import Table
from biometrics import itl
from biometrics.access import Act, Actor, Scope
from biometrics.candidates import Hint
from biometrics.engine import Engine
from biometrics.enrol import add_encounter, enrol
from biometrics.errors import Conflict, Forbidden, InvalidInput, MalformedTransaction, NotFound, UnusableSample
from biometrics.identify import SearchRequest, search
from biometrics.itl import DAI, Record
from biometrics.records.values import EnrolledSample, StoredSample, StoredSearch
from biometrics.standing import stand_with
from biometrics.types import FingerPosition, Modality, Sample
from biometrics.watch import StandingKind

_MOST_RECORDS = 99  # of an answer: an IDC has two digits
_FOUND, _NOT_FOUND = "I", "N"


@dataclass(frozen=True)
class Outcome:
    """An answer's file; `refused` is why the transaction was not carried out, None where it was."""

    content: bytes
    refused: Conflict | InvalidInput | NotFound | None = None


def submit(engine: Engine, content: bytes, table: Table, act: Act | None = None) -> Outcome:
    """Carry out a transaction, on somebody's behalf where `act` is given, and return the file that answers it.

    A proper transaction that cannot be carried out (no print can be used, the record is not known) is answered, too.

    Raises:
        MalformedTransaction: with everything that is wrong with the file; nothing was searched or written.
        Forbidden: the actor may not do what the transaction asks for.
    """
    question = read_question(content, table)
    if act is not None:
        require_scopes(question, act.actor)
        told = replace(act, purpose=act.purpose or question.kind.purpose)
        engine = engine.acting(replace(told, case_number=told.case_number or question.case_number))
    try:
        answer = _carried_out(engine, question, table)
    except MalformedTransaction:
        raise
    except (InvalidInput, NotFound, Conflict) as error:
        message = f"{error.code}: {error.message}"
        return Outcome(answers.refusal(question.first, question.text, table, [message]), error)
    return Outcome(answers.write(answer, question.first, question.text, table))


def require_scopes(question: Question, actor: Actor) -> None:
    """Check that somebody may do all that a transaction asks for.

    Raises:
        Forbidden: they may not.
    """
    request, wanted = question.request, question.wanted
    searched = not isinstance(request, Deletion) and (question.kind.search_first or not isinstance(request, Booking))
    needed = {
        Scope.ENCOUNTER_WRITE: isinstance(request, Booking),
        Scope.IDENTIFY: searched,
        Scope.RECORD_EXPUNGE: isinstance(request, Deletion),
        Scope.IMAGE_READ: searched and wanted.images > 0,
        Scope.WATCH_MANAGE: isinstance(request, LatentSearch) and request.kept,
    }
    for scope, is_needed in needed.items():
        if is_needed and not actor.may(scope):
            tot = question.first.text(itl.TOT)
            raise Forbidden(f"You may not send this {tot} transaction: it needs {scope}. Ask an administrator.")


def refusal(content: bytes, table: Table, error: MalformedTransaction) -> bytes | None:
    """Return the file that tells a malformed transaction's sender what is wrong; None where there is no Type-1 record.

    HTTP answers with problem details instead; a station that only speaks transactions needs this.
    """
    try:
        first, *rest = itl.read(content).records
    except MalformedTransaction:
        return None
    text = next((record for record in rest if record.type == 2), None)
    return answers.refusal(first, text, table, [fault.message for fault in error.faults] or [error.message])


def _carried_out(engine: Engine, question: Question, table: Table) -> Answer:
    match question.request:
        case Booking():
            return _booking(engine, question, question.request, table)
        case TenprintSearch():
            return _tenprint_search(engine, question, question.request, table)
        case LatentSearch():
            return _latent_search(engine, question, question.request, table)
        case Deletion():
            return _deletion(engine, question, question.request)


def _booking(engine: Engine, question: Question, booking: Booking, table: Table) -> Answer:
    extracted, notes = _usable(engine, booking.card.samples)
    samples = [one.sample for one in extracted]
    found = _searched(engine, question, extracted, table) if question.kind.search_first else None
    known = booking.person.national_number
    reason = table.accept_poor_quality
    if known and (record := _record_of(engine, known)):
        enrolment = add_encounter(engine, record, booking.encounter, samples, reason)
        done = f"Added to the record {enrolment.national_number} as encounter {enrolment.encounter_id}."
    else:
        enrolment = enrol(engine, booking.person, booking.encounter, samples, reason)
        done = f"Enrolled with {len(samples)} samples as encounter {enrolment.encounter_id}."
    if enrolment.cases:
        notes = [f"Examiners are asked whether the person is on record: {len(enrolment.cases)} cases.", *notes]
    answer = Answer(
        question.kind.answer,
        messages=[done, *booking.card.notes, *notes],
        national_number=enrolment.national_number,
        name=booking.person.name,
    )
    if found is None:
        return answer
    return replace(
        answer,
        messages=[*answer.messages, *_search_notes(found)],
        finding=_finding(found),
        candidates=_listed(engine, [found], only_told=True),
        records=_attached(engine, question, [found], only_told=True),
    )


def _tenprint_search(engine: Engine, question: Question, asked: TenprintSearch, table: Table) -> Answer:
    extracted, notes = _usable(engine, asked.card.samples) if asked.card.samples else _marked(engine, asked)
    found = _searched(engine, question, extracted, table)
    return Answer(
        question.kind.answer,
        messages=[*_search_notes(found), *asked.card.notes, *notes],
        finding=_finding(found),
        candidates=_listed(engine, [found]),
        records=_attached(engine, question, [found]),
    )


def _latent_search(engine: Engine, question: Question, asked: LatentSearch, table: Table) -> Answer:
    found, notes = [], []
    refused: UnusableSample | None = None
    for latent in asked.latents:
        try:
            probes = latent_probes(engine, latent)
        except UnusableSample as error:
            refused = error
            notes.append(error.message)
            continue
        request = replace(_request(question, probes, table), alternatives=True)
        if asked.kept and engine.store.act is not None:
            stood = stand_with(engine, request, probes, StandingKind.LATENT)
            found.append(stood.searched)
            notes.append(f"Every later enrolment is compared with it: standing search {stood.standing.number}.")
        else:
            found.append(search(engine, request, probes))
    if refused and not found:
        raise refused
    return Answer(
        question.kind.answer,
        messages=[*(note for one in found for note in _search_notes(one)), *notes],
        finding=_FOUND if any(_finding(one) == _FOUND for one in found) else _NOT_FOUND,
        candidates=_listed(engine, found)[: table.candidates],
        latent=True,
        records=_attached(engine, question, found),
    )


def _deletion(engine: Engine, question: Question, asked: Deletion) -> Answer:
    record = engine.store.record_by_national_number(asked.national_number)
    engine.store.remove_record(record.id)
    for channel in engine.channels.values():
        channel.gallery.catch_up()
    message = f"The record {asked.national_number} was removed with its samples and templates."
    return Answer(question.kind.answer, [message], asked.national_number)


def _record_of(engine: Engine, national_number: str) -> str | None:
    try:
        return engine.store.record_by_national_number(national_number).id
    except NotFound:
        return None


def _usable(engine: Engine, samples: Sequence[Sample]) -> tuple[list[EnrolledSample], list[str]]:
    """Extract the samples; where some hold nothing usable, leave those out and say so.

    Raises:
        UnusableSample: none is usable.
    """
    try:
        return engine.extract(samples), []
    except UnusableSample as first:
        extracted, notes, refused = [], [], first
        for sample in samples:
            try:
                extracted += engine.extract([sample])
            except UnusableSample as error:
                notes.append(f"Left out: {error.message}")
        if not extracted:
            raise refused from None
        return extracted, notes


def _marked(engine: Engine, asked: TenprintSearch) -> tuple[list[EnrolledSample], list[str]]:
    probes, notes = [], []
    refused: UnusableSample | None = None
    for record, marked in asked.marked:
        try:
            probes.append(marked_probe(engine, record.place, marked, b"".join(each.value for each in record.fields)))
        except UnusableSample as error:
            refused = error
            notes.append(f"Left out: record {record.place}: {error.message}")
    if refused and not probes:
        raise refused
    return probes, notes


def _searched(engine: Engine, question: Question, extracted: Sequence[EnrolledSample], table: Table) -> StoredSearch:
    return search(engine, _request(question, extracted, table), extracted)


def _request(question: Question, extracted: Sequence[EnrolledSample], table: Table) -> SearchRequest:
    samples = [one.sample for one in extracted]
    return SearchRequest(samples, table.candidates, table.target_fpir, question.case_number, question.officer)


def _finding(found: StoredSearch) -> str:
    threshold = found.search.threshold
    above = threshold is not None and any(one.score >= threshold for one in found.search.candidates)
    return _FOUND if above else _NOT_FOUND


def _search_notes(found: StoredSearch) -> list[str]:
    search_ = found.search
    best = search_.candidates[0] if search_.candidates else None
    told = f"Search {found.id} of {search_.gallery_size} records"
    if search_.threshold is not None:
        told += f", threshold {search_.threshold:.1f} decibans"
    if best:
        told += f"; the first candidate has {best.score:.1f} decibans ({best.detail['hint']})"
    return [f"{told}. An examiner decides."]


def _listed(engine: Engine, found: Sequence[StoredSearch], only_told: bool = False) -> list[Candidate]:
    """Return the candidates of some searches, best first, each person once; `only_told`: without mere chance."""
    listed: dict[str, Candidate] = {}
    for one in sorted((each for found_ in found for each in found_.search.candidates), key=lambda each: -each.score):
        if one.record_id in listed or (only_told and one.detail["hint"] == Hint.NONE):
            continue
        record = engine.store.find_record(one.record_id)
        if record is None:
            continue
        finger = next((_position(engine, sample["sample_id"]) for sample in one.detail["samples"]), None)
        listed[one.record_id] = Candidate(record.national_number, record.person.name, one.score, finger)
    return list(listed.values())


def _position(engine: Engine, sample_id: int) -> int:
    return int(engine.store.sample(sample_id).position or FingerPosition.UNKNOWN)


def _attached(
    engine: Engine, question: Question, found: Sequence[StoredSearch], only_told: bool = False
) -> list[Record]:
    """Return the images that were asked for, of the best candidates: those samples that matched."""
    attached: list[Record] = []
    wanted, source = question.wanted, question.first.text(DAI)
    best = sorted((each for one in found for each in one.search.candidates), key=lambda each: -each.score)
    people = dict.fromkeys(one.record_id for one in best if not only_told or one.detail["hint"] != Hint.NONE)
    for record_id in list(people)[: wanted.images]:
        record = engine.store.find_record(record_id)
        if record is None:
            continue
        matched = {
            sample["sample_id"] for one in best if one.record_id == record_id for sample in one.detail["samples"]
        }
        samples = {sample.id: (sample, each) for each in record.encounters for sample in each.samples}
        templates = {one.sample_id: one for one in engine.store.templates_of([record_id], engine.models)[record_id]}
        for sample, encounter in samples.values():
            face = sample.modality is Modality.FACE
            if len(attached) >= _MOST_RECORDS or not (wanted.photos if face else sample.id in matched):
                continue
            idc, taken = len(attached) + 1, encounter.encounter.date
            attached.append(image_record(sample, _image(engine, sample), idc, source, taken, record.national_number))
            if wanted.features and not face and sample.id in templates and len(attached) < _MOST_RECORDS:
                attached.append(minutiae_record(templates[sample.id], sample, idc))
    return attached


def _image(engine: Engine, sample: StoredSample) -> bytes:
    return engine.store.sample_image(sample.id)
