"""An encrypted snapshot gives out nothing that was not written by whoever has its key."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from biometrics.kernel.errors import SnapshotDamaged
from index import sealed_file
from index.sealed_file import SealedFileDamaged, SealedReader, SealedWriter
from index.snapshot_file import Snapshot, read, write

SECRET, OTHER = bytes(range(32)), bytes(range(1, 33))


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_file, "PIECE", 16)


def sealed(path: Path, content: bytes, secret: bytes = SECRET) -> Path:
    with path.open("wb") as file:
        writer = SealedWriter(file, secret)
        for at in range(0, len(content), 7):
            writer.write(content[at : at + 7])
        writer.finish()
    return path


def opened(path: Path, secret: bytes = SECRET) -> bytes:
    with path.open("rb") as file:
        reader = SealedReader(file, secret)
        length = reader.left
        content = reader.read(3) + reader.read()
        assert (len(content), reader.left, reader.read(), reader.read(5)) == (length, 0, b"", b"")
        return content


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 32, 33, 1000])
def test_what_was_written_is_read(tmp_path: Path, length: int) -> None:
    content = np.random.default_rng(length).bytes(length)
    path = sealed(tmp_path / "x", content)
    assert opened(path) == content
    if length > 4:
        assert content not in path.read_bytes()


def test_a_change_of_any_byte_is_found(tmp_path: Path) -> None:
    path = sealed(tmp_path / "x", b"some features of somebody, longer than two pieces")
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(SealedFileDamaged):
            opened(path)
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        with pytest.raises(SealedFileDamaged):
            opened(path)
    path.write_bytes(whole + b"\x00")
    with pytest.raises(SealedFileDamaged):
        opened(path)


def test_pieces_cannot_be_moved_or_left_out(tmp_path: Path) -> None:
    path = sealed(tmp_path / "x", b"a" * 16 + b"b" * 16 + b"c" * 5)
    whole = path.read_bytes()
    start, pieces, end = whole[:44], [whole[44:76], whole[76:108]], whole[108:]
    for others in ([pieces[1], pieces[0]], [pieces[0]], [pieces[0], pieces[0]], []):
        path.write_bytes(start + b"".join(others) + end)
        with pytest.raises(SealedFileDamaged):
            opened(path)
    path.write_bytes(start + b"".join(pieces))  # without its end
    with pytest.raises(SealedFileDamaged):
        opened(path)


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(SealedFileDamaged):
        opened(sealed(tmp_path / "x", b"x"), OTHER)


def test_a_snapshot_is_read_with_its_key_only(tmp_path: Path) -> None:
    """One in the clear is not trusted where there is a key: whoever has none may have put it there."""
    values = np.arange(100, dtype=np.float32)
    write(tmp_path / "x", Snapshot("any", "m", 3, {"values": values}), SECRET)
    assert values.tobytes() not in (tmp_path / "x").read_bytes()
    assert read(tmp_path / "x", SECRET).arrays["values"].tolist() == values.tolist()
    for secret in (OTHER, None):
        with pytest.raises(SnapshotDamaged):
            read(tmp_path / "x", secret)
    write(tmp_path / "plain", Snapshot("any", "m", 3, {"values": values}))
    with pytest.raises(SnapshotDamaged, match="not encrypted"):
        read(tmp_path / "plain", SECRET)


def test_a_file_sealed_twice_has_nothing_in_common(tmp_path: Path) -> None:
    first, second = (sealed(tmp_path / name, b"x" * 40).read_bytes() for name in ("x", "y"))
    assert first[12:44] != second[12:44]
    assert not {first[at : at + 8] for at in range(44, 90)} & {second[at : at + 8] for at in range(44, 90)}
    assert io.BytesIO(first).read(8) == b"PEHCHSEA"
