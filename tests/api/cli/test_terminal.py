"""Tables on a terminal of 80 columns: scores, dates and ids are never cut."""

from __future__ import annotations

import io
import uuid

import pytest
from rich.console import Console

from api.cli.terminal import table_of, table_with


def printed(rows: list[tuple[str, ...]], *columns: str) -> list[str]:
    table = table_with(*columns)
    for row in rows:
        table.add_row(*row)
    output = io.StringIO()
    Console(file=output, width=80).print(table)
    return output.getvalue().splitlines()


def test_a_candidate_list_fits_80_columns_and_keeps_its_scores_whole() -> None:
    columns = ("rank", "national number", "name", "FIR", "decibans", "interval", "gap", "hint", "by sample")
    row = ("1", "2700000001", "Asha Verma", "0123/2026", "43.2*", "38 to 51", "12.5", "likely", "right index 43.2")
    lines = printed([row], *columns)
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    assert all(whole in text for whole in ("2700000001", "43.2*", "38 to 51", "12.5"))
    assert "…" not in text


def test_an_id_that_does_not_fit_is_folded_and_not_cut() -> None:
    searches = [(str(uuid.uuid4()), "2026-11-27 20:34 UTC", "SI R. Patil", "investigation", "651/2026", "2", "none")]
    lines = printed(searches, "search", "made", "by", "purpose", "case", "candidates", "above the threshold")
    assert max(map(len, lines)) <= 80
    assert "…" not in "\n".join(lines)
    rule = next(at for at, line in enumerate(lines) if "─" in line)
    assert "".join(line.split()[0] for line in lines[rule + 1 :] if line.strip()) == searches[0][0]


def test_columns_go_by_priority_before_a_word_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = ("rank", "national number", "name", "FIR", "decibans", "interval", "gap", "hint", "by sample")
    row = (
        "1",
        "2700000001",
        "Asha Verma-Deshpande",
        "0123/2026",
        "43.2*",
        "38 to 51",
        "12.5",
        "likely",
        "right_index 43.2",
    )
    drop = ("by sample", "gap", "interval", "FIR")
    for width, expected in ((200, []), (80, ["by sample", "gap", "interval"]), (70, list(drop))):
        monkeypatch.setenv("COLUMNS", str(width))
        table, dropped = table_of(columns, [row, ("2", "-", "a hit; call 27/519")], drop)
        output = io.StringIO()
        Console(file=output, width=width).print(table)
        text = output.getvalue()
        assert dropped == expected, text
        assert all(word in text for word in ("2700000001", "Verma-Deshpande", "43.2*", "likely", "27/519")), text
