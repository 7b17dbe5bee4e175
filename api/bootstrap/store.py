"""Settings to records, images and keys; nothing here recognises anybody, so that it is imported fast."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from api.settings import Settings
from biometrics.audit.reader import AuditLog
from biometrics.backup.restore import require_restored
from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.technique.clock import use_zone
from biometrics.kernel.technique.private_folders import clear_work, make_private
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder, ImageStore
from biometrics.storage.crypto.master_keys import MasterKeys


def open_images(url: str) -> ImageStore:
    """Open the image store at s3://bucket/prefix, or in a folder."""
    if "://" not in url:
        return ImageFolder(Path(url))
    try:
        from biometrics.storage.blobs.s3 import ImageBucket
    except ModuleNotFoundError as error:
        raise StoreUnavailable("Images in an S3 store need boto3; install 'pehchan[s3]'.") from error
    return ImageBucket(url)


def master_keys(settings: Settings) -> MasterKeys:
    """Return the master keys: those of a file, which is made at the first start of all, or those in a variable."""
    path = settings.resolved_master_key_file
    return MasterKeys.of_file(path) if path else MasterKeys.of_text(settings.master_key.get_secret_value())


def open_store(settings: Settings, *, restoring: bool = False) -> RecordStore:
    """Open only the records, for work that compares no samples; close it, or use it in a `with`.

    It has no actor until `for_actor` or `as_system` sets one.

    What other users could read in the data folder is closed to them first, and what a killed process left is removed.
    A station that is being restored is opened for `restoring` alone.

    Raises:
        RestoreUnfinished: it is being restored.
    """
    use_zone(settings.time_zone)
    make_private(settings.data_folder)
    clear_work(settings.data_folder)
    if not restoring:
        require_restored(settings.data_folder, settings.resolved_database_url)
    images = open_images(settings.resolved_images_url)
    store = RecordStore.open(settings.resolved_database_url, images, master_keys(settings), unfinished=restoring)
    store.database.clock_gap = timedelta(days=settings.clock_gap_days)
    store.database.authorisation = settings.authorisation_rule
    return store.for_nobody()


def audit_log_of(store: RecordStore) -> AuditLog:
    """Return the audit log of an open store."""
    return AuditLog(store.database, store.keys, store.identity)
