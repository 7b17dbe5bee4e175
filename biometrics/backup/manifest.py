"""backup.json: what a backup says that it is, signed by its station.

The signature is made with the station's key (Ed25519), which is among the keys of the copy outside the backups. So
an attacker who can only write to a backup cannot change it undetected: the manifest has the digest of the database, and
the database the digests of the images.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from biometrics.backup.key_export import KeyCopy
from biometrics.kernel.errors import BackupDamaged, StoreUnavailable
from biometrics.kernel.technique.atomic_file import sync_folder, whole_file
from biometrics.storage.audit.log import plain_json
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.crypto.signing import Signer, is_signed, public_key_of
from biometrics.storage.tables.keys import SIGNING

FORMAT: Final = "pehchan-backup-2"

DATABASE: Final = "pehchan.db"
IMAGES: Final = "images"
MANIFEST: Final = "backup.json"
UNFINISHED: Final = "unfinished.db"  # the database while it is written

_PLACE: Final = "pehchan backup 2"
_BUFFER: Final = 1 << 20  # bytes hashed at a time


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """Read the manifest of a backup without trusting it; complete the renaming that a killed backup left undone.

    Raises:
        BackupDamaged: there is no finished backup, or it is of another version, or not made of plain files.
    """
    try:
        refuse_links(folder)
        manifest = json.loads((folder / MANIFEST).read_text())
        if manifest["backup"] != FORMAT:
            raise BackupDamaged(f"The backup {folder} is of another version of Pehchan; restore it with that version.")
        names = ("station", "database_sha256")
        manifest |= {name: str(manifest[name]) for name in names}
        datetime.fromisoformat(manifest["made_at"])
        _signed_content(manifest)
        if (folder / UNFINISHED).exists() and _sha256(folder / UNFINISHED) == manifest["database_sha256"]:
            (folder / UNFINISHED).replace(folder / DATABASE)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BackupDamaged(f"{folder} holds no finished backup; name another folder, or back up again.") from error
    return dict(manifest)


def require_genuine(folder: Path, manifest: Mapping[str, Any], public_key: str | None) -> None:
    """Refuse a backup that the owner of a public key did not sign, or whose database is not the one that was signed.

    Raises:
        BackupDamaged: its signature is not the station's, or its database was changed.
    """
    signature = str(manifest.get("signature", ""))
    if public_key is None or not is_signed(_signed_content(manifest), signature, public_key):
        raise BackupDamaged(
            f"The backup {folder} was changed: its signature is not that of the station whose keys the copy holds. "
            "Nothing was written. Use another backup, and find out who changed this one."
        )
    try:
        digest = _sha256(folder / DATABASE)
    except OSError as error:
        raise BackupDamaged(f"The database of the backup {folder} cannot be read: {error.strerror}.") from error
    if digest != manifest["database_sha256"]:
        raise BackupDamaged(f"The database of the backup {folder} was changed or is damaged; use another backup.")


def write_manifest(folder: Path, facts: Mapping[str, Any], signer: Signer) -> None:
    """Sign what a backup is, and make its unfinished database the one of the backup.

    Raises:
        StoreUnavailable: the folder cannot be written.
    """
    try:
        manifest = {"backup": FORMAT, **facts, "database_sha256": _sha256(folder / UNFINISHED)}
        manifest["signature"] = signer.sign(_signed_content(manifest))
        with whole_file(folder / MANIFEST) as file:
            file.write(json.dumps(manifest, indent=1) + "\n")
        (folder / UNFINISHED).replace(folder / DATABASE)  # `read_manifest` does it where this is cut off
        sync_folder(folder)
    except OSError as error:
        raise StoreUnavailable(f"The folder {folder} cannot be written; make room, and back up again.") from error


def copy_database(folder: Path, manifest: Mapping[str, Any], target: Path) -> None:
    """Copy the database of a backup, and check that what was copied is what the manifest says.

    Raises:
        BackupDamaged: it was changed meanwhile.
        StoreUnavailable: it cannot be copied.
    """
    try:
        source = os.open(folder / DATABASE, os.O_RDONLY | os.O_NOFOLLOW)  # a link is refused
        with os.fdopen(source, "rb") as original, open(target, "wb", opener=_private) as copy:
            shutil.copyfileobj(original, copy)
        same = _sha256(target) == manifest["database_sha256"]
    except OSError as error:
        raise StoreUnavailable(f"The database of the backup {folder} cannot be copied: {error.strerror}.") from error
    if not same:
        target.unlink()
        raise BackupDamaged(f"The database of the backup {folder} was changed while it was read; use another backup.")


def _private(path: str, flags: int) -> int:
    """Open a file that only its owner may read, from the moment it is there."""
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def signing_key_of(copy: KeyCopy, masters: MasterKeys) -> str | None:
    """Return the public key of the station whose keys a copy holds; None where it never signed anything.

    Raises:
        MasterKeyMissing, DecryptionFailed: its key cannot be unwrapped.
    """
    key = copy.keys.get(SIGNING)
    return None if key is None else public_key_of(masters.get(key.master_id).unwrap(key.wrapped))


def refuse_links(folder: Path) -> None:
    """Refuse a backup that has anything but folders and plain files, such as links that lead elsewhere.

    Raises:
        BackupDamaged: it has.
        OSError: a folder cannot be read.
    """
    folders = [str(folder)]
    while folders:
        with os.scandir(folders.pop()) as entries:  # says what each is without a look at the file
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif not entry.is_file(follow_symlinks=False):
                    raise BackupDamaged(
                        f"{entry.path} is no plain file; a backup has none of its kind. Use another backup."
                    )


def clear_unfinished(folder: Path) -> None:
    """Remove the unsigned database that an interrupted backup left.

    Raises:
        StoreUnavailable: it cannot be removed.
    """
    try:
        for suffix in ("", "-wal", "-shm", "-journal"):
            (folder / f"{UNFINISHED}{suffix}").unlink(missing_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"The folder {folder} cannot be written; make room, or name another one.") from error


def _signed_content(manifest: Mapping[str, Any]) -> bytes:
    return plain_json([_PLACE, {name: value for name, value in manifest.items() if name != "signature"}]).encode()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_BUFFER):
            digest.update(piece)
    return digest.hexdigest()
