"""The kinds of error: what went wrong, and whose fault it is. Each other error is one of these."""

from __future__ import annotations

from collections.abc import Iterator
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


class Unauthenticated(PehchanError):
    """The request has no valid credentials."""

    code = "unauthenticated"


class Forbidden(PehchanError):
    """Recognised, and not allowed. `noted` says that the audit log has an entry of the refusal already.

    `missing` are the scopes that the actor lacks for the method `what`, empty where the reason is another one.
    """

    code = "forbidden"
    noted = False
    missing: tuple[str, ...] = ()
    what = ""


class TooManyRequests(PehchanError):
    """More than is allowed in the time; `retry_after` is in seconds."""

    code = "too_many_requests"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotFound(PehchanError):
    """It does not exist. `elsewhere`: another unit keeps it, which the caller does not learn."""

    code = "not_found"
    elsewhere = False


class Conflict(PehchanError):
    """The request contradicts what is stored."""

    code = "conflict"


class Overload(PehchanError):
    """More was asked for than is taken on at once; nothing was done. `retry_after` is in seconds."""

    code = "overload"

    def __init__(self, message: str, retry_after: int = 1) -> None:
        """Take the sentence, and when to come again."""
        super().__init__(message)
        self.retry_after = retry_after


class Fault(PehchanError):
    """The installation, not the caller, is at fault."""

    code = "fault"


def kinds() -> Iterator[type[PehchanError]]:
    """Yield every kind of error that callers can receive, each once; errors of tools are left out."""
    yield from (kind for kind in _below(PehchanError) if kind.__module__.startswith(f"{__package__}."))


def _below(kind: type[PehchanError]) -> Iterator[type[PehchanError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)


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


class BackupDamaged(Fault):
    """A backup, or a copy of its keys, that cannot be used."""

    code = "backup_damaged"


class MasterKeyMissing(Fault):
    """The key that wraps all other keys is missing or invalid."""

    code = "master_key_missing"


class ExtraMissing(Fault):
    """A setting needs a package that is not installed."""

    code = "extra_missing"


class ServerUnavailable(Fault):
    """The server that a station sends its queue to does not answer, or does not take what it sends."""

    code = "server_unavailable"


class ServerRefused(ServerUnavailable):
    """The server that is called refuses the request: the key, what its account may do, or the version is wrong."""

    code = "server_refused"


class StoreUnavailable(Fault):
    """The database or the image store does not answer."""

    code = "store_unavailable"


class StoreRefused(StoreUnavailable):
    """The database server refuses the service's user, or the image store its keys or what they are used for."""

    code = "store_refused"


class PartitionsMissing(StoreUnavailable):
    """A part of the divided index of prints does not answer: a search of the others would miss people silently."""

    code = "partitions_missing"


class RestoreUnfinished(StoreUnavailable):
    """The station is being restored, or copied from another database, and is not whole yet."""

    code = "restore_unfinished"


class ModelNotInstalled(Fault):
    """The model in force is in none of the manifests: templates of it cannot be compared."""

    code = "model_not_installed"


class ModalityNotRegistered(Fault):
    """The database holds data of a modality that this installation does not have."""

    code = "modality_not_registered"


class PeopleUnsearchable(Fault):
    """People on record have no template of the model in force, so that no search finds them."""

    code = "people_unsearchable"
