"""A call of one of the interface's operations, as plain values, so that it can be carried out at once or later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from biometrics.kernel.access import REQUEST_LENGTH
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.text import FIR_LENGTH

MAX_TRANSACTION = 1000  # code points


@dataclass(frozen=True)
class Call:
    """One call.

    Attributes:
        operation: the interface's name of it.
        parameters: the values of its path and query.
        body: its JSON, None where it has none.
        transaction: the client's id of the transaction.
        task: the task that carries it out, empty if the client waits for the answer.
        is_retry: whether an earlier run may have finished it without being able to report that.
    """

    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    transaction: str = ""
    task: str = ""
    is_retry: bool = False

    def __post_init__(self) -> None:
        """Check."""
        if not 1 <= len(self.transaction) <= MAX_TRANSACTION:
            raise InvalidField(f"Give a transactionId of 1 to {MAX_TRANSACTION:,} characters.")

    def text(self, name: str) -> str:
        """Return a text of the path or the query."""
        return str(self.parameters[name])

    @property
    def case_number(self) -> str:
        """The transaction, as far as it fits a case number."""
        return (_visible(self.transaction)[:FIR_LENGTH]).strip() or "-"

    @property
    def request_id(self) -> str:
        """The transaction, as far as it fits the id of a request."""
        return _visible(self.transaction)[:REQUEST_LENGTH].strip()


def _visible(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)
