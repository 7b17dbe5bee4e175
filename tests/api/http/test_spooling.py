"""Uploads on their way lie encrypted in a private folder of the data folder, and leave nothing behind."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from starlette.datastructures import UploadFile

from api.app import create_app
from api.http.spooling import EncryptedFile
from api.http.uploads import AuthenticateLargeBodies
from api.settings import Settings

LARGE = secrets.token_bytes(3_000_000)


def test_a_large_upload_is_never_in_clear_on_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "tmp"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    data = tmp_path / "data"
    app = create_app(Settings(data_folder=data, database_url="", _env_file=None))
    seen: dict[str, object] = {}

    @app.post("/look")
    async def look(request: Request) -> int:
        async with request.form() as form:
            upload = form["file"]
            assert isinstance(upload, UploadFile)
            descriptor = upload.file.fileno()
            seen["place"] = os.readlink(f"/proc/self/fd/{descriptor}")
            size = os.fstat(descriptor).st_size
            seen["sealed"] = os.pread(descriptor, size, 0)
            await upload.seek(0)
            parts = [await upload.read(1_000_001), await upload.read()]
            seen["content"] = b"".join(parts)
        return size

    with TestClient(app) as client:
        # A stranger may not send as much; this route reads it as all others do.
        app.user_middleware = [layer for layer in app.user_middleware if layer.cls is not AuthenticateLargeBodies]
        app.middleware_stack = app.build_middleware_stack()
        assert client.post("/look", files={"file": LARGE}).json() == len(LARGE)
    assert seen["content"] == LARGE
    assert str(seen["place"]).startswith(str(data / "work"))
    sealed = seen["sealed"]
    assert isinstance(sealed, bytes)
    assert not any(LARGE[at : at + 16] in sealed for at in range(0, len(LARGE), 100_000))
    assert list(elsewhere.iterdir()) == []
    assert list((data / "work").iterdir()) == []


def test_an_encrypted_file_reads_back_what_was_written_from_any_position(tmp_path: Path) -> None:
    content = secrets.token_bytes(10_000)
    with EncryptedFile(tmp_path) as file:
        for at in range(0, len(content), 777):
            file.write(content[at : at + 777])
        for at, size in ((0, -1), (1, 15), (17, 100), (9_990, 100), (5_000, 0)):
            file.seek(at)
            assert file.read(size) == content[at:][: size if size >= 0 else None]
        file.seek(0)
        with pytest.raises(OSError, match="appended"):  # the same key stream would be used twice
            file.write(b"x")
