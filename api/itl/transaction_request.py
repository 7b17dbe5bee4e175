"""The request of a transaction: its records as the input of a use case, by the table; collects all faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.itl.samples import TransactionSamples, read_card, read_latents, read_marked
from api.itl.table import TransactionKind, TransactionTable, Use
from api.itl.text_fields import TextFields
from api.latent_probes import Latent
from biometrics.itl import TOT, ItlRecord
from biometrics.itl.reading import read
from biometrics.itl.validation import check
from biometrics.kernel.errors import FieldFault, MalformedTransaction
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from fingerprint.latents.marked import MarkedPrint

MAX_LATENTS = 10
MAX_NOTES = 20  # of what was left out, in an answer


@dataclass(frozen=True)
class RequestedAttachments:
    """What to send with the candidates: images of the first `images` of them, their minutiae, their photos."""

    images: int
    features: bool
    photos: bool


@dataclass(frozen=True)
class Booking:
    """Enrol this person; `number` is that of the record to add to, where it is known."""

    person: Person
    encounter: Encounter
    card: TransactionSamples


@dataclass(frozen=True)
class TenprintSearch:
    """Whose are these prints and photos, or these minutiae?"""

    card: TransactionSamples
    marked: tuple[tuple[ItlRecord, MarkedPrint], ...]


@dataclass(frozen=True)
class LatentSearch:
    """Search for the source of latents; `is_standing`: every later enrolment is compared, too."""

    latents: tuple[Latent, ...]
    is_standing: bool


@dataclass(frozen=True)
class Deletion:
    """Remove the record of this national number."""

    national_number: str


@dataclass(frozen=True)
class TransactionRequest:
    """A transaction, understood by the table of its domain; `notes` has what was left out of an XML file, as no field
    takes it.
    """

    first: ItlRecord
    text: ItlRecord | None
    table: TransactionTable
    kind: TransactionKind
    purpose: str
    case_number: str
    officer: str
    attachments: RequestedAttachments
    request: Booking | TenprintSearch | LatentSearch | Deletion
    notes: tuple[str, ...] = ()


def read_request(content: bytes, table: TransactionTable) -> TransactionRequest:
    """Read a file and understand what it asks for.

    Raises:
        MalformedTransaction: with everything that is wrong with its encoding, its fields and what the table makes of
            them.
    """
    reading = read(content)
    faults = [*reading.faults, *(fault for fault in check(reading.records) if fault.fatal)]
    records = reading.records
    fields = TextFields.of(table, records)
    kind = _kind(records[0], fields.table)
    attachments = RequestedAttachments(
        fields.candidate_images(), fields.flag("candidate_features"), fields.flag("candidate_photos")
    )
    searches = isinstance(kind, TransactionKind) and kind.use in (Use.TENPRINT_SEARCH, Use.LATENT_SEARCH)
    # INT-I itself requires a reference.
    case_number = fields.case_number(required=searches and not fields.table.answer.has_one_candidate)
    officer, purpose = fields.officer(), fields.purpose()
    request: Booking | TenprintSearch | LatentSearch | Deletion | None = None
    if isinstance(kind, MalformedTransaction):
        faults += kind.faults
    else:
        request = _request(kind, records, fields)
    faults += fields.faults
    if faults or request is None or isinstance(kind, MalformedTransaction):
        # The standard's rules and the table's may find the same.
        once: dict[tuple[int, str, str], FieldFault] = {}
        for fault in faults:
            once.setdefault((fault.record, fault.field, fault.found), fault)
        raise MalformedTransaction.of(sorted(once.values(), key=lambda fault: fault.record))
    notes = tuple(note.message for note in reading.notes[:MAX_NOTES])
    return TransactionRequest(
        *(records[0], fields.text, fields.table, kind, purpose or kind.purpose),
        *(case_number, officer, attachments, request, notes),
    )


def _kind(first: ItlRecord, table: TransactionTable) -> TransactionKind | MalformedTransaction:
    name = first.text(TOT)
    if name in table.kinds:
        return table.kinds[name]
    kinds = ", ".join(table.kinds)
    problem = f"(TOT) is {name[:16]!r}, a type of transaction that is not taken here: {kinds}"
    return first.error(TOT, problem, f"one of {kinds}", name)


def _request(
    kind: TransactionKind, records: Sequence[ItlRecord], fields: TextFields
) -> Booking | TenprintSearch | LatentSearch | Deletion | None:
    first = records[0]
    if kind.use is Use.DELETION:
        number = fields.national_number(required=True)
        return Deletion(number) if number else None
    if kind.use is Use.LATENT_SEARCH:
        latents = read_latents(records, fields.faults)
        if not latents and not fields.faults:
            fields.faults.append(first.fault(3, "lists no latent: no Type-13 or Type-9 record", "a Type-13 record"))
        if len(latents) > MAX_LATENTS:
            problem = f"lists {len(latents)} latents; at most {MAX_LATENTS} are searched with at once"
            fields.faults.append(first.fault(3, problem, f"at most {MAX_LATENTS} latents"))
        return LatentSearch(tuple(latents), fields.flag("keep_latent"))
    card = read_card(records, fields.faults, fields.missing_fingers())
    if kind.use is Use.BOOKING:
        person, encounter = fields.person(), fields.encounter(kind)
        _refuse_nothing(bool(card.samples), first, fields)
        if not person or not encounter:
            return None
        return Booking(person, replace(encounter, missing_fingers=card.missing), card)
    marked = () if card.samples else tuple(read_marked(records, fields.faults))
    _refuse_nothing(bool(card.samples or marked), first, fields)
    return TenprintSearch(card, marked)


def _refuse_nothing(something: bool, first: ItlRecord, fields: TextFields) -> None:
    if not something and not fields.faults:
        problem = "lists nothing to recognise a person by: no fingerprint, no photo of a face"
        fields.faults.append(first.fault(3, problem, "a record of Type-4, 10 or 14"))
