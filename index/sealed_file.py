"""A file encrypted in pieces, so that one of many gigabytes needs little memory and is checked as it is read.

8 bytes     magic, "PEHCHSEA"
4           version, unsigned little-endian
32          salt; the file's own key is HKDF-SHA256 of the secret with it, so that a nonce is used only once
pieces      PIECE bytes of content each, the last one shorter, maybe empty: AES-256-GCM, its tag of 16 bytes at the end

A piece's nonce is its number and whether it is the last, so that none can be left out, moved or added.
"""

from __future__ import annotations

import os
import struct
from typing import IO, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PIECE: Final = 1 << 20
VERSION: Final = 1

_MAGIC = b"PEHCHSEA"
_START = struct.Struct("<8sI32s")
_NONCE = struct.Struct(">3xQ?")
_TAG = 16


class SealedFileDamaged(Exception):
    """A file that is not whole, was changed, or was sealed with another secret."""


class SealedWriter:
    """Writes into a file what `SealedReader` reads; `finish` writes the last piece."""

    def __init__(self, file: IO[bytes], secret: bytes) -> None:
        start = _START.pack(_MAGIC, VERSION, salt := os.urandom(32))
        self._cipher, self._start, self._file = _cipher(secret, salt), start, file
        self._held, self._number = bytearray(), 0
        file.write(start)

    def write(self, data: bytes | memoryview) -> None:
        """Take some bytes."""
        self._held += data
        at = 0
        while len(self._held) - at > PIECE:
            self._put(bytes(self._held[at : at + PIECE]), last=False)
            at += PIECE
        del self._held[:at]

    def finish(self) -> None:
        """Write what is held back as the last piece."""
        self._put(bytes(self._held), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_NONCE.pack(self._number, last), piece, self._start))
        self._number += 1


class SealedReader:
    """Reads what `SealedWriter` wrote; nothing is given out before it was checked.

    Raises:
        SealedFileDamaged: in any method, where a piece does not open.
    """

    def __init__(self, file: IO[bytes], secret: bytes) -> None:
        self._file = file
        self._start = file.read(_START.size)
        try:
            magic, version, salt = _START.unpack(self._start)
        except struct.error as error:
            raise SealedFileDamaged("it is cut short") from error
        if magic != _MAGIC or version != VERSION:
            raise SealedFileDamaged("it is not encrypted as this version does it")
        self._cipher = _cipher(secret, salt)
        stored = os.fstat(file.fileno()).st_size - _START.size
        self._pieces = max(1, -(-stored // (PIECE + _TAG)))
        self.left = stored - self._pieces * _TAG  # bytes of the content that were not read yet
        if self.left < 0:
            raise SealedFileDamaged("it is cut short")
        self._held, self._number = memoryview(b""), 0
        self._check_end()

    def read(self, size: int = -1) -> bytes:
        """Return that many bytes, all that are left where it is negative, and less only at the end."""
        content = bytearray(min(size, self.left) if size >= 0 else self.left)
        self.readinto(memoryview(content))
        return bytes(content)

    def readinto(self, into: memoryview) -> int:
        """Fill a view, as far as there is content."""
        filled = 0
        while filled < len(into):
            if not self._held and not self._next():
                break  # at the end
            part = min(len(into) - filled, len(self._held))
            into[filled : filled + part] = self._held[:part]
            self._held = self._held[part:]
            filled += part
        self.left -= filled
        self._check_end()
        return filled

    def _check_end(self) -> None:
        """At the end of the data, open the rest of the file: an empty last piece shows that it is whole."""
        while not self.left and self._next():
            pass

    def _next(self) -> bool:
        if self._number == self._pieces:
            return False
        nonce = _NONCE.pack(self._number, self._number == self._pieces - 1)
        try:
            self._held = memoryview(self._cipher.decrypt(nonce, self._file.read(PIECE + _TAG), self._start))
        except (InvalidTag, ValueError) as error:
            raise SealedFileDamaged("it was changed, or its key is another one") from error
        self._number += 1
        return True


class PlainReader:
    """Reads a file that is not encrypted in the same words."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file: Any = file

    @property
    def left(self) -> int:
        """Bytes that were not read yet."""
        return int(os.fstat(self._file.fileno()).st_size - self._file.tell())

    def read(self, size: int = -1) -> bytes:
        """Return that many bytes, all where it is negative, and less only at the end."""
        return bytes(self._file.read(size))

    def readinto(self, into: memoryview) -> int:
        """Fill a view, as far as there is content."""
        return int(self._file.readinto(into))


def is_sealed_file(file: IO[bytes]) -> bool:
    """Say whether a file that was just opened is an encrypted one."""
    start = file.read(len(_MAGIC))
    file.seek(0)
    return start == _MAGIC


def _cipher(secret: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"pehchan sealed file").derive(secret))
