"""The station that the service is measured with."""

from __future__ import annotations

from pathlib import Path

from benchmarks.service.gallery import _NoImages


def test_images_of_made_up_people_are_not_kept(tmp_path: Path) -> None:
    images = _NoImages(tmp_path / "images")
    images.put(b"one")
    images.put_all({"a" * 64: b"two"})
    images.write("b" * 64, b"three")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
