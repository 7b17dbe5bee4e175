"""Carries out a transaction with the use case that it requests, and writes the file that answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from api.itl import answers
from api.itl.answer_fields import TransactionAnswer
from api.itl.answer_hits import hits_of
from api.itl.table import TransactionTable
from api.itl.transaction_request import (
    Booking,
    Deletion,
    LatentSearch,
    TenprintSearch,
    TransactionRequest,
    read_request,
)
from api.latent_probes import latent_probes, marked_probe
from biometrics import itl
from biometrics.itl import ORI, TCN, ItlRecord
from biometrics.itl.validation import domain_of
from biometrics.kernel.access import Act, Actor, Scope
from biometrics.kernel.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    KeyReused,
    MalformedTransaction,
    NotFound,
    OutOfJurisdiction,
    PehchanError,
    UnusableSample,
)
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.searches.model import StoredSearch
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import add_extracted, enrol_extracted, make_searchable
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import SearchRequest, search
from biometrics.use_cases.search.standing_search import add_extracted_standing_search
from biometrics.watchlist.model import StandingKind

_MATCH, _NO_MATCH = "I", "N"
_AGENCY_NAMES = 17  # of Type-1, by which INTERPOL knows a sender
_USED = "The control number (1.009) was used for another transaction; give each its own, and repeat none but as it was."


@dataclass(frozen=True)
class SubmissionOutcome:
    """An answer's file; `refused` is why the transaction was not carried out, None where it was.

    `searches` are the ids of the searches that were made for it.
    """

    content: bytes
    refused: PehchanError | None = None
    searches: tuple[str, ...] = ()


def submit(
    engine: Engine, content: bytes, table: TransactionTable, act: Act | None = None, candidate: int = 1
) -> SubmissionOutcome:
    """Carry out a transaction, on behalf of `act` if given, and return the file that answers it, in its encoding.

    The table of its domain (1.013) counts. Where an answer has one candidate only, `candidate` is its place, from 1.
    A valid transaction that cannot be carried out (no usable print, unknown record) is answered with a file, too.

    Raises:
        MalformedTransaction: with everything that is wrong with the file; nothing was searched or written.
        Forbidden: the actor may not do what the transaction asks for.
    """
    transaction = read_request(content, table)
    table = transaction.table
    if act is not None:
        require_scopes(transaction, act.actor)
        purposeful = replace(act, purpose=act.purpose or transaction.purpose)
        engine = engine.for_actor(replace(purposeful, case_number=purposeful.case_number or transaction.case_number))
    engine = engine.for_request(transaction_key(transaction.first, content))
    encoding = itl.encoding_of(content)
    try:
        answer = _carried_out(engine, transaction, table)
        answer = replace(answer, messages=[*answer.messages, *transaction.notes])
        written = answers.write(answer, transaction.first, transaction.text, table, encoding, candidate)
    except MalformedTransaction:
        raise
    except (InvalidInput, NotFound, Conflict, OutOfJurisdiction) as error:
        if isinstance(error, OutOfJurisdiction) and not error.noted:
            engine.store.note(Action.REFUSED, "", code=error.code, route=transaction.first.text(itl.TOT))
        why = _USED if isinstance(error, KeyReused) else error.message
        message = f"{error.code}: {why}"
        refused = answers.refusal(transaction.first, transaction.text, table, [message], error, encoding)
        return SubmissionOutcome(refused, error)
    return SubmissionOutcome(written, searches=tuple(answer.searches))


def require_scopes(transaction: TransactionRequest, actor: Actor) -> None:
    """Check that an actor has every scope that a transaction needs.

    Raises:
        Forbidden: a scope is missing.
    """
    request, requested = transaction.request, transaction.attachments
    searched = not isinstance(request, Deletion) and (transaction.kind.search_first or not isinstance(request, Booking))
    requirements = {
        Scope.ENCOUNTER_WRITE: isinstance(request, Booking),
        Scope.IDENTIFY: searched,
        Scope.RECORD_EXPUNGE: isinstance(request, Deletion),
        Scope.IMAGE_READ: searched and requested.images > 0,
        Scope.WATCH_MANAGE: isinstance(request, LatentSearch) and request.is_standing,
    }
    for scope, is_needed in requirements.items():
        if is_needed and not actor.may(scope):
            tot = transaction.first.text(itl.TOT)
            raise Forbidden(
                f"You don't have permission to send this {tot} transaction: it needs {scope}. Ask an administrator."
            )


def refusal(content: bytes, table: TransactionTable, error: MalformedTransaction) -> bytes | None:
    """Return the file that reports a malformed transaction's faults to its sender; None without a Type-1 record.

    HTTP answers with problem details instead; a station that only speaks transactions needs this.
    """
    try:
        first, *rest = itl.read(content).records
    except MalformedTransaction:
        return None
    text = next((record for record in rest if record.type == 2), None)
    messages = [fault.message for fault in error.faults] or [error.message]
    table = table.of_domain(domain_of(first))
    return answers.refusal(first, text, table, messages, error, itl.encoding_of(content))


def transaction_key(first: ItlRecord, content: bytes) -> IdempotencyKey:
    """Return by what a transaction that arrives again is known: its sender's control number, and the file."""
    sender = first.text(ORI) or "\x1f".join(next(iter(first.items(_AGENCY_NAMES)), []))
    number = f"{sender}\x1f{first.text(TCN)}".encode()
    return IdempotencyKey(f"itl-{sha256(number).hexdigest()}", sha256(content).hexdigest())


def _carried_out(engine: Engine, transaction: TransactionRequest, table: TransactionTable) -> TransactionAnswer:
    match transaction.request:
        case Booking():
            return _booking(engine, transaction, transaction.request, table)
        case TenprintSearch():
            return _tenprint_search(engine, transaction, transaction.request, table)
        case LatentSearch():
            return _latent_search(engine, transaction, transaction.request, table)
        case Deletion():
            return _deletion(engine, transaction, transaction.request)


def _booking(
    engine: Engine, transaction: TransactionRequest, booking: Booking, table: TransactionTable
) -> TransactionAnswer:
    extracted, notes = engine.extract_usable(booking.card.samples, assess=True)
    stored = _searched(engine, transaction, extracted, table) if transaction.kind.search_first else None
    national_number = booking.person.national_number
    reason = table.accept_poor_quality
    if national_number and (record := _record_of(engine, national_number)):
        enrolment = add_extracted(engine, record, booking.encounter, extracted, reason)
        outcome = f"Added to the record {enrolment.national_number} as encounter {enrolment.encounter_id}."
    else:
        enrolment = enrol_extracted(engine, booking.person, booking.encounter, extracted, reason)
        outcome = f"Enrolled with {len(extracted)} samples as encounter {enrolment.encounter_id}."
    if enrolment.cases:
        notes = [f"Examiners are asked whether the person is on record: {len(enrolment.cases)} cases.", *notes]
    answer = TransactionAnswer(
        transaction.kind.answer,
        messages=[outcome, *booking.card.notes, *notes],
        national_number=enrolment.national_number,
        name=booking.person.name,
    )
    if stored is None:
        return answer
    hits = hits_of(engine, transaction, [stored], table.candidates, only_hints=True)
    return replace(
        answer,
        messages=[*answer.messages, *_search_notes(stored), *hits.notes],
        finding=_finding(stored),
        candidates=hits.candidates,
        records=hits.records,
        searches=[stored.id],
    )


def _tenprint_search(
    engine: Engine, transaction: TransactionRequest, request: TenprintSearch, table: TransactionTable
) -> TransactionAnswer:
    extracted, notes = engine.extract_usable(request.card.samples) if request.card.samples else _marked(engine, request)
    stored = _searched(engine, transaction, extracted, table)
    hits = hits_of(engine, transaction, [stored], table.candidates, only_hints=table.answer.has_one_candidate)
    return TransactionAnswer(
        transaction.kind.answer,
        messages=[*_search_notes(stored), *hits.notes, *request.card.notes, *notes],
        finding=_finding(stored),
        candidates=hits.candidates,
        records=hits.records,
        searches=[stored.id],
    )


def _latent_search(
    engine: Engine, transaction: TransactionRequest, request: LatentSearch, table: TransactionTable
) -> TransactionAnswer:
    searches: list[StoredSearch] = []
    notes: list[str] = []
    refused: UnusableSample | None = None
    for number, latent in enumerate(request.latents, start=1):
        part = engine.for_part(number)
        notes += latent.warnings
        try:
            probe_set = latent_probes(engine, latent)
        except UnusableSample as error:
            refused = error
            notes.append(error.message)
            continue
        probes = probe_set.probes
        notes += [
            f"The latent of {latent.label} is not compared with {modality.traits.samples_label.lower()}: {why}"
            for modality, why in probe_set.not_searched.items()
        ]
        notes += [f"The latent of {latent.label}. {text}" for text in probe_set.left_out]
        search_request = probe_set.stated_in(_request(transaction, probes, table))
        if request.is_standing and engine.store.act is not None:
            new = add_extracted_standing_search(part, search_request, probes, StandingKind.LATENT)
            searches.append(new.searched)
            notes.append(f"Every later enrolment is compared with it: standing search {new.standing.number}.")
        else:
            searches.append(search(part, search_request, probes))
    if refused and not searches:
        raise refused
    hits = hits_of(engine, transaction, searches, table.candidates, only_hints=table.answer.has_one_candidate)
    return TransactionAnswer(
        transaction.kind.answer,
        messages=[*(note for stored in searches for note in _search_notes(stored)), *hits.notes, *notes],
        finding=_MATCH if any(_finding(stored) == _MATCH for stored in searches) else _NO_MATCH,
        candidates=hits.candidates,
        latent=True,
        records=hits.records,
        searches=[stored.id for stored in searches],
    )


def _deletion(engine: Engine, transaction: TransactionRequest, request: Deletion) -> TransactionAnswer:
    retention = Retention(engine.store)
    was_deleted = retention.deleted_before()  # the number leads nowhere then
    record_id = "" if was_deleted else engine.store.people.by_national_number(request.national_number).id
    first = transaction.first
    certificate = retention.delete(
        record_id, f"Transaction {first.text(itl.TOT)} {first.text(TCN)} of {first.text(ORI)}"
    )
    make_searchable(engine)
    messages = [f"The record {request.national_number} was removed."]
    if certificate is not None:
        whole = certificate.content["record_removed"]
        left = "" if whole else " Encounters of other units stay."
        messages = [f"The samples of {request.national_number} were destroyed: certificate {certificate.id}.{left}"]
    return TransactionAnswer(transaction.kind.answer, messages, request.national_number)


def _record_of(engine: Engine, national_number: str) -> str | None:
    try:
        return engine.store.people.by_national_number(national_number).id
    except NotFound:
        return None


def _marked(engine: Engine, request: TenprintSearch) -> tuple[list[EnrolledSample], list[str]]:
    probes, notes = [], []
    refused: UnusableSample | None = None
    for record, marked in request.marked:
        try:
            probes.append(marked_probe(engine, record.place, marked, b"".join(field.value for field in record.fields)))
        except UnusableSample as error:
            refused = error
            notes.append(f"Left out: record {record.place}: {error.message}")
    if refused and not probes:
        raise refused
    return probes, notes


def _searched(
    engine: Engine, transaction: TransactionRequest, extracted: Sequence[EnrolledSample], table: TransactionTable
) -> StoredSearch:
    return search(engine, _request(transaction, extracted, table), extracted)


def _request(
    transaction: TransactionRequest, extracted: Sequence[EnrolledSample], table: TransactionTable
) -> SearchRequest:
    samples = [enrolled.sample for enrolled in extracted]
    return SearchRequest(samples, table.candidates, table.target_fpir, transaction.case_number, transaction.officer)


def _finding(stored: StoredSearch) -> str:
    return _MATCH if stored.search.names_somebody else _NO_MATCH


def _search_notes(stored: StoredSearch) -> list[str]:
    performed = stored.search
    note = f"Search {stored.id} of {performed.gallery_size} records"
    if performed.threshold is not None:
        note += f", target FPIR {performed.settings['target_fpir']:g}"
    return [f"{note}. An examiner decides."]
