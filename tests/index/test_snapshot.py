"""A saved index is read whole and unaltered, or not at all."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from search_indexes import DIMENSION, SEARCH_INDEXES, STATIONS, Implementation, labels_of

from biometrics.kernel.errors import SnapshotDamaged, StoreUnavailable
from biometrics.kernel.people.labels import NO_FILTER, Filter
from biometrics.kernel.people.person import Sex
from biometrics.matching.ports import SearchIndex
from index import column, snapshot_file
from index.exact import ExactIndex
from index.faiss_index import FaissIndex
from index.feature_sets import segment
from index.snapshot import load

MODEL = "ab" * 32

KINDS = pytest.mark.parametrize("kind", [kind for kind in SEARCH_INDEXES if kind.restored], ids=lambda kind: kind.name)
FAISS, COMPACT = (
    next(kind for kind in SEARCH_INDEXES if kind.name == name) for name in ("faiss-scanning", "faiss-compact")
)


def opened(path: Path, kind: Implementation = FAISS, model: str = MODEL) -> SearchIndex:
    saved = snapshot_file.read(path)
    assert kind.restored is not None
    return load(path, model, {saved.kind: kind.restored})


def filled(kind: Implementation, count: int = 50) -> SearchIndex:
    index, individuals = kind.make(), np.random.default_rng(count).permutation(count)
    index.add(individuals - 5, [kind.features(int(n)) for n in individuals], labels_of(individuals))
    index.sequence = 2**40 + count
    return index


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "faces.index"
    filled(FAISS).snapshot(path, MODEL)()
    return path


@KINDS
@pytest.mark.parametrize("count", [0, 1, 50])
def test_what_was_saved_comes_back(tmp_path: Path, kind: Implementation, count: int) -> None:
    index = filled(kind, count)
    index.remove(np.array([3, 7]))
    index.snapshot(tmp_path / "x", MODEL)()
    again = opened(tmp_path / "x", kind)
    assert (type(again), len(again), again.sequence) == (type(index), len(index), index.sequence)
    for where in (NO_FILTER, Filter(sexes=frozenset({Sex.FEMALE}), stations=frozenset(STATIONS[:20]))):
        for individual in (0, 20):
            before = index.search(kind.features(individual), count, where)
            after = again.search(kind.features(individual), count, where)
            for expected, result in zip(before, after, strict=True):
                np.testing.assert_array_equal(result, expected)


@KINDS
def test_a_loaded_index_goes_on_changing(tmp_path: Path, kind: Implementation) -> None:
    filled(kind).snapshot(tmp_path / "x", MODEL)()
    index = opened(tmp_path / "x", kind)
    assert index.remove(np.array([0, 1])) == 2
    for individual in range(1000, 1010):  # some take the rows of the removed, the others new ones
        index.add(np.array([individual]), [kind.features(individual)], labels_of(np.array([individual])))
    index.snapshot(tmp_path / "x", MODEL)()
    again = opened(tmp_path / "x", kind)
    assert len(again) == 58
    assert again.search(kind.features(1004), 1).ids.tolist() == [1004]


@pytest.mark.parametrize("chunk", [1, 64, 1 << 20])
@KINDS
def test_a_snapshot_is_of_the_moment_it_was_taken_whatever_changes_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Implementation, chunk: int
) -> None:
    monkeypatch.setattr(column, "CHUNK", chunk)
    monkeypatch.setattr(segment, "LEAST_HOLES", 10)
    for walk in range(3):
        rng, index, path = np.random.default_rng(walk), filled(kind), tmp_path / f"{walk}"

        def change(index: SearchIndex = index, rng: np.random.Generator = rng) -> None:
            index.remove(rng.choice(80, 8, replace=False) - 5)
            ids = rng.choice(120, 5, replace=False) - 5
            index.add(ids, [kind.features(int(n) + 500) for n in ids], labels_of(ids + 500))
            index.sequence += 1

        change()
        expected = [index.search(kind.features(n), 100) for n in (1, 30, 520)]
        sequence, count, write = index.sequence, len(index), index.snapshot(path, MODEL)

        class Disk:
            """Has the index change after some of what is written."""

            def __init__(self, file: Any, change: Callable[[], None] = change) -> None:
                self._file, self._change, self._pieces = file, change, 0

            def write(self, data: bytes) -> None:
                self._file.write(data)
                self._pieces += 1
                if self._pieces % 40 == 1:
                    self._change()

        change()
        write_to = snapshot_file._write_to
        with monkeypatch.context() as slow:
            slow.setattr(snapshot_file, "_write_to", lambda file, saved, d=Disk, w=write_to: w(d(file), saved))
            write()
        again = opened(path, kind)
        assert (again.sequence, len(again)) == (sequence, count)
        assert index.sequence > sequence + 1
        for probe, hits in zip((1, 30, 520), expected, strict=True):
            for part, of_again in zip(hits, again.search(kind.features(probe), 100), strict=True):
                np.testing.assert_array_equal(part, of_again)


def coarse(arrays: Mapping[str, NDArray[Any]], rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the nibbles of some rows, below 32, of the first block: shape (len(rows), DIMENSION // 2)."""
    groups = arrays["coarse 0"].reshape(-1, DIMENSION // 2, 16)
    place = np.array([0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15]).argsort()[rows % 16]
    return groups[rows // 32, :, place] >> np.where(rows % 32 < 16, 0, 4)[:, None] & 15


def first_codes(arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.uint64]:
    """Return the first halves of all codes that the arrays of an index of prints hold, also those of no print."""
    return np.concatenate([array for name, array in arrays.items() if name.endswith("/first")])


@KINDS
def test_a_removal_leaves_nothing_in_the_snapshot(tmp_path: Path, kind: Implementation) -> None:
    index = filled(kind)
    index.snapshot(tmp_path / "with", MODEL)()
    gone = np.arange(20) - 5
    index.remove(gone)
    index.snapshot(tmp_path / "without", MODEL)()
    before, after = (snapshot_file.read(tmp_path / name).arrays for name in ("with", "without"))
    people = labels_of(gone + 5)["person"].tolist()
    content = (tmp_path / "without").read_bytes()
    assert all(int(person).to_bytes(8, "little") not in content for person in set(people[:20]))
    assert all(int(person).to_bytes(8, "little") in (tmp_path / "with").read_bytes() for person in set(people[:20]))
    features = [np.asarray(kind.features(int(n) + 5)).tobytes() for n in gone]
    assert all(feature not in content for feature in features)
    if kind.exact or "codes" in before:
        assert all(feature in (tmp_path / "with").read_bytes() for feature in features)
    elif "segment" in before:
        codes = np.concatenate([kind.features(int(n) + 5)["code"][:, 0] for n in gone])
        assert np.isin(codes, first_codes(before)).all()
        assert not np.isin(codes, first_codes(after)).any()
    else:
        rows = np.flatnonzero(np.isin(before["ids"], gone))
        assert len(np.unique(before["fine"][rows], axis=0)) == 20
        assert len(np.unique(after["fine"][rows], axis=0)) == 1
        of_zeros = kind.make()
        of_zeros.add(before["ids"], np.zeros((50, DIMENSION), np.float32), labels_of(before["ids"] + 5))
        of_zeros.remove(before["ids"][np.isin(before["ids"], gone, invert=True)])
        of_zeros.snapshot(tmp_path / "zeros", MODEL)()
        zeros = snapshot_file.read(tmp_path / "zeros").arrays
        assert np.array_equal(after["fine"][rows], zeros["fine"][rows])
        assert np.array_equal(coarse(after, rows), coarse(zeros, rows))
        assert not np.array_equal(coarse(before, rows), coarse(zeros, rows))


def test_saving_makes_the_folder(tmp_path: Path) -> None:
    filled(FAISS).snapshot(tmp_path / "new" / "index" / "x", MODEL)()
    assert len(opened(tmp_path / "new" / "index" / "x")) == 50


def test_saving_leaves_no_other_file(saved: Path) -> None:
    assert list(saved.parent.iterdir()) == [saved]


def test_every_truncation_is_noticed(saved: Path) -> None:
    content = saved.read_bytes()
    for length in [*range(200), *range(200, len(content), 97), len(content) - 1]:
        saved.write_bytes(content[:length])
        with pytest.raises(SnapshotDamaged):
            opened(saved)


def test_every_flipped_byte_is_noticed(saved: Path) -> None:
    content = saved.read_bytes()
    for at in [*range(250), *range(250, len(content), 31), len(content) - 1]:
        for bit in (1, 128):
            saved.write_bytes(content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :])
            with pytest.raises(SnapshotDamaged):
                opened(saved)


def test_bytes_after_the_end_are_noticed(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes() + b"\0")
    with pytest.raises(SnapshotDamaged, match="not as long"):
        opened(saved)


def test_a_newer_format_is_called_that(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    struct.pack_into("<I", content, 8, 3)
    saved.write_bytes(content)
    with pytest.raises(SnapshotDamaged, match="newer Pehchan"):
        opened(saved)


def test_an_older_format_is_refused(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    struct.pack_into("<I", content, 8, 1)
    saved.write_bytes(content)
    with pytest.raises(SnapshotDamaged, match="old format"):
        opened(saved)


@KINDS
def test_what_another_model_made_is_refused(tmp_path: Path, kind: Implementation) -> None:
    filled(kind).snapshot(tmp_path / "x", MODEL)()
    with pytest.raises(SnapshotDamaged, match="another model"):
        opened(tmp_path / "x", kind, model="cd" * 32)


@pytest.mark.parametrize("compact", [False, True])
def test_vectors_of_another_dimension_are_refused(tmp_path: Path, compact: bool) -> None:
    filled(COMPACT if compact else FAISS).snapshot(tmp_path / "x", MODEL)()
    for dimension in (DIMENSION - 1, DIMENSION + 1, 2 * DIMENSION):
        with pytest.raises(SnapshotDamaged, match="no index accepts"):
            load(tmp_path / "x", MODEL, {FaissIndex.KIND: partial(FaissIndex.restored, dimension=dimension)})


def test_an_absent_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(SnapshotDamaged, match="cannot be read"):
            opened(path)


def test_a_kind_from_elsewhere_is_refused(saved: Path) -> None:
    with pytest.raises(SnapshotDamaged, match="of the kind 'faiss', not exact"):
        load(saved, MODEL, {ExactIndex.KIND: partial(ExactIndex.restored, dimension=DIMENSION)})


@KINDS
def test_contents_that_no_index_takes_are_refused(tmp_path: Path, kind: Implementation) -> None:
    filled(kind).snapshot(tmp_path / "x", MODEL)()
    whole = snapshot_file.read(tmp_path / "x")
    for name, array in whole.arrays.items():
        for changed in ({}, {name: array[:-1]}, {name: array.astype("S3") if array.dtype.names is None else array[:0]}):
            others = {other: values for other, values in whole.arrays.items() if other != name}
            snapshot_file.write(tmp_path / "y", replace(whole, arrays={**others, **changed}))
            with pytest.raises(SnapshotDamaged, match="no index accepts"):
                opened(tmp_path / "y", kind)


def test_arrays_of_any_number_shape_and_type_come_back(tmp_path: Path) -> None:
    arrays = {
        "empty": np.empty((0, 7), np.float32),
        "one": np.array([2.5]),
        "labels": labels_of(np.arange(9)),
        "cube": np.arange(24, dtype=np.uint8).reshape(2, 3, 4),
        "not in C order": np.arange(12).reshape(3, 4).T,
    }
    snapshot_file.write(tmp_path / "x", snapshot_file.Snapshot("any", MODEL, 3, arrays))
    again = snapshot_file.read(tmp_path / "x")
    assert (again.kind, again.model, again.sequence, list(again.arrays)) == ("any", MODEL, 3, list(arrays))
    for name, array in arrays.items():
        np.testing.assert_array_equal(again.arrays[name], array)
        assert again.arrays[name].dtype == array.dtype


def test_a_save_that_fails_says_so_and_leaves_the_old_file(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        filled(COMPACT).snapshot(saved / "below a file" / "x", MODEL)()
    occupied = tmp_path / "occupied"
    (occupied / "by a folder").mkdir(parents=True)
    with pytest.raises(StoreUnavailable):
        filled(COMPACT).snapshot(occupied, MODEL)()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["faces.index", "occupied"]
    assert len(opened(saved)) == 50


def test_what_a_killed_save_left_is_cleared_when_it_is_old(saved: Path) -> None:
    old, recent = (saved.parent / f".{saved.name}.part-{name}" for name in ("old", "recent"))
    for path in (old, recent):
        path.write_bytes(b"half")
    two_hours_ago = time.time() - 7200
    os.utime(old, (two_hours_ago, two_hours_ago))
    filled(FAISS).snapshot(saved, MODEL)()
    assert (old.exists(), recent.exists()) == (False, True)


FILL = f"""
import resource, sys
from pathlib import Path
import numpy as np
from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.labels import LABEL
from index.faiss_index import FaissIndex

index = FaissIndex({DIMENSION}, exact_at_most=10_000)
vectors = np.random.default_rng(0).standard_normal((20_000, {DIMENSION})).astype(np.float32)
index.add(np.arange(20_000), vectors, np.zeros(20_000, LABEL))
path = Path(sys.argv[1])
"""

SAVE_FOREVER = f"""{FILL}
while True:
    index.sequence += 1
    index.snapshot(path, "{MODEL}")()
    print(index.sequence, flush=True)
"""

SAVE_INTO_A_FULL_DISK = f"""{FILL}
if sys.argv[2:]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    index.snapshot(path, "{MODEL}")()
except StoreUnavailable as error:
    print(error)
"""


def save_into_a_full_disk(path: Path, *limit: str) -> str:
    command = [sys.executable, "-c", SAVE_INTO_A_FULL_DISK, str(path), *limit]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_a_limit_on_the_files_size_while_saving_leaves_the_old_file(saved: Path) -> None:
    for limit in (100, 1_500_000):
        assert "cannot be saved" in save_into_a_full_disk(saved, str(limit))
        assert list(saved.parent.iterdir()) == [saved]
        assert len(opened(saved)) == 50


@pytest.mark.reach
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
        index = opened(path)
        assert len(index) == 20_000
        assert finished <= index.sequence <= finished + 1
