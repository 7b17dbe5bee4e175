"""Why a request is not carried out, by the codes of MOSIP's interface."""

from __future__ import annotations

from enum import StrEnum

from biometrics.kernel.errors import (
    AddressRefused,
    EncounterExists,
    InvalidField,
    InvalidInput,
    KeyReused,
    NotFound,
    OutOfJurisdiction,
    PehchanError,
    TooManyRequests,
    UnusableSample,
)


class Reason(StrEnum):
    """The failure reasons."""

    INTERNAL = "1"
    ABORTED = "2"
    UNEXPECTED = "3"
    INVALID_REQUEST = "4"
    NO_REFERENCE_ID = "5"
    NO_REQUEST_ID = "6"
    NOT_FETCHED = "7"
    NO_REFERENCE_URL = "8"
    NO_REQUEST_TIME = "9"
    REFERENCE_EXISTS = "10"
    NO_DATA = "11"
    UNKNOWN_REFERENCE = "12"
    INVALID_VERSION = "13"
    INVALID_ID = "14"
    INVALID_REQUEST_TIME = "15"
    INVALID_CBEFF = "16"
    SHARE_EXPIRED = "17"
    POOR_QUALITY = "18"


class Refused(Exception):
    """A request that is not carried out; nothing was changed. The message is for the operator's log."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


# The nearest ancestor of an error that is named here gives its reason; of what comes while samples are read, too.
_REASONS: dict[type[PehchanError], Reason] = {
    PehchanError: Reason.INTERNAL,
    TooManyRequests: Reason.ABORTED,
    InvalidInput: Reason.INVALID_CBEFF,
    InvalidField: Reason.INVALID_REQUEST,
    KeyReused: Reason.INVALID_REQUEST,
    AddressRefused: Reason.NOT_FETCHED,
    UnusableSample: Reason.POOR_QUALITY,
    EncounterExists: Reason.REFERENCE_EXISTS,
    NotFound: Reason.UNKNOWN_REFERENCE,
    OutOfJurisdiction: Reason.UNKNOWN_REFERENCE,
}


def reason_of(error: PehchanError) -> Reason:
    """Return the reason that stands for an error of ours."""
    return next(_REASONS[kind] for kind in type(error).__mro__ if kind in _REASONS)
