"""Errors about ANSI/NIST-ITL files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from biometrics.kernel.errors.base import Fault, InvalidInput

MOST_IN_MESSAGE: Final = 5  # faults in a message; `faults` has all


@dataclass(frozen=True)
class FieldFault:
    """One thing that is wrong with a transaction.

    Attributes:
        record: its place in the file, from 1; 0 is the file as a whole.
        field: its number, such as "14.013"; empty where no field is meant.
        found: what is there, an excerpt; empty where nothing is.
        expected: what belongs there.
        message: the sentence for a person.
        fatal: False where the transaction can be understood all the same.
    """

    record: int
    field: str
    found: str
    expected: str
    message: str
    fatal: bool = True


class MalformedTransaction(InvalidInput):
    """Not an ANSI/NIST-ITL file, or one that breaks the standard; the message names record and field.

    `faults` are all that were found, in the order of the file; an error that stands for none of them has none.
    """

    code = "malformed_transaction"

    def __init__(self, message: str, faults: Sequence[FieldFault] = ()) -> None:
        """Take the sentence, and what it is about."""
        super().__init__(message)
        self.faults = tuple(faults)

    @classmethod
    def of(cls, faults: Sequence[FieldFault]) -> MalformedTransaction:
        """Return the error for one or more faults; the message lists the first ones."""
        messages = " ".join(fault.message for fault in faults[:MOST_IN_MESSAGE])
        unlisted = len(faults) - MOST_IN_MESSAGE
        return cls(f"{messages} And {unlisted} more." if unlisted > 0 else messages, faults)


class TableUnusable(Fault):
    """The operator's table of transactions cannot be read."""

    code = "table_unusable"
