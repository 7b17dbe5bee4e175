"""Errors about a request: its fields, its repetition, who sends it, and the images and files that it brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from biometrics.kernel.errors.base import (
    Conflict,
    Fault,
    Forbidden,
    InvalidInput,
    NotFound,
    Overload,
    TooManyRequests,
    Unauthenticated,
)

MOST_IN_MESSAGE: Final = 5  # faults in a message; `faults` has all


class InvalidField(InvalidInput):
    """A value breaks its rule."""

    code = "invalid_field"


class InvalidText(InvalidInput):
    """A text holds characters that cannot be stored or shown: NUL, half a surrogate pair, another control character."""

    code = "invalid_text"


class UnknownField(InvalidInput):
    """A form field, uploaded file, query parameter or JSON property that the operation does not have."""

    code = "unknown_field"


class KeyReused(InvalidInput):
    """An idempotency key that was used for another request."""

    code = "idempotency_key_reused"


class SecretShown(Conflict):
    """A repeated request was carried out before; its answer held a secret, which is kept nowhere."""

    code = "secret_shown_before"


class VersionMissing(InvalidInput):
    """A change of what is stored that does not say which version it was made from."""

    code = "version_missing"


class AddressRefused(InvalidInput):
    """An address of a client's that this service may not call, or that does not answer as it must."""

    code = "address_refused"


class UnknownTask(NotFound):
    """The task does not exist, or has been removed."""

    code = "unknown_task"


class TaskUnfinished(Conflict):
    """A task has no result yet."""

    code = "task_unfinished"


class TaskOutdated(InvalidInput):
    """Another version of the service accepted a task, and this one cannot carry it out: send the request again."""

    code = "task_outdated"


class UnknownWebhook(NotFound):
    """There is no webhook of this id."""

    code = "unknown_webhook"


class Busy(Overload):
    """Too many requests by all clients together."""

    code = "busy"


class Stopping(Overload):
    """The service is being stopped."""

    code = "stopping"


class TooManyAtOnce(Overload):
    """By this client."""

    code = "too_many_at_once"


class MatcherCompiling(Overload):
    """The kernels that compare prints are being compiled, once after an installation."""

    code = "matcher_compiling"


class Unfinished(Fault):
    """The request failed part-way, and some of it may be stored."""

    code = "unfinished"


class WeakPassword(InvalidInput):
    """A password that is too short, or among those that are tried first."""

    code = "weak_password"


class WrongCredentials(Unauthenticated):
    """A login, password, code or token is wrong; the message does not reveal which."""

    code = "wrong_credentials"


class CodeRequired(Unauthenticated):
    """The password is right, and a one-time code is missing."""

    code = "code_required"


class PasswordChangeRequired(Unauthenticated):
    """A one-time password is right, and a password of one's own is missing."""

    code = "password_change_required"


class ProviderRefused(Unauthenticated):
    """What came from the outside provider proves nothing."""

    code = "provider_refused"


class TokenExpired(Unauthenticated):
    """An access token that was good once."""

    code = "token_expired"


class OutOfJurisdiction(Forbidden):
    """A record of a unit that the caller's unit does not cover."""

    code = "out_of_jurisdiction"


class NeedsTwoPeople(Forbidden):
    """A change that extends rights, by one person, or by two who are not independent."""

    code = "needs_two_people"


class AccountLocked(TooManyRequests):
    """Too many wrong passwords or codes for one login."""

    code = "account_locked"


class UnknownAccount(NotFound):
    """No such account."""

    code = "unknown_account"


class UnknownApiKey(NotFound):
    """No such API key."""

    code = "unknown_api_key"


class UnknownAccountRequest(NotFound):
    """No such request to change an account."""

    code = "unknown_account_request"


class LoginTaken(Conflict):
    """Another account has the login, or the identity at the provider."""

    code = "login_taken"


class LastAdministrator(Conflict):
    """The unit would have no administrator left."""

    code = "last_administrator"


class ProviderUnavailable(Fault):
    """The outside provider does not answer as it should."""

    code = "provider_unavailable"


class BadImage(InvalidInput):
    """The bytes are not a usable image file."""

    code = "bad_image"


class EmptyImage(BadImage):
    """No bytes at all."""

    code = "empty_image"


class UnsupportedImage(BadImage):
    """Not one of the formats read here."""

    code = "unsupported_image"


class UndecodableImage(BadImage):
    """A known format, but truncated or corrupt."""

    code = "undecodable_image"


class ImageTooLarge(BadImage):
    """More bytes or pixels than allowed."""

    code = "image_too_large"


class UnusableSample(InvalidInput):
    """A proper image that holds nothing to recognise a person by."""

    code = "unusable_sample"


class NoFace(UnusableSample):
    """No face found."""

    code = "no_face"


class SeveralFaces(UnusableSample):
    """More than one face where one is wanted."""

    code = "several_faces"


class FaceTooSmall(UnusableSample):
    """A face with too few pixels to be compared."""

    code = "face_too_small"


class SeveralPrints(UnusableSample):
    """More than one print where one is wanted: too large for a finger, too dense, or several side by side."""

    code = "several_prints"


class TooFewMinutiae(UnusableSample):
    """Not enough ridge detail to be compared."""

    code = "too_few_minutiae"


class PoorQuality(UnusableSample):
    """A sample below the quality floor, to be enrolled without a reason."""

    code = "poor_quality"


class SlapNotSegmented(UnusableSample):
    """A slap whose fingers cannot be separated, or are not as many as expected."""

    code = "slap_not_segmented"


class UnsupportedRecord(InvalidInput):
    """A record of something else than finger minutiae, or of a version that is not read here."""

    code = "unsupported_record"


class InvalidRecord(InvalidInput):
    """A finger minutiae record that is cut short, damaged, or contradicts itself."""

    code = "invalid_record"


class InvalidResolution(InvalidInput):
    """A ppi outside what fingerprint scanners have."""

    code = "invalid_resolution"


class NoSamples(InvalidInput):
    """Neither a print nor a photo was given."""

    code = "no_samples"


class RepeatedFinger(InvalidInput):
    """One finger position was given twice."""

    code = "repeated_finger"


class UnknownSample(NotFound):
    """No such sample."""

    code = "unknown_sample"


class NothingToCompare(Conflict):
    """The record holds no sample of the kind that was given."""

    code = "nothing_to_compare"


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
        warning: whether the standard allows it, although receivers may not expect it.
    """

    record: int
    field: str
    found: str
    expected: str
    message: str
    fatal: bool = True
    warning: bool = False


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
