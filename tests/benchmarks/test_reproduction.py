"""Published tables can be run again: their commands exist, and their figures are those of the documentation."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer.main
from inputs import Run, print_of

from api.cli.app import app
from benchmarks.reproduction import tables
from benchmarks.reproduction.tables import PublishedTable, compared, published_tables
from benchmarks.runs.datasets import UnusableDataset
from benchmarks.runs.descriptors import DataSets, read_descriptor

ROOT = Path(__file__).parents[2]
TABLES = published_tables().values()


def section(page: str) -> str:
    """Return the text below a heading, named as GitHub does, up to the next one of its level."""
    name, _, anchor = page.partition("#")
    lines = (ROOT / name).read_text().splitlines()
    for at, line in enumerate(lines):
        if line.startswith("#") and re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-") == anchor:
            level = len(line) - len(line.lstrip("#"))
            rest = "\n".join(lines[at + 1 :])
            return re.split(rf"^#{{1,{level}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    raise AssertionError(f"{page} has no such heading")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_is_on_its_page_with_its_figures_and_commands(table: PublishedTable, tmp_path: Path) -> None:
    text = section(table.page)
    cells = {cell.strip(" *%") for cell in re.split(r"[|\n ]", text)}
    assert set(table.published.values()) <= cells
    root = typer.main.get_command(app)
    for arguments in table.prepared(tmp_path / "data", tmp_path):
        command, rest, context = root, arguments, None
        while hasattr(command, "resolve_command"):
            context = command.make_context("pehchan", [], parent=context, resilient_parsing=True)
            _, command, rest = command.resolve_command(context, rest)
        command.make_context(command.name, list(rest), parent=context)


def test_figures_are_compared_with_the_digits_that_are_published(run: Run, tmp_path: Path) -> None:
    figures = {"sets": {"a/b": {"eer": 0.1849, "rank1": 100.0}}, "rates": [0.5]}
    (tmp_path / "figures.json").write_text(json.dumps(figures))
    published = {
        "sets > a/b > eer": "0.18",
        "sets > a/b > rank1": "99",
        "rates > 0": "0.5",
        "rates > 1": "0.5",
        "sets > c": "0",
    }
    rows = compared(PublishedTable("t", "p", (), None, published), tmp_path)
    assert [each.agrees for each in rows] == [True, False, True, False, False]
    assert [each.measured for each in rows] == [0.1849, 100.0, 0.5, None, None]
    code, output, _ = run("bench", "reproduce")
    assert (code, all(table.name in output for table in TABLES)) == (0, True)
    code, _, errors = run("bench", "reproduce", "fvc1999")
    assert (code, "There is no published table fvc1999" in errors) == (2, True)


@pytest.mark.reach
def test_a_table_is_reproduced(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("one", "two"):
        (tmp_path / "sets" / "own" / folder).mkdir(parents=True)
        for finger in ("right_thumb", "right_index"):
            for impression in (1, 2):
                content = print_of(0, finger, impression - 1)
                (tmp_path / "sets" / "own" / folder / f"{finger}_{impression}.png").write_bytes(content)
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "own.toml").write_text('[[prints]]\nfolder = "own/one"\n[[prints]]\nfolder = "own/two"\nppi = 500\n')
    (shipped / "tables.toml").write_text(
        '[own]\npage = "p"\nsets = "own.toml"\ncommands = [["bench", "fingerprint", "{sets}", "--json", '
        '"{out}/figures.json"]]\n[own.published]\n"sets > own/one > eer" = "0.00"\n"mean > eer" = "0.00"\n'
        '"sets > own/two > rank1" = "50"\n'
    )
    monkeypatch.setattr(tables, "FOLDER", shipped)
    code, output, errors = run("bench", "reproduce", "own", "--data", tmp_path / "sets", "--out", tmp_path / "out")
    assert (code, "2 of 3 figures are as published." in output) == (1, True), (output, errors)
    content = json.loads((tmp_path / "out" / "own" / "figures.json").read_text())
    assert content["command"].startswith("pehchan bench fingerprint")
    assert content["version"]


def test_a_descriptor_names_folders_relative_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "sets.toml"
    path.write_text(
        'root = "data"\n[[prints]]\nfolder = "a"\n[[prints]]\nfolder = "b"\nppi = 569\n[same_fingers]\n"a/1" = "b/2"\n'
        '[people]\nfolder = "c"\nleave_out = ["x"]\n[faces]\nfolder = "d"\npairs = "d/pairs.txt"\n'
    )
    root = tmp_path / "data"
    assert read_descriptor(path) == DataSets(
        (str(root / "a"), f"{root / 'b'}:569"), {"a/1": "b/2"}, root / "c", ("x",), root / "d", root / "d" / "pairs.txt"
    )
    path.write_text('[faces]\nfolder = "d"\n')
    assert read_descriptor(path) == DataSets(faces=tmp_path / "d")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[prints", "cannot be read"),
        ('[[prints]]\nfolders = "a"', r"prints\.0\.folder: Field required"),
        ('[[prints]]\nfolder = "a"\ndpi = 500', r"prints\.0\.dpi: Extra inputs"),
        ('[[prints]]\nfolder = "a"\nppi = "high"', r"prints\.0\.ppi"),
        ('finger = "a"', "finger: Extra inputs"),
    ],
)
def test_a_wrong_descriptor_is_refused_with_the_place(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "sets.toml").write_text(text)
    with pytest.raises(UnusableDataset, match=message):
        read_descriptor(tmp_path / "sets.toml")
