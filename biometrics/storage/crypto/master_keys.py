"""Master keys, which wrap the data keys: a port fit for an HSM or KMS, and keys from a file or the environment.

There may be several, the newest first: older master keys are needed until all data keys are rewrapped.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import re
import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from biometrics.kernel.errors import DecryptionFailed, MasterKeyMissing
from biometrics.kernel.technique.atomic_file import sync_folder, whole_file
from biometrics.kernel.technique.private_folders import locked
from biometrics.storage.crypto.aead import KEY_BYTES, NONCE_BYTES

VARIABLE: Final = "PEHCHAN_MASTER_KEY"
PREFIX: Final = "pehchan-master-1:"  # then 32 bytes in base64

log = logging.getLogger("pehchan")


class MasterKey(Protocol):
    """Wraps keys; the master itself need not be in this process, so an HSM or a KMS can be one."""

    @property
    def id(self) -> str:
        """A unique name, at most 64 characters, that reveals nothing about the key."""

    def wrap(self, key: bytes) -> bytes:
        """Encrypt a key."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """Decrypt a key.

        Raises:
            DecryptionFailed: it was changed, or another master wrapped it.
        """


class AesMasterKey:
    """A master of 256 bits in this process, which wraps with AES-256-GCM."""

    def __init__(self, secret: bytes) -> None:
        assert len(secret) == KEY_BYTES
        self._secret = secret
        self._cipher = AESGCM(secret)
        self._id = hashlib.sha256(b"pehchan master key id" + secret).hexdigest()[:16]

    @classmethod
    def new(cls) -> Self:
        """Make one from the system's randomness."""
        return cls(os.urandom(KEY_BYTES))

    @property
    def id(self) -> str:
        """The beginning of a digest of the key."""
        return self._id

    @property
    def text(self) -> str:
        """The key as it is written into a file or a variable."""
        return PREFIX + base64.b64encode(self._secret).decode()

    def wrap(self, key: bytes) -> bytes:
        """Encrypt a key: nonce, key, tag."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, self._id.encode())

    def unwrap(self, wrapped: bytes) -> bytes:
        """Decrypt a key."""
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], self._id.encode())
        except (InvalidTag, ValueError) as error:
            raise DecryptionFailed("A data key cannot be unwrapped: it was changed. Restore it from a copy.") from error


class MasterKeys:
    """The available master keys, read again if an unknown one is needed: it may have been added since.

    Safe to use from many threads.
    """

    def __init__(self, read: Callable[[], Sequence[MasterKey]], first: Callable[[], MasterKey] | None = None) -> None:
        """`read` returns the masters, the newest first; `first` makes one for a store that has never had any."""
        self._read = read
        self._first = first
        self._lock = threading.Lock()
        self._known: dict[str, MasterKey] = {}

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Take the masters from a text, such as the variable's: one or more, with commas or spaces between them."""
        return cls(lambda: parse(text, VARIABLE))

    @classmethod
    def of_environment(cls) -> Self:
        """Take the masters from the variable PEHCHAN_MASTER_KEY."""
        return cls(lambda: parse(os.environ.get(VARIABLE, ""), VARIABLE))

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """Take the masters from a file, which is made where a store needs its first one."""
        return cls(lambda: read_file(path), lambda: _make_first(path))

    def newest(self, *, may_make: bool = False) -> MasterKey:
        """Return the one to wrap with; `may_make`: for a store that has none yet.

        Raises:
            MasterKeyMissing: there is none.
        """
        with self._lock:
            masters = self._load()
            if not masters and may_make and self._first:
                masters = [self._first()]
                self._known = {master.id: master for master in masters}
        if not masters:
            raise MasterKeyMissing(
                f"There is no master key: make one with 'pehchan keys generate', and name its file in "
                f"PEHCHAN_MASTER_KEY_FILE or put it in {VARIABLE}."
            )
        return masters[0]

    def get(self, master_id: str) -> MasterKey:
        """Return the master of an id.

        Raises:
            MasterKeyMissing: it is missing.
        """
        master = self._known.get(master_id)
        if master is None:
            with self._lock:
                self._load()
                master = self._known.get(master_id)
        if master is None:
            raise MasterKeyMissing(
                f"The master key {master_id}, which opens this station's keys, is missing; give its file in "
                f"PEHCHAN_MASTER_KEY_FILE or the key in {VARIABLE}. Without it nothing can be read."
            )
        return master

    def all(self) -> list[MasterKey]:
        """Return the masters, the newest first."""
        with self._lock:
            return self._load()

    def _load(self) -> list[MasterKey]:
        masters = list(self._read())
        self._known = {master.id: master for master in masters}
        return masters


def parse(text: str, where: str) -> list[AesMasterKey]:
    """Read masters out of a text; lines that begin with # are notes.

    Raises:
        MasterKeyMissing: something in it is no master key.
    """
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [_parsed(word, where) for word in re.split(r"[,\s]+", "\n".join(lines)) if word]


def read_file(path: Path) -> list[AesMasterKey]:
    """Read the masters in a file, none where there is no file.

    Raises:
        MasterKeyMissing: it cannot be read, or holds something else.
    """
    try:
        text = path.read_text()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise MasterKeyMissing(f"The master key's file {path} cannot be read; may this user read it?") from error
    if path.stat().st_mode & 0o022:
        raise MasterKeyMissing(f"Others may write to the master key's file {path}; run: chmod 600 {path}")
    return parse(text, str(path))


def write_file(path: Path, masters: Sequence[AesMasterKey]) -> None:
    """Make a file of masters, the newest first, whole or not at all, which only its owner may read.

    Raises:
        MasterKeyMissing: it cannot be written.
    """
    note = "# Master keys of Pehchan, newest first. They decrypt everything, and nothing can be read without them.\n"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with whole_file(path, 0o600) as file:
            file.write(note + "".join(f"{master.text}\n" for master in masters))
    except OSError as error:
        raise MasterKeyMissing(f"The master key's file {path} cannot be written: {error.strerror}.") from error


def make_file(path: Path) -> AesMasterKey:
    """Make a file with a new master.

    Raises:
        MasterKeyMissing: there is such a file, or it cannot be written.
    """
    key, draft = AesMasterKey.new(), path.with_name(f".{path.name}.{uuid.uuid4().hex}.new")
    write_file(draft, [key])
    try:
        os.link(draft, path)  # fails where another process was faster, which a rename would not
        sync_folder(path.parent)
    except OSError as error:
        raise MasterKeyMissing(f"{path} is there already, or cannot be made; name another file.") from error
    finally:
        draft.unlink(missing_ok=True)
    return key


def add_to_file(path: Path) -> AesMasterKey:
    """Put a new master before those in a file, which others may do at the same time.

    Raises:
        MasterKeyMissing: there is no such file, or it cannot be written.
    """
    with _alone(path):
        masters = read_file(path)
        if not masters:
            raise MasterKeyMissing(f"There is no master key in {path}; name the file of the station's.")
        key = AesMasterKey.new()
        write_file(path, [key, *masters])
    return key


def remove_from_file(path: Path, keep: Collection[str]) -> list[str]:
    """Remove the masters from a file whose ids are not among those to keep; return their ids.

    Raises:
        MasterKeyMissing: none of those to keep is there, or the file cannot be written.
    """
    with _alone(path):
        all_masters = read_file(path)
        masters = [master for master in all_masters if master.id in keep]
        if not masters:
            raise MasterKeyMissing(f"No master key in {path} is in use; name the file of the station's.")
        if len(masters) < len(all_masters):
            write_file(path, masters)
    return [master.id for master in all_masters if master.id not in keep]


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep others from changing the key files of a folder meanwhile."""
    with ExitStack() as lock:
        try:
            lock.enter_context(locked(path.parent))
        except OSError as error:
            raise MasterKeyMissing(f"The folder of {path} cannot be opened: {error.strerror}.") from error
        yield


def _make_first(path: Path) -> MasterKey:
    try:
        key = make_file(path)
    except MasterKeyMissing:
        if masters := read_file(path):
            return masters[0]
        raise
    log.warning(
        "A master key was created: %s. Without it the data of this service can never be decrypted. Keep a copy apart "
        "from the backups, and move the file out of the data folder: PEHCHAN_MASTER_KEY_FILE then names it.",
        path,
    )
    return key


def _parsed(word: str, where: str) -> AesMasterKey:
    try:
        secret = base64.b64decode(word.removeprefix(PREFIX), validate=True)
    except ValueError:
        secret = b""
    if not word.startswith(PREFIX) or len(secret) != KEY_BYTES:
        raise MasterKeyMissing(f"What {where} holds is no master key; make one with 'pehchan keys generate'.")
    return AesMasterKey(secret)
