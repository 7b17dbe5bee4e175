"""Copies image files from one folder to another in processes of its own; run as such a process, serves one.

In one process, the threads that copy and the one that copies rows would wait for each other: Python runs one at a time.
The request to a process is the names, a line each; its answer those that cannot be read, or why nothing was copied.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.technique.helper_process import HelperPool, answer_requests
from biometrics.storage.blobs.folder import ImageFolder, ImageStore

_SECONDS = 600.0  # for the images of one request; a disk that takes longer does not answer


def copy_images(source: ImageStore, target: ImageStore, digests: Sequence[str]) -> list[str]:
    """Copy images from one store to another, but those that are there; return the digests of those that cannot be read.

    Raises:
        StoreUnavailable: the target cannot be written.
    """
    files, unreadable = {}, []
    for digest in digests:
        if target.holds(digest):
            continue
        try:
            files[digest] = source.get(digest)
        except StoreUnavailable:
            unreadable.append(digest)
    target.put_all(files)
    return unreadable


class FolderCopier:
    """Copies image files as `copy_images` does, in as many processes as threads ask at once."""

    def __init__(self, source: str, target: str) -> None:
        """Copy from one image folder to another."""
        self._helpers = HelperPool([sys.executable, "-I", "-m", __name__, source, target], _SECONDS)

    def copy(self, digests: Sequence[str]) -> list[str]:
        """Return the digests of images that cannot be read.

        Raises:
            StoreUnavailable: the target cannot be written, or does not answer.
        """
        answer = self._helpers.ask("\n".join(digests).encode())
        if answer is None:
            raise StoreUnavailable("The process that copies image files has ended; run the command again.")
        result = json.loads(answer)
        if result["refused"]:
            raise StoreUnavailable(result["refused"])
        return [str(digest) for digest in result["unreadable"]]


def _answer(source: ImageStore, target: ImageStore, request: bytes) -> bytes:
    result: dict[str, object] = {"unreadable": [], "refused": ""}
    try:
        result["unreadable"] = copy_images(source, target, request.decode().split())
    except StoreUnavailable as error:
        result["refused"] = error.message
    return json.dumps(result).encode()


if __name__ == "__main__":
    source_store, target_store = (ImageFolder(Path(name), create=False) for name in sys.argv[1:])
    answer_requests(partial(_answer, source_store, target_store))
