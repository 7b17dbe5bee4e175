"""What a client of OSIA's interface says of an encounter, and what it knows of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.record import Record, StoredEncounter
from biometrics.kernel.technique.text import clean_text
from biometrics.storage.tables.osia import CLIENT_ID_LENGTH

ALL = "ALL"  # galleries


@dataclass(frozen=True)
class ClientData:
    """A client's data of an encounter, besides what the record holds.

    `content` is returned as it came, in bytes that are sealed in the database; None if it equals the record.
    `task_id` is the task that writes it, empty if there is none.

    Raises:
        InvalidField: a name breaks its rule, or there is no gallery.
    """

    client_id: str
    encounter_type: str
    galleries: tuple[str, ...]
    active: bool
    content: bytes | None
    task_id: str = ""

    def __post_init__(self) -> None:
        """Check."""
        if self.client_id:
            check_name("encounterId", self.client_id)
        check_name("encounterType", self.encounter_type)
        check_galleries(self.galleries)


@dataclass(frozen=True)
class ClientEncounter:
    """A stored encounter as a client knows it; `content` is None where it came by another way."""

    record: Record
    stored: StoredEncounter
    person_id: str
    client_id: str
    encounter_type: str
    galleries: tuple[str, ...]
    active: bool
    updated_at: datetime
    content: bytes | None
    task_id: str


def check_name(noun: str, text: str) -> None:
    """Refuse a name that would not be the same after it was stored.

    Raises:
        InvalidField: the message says why.
    """
    if clean_text(noun, text, CLIENT_ID_LENGTH) != text:
        raise InvalidField(f"The {noun} begins or ends with blanks, or is not in Unicode's composed form; change it.")


def check_galleries(galleries: Sequence[str]) -> None:
    """Refuse galleries that an encounter cannot be in.

    Raises:
        InvalidField: there is none, one twice, or one that cannot be named.
    """
    for gallery in galleries:
        check_name("gallery", gallery)
    if not galleries or len(set(galleries)) < len(galleries):
        raise InvalidField("Give at least one gallery, and each only once.")
    if ALL in galleries:
        raise InvalidField(f"{ALL} stands for all galleries, and is the name of none.")
