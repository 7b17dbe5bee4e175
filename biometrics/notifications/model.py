"""Notifications, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from biometrics.kernel.casework.cases import Conclusion
from biometrics.kernel.technique.json_fields import AS_JSON


class NotificationKind(StrEnum):
    """The subject of a notification."""

    STANDING_HIT = "standing_hit"  # examiners are asked whether an enrolment is what a standing search is for
    SIGHTING = "sighting"  # another encounter came to a record that is searched for
    CASE_CLOSED = "case_closed"  # a case of one's own has its answer
    CASE_ASSIGNED = "case_assigned"  # a supervisor gave one a case to examine
    CROSS_UNIT_CASE = "cross_unit_case"  # a case that another unit asks is about a record that one's unit keeps
    CROSS_UNIT_DECIDED = "cross_unit_decided"  # and has its answer
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a word; an administrator reset the password of one's own account
    TOTP_RESET = "totp_reset"  # and its codes
    TEMPLATES_UNREADABLE = "templates_unreadable"  # stored templates cannot be decrypted; searches miss them
    PERSON_BOOKED = "person_booked"  # a person whom one's unit subscribes to has a new encounter
    PERSON_FOUND = "person_found"  # a search or a verification reached the threshold with them
    PERSON_IDENTIFIED = "person_identified"  # a case about them was closed as an identification, or records were merged
    LINK_FOUND = "link_found"  # another unsolved latent may be of the finger that a standing search is for
    LINK_IDENTIFIED = "link_identified"  # a person was identified in a latent that is linked with one of one's unit
    IDENTITY_PROPOSED = "identity_proposed"  # an administrator proposed an outside identity, to be confirmed


@dataclass(frozen=True)
class Notification:
    """A notification; `about` is the id of a case, of the encounter of a sighting, or of an event of a subscription."""

    number: int
    kind: NotificationKind
    about: str
    standing_id: str | None
    record_id: str | None = field(metadata={"description": "Null if you may not see the record"})
    created_at: datetime
    read_at: datetime | None
    case_number: str | None = field(
        default=None, metadata={"description": "The number of the case; null if it is about none"}
    )
    fir_number: str | None = field(
        default=None, metadata={"description": "The FIR of the case's probe; null if your unit did not ask"}
    )
    outcome: Conclusion | None = field(
        default=None, metadata={"description": "The outcome of the case, once it is closed"}
    )
    standing_number: int | None = field(default=None, metadata={"description": "The number of the standing search"})
    subscription_id: int | None = field(
        default=None, metadata={"description": "The subscription, whose events say which unit to call"}
    )

    __pydantic_config__: ClassVar = AS_JSON
