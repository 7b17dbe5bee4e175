"""What a task holds, sealed with its own key: the request to carry out with its files, and the result to deliver."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from biometrics.storage.crypto.aead import Place, seal, unseal
from biometrics.storage.crypto.data_keys import DataKeys


def sealed_content(secret: bytes, associated: Place, content: Any) -> bytes:
    """Return a request or a result as it is stored."""
    return seal(secret, associated, json.dumps(content).encode("ascii"))


def opened_content(keys: DataKeys, connection: Connection, task_id: str, part: str, sealed: bytes | None) -> Any:
    """Return a task's "call" or "result"; None where it has none.

    Raises:
        DecryptionFailed: its key is gone, or it was changed.
    """
    associated = content_place(task_id, part)
    return None if sealed is None else json.loads(unseal(keys.get(connection, task_id, associated), associated, sealed))


def sealed_files(secret: bytes, task_id: str, files: Sequence[bytes]) -> dict[str, bytes]:
    """Return the files of a task as they are stored, in their order, by the names of what is stored."""
    sealed = [seal(secret, file_place(task_id, ordinal), content) for ordinal, content in enumerate(files)]
    return {sha256(content).hexdigest(): content for content in sealed}


def file_place(task_id: str, ordinal: int) -> Place:
    """Return the data that the encryption of a task's file is bound to: where it is stored."""
    return ("task", task_id, f"file {ordinal}")


def content_place(task_id: str, part: str) -> Place:
    """Return the data that the encryption of a task's "call" or "result" is bound to: where it is stored."""
    return ("task", task_id, part)
