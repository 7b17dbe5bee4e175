"""The manifest lists what may be opened: it must be complete, and a slip in it must be told, not guessed at."""

from __future__ import annotations

from pathlib import Path

import pytest

from biometrics.kernel.errors import ModelMissing
from models.manifest import SHIPPED, PackageFile, merged, read_manifest
from models.trained import manifest

OWN = """
[arcface]
purpose = "face recognition"
path = "weights/own.onnx"
sha256 = "{sha256}"
licence = "own"
source = "own training"
input = "input: (1, 3, 112, 112) float32"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_shipped_entries_name_pinned_packages() -> None:
    pinned = (SHIPPED.parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    entries = read_manifest(SHIPPED)
    assert set(entries) == {"leader", "leader-reduced", "yunet", "sface", "sface-1", "dlib", "snfoe", "snffe", "snfen"}
    assert entries.pop("leader-reduced").sha256 == manifest()["reduced"].sha256
    for entry in entries.values():
        assert isinstance(entry.location, PackageFile)
        assert f'"{entry.location.package}=={entry.location.version}"' in pinned
        assert entry.licence in {"MIT", "Apache-2.0", "CC0-1.0"}


def test_operator_adds_and_replaces(tmp_path: Path) -> None:
    text = OWN.format(sha256="0" * 64)
    entries = merged(write(tmp_path, text + text.replace("[arcface]", "[sface]")))
    assert list(entries) == [
        "leader",
        "leader-reduced",
        "yunet",
        "sface",
        "sface-1",
        "dlib",
        "snfoe",
        "snffe",
        "snfen",
        "arcface",
    ]
    assert entries["arcface"].location == tmp_path / "weights" / "own.onnx"
    assert entries["sface"].location == tmp_path / "weights" / "own.onnx"


def test_embedder_settings_are_read(tmp_path: Path) -> None:
    table = (
        '[arcface.embedder]\ncolour = "BGR"\nmean = 127.5\nscale = 0.5\nlengths = [10, 20]\nside = 160\n'
        'template = [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]\nbeside = "sface"\njoined = "both.npz"\n'
    )
    settings = read_manifest(write(tmp_path, OWN.format(sha256="0" * 64) + table))["arcface"].embedder
    assert (settings.colour, settings.mean, settings.scale, settings.lengths) == ("BGR", 127.5, 0.5, (10.0, 20.0))
    assert (settings.side, settings.template[4]) == (160, (9.0, 10.0))
    assert (settings.beside, settings.joined) == ("sface", tmp_path / "both.npz")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace('licence = "own"', ""), "licence"),
        (lambda text: text + 'colour = "RGB"\n', "colour"),
        (lambda text: text.replace('path = "weights/own.onnx"', 'package = "x"'), "version"),
        (lambda text: text.replace("0" * 64, "0" * 63), "sha256"),
        (lambda text: text + "prepare = 1\n", "prepare"),
        (lambda text: text + 'prepare = "melt"\n', "melt"),
        (lambda text: text + 'prepare = "leader"\nresizable = true\n', "resizable"),
        (lambda text: text + "resizable = true\n", "resizable"),
        (lambda text: text + '[arcface.embedder]\ncolour = "CMYK"\n', "colour"),
        (lambda text: text + "[arcface.embedder]\nlengths = [2.0, 1.0]\n", "lengths"),
        (lambda text: text + '[arcface.embedder]\nmean = "dark"\n', "dark"),
        (lambda text: text + "[arcface.embedder]\nmeen = 1.0\n", "meen"),
        (lambda text: text + "[arcface.embedder]\ntemplate = [[1, 2]]\n", "five"),
        (lambda text: text + '[arcface.embedder]\nbeside = "sface"\n', "joined"),
        (lambda text: text + text, "arcface"),
        (lambda text: "arcface = 1", "table"),
        (lambda text: "[arcface", "own.toml"),
    ],
)
def test_broken_manifest_is_refused(tmp_path: Path, change: object, message: str) -> None:
    assert callable(change)
    path = write(tmp_path, change(OWN.format(sha256="0" * 64)))
    with pytest.raises(ModelMissing, match=message):
        read_manifest(path)


def test_absent_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"none\.toml"):
        read_manifest(tmp_path / "none.toml")
