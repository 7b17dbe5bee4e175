"""The offline queue of a station: a folder of sealed files, one per item, and the server's answer to each.

KEY.item holds everything that an item says, its files included: a line of JSON with the data key, wrapped by the
station's master key, then the sealed content. KEY.answer is the server's answer, sealed in the same way, so that
an attacker without the master key cannot hide an item by forging an answer. A file is whole or not there, also after a
power cut.
Files of other names are not the queue's and are left alone; one that cannot be opened never keeps others waiting.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import stat
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from biometrics.kernel.errors import DecryptionFailed, InvalidField, MasterKeyMissing, StoreUnavailable
from biometrics.kernel.technique.atomic_file import part_of, remove_part, sync_folder, whole_file
from biometrics.kernel.technique.limits import MAX_QUEUED_BYTES
from biometrics.kernel.technique.text import printable
from biometrics.storage.crypto.aead import KEY_BYTES, Place, failure, seal, unseal
from biometrics.storage.crypto.master_keys import MasterKeys

_SEALED, _ANSWERED = ".item", ".answer"
_PRIVATE = 0o600
_LARGEST: Final = 2 * MAX_QUEUED_BYTES  # of a file of the queue
_KEY: Final = re.compile(r"\d{8}T\d{6}\.\d{6}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)

log = logging.getLogger("pehchan")


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
    """The queue in a folder. Any method raises StoreUnavailable where the folder does not do as it should.

    Methods that take a key raise InvalidField for one that is no key of a queue: it becomes the name of a file.
    """

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
        if item.size > MAX_QUEUED_BYTES:
            raise InvalidField(f"The files have {item.size:,} bytes together; an item can have {MAX_QUEUED_BYTES:,}.")
        with self._translated_errors():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(key, _SEALED, ("queue", key), _packed(item))
        return key

    def waiting(self) -> list[str]:
        """Return the keys of the items that are not answered, the first queued first."""
        answered = self.answers()
        return [key for key in self.unfinished() if key not in answered]

    def unfinished(self) -> list[str]:
        """Return the keys of the items that are here, waiting or refused, the first queued first."""
        return self._keys(_SEALED)

    def item(self, key: str) -> QueuedItem:
        """Return an item.

        Raises:
            DecryptionFailed: it was changed, or is not here.
            MasterKeyMissing: the key that decrypts it is not available.
        """
        return _unpacked(self._read(key, _SEALED, ("queue", key)))

    def finish(self, key: str, answer: Mapping[str, Any]) -> None:
        """Store the server's answer, and remove the item if the server accepted it.

        Raises:
            InvalidField: there is no such item.
        """
        with self._translated_errors():
            if not self._path(key, _SEALED).exists():
                raise _no_item(key)
            self._write(key, _ANSWERED, ("queue answer", key), json.dumps(answer).encode())
            if answer["status"] == 201:
                self._path(key, _SEALED).unlink(missing_ok=True)
                sync_folder(self._folder)

    def answers(self) -> dict[str, dict[str, Any]]:
        """Return what the server answered, by key, in the order of queuing; one that was changed counts as none."""
        answers = {}
        for key in self._keys(_ANSWERED):
            try:
                answers[key] = json.loads(self._read(key, _ANSWERED, ("queue answer", key)))
            except (DecryptionFailed, MasterKeyMissing) as error:
                log.warning("The answer to item %s of the queue does not count: %s", key, error)
        return answers

    def remove(self, key: str) -> None:
        """Remove an item and its answer.

        Raises:
            InvalidField: there is none of this key.
        """
        with self._translated_errors():
            if key not in [*self._keys(_SEALED), *self._keys(_ANSWERED)]:
                raise _no_item(key)
            for suffix in (_SEALED, _ANSWERED):
                self._path(key, suffix).unlink(missing_ok=True)
            sync_folder(self._folder)

    def sweep(self) -> None:
        """Remove what a writer that was killed left behind."""
        with self._translated_errors():
            for suffix in (_SEALED, _ANSWERED):
                for part in self._folder.glob(f".*{suffix}.part"):
                    whole = self._folder / part.name.removeprefix(".").removesuffix(".part")
                    if _KEY.fullmatch(whole.stem) and part == part_of(whole) and _is_plain(part):
                        remove_part(whole)

    def _keys(self, suffix: str) -> list[str]:
        """Return the keys that have a file."""
        with self._translated_errors():
            return sorted(path.stem for path in self._folder.glob(f"*{suffix}") if _KEY.fullmatch(path.stem))

    def _path(self, key: str, suffix: str) -> Path:
        if not _KEY.fullmatch(key):
            raise _no_item(key)
        return self._folder / f"{key}{suffix}"

    def _write(self, key: str, suffix: str, seal_context: Place, content: bytes) -> None:
        """Write a file, sealed for its place with a key of its own, which the station's master key wraps."""
        master, secret = self._masters.newest(may_make=True), os.urandom(KEY_BYTES)
        head = {"master": master.id, "key": base64.b64encode(master.wrap(secret)).decode()}
        with whole_file(self._path(key, suffix), _PRIVATE) as file:
            file.buffer.write(json.dumps(head).encode() + b"\n" + seal(secret, seal_context, content))

    def _read(self, key: str, suffix: str, seal_context: Place) -> bytes:
        try:
            first, _, sealed = _content(self._path(key, suffix)).partition(b"\n")
            head = json.loads(first)
            wrapped, master = base64.b64decode(head["key"]), str(head["master"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise failure(seal_context, "it is not there, or no file of a queue") from error
        return unseal(self._masters.get(master).unwrap(wrapped), seal_context, sealed)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreUnavailable(f"The queue's folder {self._folder} cannot be used: {error.strerror}.") from error


def _no_item(key: str) -> InvalidField:
    return InvalidField(f"There is no item {printable(key[:100])} in the queue; 'pehchan queue list' shows the keys.")


def _content(path: Path) -> bytes:
    """Return the bytes of a plain file; what else has its name, such as a link or a pipe, is not followed."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            raise ValueError(f"{path} is no file of a queue")
        return file.read()


def _is_plain(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)


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
