"""The master key is in a file that only its owner reads, or in a variable, and never made where one is needed."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from biometrics.kernel.errors import DecryptionFailed, MasterKeyMissing
from biometrics.storage.crypto.master_keys import AesMasterKey, MasterKeys, make_file, parse, read_file, write_file


def test_the_first_start_makes_a_file_that_only_its_owner_reads_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "folder" / "master.key"
    made = MasterKeys.of_file(path).newest(may_make=True)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [item.id for item in read_file(path)] == [made.id]
    assert "move the file out of the data folder" in caplog.text
    assert read_file(path)[0].text not in caplog.text
    assert [item.name for item in path.parent.iterdir()] == ["master.key"]


def test_no_file_is_made_where_a_station_has_its_key_already(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyMissing, match="is missing"):
        MasterKeys.of_file(tmp_path / "master.key").get("0" * 16)
    assert not (tmp_path / "master.key").exists()


def test_processes_that_start_together_have_one_master(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    results: list[str] = []
    begin = threading.Barrier(8)

    def start() -> None:
        begin.wait()
        results.append(MasterKeys.of_file(tmp_path / "master.key").newest(may_make=True).id)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(results), len(set(results))) == (8, 1)


def test_a_file_is_never_overwritten_by_a_new_master(tmp_path: Path) -> None:
    """The old key would be lost, and all with it."""
    made = make_file(tmp_path / "master.key")
    with pytest.raises(MasterKeyMissing, match="already"):
        make_file(tmp_path / "master.key")
    assert [item.id for item in read_file(tmp_path / "master.key")] == [made.id]


def test_several_masters_are_read_the_newest_first(tmp_path: Path) -> None:
    new, old = AesMasterKey.new(), AesMasterKey.new()
    write_file(tmp_path / "master.key", [new, old])
    assert [item.id for item in read_file(tmp_path / "master.key")] == [new.id, old.id]
    for text in (f"{new.text},{old.text}", f"{new.text} {old.text}\n", f"# note\n{new.text}\n\n{old.text}"):
        assert [item.id for item in parse(text, "here")] == [new.id, old.id]
        assert MasterKeys.of_text(text).newest().id == new.id


def test_a_master_that_was_added_meanwhile_is_found(tmp_path: Path) -> None:
    old = make_file(tmp_path / "master.key")
    masters = MasterKeys.of_file(tmp_path / "master.key")
    assert masters.newest().id == old.id
    new = AesMasterKey.new()
    write_file(tmp_path / "master.key", [new, old])
    assert masters.get(new.id).unwrap(new.wrap(b"k" * 32)) == b"k" * 32


@pytest.mark.parametrize("text", ["x", "pehchan-master-1:", "pehchan-master-1:AAAA", "pehchan-master-1:é"])
def test_an_invalid_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(MasterKeyMissing, match="no master key") as refused:
        MasterKeys.of_text(text).newest()
    assert text == "x" or text not in str(refused.value)


def test_a_file_that_others_may_change_is_refused(tmp_path: Path) -> None:
    make_file(tmp_path / "master.key")
    (tmp_path / "master.key").chmod(0o666)
    with pytest.raises(MasterKeyMissing, match="chmod 600"):
        MasterKeys.of_file(tmp_path / "master.key").newest()


def test_a_master_opens_only_what_it_wrapped() -> None:
    first, other = AesMasterKey.new(), AesMasterKey.new()
    wrapped = first.wrap(b"k" * 32)
    assert wrapped != first.wrap(b"k" * 32)
    for changed in (b"", wrapped[:-1], wrapped[:-1] + bytes([wrapped[-1] ^ 1])):
        with pytest.raises(DecryptionFailed):
            first.unwrap(changed)
    with pytest.raises(DecryptionFailed):
        other.unwrap(wrapped)
