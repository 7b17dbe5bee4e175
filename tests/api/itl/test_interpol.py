"""INTERPOL's transactions (INT-I): searches answered by SRE or ERR, in both encodings."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from account_examples import OPERATOR
from acting import ELSEWHERE, act_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import print_of
from itl_schemas import interpols_sample, itl_schema
from lxml import etree
from made_up_transactions import file, fingerprint, items, record, text
from sqlalchemy import select

from api.accounts.accounts import Accounts
from api.bootstrap.engine import open_engine
from api.itl.submission import refusal, submit
from api.itl.table import TransactionTable
from api.settings import Settings
from biometrics import itl
from biometrics.accounts.model import NewApiKey, NewUser
from biometrics.imaging.image import decode
from biometrics.itl import DATA, ItlRecord
from biometrics.itl.kinds import check_character
from biometrics.itl.validation import check
from biometrics.kernel.access import Role, Unit, local_operator
from biometrics.kernel.errors import MalformedTransaction, TableUnusable
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.storage.tables.audit import audit_entries
from biometrics.use_cases.engine.engine import Engine

PATH = "/api/v1/itl/transactions"
TABLE = replace(TransactionTable.load(), accept_poor_quality="a generated finger")
PERSON = {"f10": items("DEU", "1234567890"), "f39": "U"}
LATENT = {"f7": items("DEU", "47110815"), "f8": "EV1", "f9": "1", "f55": "20160410"}
_numbers = itertools.count(1)


def interpols(kind: str, words: dict[str, str], *rest: ItlRecord) -> bytes:
    """Return INTERPOL's transaction: agencies by name and country, a control number with its check character."""
    digits = f"26{next(_numbers):012d}"
    head = {"f7": "", "f8": "", "f9": digits + check_character(digits), "f11": "00.00", "f12": "00.00"}
    head |= {"f13": items("INT-I", "06.00"), "f17": items("NCB New Delhi", "BKA", "IND", "DEU")}
    return file(kind, text(**words), *rest, **head | {"f14": "20260115101500Z"})


def finger(person: int, impression: int, position: int = 1, idc: int = 1) -> ItlRecord:
    content = print_of(person, FingerPosition(position).name, impression)
    image = decode(content)
    return fingerprint(idc, position, content, (image.width, image.height))


def latent(person: int) -> ItlRecord:
    pixels = decode(print_of(person, "RIGHT_THUMB", 2)).pixels
    height, width = pixels.shape
    values: dict[int, str | bytes] = {2: "01", 3: "4", 4: "BKA", 5: "20260115", 6: str(width), 7: str(height), 8: "1"}
    return record(13, values | {9: "500", 10: "500", 11: "NONE", 12: "8", 13: "0", DATA: pixels.tobytes()})


def booked(person: int, name: str) -> bytes:
    words = text(f9=f"{person}/2026", f18=name, f73="27519004")
    return file("CNA", words, finger(person, 0), finger(person, 0, 7, idc=2))


def in_xml(content: bytes) -> bytes:
    return itl.serialise(itl.parse(content), itl.Encoding.XML)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    settings = Settings(data_folder=tmp_path_factory.mktemp("data"), database_url="", _env_file=None)
    with open_engine(settings) as opened:
        yield opened.as_system("a test")


@pytest.fixture(scope="module")
def number(engine: Engine) -> str:
    """The national number of a person on record."""
    return itl.parse(submit(engine, booked(780, "VERMA, ASHA"), TABLE).content)[1].text(14)


def answered(engine: Engine, content: bytes, candidate: int = 1) -> tuple[ItlRecord, ItlRecord]:
    """Submit a file, and read its answer, which meets all of INTERPOL's rules."""
    outcome = submit(engine, content, TABLE, local_operator("tester"), candidate)
    assert itl.encoding_of(outcome.content) is itl.encoding_of(content)
    first, words = itl.parse(outcome.content)
    assert check([first, words]) == []
    return first, words


def test_a_print_search_over_http_is_answered_in_its_encoding(client: TestClient, shared_data: Path) -> None:
    accounts = cast(Accounts, cast(FastAPI, client.app).state.services.accounts)
    user, _ = accounts.add_user(OPERATOR, NewUser("ncb", "NCB", frozenset({Role.MACHINE_CLIENT}), Unit("27")))
    key = accounts.add_key(OPERATOR, user.id, NewApiKey("ncb", timedelta(1)))[1]

    def post(content: bytes, query: str = "") -> Any:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/octet-stream"}
        return client.post(PATH + query, content=content, headers=headers)

    on_record = itl.parse(post(booked(781, "RAO, BELA")).content)[1].text(14)
    words = PERSON | {"f94": "CO", "f11": items("DEU", "AZERTY")}
    request = interpols("CPS", words, finger(781, 1), finger(781, 1, 7, idc=2))
    answers = [post(request), post(in_xml(interpols("CPS", words, finger(781, 1))))]
    for answer in answers:
        assert (answer.status_code, answer.headers["x-transaction-type"]) == (200, "SRE")
        first, type_2 = itl.parse(answer.content)
        assert check([first, type_2]) == []
        assert first.items(17) == [["BKA", "NCB New Delhi", "DEU", "IND"]]
        assert (first.text(7), first.text(8), first.text(13)) == ("", "", "INT-I")
        assert type_2.items(64) == [["1", "N", "1", "CPS", "I"]]
        assert (type_2.items(10), type_2.items(30)[0][-1]) == ([["IND", on_record]], "BELA RAO")
        assert (type_2.text(94), type_2.items(11)) == ("UC", [["DEU", "AZERTY"]])
        assert float(type_2.text(89)) > 20
        assert "Search " in type_2.text(60)
    itl_schema(shared_data).assertValid(etree.fromstring(answers[1].content))
    assert itl.parse(answers[0].content)[0].text(10) == itl.parse(request)[0].text(9)
    again = post(request, "?candidate=2")
    assert again.headers["x-transaction-type"] == "ERR"
    assert itl.parse(again.content)[1].items(74)[0][:2] == ["001", ""]
    assert client.post(PATH, content=request, headers={"Authorization": ""}).status_code == 401


def test_a_civil_search_has_its_own_purpose_and_no_hit_is_stated(engine: Engine, number: str) -> None:
    for code, purpose in (("DEC", "unidentified_body"), ("VIS", "clearance")):
        request = interpols("NPS", {"f11": items("DEU", f"B-{code}"), "f95": code}, finger(782, 1))
        first, words = answered(engine, in_xml(request))
        assert (first.text(4), words.items(64)) == ("SRE", [["0", "N", "0", "NPS", "N"]])
        assert words.get(10) is words.get(30) is words.get(94) is None
        with engine.store.database.reading() as connection:
            case = audit_entries.c.case_number == f"DEU B-{code}"
            assert {row.purpose for row in connection.execute(select(audit_entries).where(case))} == {purpose}


@pytest.mark.parametrize("encode", [bytes, in_xml], ids=["traditional", "xml"])
def test_a_latent_search_names_the_finger_and_refers_to_the_case(
    engine: Engine, number: str, encode: Any, shared_data: Path
) -> None:
    request = encode(interpols("MPS", LATENT | {"f93": "uuid-1"}, latent(780)))
    first, words = answered(engine, request)
    assert (first.text(4), words.items(10), words.items(77)) == ("SRE", [["IND", number]], [["0", "1"]])
    place, verified, count, kind, found = words.items(64)[0]
    assert (place, verified, kind, found) == ("1", "N", "MPS", "I")
    assert [words.items(n)[0] for n in (7, 8, 9, 93)] == [["DEU", "47110815"], ["EV1"], ["1"], ["uuid-1"]]
    before = engine.store.counts().searches
    if int(count) > 1:
        assert answered(engine, request, 2)[1].items(64)[0][:3] == ["2", "N", count]
    _, words = answered(engine, request, int(count) + 1)
    assert words.items(74)[0][0] == "001"
    assert engine.store.counts().searches == before, "each candidate is of the same search"


def test_of_another_units_person_only_whom_to_call_is_sent(engine: Engine, number: str) -> None:
    request = interpols("CPS", PERSON, finger(780, 1), finger(780, 1, 7, idc=2))
    outcome = submit(engine, request, TABLE, act_of(ELSEWHERE))
    first, words = itl.parse(outcome.content)
    assert (first.text(4), words.items(64)) == ("SRE", [["1", "N", "1", "CPS", "I"]])
    assert words.items(63) == [["", "", "", "Unit 27/519/27519004"]]
    assert words.get(10) is words.get(30) is None
    assert number.encode() not in outcome.content


def test_interpols_samples_are_answered_or_refused_for_a_reason(engine: Engine, shared_data: Path) -> None:
    schema = itl_schema(shared_data)
    outcome = submit(engine, interpols_sample(shared_data, "MPS"), TABLE, local_operator("tester"))
    schema.assertValid(etree.fromstring(outcome.content))
    first, words = itl.parse(outcome.content)
    assert check([first, words]) == []
    assert (first.text(4), first.text(10)) == ("ERR", "19125458357684J")
    assert (words.items(74)[0][0], words.items(7)) == ("501", [["DEU", "47110815"]])
    for name in ("ERR", "SRE-HIT_CPS"):
        content = interpols_sample(shared_data, name)
        with pytest.raises(MalformedTransaction, match="is not taken here: CPS, NPS, MPS") as raised:
            submit(engine, content, TABLE)
        answer = refusal(content, TABLE, raised.value)
        assert answer is not None
        schema.assertValid(etree.fromstring(answer))
        assert itl.parse(answer)[1].items(74)[0][:2] == ["116", "TOT"]


@pytest.mark.parametrize(
    ("kind", "words", "errors"),
    [
        ("CPS", {}, [["101", "CRN"], ["101", "SEX"]]),
        ("NPS", {"f10": items("DEU", "1"), "f95": "XYZ"}, [["115", "CRF"]]),
        ("MPS", {}, [["101", "CNO"], ["101", "SQN"], ["101", "MID"], ["101", "DOO"]]),
        ("ATP", PERSON | {"f30": "X", "f38": "DEU"}, [["116", "TOT"]]),
    ],
)
def test_what_the_domain_requires_is_missed(
    engine: Engine, kind: str, words: dict[str, str], errors: list[list[str]]
) -> None:
    content = interpols(kind, words, latent(780) if kind == "MPS" else finger(780, 1))
    with pytest.raises(MalformedTransaction) as raised:
        submit(engine, content, TABLE)
    answer = refusal(content, TABLE, raised.value)
    assert answer is not None
    assert [error[:2] for error in itl.parse(answer)[1].items(74)] == errors
    wrong = content.replace(itl.parse(content)[0].text(9).encode(), b"26000000000001I")
    assert "1.009" in {fault.field for fault in check(itl.parse(wrong))}


def test_a_bureaus_own_table_is_read_in_place_of_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    shipped = (Path(TransactionTable.__module__.replace(".", "/")).parent / "int_i.toml").read_text()
    path.write_text(shipped.replace('"IND"', '"NPL"').replace("[transactions.NPS]", "[transactions.XPS]"))
    own = TransactionTable.load(None, path).of_domain("INT-I")
    assert (own.answer.country, list(own.kinds)) == ("NPL", ["CPS", "XPS", "MPS"])
    path.write_text(shipped.replace('country = "IND"', ""))
    with pytest.raises(TableUnusable, match="country"):
        TransactionTable.load(None, path)
