"""A saved index is read whole and unaltered, or not at all."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from biometrics.errors import SnapshotDamaged, StoreUnavailable
from index import snapshot_file
from index.exact import ExactIndex
from index.faiss_index import FaissIndex
from index.snapshot import load

MODEL, DIMENSION = "ab" * 32, 12

KINDS = pytest.mark.parametrize("kind", [ExactIndex, FaissIndex])


def filled(kind: type[ExactIndex] | type[FaissIndex], count: int = 50) -> ExactIndex | FaissIndex:
    rng = np.random.default_rng(count)
    vectors = rng.standard_normal((count, DIMENSION)).astype(np.float32)
    index = kind(DIMENSION)
    index.add(rng.permutation(count).astype(np.int64) - 5, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    index.sequence = 2**40 + count
    return index


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "faces.index"
    filled(FaissIndex).save(path, MODEL)
    return path


@KINDS
@pytest.mark.parametrize("count", [0, 1, 50])
def test_what_was_saved_comes_back(tmp_path: Path, kind: type[ExactIndex] | type[FaissIndex], count: int) -> None:
    index = filled(kind, count)
    index.save(tmp_path / "x", MODEL)
    again = load(tmp_path / "x", MODEL, DIMENSION)
    assert (type(again), len(again), again.sequence, again.dimension) == (kind, count, index.sequence, DIMENSION)
    query = np.ones(DIMENSION, dtype=np.float32)
    for before, after in zip(index.search(query, count), again.search(query, count), strict=True):
        np.testing.assert_array_equal(before, after)


@KINDS
def test_a_loaded_index_goes_on_changing(tmp_path: Path, kind: type[ExactIndex] | type[FaissIndex]) -> None:
    filled(kind).save(tmp_path / "x", MODEL)
    index = load(tmp_path / "x", MODEL, DIMENSION)
    assert index.remove(np.array([0, 1], dtype=np.int64)) == 2
    index.add(np.array([1000], dtype=np.int64), np.eye(1, DIMENSION, dtype=np.float32))
    index.save(tmp_path / "x", MODEL)
    assert len(load(tmp_path / "x", MODEL, DIMENSION)) == 49


def test_saving_makes_the_folder(tmp_path: Path) -> None:
    filled(FaissIndex).save(tmp_path / "new" / "index" / "x", MODEL)
    assert len(load(tmp_path / "new" / "index" / "x", MODEL, DIMENSION)) == 50


def test_saving_leaves_no_other_file(saved: Path) -> None:
    assert list(saved.parent.iterdir()) == [saved]


def test_every_truncation_is_noticed(saved: Path) -> None:
    content = saved.read_bytes()
    for length in [*range(200), *range(200, len(content), 97), len(content) - 1]:
        saved.write_bytes(content[:length])
        with pytest.raises(SnapshotDamaged):
            load(saved, MODEL, DIMENSION)


def test_every_flipped_byte_is_noticed(saved: Path) -> None:
    content = saved.read_bytes()
    for at in [*range(250), *range(250, len(content), 31), len(content) - 1]:
        for bit in (1, 128):
            saved.write_bytes(content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :])
            with pytest.raises(SnapshotDamaged):
                load(saved, MODEL, DIMENSION)


def test_bytes_after_the_end_are_noticed(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes() + b"\0")
    with pytest.raises(SnapshotDamaged, match="not as long"):
        load(saved, MODEL, DIMENSION)


def test_a_newer_format_is_called_that(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    struct.pack_into("<I", content, 8, 2)
    saved.write_bytes(content)
    with pytest.raises(SnapshotDamaged, match="newer Pehchan"):
        load(saved, MODEL, DIMENSION)


@pytest.mark.parametrize(("model", "dimension"), [("cd" * 32, DIMENSION), (MODEL, DIMENSION + 1)])
def test_an_index_of_another_model_is_refused(saved: Path, model: str, dimension: int) -> None:
    with pytest.raises(SnapshotDamaged, match="another model"):
        load(saved, model, dimension)


def test_an_absent_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(SnapshotDamaged, match="cannot be read"):
            load(path, MODEL, DIMENSION)


def test_a_kind_from_elsewhere_and_contents_no_index_takes_are_refused(tmp_path: Path) -> None:
    """A checksum that agrees is not enough."""
    ids, vectors = np.array([1, 1], dtype=np.int64), np.eye(2, DIMENSION, dtype=np.float32)
    for kind, match in (("milvus", "unknown kind"), ("exact", "no index accepts")):
        snapshot_file.write(tmp_path / "x", snapshot_file.Snapshot(kind, MODEL, 7, ids, vectors))
        with pytest.raises(SnapshotDamaged, match=match):
            load(tmp_path / "x", MODEL, DIMENSION)


def test_a_save_that_fails_says_so_and_leaves_the_old_file(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        filled(ExactIndex).save(saved / "below a file" / "x", MODEL)
    occupied = tmp_path / "occupied"
    (occupied / "by a folder").mkdir(parents=True)
    with pytest.raises(StoreUnavailable):
        filled(ExactIndex).save(occupied, MODEL)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["faces.index", "occupied"]
    assert len(load(saved, MODEL, DIMENSION)) == 50


def test_what_a_killed_save_left_is_cleared_when_it_is_old(saved: Path) -> None:
    old, recent = (saved.parent / f".{saved.name}.part-{name}" for name in ("old", "recent"))
    for path in (old, recent):
        path.write_bytes(b"half")
    two_hours_ago = time.time() - 7200
    os.utime(old, (two_hours_ago, two_hours_ago))
    filled(FaissIndex).save(saved, MODEL)
    assert (old.exists(), recent.exists()) == (False, True)


SAVE_FOREVER = f"""
import sys
from pathlib import Path
import numpy as np
from index.exact import ExactIndex

rng = np.random.default_rng(0)
index = ExactIndex({DIMENSION})
index.add(np.arange(20_000), rng.standard_normal((20_000, {DIMENSION})).astype(np.float32))
while True:
    index.sequence += 1
    index.save(Path(sys.argv[1]), "{MODEL}")
    print(index.sequence, flush=True)
"""


def test_killing_a_process_while_it_saves_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for pause in (0.0, 0.003, 0.007, 0.011, 0.02):
        process = subprocess.Popen([sys.executable, "-c", SAVE_FOREVER, str(path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        with process.stdout:
            finished = [int(process.stdout.readline()) for _ in range(3)][-1]
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
            finished = max([finished, *map(int, process.stdout.read().split())])
        process.wait()
        index = load(path, MODEL, DIMENSION)
        assert len(index) == 20_000
        assert finished <= index.sequence <= finished + 1
