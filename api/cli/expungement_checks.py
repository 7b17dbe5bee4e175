"""Looking for what was destroyed in the indexes, and in the files that they were saved to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from api.settings import Settings
from biometrics.backup.key_export import KeyCopy, WrappedKey, left_behind, places
from biometrics.backup.restore import unlocked
from biometrics.kernel.errors import InvalidField, SnapshotDamaged
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.atomic_file import part_of
from biometrics.records.store import RecordStore
from biometrics.retention.certificates import Certificate
from biometrics.storage.crypto.data_keys import fingerprint
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.retention.destruction_check import DestructionCheck
from index import snapshot_file


def check_indexes(engine: Engine, certificate: Certificate) -> Iterator[DestructionCheck]:
    """Look for the templates in the indexes that are searched."""
    for modality, ids in _templates(certificate).items():
        galleries = [channel.gallery for channel in engine.by_model.values() if channel.recogniser.modality is modality]
        remaining = sorted({template_id for gallery in galleries for template_id in gallery.ids_present(ids)})
        yield DestructionCheck(
            f"index of {modality}s", f"{len(ids):,} templates", tuple(str(template_id) for template_id in remaining)
        )


def check_snapshots(settings: Settings, engine: Engine, certificate: Certificate) -> Iterator[DestructionCheck]:
    """Look for the templates in this server's saved indexes: they are not there, or its key is dead."""
    secret = engine.store.templates.snapshot_secret()
    template_ids = _templates(certificate)
    for path in sorted((settings.data_folder / "index").glob("*")):
        modality = next((kind for kind in Modality.registered() if path.name.startswith(f"{kind}-")), None)
        if modality is None or not path.is_file():
            continue  # saved standing probes are of stored searches
        try:
            snapshot_ids = snapshot_file.read(path, secret).arrays.get("ids", np.empty(0, np.int64))
        except SnapshotDamaged:
            try:
                snapshot_file.read(path)
            except SnapshotDamaged:
                yield DestructionCheck(f"saved index {path.name}", "its key is dead")
            else:
                yield DestructionCheck(f"saved index {path.name}", "not encrypted", ("it is in the clear",))
            continue
        remaining = np.intersect1d(snapshot_ids, template_ids.get(modality, []))
        yield DestructionCheck(
            f"saved index {path.name}",
            f"{len(snapshot_ids):,} templates",
            tuple(str(template_id) for template_id in remaining),
        )


def check_copies(
    store: RecordStore, certificate: Certificate, backups: Sequence[Path], key_files: Sequence[Path]
) -> Iterator[DestructionCheck]:
    """Look for destroyed keys in copies of the keys, and for samples in backups that a copy opens.

    The copies are those given, and the station's copies that can be reached from here. Next to each may lie what a
    killed writer left.

    Raises:
        InvalidField: a backup without a copy of the keys proves nothing.
        BackupDamaged: a file is not a copy of the keys.
        MasterKeyMissing: the master key of a copy is not available.
    """
    if backups and not key_files:
        raise InvalidField("Name a copy of the keys, too, by --keys: without one no backup can be opened anyway.")
    masters = store.keys.masters
    copies = {path.resolve(): KeyCopy.read(path) for path in key_files}
    for path in sorted({*copies, *map(Path, places(store.database))}):
        if path not in copies and path.exists():
            copies[path] = KeyCopy.read(path)
        if copy := copies.get(path):
            yield _dead(f"copy of the keys {path}", list(copy.keys.items()), masters, certificate)
        else:
            yield DestructionCheck(f"copy of the keys {path}", "it cannot be reached from here")
        if left := left_behind(path):
            yield _dead(f"left of writing a copy of the keys: {part_of(path)}", left, masters, certificate)
    for folder in backups:
        for path, copy in sorted(copies.items()):
            opened = tuple(unlocked(folder, certificate.content["samples"], copy, masters))
            yield DestructionCheck(
                f"backup {folder} with {path}", f"{len(certificate.content['samples']):,} samples", opened
            )


def _dead(
    label: str, keys: Sequence[tuple[str, WrappedKey]], masters: MasterKeys, certificate: Certificate
) -> DestructionCheck:
    """Look for the destroyed keys among some."""
    dead = certificate.content["dead_keys"]
    destroyed_keys = [(owner, key) for owner, key in keys if owner in dead]
    opened = [(owner, masters.get(key.master_id).unwrap(key.wrapped)) for owner, key in destroyed_keys]
    remaining = tuple(owner for owner, secret in opened if fingerprint(secret) == dead[owner])
    return DestructionCheck(label, f"{len(keys):,} keys", remaining)


def _templates(certificate: Certificate) -> Mapping[Modality, list[int]]:
    """Return the templates by modality."""
    templates: defaultdict[Modality, list[int]] = defaultdict(list)
    for number, modality, _ in certificate.content["templates"]:
        templates[Modality.named(modality)].append(int(number))
    return templates
