"""Every error that Pehchan raises on purpose.

    PehchanError
    ├── InvalidInput                what the caller sent cannot be accepted; nothing was written
    │   ├── BadImage
    │   │   ├── EmptyImage          no bytes at all
    │   │   ├── UnsupportedImage    not one of the formats we read
    │   │   ├── UndecodableImage    truncated or corrupt
    │   │   └── ImageTooLarge       too many bytes or pixels
    │   ├── UnusableSample
    │   │   ├── NoFace
    │   │   ├── SeveralFaces
    │   │   ├── FaceTooSmall
    │   │   ├── TooFewMinutiae
    │   │   ├── PoorQuality         below the quality floor for enrolment, and no reason given to enrol it anyway
    │   │   └── SlapNotSegmented    another number of fingers than the slap must show
    │   ├── UnsupportedRecord       a standard's record of something else, or of a version not read here
    │   ├── InvalidRecord           a finger minutiae record that is cut short, damaged or contradicts itself
    │   ├── InvalidResolution       a ppi that no scanner has
    │   ├── InvalidField            a value breaks its rule (number, date, code …)
    │   ├── InvalidText             a text with NUL, half a surrogate pair or another control character
    │   ├── UnknownField            a form field, query parameter or JSON property that the operation does not have
    │   ├── PurposeMissing          a search that does not say what for, or in which case
    │   ├── NoSamples               nothing to enrol or to search with
    │   ├── RepeatedFinger          one finger position given twice
    │   ├── KeyReused               an idempotency key that was used for another request
    │   ├── VersionMissing          a change of what is stored that does not say which version it was made from
    │   ├── MalformedTransaction    not an ANSI/NIST-ITL file, or one that breaks the standard
    │   ├── AddressRefused          a callback, or where an image is, that is not allowed or does not answer
    │   └── WeakPassword            too short, or one that is tried first
    ├── Unauthenticated             no valid credentials
    │   ├── WrongCredentials        wrong login, password, code or token; the message does not reveal which
    │   ├── CodeRequired            the password is right, and a one-time code is missing
    │   ├── PasswordChangeRequired  a one-time password is right, and a password of one's own is missing
    │   ├── ProviderRefused         what came from the outside provider proves nothing
    │   └── TokenExpired            an access token that was good once
    ├── Forbidden                   recognised, and not allowed
    │   ├── OutOfJurisdiction       of another unit, which the message names
    │   └── HiddenUntilDecided      a search result, hidden from the examiner of a case about it
    ├── TooManyRequests             `retry_after` says how many seconds to wait
    │   ├── AccountLocked           too many wrong passwords or codes
    │   └── TooManySearches         searches of one account that may reveal people of other units
    ├── NotFound
    │   ├── UnknownRecord
    │   ├── UnknownEncounter
    │   ├── UnknownOutcome          no such outcome of a court in the encounter
    │   ├── UnknownMerge            no such merge of records, or move of an encounter
    │   ├── UnknownSample
    │   ├── UnknownExpungement
    │   ├── UnknownSearch
    │   ├── UnknownCase
    │   ├── UnknownStandingSearch
    │   ├── UnknownNotification
    │   ├── UnknownGallery
    │   ├── UnknownTask
    │   ├── UnknownWebhook
    │   ├── UnknownAccount
    │   └── UnknownApiKey
    ├── Conflict
    │   ├── DuplicateNationalNumber
    │   ├── MergeRefused            records that cannot be merged, or a merge or move that cannot be undone
    │   ├── VersionMismatch         the record has changed since the caller read it
    │   ├── NothingToCompare        the record holds no sample of the kind that was given
    │   ├── ReplayImpossible        a search was answered by another model or calibration than today's
    │   ├── WrongStep               a case, or a standing search, is not where this can be done to it
    │   ├── CaseTaken               another person has the case
    │   ├── NotIndependent          the caller has a part in the case already
    │   ├── PairNotOpened           an opinion that rests on images that its author has not opened
    │   ├── EncounterExists         the person has an encounter of this id already
    │   ├── LoginTaken              another account has the login, or the identity at the provider
    │   ├── TaskUnfinished          a task has no result yet
    │   ├── SecretShown             a repeated request whose answer held a secret, which is kept nowhere
    │   ├── LastAdministrator       the unit would have no administrator left
    │   ├── ClockImplausible        the clock may be wrong, and the request depends on the date; nothing was destroyed
    │   ├── ExpungementRefused      samples may not, or cannot, be destroyed now; nothing was destroyed
    │   └── MoveRefused             a station cannot be moved from there, or to there; nothing was written
    ├── Overload                    more requests than can be served at once; nothing was done
    │   ├── Busy                    by all clients together
    │   ├── Stopping                the service is being stopped
    │   └── TooManyAtOnce           by this client
    └── Fault                       the installation, not the caller, is at fault
        ├── ModelMissing            a weights file is not where the manifest says
        ├── ModelMismatch           wrong hash, or templates of two models compared
        ├── InvalidVector           wrong dimension, NaN
        ├── SnapshotDamaged         an index file that cannot be trusted
        ├── InvalidTemplate         stored template bytes that cannot be parsed
        ├── ServerUnavailable       the server that a station sends its queue to does not answer, or does not take it
        ├── ProviderUnavailable     the outside provider does not answer as it should
        ├── CalibrationUnusable     no calibration for a model, or a broken one
        ├── DecryptionFailed        sealed bytes that were changed or moved, or whose key is gone
        ├── BackupDamaged           a backup, or a copy of its keys, that cannot be used
        ├── MasterKeyMissing        the key that wraps all others is missing or invalid
        ├── TableUnusable           the operator's table of transactions cannot be read
        ├── Unfinished              a request failed part-way, and some of it may be stored
        ├── ExtraMissing            a setting needs a package that is not installed
        └── StoreUnavailable        the database or the image store does not answer
            ├── PartitionsMissing   a part of the divided index of prints does not answer; nothing was searched
            └── RestoreUnfinished   the station is being restored, or copied, and is not whole yet

`code` is stable: callers may switch on it. The message is one sentence or two for a person, and says what to do.
HTTP status codes are given in `api/http/problem_details.py` only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar


class PehchanError(Exception):
    """Root of every error raised on purpose."""

    code: ClassVar[str] = "error"

    @property
    def message(self) -> str:
        """The sentence for a person."""
        return str(self)


class InvalidInput(PehchanError):
    """What the caller sent cannot be accepted; nothing was written."""

    code = "invalid_input"


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


class TooFewMinutiae(UnusableSample):
    """Not enough ridge detail to be compared."""

    code = "too_few_minutiae"


class PoorQuality(UnusableSample):
    """A sample below the quality floor, to be enrolled without a reason."""

    code = "poor_quality"


class UnsupportedRecord(InvalidInput):
    """A record of something else than finger minutiae, or of a version that is not read here."""

    code = "unsupported_record"


class InvalidRecord(InvalidInput):
    """A finger minutiae record that is cut short, damaged, or contradicts itself."""

    code = "invalid_record"


class InvalidResolution(InvalidInput):
    """A ppi outside what fingerprint scanners have."""

    code = "invalid_resolution"


class InvalidField(InvalidInput):
    """A value breaks its rule."""

    code = "invalid_field"


class InvalidText(InvalidInput):
    """A text holds characters that cannot be stored or shown: NUL, half a surrogate pair, another control character."""

    code = "invalid_text"


class UnknownField(InvalidInput):
    """A form field, uploaded file, query parameter or JSON property that the operation does not have."""

    code = "unknown_field"


class NoSamples(InvalidInput):
    """Neither a print nor a photo was given."""

    code = "no_samples"


class RepeatedFinger(InvalidInput):
    """One finger position was given twice."""

    code = "repeated_finger"


class KeyReused(InvalidInput):
    """An idempotency key that was used for another request."""

    code = "idempotency_key_reused"


class VersionMissing(InvalidInput):
    """A change of what is stored that does not say which version it was made from."""

    code = "version_missing"


class PurposeMissing(InvalidInput):
    """A search that does not say what it is for, or in which case."""

    code = "purpose_missing"


class Forbidden(PehchanError):
    """Recognised, and not allowed. `noted` says that the audit log has an entry of the refusal already.

    `missing` are the scopes that the actor lacks for the method `what`, empty where the reason is another one.
    """

    code = "forbidden"
    noted = False
    missing: tuple[str, ...] = ()
    what = ""


class OutOfJurisdiction(Forbidden):
    """A record of a unit that the caller's unit does not cover."""

    code = "out_of_jurisdiction"


class HiddenUntilDecided(Forbidden):
    """A search result, hidden from the examiner of a case about it until they have given an opinion."""

    code = "hidden_until_decided"


class NotFound(PehchanError):
    """It does not exist. `elsewhere`: another unit keeps it, which the caller does not learn."""

    code = "not_found"
    elsewhere = False


class UnknownRecord(NotFound):
    """No such record."""

    code = "unknown_record"


class UnknownEncounter(NotFound):
    """No such encounter."""

    code = "unknown_encounter"


class UnknownOutcome(NotFound):
    """No such outcome of a court in the encounter."""

    code = "unknown_outcome"


class UnknownMerge(NotFound):
    """No such merge of records, or move of an encounter."""

    code = "unknown_merge"


class UnknownSample(NotFound):
    """No such sample."""

    code = "unknown_sample"


class UnknownSearch(NotFound):
    """No such search."""

    code = "unknown_search"


class UnknownExpungement(NotFound):
    """No such expungement, or one that is not finished."""

    code = "unknown_expungement"


class Conflict(PehchanError):
    """The request contradicts what is stored."""

    code = "conflict"


class DuplicateNationalNumber(Conflict):
    """Another record has this national number. `elsewhere`: the caller may not see that record."""

    code = "duplicate_national_number"
    elsewhere = False


class MergeRefused(Conflict):
    """Records that cannot be merged, or a merge or a move that cannot be undone as things are now."""

    code = "merge_refused"


class VersionMismatch(Conflict):
    """The record has changed since the caller read it."""

    code = "version_mismatch"


class NothingToCompare(Conflict):
    """The record holds no sample of the kind that was given."""

    code = "nothing_to_compare"


class ReplayImpossible(Conflict):
    """A search was answered by another model or calibration than the one in use today."""

    code = "replay_impossible"


class ClockImplausible(Conflict):
    """The clock may be wrong, and the request depends on the date; nothing was destroyed."""

    code = "clock_implausible"


class ExpungementRefused(Conflict):
    """Samples may not, or cannot, be destroyed now; nothing was destroyed."""

    code = "expungement_refused"


class MoveRefused(Conflict):
    """A station cannot be moved from there, or to there; nothing was written."""

    code = "move_refused"


class UnknownCase(NotFound):
    """No such case."""

    code = "unknown_case"


class UnknownStandingSearch(NotFound):
    """No such standing search."""

    code = "unknown_standing_search"


class UnknownNotification(NotFound):
    """No such notification."""

    code = "unknown_notification"


class WrongStep(Conflict):
    """A case, or a standing search, is not where this can be done to it."""

    code = "wrong_step"


class CaseTaken(Conflict):
    """The case is taken by another person, or not taken yet."""

    code = "case_taken"


class NotIndependent(Conflict):
    """The caller has a part in the case already, and cannot have another."""

    code = "not_independent"


class PairNotOpened(Conflict):
    """An opinion rests on a pair of images that its author, or the other examiner, has not opened."""

    code = "pair_not_opened"


class Overload(PehchanError):
    """More was asked for than is taken on at once; nothing was done. `retry_after` is in seconds."""

    code = "overload"

    def __init__(self, message: str, retry_after: int = 1) -> None:
        """Take the sentence, and when to come again."""
        super().__init__(message)
        self.retry_after = retry_after


class Busy(Overload):
    """Too many requests by all clients together."""

    code = "busy"


class Stopping(Overload):
    """The service is being stopped."""

    code = "stopping"


class TooManyAtOnce(Overload):
    """By this client."""

    code = "too_many_at_once"


class Fault(PehchanError):
    """The installation, not the caller, is at fault."""

    code = "fault"


class ModelMissing(Fault):
    """A weights file is not where the manifest says."""

    code = "model_missing"


class ModelMismatch(Fault):
    """A wrong hash, or templates of two models."""

    code = "model_mismatch"


class InvalidVector(Fault):
    """A vector of the wrong shape, or with NaN or infinity."""

    code = "invalid_vector"


class SnapshotDamaged(Fault):
    """An index file that cannot be trusted."""

    code = "snapshot_damaged"


class InvalidTemplate(Fault):
    """Stored template bytes that cannot be parsed."""

    code = "invalid_template"


class CalibrationUnusable(Fault):
    """No calibration for a model, or a broken one."""

    code = "calibration_unusable"


class DecryptionFailed(Fault):
    """Sealed bytes that were changed or moved, or whose key is gone."""

    code = "decryption_failed"


class MasterKeyMissing(Fault):
    """The key that wraps all other keys is missing or invalid."""

    code = "master_key_missing"


class TableUnusable(Fault):
    """The operator's table of transactions cannot be read."""

    code = "table_unusable"


class Unfinished(Fault):
    """The request failed part-way, and some of it may be stored."""

    code = "unfinished"


class ExtraMissing(Fault):
    """A setting needs a package that is not installed."""

    code = "extra_missing"


class BackupDamaged(Fault):
    """A backup, or a copy of its keys, that cannot be used."""

    code = "backup_damaged"


class StoreUnavailable(Fault):
    """The database or the image store does not answer."""

    code = "store_unavailable"


class PartitionsMissing(StoreUnavailable):
    """A part of the divided index of prints does not answer: a search of the others would miss people silently."""

    code = "partitions_missing"


class RestoreUnfinished(StoreUnavailable):
    """The station is being restored, or copied from another database, and is not whole yet."""

    code = "restore_unfinished"


class SlapNotSegmented(UnusableSample):
    """A slap whose fingers cannot be separated, or are not as many as expected."""

    code = "slap_not_segmented"


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
        listed = " ".join(fault.message for fault in faults[:MOST_LISTED])
        more = len(faults) - MOST_LISTED
        return cls(f"{listed} And {more} more." if more > 0 else listed, faults)


MOST_LISTED = 5  # faults in a message; `faults` has all


class WeakPassword(InvalidInput):
    """A password that is too short, or among those that are tried first."""

    code = "weak_password"


class Unauthenticated(PehchanError):
    """The request has no valid credentials."""

    code = "unauthenticated"


class WrongCredentials(Unauthenticated):
    """A login, password, code or token is wrong; the message does not reveal which."""

    code = "wrong_credentials"


class CodeRequired(Unauthenticated):
    """The password is right, and a one-time code is missing."""

    code = "code_required"


class PasswordChangeRequired(Unauthenticated):
    """A one-time password is right, and a password of one's own is missing."""

    code = "password_change_required"


class TokenExpired(Unauthenticated):
    """An access token that was good once."""

    code = "token_expired"


class ProviderRefused(Unauthenticated):
    """What came from the outside provider proves nothing."""

    code = "provider_refused"


class ProviderUnavailable(Fault):
    """The outside provider does not answer as it should."""

    code = "provider_unavailable"


class ServerUnavailable(Fault):
    """The server that a station sends its queue to does not answer, or does not take what it sends."""

    code = "server_unavailable"


class TooManyRequests(PehchanError):
    """More than is allowed in the time; `retry_after` is in seconds."""

    code = "too_many_requests"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class AccountLocked(TooManyRequests):
    """Too many wrong passwords or codes for one login."""

    code = "account_locked"


class TooManySearches(TooManyRequests):
    """Too many searches by one account that may reveal people of other units."""

    code = "too_many_searches"


class UnknownAccount(NotFound):
    """No such account."""

    code = "unknown_account"


class UnknownApiKey(NotFound):
    """No such API key."""

    code = "unknown_api_key"


class LoginTaken(Conflict):
    """Another account has the login, or the identity at the provider."""

    code = "login_taken"


class SecretShown(Conflict):
    """A repeated request was carried out before; its answer held a secret, which is kept nowhere."""

    code = "secret_shown_before"


class LastAdministrator(Conflict):
    """The unit would have no administrator left."""

    code = "last_administrator"


class AddressRefused(InvalidInput):
    """An address of a client's that this service may not call, or that does not answer as it must."""

    code = "address_refused"


class UnknownGallery(NotFound):
    """The gallery does not exist, or is empty."""

    code = "unknown_gallery"


class UnknownTask(NotFound):
    """The task does not exist, or has been removed."""

    code = "unknown_task"


class TaskUnfinished(Conflict):
    """A task has no result yet."""

    code = "task_unfinished"


class UnknownWebhook(NotFound):
    """There is no webhook of this id."""

    code = "unknown_webhook"


class EncounterExists(Conflict):
    """The person has an encounter of this id already. `elsewhere`: the caller may not see that person."""

    code = "encounter_exists"
    elsewhere = False


def kinds() -> Iterator[type[PehchanError]]:
    """Yield every kind of error that callers can receive, each once; errors of tools are left out."""
    yield from (kind for kind in _below(PehchanError) if kind.__module__ == __name__)


def _below(kind: type[PehchanError]) -> Iterator[type[PehchanError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)
