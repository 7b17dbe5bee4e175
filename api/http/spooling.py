"""Files of uploads on their way: in memory while they are small, then encrypted in a private folder.

Starlette would write them in clear to the system's folder for temporary files. The key of each file is in memory only,
and the file has no name, so nothing is left of it that could be read, whatever ends the process.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import Any, BinaryIO, Final, cast

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from starlette import formparsers

from biometrics.kernel.technique.private_folders import work_folder

PURPOSE: Final = "uploads"
_BLOCK: Final = 16  # bytes of AES
_folders: list[Path] = []  # of the applications that run in this process; the last one is used


@contextmanager
def spooled_in(data_folder: Path) -> Iterator[Path]:
    """Spool the uploads of this process to a private folder in a data folder, until the end.

    Raises:
        StoreUnavailable: the folder cannot be made.
    """
    formparsers.SpooledTemporaryFile = _Spool  # type: ignore[attr-defined, assignment] # no setting
    with work_folder(data_folder, PURPOSE) as folder:
        _folders.append(folder)
        try:
            yield folder
        finally:
            _folders.remove(folder)


class _Spool(SpooledTemporaryFile[bytes]):
    """An upload: in memory at first, then in an encrypted file; where no folder is set it stays in memory."""

    _file: Any
    _rolled: bool
    _max_size: int

    def rollover(self) -> None:
        """Continue in a file."""
        if self._rolled or not _folders:
            return
        in_memory, at = self._file, self._file.tell()
        self._file = EncryptedFile(_folders[-1])
        self._file.write(in_memory.getvalue())
        self._file.seek(at)
        self._rolled = True


class EncryptedFile(io.RawIOBase):
    """A file without a name, encrypted with AES-256 in counter mode under a key of its own.

    It is written from its start to its end: a position that was written once is never written again, which would use
    the same key stream twice. It needs no authentication: no other process can open it.
    """

    def __init__(self, folder: Path) -> None:
        """Make an empty file in a folder."""
        self._sealed = cast(BinaryIO, TemporaryFile(dir=folder, buffering=0))  # noqa: SIM115 - closed by `close`
        self._key = os.urandom(32)
        self._at = self._size = 0

    def write(self, content: Any) -> int:
        """Append; raises OSError where the position is not the end, or the disk is full."""
        if self._at != self._size:
            raise OSError("an encrypted file is only appended to")
        sealed = memoryview(self._stream(self._at, bytes(content)))
        self._sealed.seek(self._at)
        written = 0
        while written < len(sealed):
            written += self._sealed.write(sealed[written:])
        self._at = self._size = self._size + written
        return written

    def read(self, size: int = -1) -> bytes:
        """Return what is at the position, at most `size` bytes; all of it where negative."""
        self._sealed.seek(self._at)
        left = self._size - self._at
        missing = left if size is None or size < 0 else min(size, left)
        pieces = []
        while missing and (piece := self._sealed.read(missing)):
            pieces.append(piece)
            missing -= len(piece)
        plain = self._stream(self._at, b"".join(pieces))
        self._at += len(plain)
        return plain

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer."""
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move the position, within the file."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = min(max(0, start + offset), self._size)
        return self._at

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def fileno(self) -> int:
        """Return the descriptor of the encrypted bytes."""
        return self._sealed.fileno()

    def readable(self) -> bool:
        """It can be read."""
        return True

    def writable(self) -> bool:
        """It can be written."""
        return True

    def seekable(self) -> bool:
        """The position can be moved."""
        return True

    def close(self) -> None:
        """Remove it."""
        self._sealed.close()
        super().close()

    def _stream(self, at: int, content: bytes) -> bytes:
        """Encrypt or decrypt what is at a position."""
        block, within = divmod(at, _BLOCK)
        cipher = Cipher(algorithms.AES256(self._key), modes.CTR(block.to_bytes(_BLOCK, "big"))).encryptor()
        cipher.update(bytes(within))
        return cipher.update(content)
