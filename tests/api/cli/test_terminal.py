"""Tables on a terminal of 80 columns: scores, times and ids are neither cut nor broken."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, datetime

import pytest
from rich.console import Console

from api.cli.terminal import ResultTable, moment


def printed(table: ResultTable, width: int = 80) -> str:
    output = io.StringIO()
    Console(file=output, width=width).print(table)
    return output.getvalue()


def test_columns_go_by_priority_before_a_word_breaks() -> None:
    columns = ("rank", "national number", "name", "FIR", "decibans", "interval", "gap", "hint", "by sample")
    drop = ("by sample", "gap", "interval", "FIR")
    table = ResultTable(*columns, drop=drop)
    whole = ("2700000001", "Verma-Deshpande", "43.2*", "likely")
    table.add_row("1", whole[0], f"Asha {whole[1]}", "0123/2026", "43.2*", "38 to 51", "12.5", "likely", "index 43.2")
    table.add_row("2", "-", "a hit; call 27/519")
    for width, dropped in ((200, []), (80, ["by sample", "gap", "interval"]), (70, list(drop))):
        text = printed(table, width)
        head, _, caption = text.partition("a wider window, or --json, also shows: ")
        assert [name.strip() for name in " ".join(caption.split()).split(",") if name] == dropped, text
        assert all(word in head for word in (*whole, "27/519")), text
        assert max(map(len, text.splitlines())) <= width


def test_a_table_that_is_too_wide_for_its_ids_becomes_blocks_and_breaks_none() -> None:
    ids = [str(uuid.uuid4()) for _ in range(3)]
    table = ResultTable("when", "what", "id", "from", "to")
    table.add_row("29 Nov 2026, 22:30 IST", "merge", *ids)
    text = printed(table)
    assert max(map(len, text.splitlines())) <= 80
    assert all(whole in text for whole in ("29 Nov 2026, 22:30 IST", *ids)), text
    assert all(whole in printed(table, 200).splitlines()[3] for whole in ids)


def test_a_time_is_shown_in_the_zone_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    value = datetime(2026, 11, 29, 20, 0, tzinfo=UTC)
    monkeypatch.delenv("PEHCHAN_TIME_ZONE", raising=False)
    assert moment(value) == "30 Nov 2026, 01:30 IST"
    monkeypatch.setenv("PEHCHAN_TIME_ZONE", "Europe/London")
    assert moment(value) == "29 Nov 2026, 20:00 GMT"
