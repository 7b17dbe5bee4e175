"""Places for images that were never used, one of each kind of image store."""

from __future__ import annotations

from pathlib import Path

import pytest
import s3_server

from biometrics.storage.blobs.folder import ImageFolder, ImageStore
from biometrics.storage.blobs.s3 import ImageBucket


def new_place(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a folder, or s3://bucket/prefix on a real server, with what is needed to get there in the environment."""
    if kind == "folder":
        return str(folder)
    for name, value in s3_server.environment(s3_server.shared().url).items():
        monkeypatch.setenv(name, value)
    return s3_server.new_place()


def opened(place: str) -> ImageStore:
    """Open the image store at a place."""
    return ImageBucket(place) if place.startswith("s3://") else ImageFolder(Path(place))


def held(store: ImageStore) -> dict[str, bytes]:
    """Return all that a store holds."""
    return {digest: store.get(digest) for digest in store.digests()}
