"""Errors about the installation: models, indexes, keys, backups, and the servers that it needs."""

from __future__ import annotations

from biometrics.kernel.errors.base import Fault


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
