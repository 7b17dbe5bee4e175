"""Bookings as files, for imports of thousands: each becomes an arrival."""

from __future__ import annotations

from collections.abc import Callable

from api.itl.submission import transaction_key
from api.itl.table import TransactionTable
from api.itl.transaction_request import Booking, read_request
from biometrics import itl
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.use_cases.enrolment.batch_enrolment import Arrival


def read_booking(
    content: bytes, table: TransactionTable, accept_poor_quality: str, is_done: Callable[[IdempotencyKey], bool]
) -> Arrival | None:
    """Read an ANSI/NIST-ITL file; None where `is_done` says so of its key, before its images are looked at.

    The key is the one under which the same user's `pehchan itl submit` enrols it.

    Raises:
        MalformedTransaction: with everything that is wrong with the file.
        InvalidField: it asks for something else than an enrolment.
    """
    idempotency_key = transaction_key(itl.read(content).records[0], content)
    if is_done(idempotency_key):
        return None
    transaction = read_request(content, table)
    booking = transaction.request
    if not isinstance(booking, Booking):
        tot = transaction.first.text(itl.TOT)
        raise InvalidField(f"A {tot} transaction is no booking; carry it out by 'pehchan itl submit'.")
    reason = accept_poor_quality or table.accept_poor_quality
    return Arrival(booking.person, booking.encounter, booking.card.samples, idempotency_key, reason, leave_out=True)
