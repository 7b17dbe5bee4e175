"""What a station has gathered while it was offline: a folder of sealed files, one an item, and what became of each.

KEY.item holds everything that an item says, its files included: a line of JSON with the data key, wrapped by the
station's master key, then the sealed content. KEY.json is what the server answered. A file is whole or not there, also
after a power cut.
"""

from __future__ import annotations

import base64
import json
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from biometrics.kernel.atomic_file import part_of, remove_part, sync_folder, whole_file
from biometrics.kernel.errors import InvalidField, StoreUnavailable
from biometrics.storage.crypto.aead import KEY_BYTES, failure, seal, unseal
from biometrics.storage.crypto.master_keys import MasterKeys

MAX_BYTES = 90_000_000  # of an item's files: with the rest of its request less than a server takes
_SEALED, _ANSWERED = ".item", ".json"
_PRIVATE = 0o600


@dataclass(frozen=True)
class QueuedItem:
    """One item: `fields` as in a batch over HTTP, where `file` counts the item's own `files` (name, content)."""

    fields: Mapping[str, Any]
    files: Sequence[tuple[str, bytes]]

    @property
    def size(self) -> int:
        """How many bytes its files have."""
        return sum(len(content) for _, content in self.files)


class StationQueue:
    """The queue in a folder. Any method raises StoreUnavailable where the folder does not do as it should."""

    def __init__(self, folder: Path, masters: MasterKeys) -> None:
        """Use a folder, which is made with the first item."""
        self._folder = folder
        self._masters = masters

    def add(self, fields: Mapping[str, Any], files: Sequence[tuple[str, bytes]]) -> str:
        """Queue an item, given without its key and time; return its key. It is on disk when this returns.

        Raises:
            InvalidField: its files are too large.
            MasterKeyMissing: there is nothing to seal it with.
        """
        now = datetime.now().astimezone()
        key = f"{now:%Y%m%dT%H%M%S.%f}-{uuid.uuid4()}"
        item = QueuedItem({"key": key, "queued_at": now.isoformat(timespec="seconds")} | dict(fields), files)
        if item.size > MAX_BYTES:
            raise InvalidField(f"The files have {item.size:,} bytes together; an item can have {MAX_BYTES:,}.")
        master = self._masters.newest(may_make=True)
        secret = os.urandom(KEY_BYTES)
        head = {"master": master.id, "key": base64.b64encode(master.wrap(secret)).decode()}
        with self._translated_errors():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(key + _SEALED, json.dumps(head).encode() + b"\n" + seal(secret, ("queue", key), _packed(item)))
        return key

    def waiting(self) -> list[str]:
        """Return the keys of the items that are not answered, the first queued first."""
        with self._translated_errors():
            return [key for key in self.unfinished() if not self._path(key, _ANSWERED).exists()]

    def unfinished(self) -> list[str]:
        """Return the keys of the items that are here, waiting or refused, the first queued first."""
        with self._translated_errors():
            return sorted(path.stem for path in self._folder.glob(f"*{_SEALED}") if not path.name.startswith("."))

    def item(self, key: str) -> QueuedItem:
        """Return an item.

        Raises:
            DecryptionFailed: it was changed, or is not here.
            MasterKeyMissing: the key that decrypts it is not available.
        """
        associated = ("queue", key)
        with self._translated_errors():
            content = self._path(key, _SEALED).read_bytes() if key in self.unfinished() else b""
        first, _, sealed = content.partition(b"\n")
        try:
            head = json.loads(first)
            wrapped = base64.b64decode(head["key"])
            master = head["master"]
        except (ValueError, KeyError, TypeError) as error:
            raise failure(associated, "it is not there, or no item of a queue") from error
        return _unpacked(unseal(self._masters.named(master).unwrap(wrapped), associated, sealed))

    def finish(self, key: str, answer: Mapping[str, Any]) -> None:
        """Keep what the server answered; an item that it has taken is removed after that."""
        with self._translated_errors():
            self._write(key + _ANSWERED, json.dumps(answer).encode())
            if answer["status"] == 201:
                self._path(key, _SEALED).unlink(missing_ok=True)
                sync_folder(self._folder)

    def answers(self) -> dict[str, dict[str, Any]]:
        """Return what the server answered, by key, in the order of queuing."""
        with self._translated_errors():
            paths = sorted(path for path in self._folder.glob(f"*{_ANSWERED}") if not path.name.startswith("."))
            return {path.stem: json.loads(path.read_bytes()) for path in paths}

    def remove(self, key: str) -> None:
        """Remove an item, and what it was answered.

        Raises:
            InvalidField: there is none of this key.
        """
        with self._translated_errors():
            if key not in [*self.unfinished(), *self.answers()]:
                raise InvalidField(f"There is no item {key} in the queue; 'pehchan queue list' shows the keys.")
            for suffix in (_SEALED, _ANSWERED):
                self._path(key, suffix).unlink(missing_ok=True)
            sync_folder(self._folder)

    def sweep(self) -> None:
        """Remove what a writer that was killed left behind."""
        with self._translated_errors():
            for part in self._folder.glob(".*.part"):
                whole = part.with_name(part.name.removeprefix(".").removesuffix(".part"))
                assert part_of(whole) == part, "only a whole file's part is named so"
                remove_part(whole)

    def _path(self, key: str, suffix: str) -> Path:
        return self._folder / f"{key}{suffix}"

    def _write(self, name: str, content: bytes) -> None:
        with whole_file(self._folder / name, _PRIVATE) as file:
            file.buffer.write(content)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreUnavailable(f"The queue's folder {self._folder} cannot be used: {error.strerror}.") from error


def _packed(item: QueuedItem) -> bytes:
    head = {"fields": dict(item.fields), "files": [(name, len(content)) for name, content in item.files]}
    return json.dumps(head).encode() + b"\n" + b"".join(content for _, content in item.files)


def _unpacked(content: bytes) -> QueuedItem:
    first, _, rest = content.partition(b"\n")
    head = json.loads(first)
    files, at = [], 0
    for name, size in head["files"]:
        files.append((name, rest[at : at + size]))
        at += size
    return QueuedItem(head["fields"], files)
