"""A transaction that is sent again is answered correctly, whatever has become of those whom it found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from inputs import print_of
from made_up_transactions import file, fingerprint, text
from sqlalchemy import delete

from api.bootstrap.engine import open_engine
from api.itl.submission import submit
from api.itl.table import TransactionTable
from api.settings import Settings
from biometrics import itl
from biometrics.imaging.image import decode
from biometrics.itl import ItlRecord
from biometrics.itl.validation import check
from biometrics.kernel.access import local_operator
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.storage.tables.templates import templates
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.retention.retention import Retention

TABLE = replace(TransactionTable.load(), accept_poor_quality="a generated finger")
WORDS = {"f9": "0123/2026", "f18": "VERMA, ASHA", "f22": "19880314", "f24": "F", "f73": "27519004"}
WITH_ALL = {"f79": "2", "f95": "Y", "f96": "Y"}  # images of the best candidates, their minutiae and photos
MINUTIAE, PRINT = 9, 14
ACT = local_operator("test")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    settings = Settings(data_folder=tmp_path / "data", database_url="", _env_file=None)
    with open_engine(settings) as opened:
        opened = opened.as_system("a test")
        yield opened


def generated(impression: int) -> ItlRecord:
    content = print_of(0, FingerPosition(1).name, impression)
    image = decode(content)
    return fingerprint(1, 1, content, (image.width, image.height))


def answered(engine: Engine, content: bytes) -> list[ItlRecord]:
    outcome = submit(engine, content, TABLE, ACT)
    assert outcome.refused is None
    records = itl.parse(outcome.content)
    assert not [fault for fault in check(records) if fault.fatal]
    return records


def types(records: list[ItlRecord]) -> list[int]:
    return [record.type for record in records[2:]]


def messages(records: list[ItlRecord]) -> str:
    return " ".join(items[0] for items in records[1].items(60))


def test_parts_lost_to_a_model_change_or_destruction_are_left_out_with_a_message(engine: Engine) -> None:
    known = file("CNA", text(**WORDS), generated(0))
    number = answered(engine, known)[1].text(14)
    record = engine.store.people.by_national_number(number)
    tenprint = file("TPIS", text(**WORDS | WITH_ALL), generated(1))
    booking = file("CAR", text(**WORDS | WITH_ALL | {"f14": number}), generated(2))
    first = {content: answered(engine, content) for content in (tenprint, booking)}
    assert types(first[tenprint])[:2] == [PRINT, MINUTIAE]
    assert messages(answered(engine, tenprint)) == messages(first[tenprint])

    with engine.store.database.writing() as connection:
        connection.execute(delete(templates))  # as those of an earlier model, there are none that this one can use
    for content, before in first.items():
        again = answered(engine, content)
        assert again[1].items(64) == before[1].items(64), "the candidates are those of the first answer"
        assert MINUTIAE not in types(again)
        assert PRINT in types(again)
        assert f"{number}: minutiae are left out" in messages(again)

    Retention(engine.store.for_actor(ACT)).delete(record.id, "a court's order")
    assert engine.store.record_count() == 0
    for content, before in first.items():
        again = answered(engine, content)
        assert types(again) == []
        assert again[1].text(59) == before[1].text(59)
        assert "no longer on record" in messages(again)
    assert engine.store.record_count() == 0, "nobody is enrolled again"
    answered(engine, known)
    assert engine.store.record_count() == 0, "nobody is enrolled again"
