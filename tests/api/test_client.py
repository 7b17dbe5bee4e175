"""The client, and the command line by way of it, ask a real server; nothing is done twice where a link breaks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from inputs import ENCOUNTER, WHY, Run, group_photo, photo_of, print_of
from officers import new_key
from relay import relay
from server import Server, running
from serving import served

from api.app import create_app
from api.client import Client
from api.http.schemas import adapter_of
from api.settings import Settings
from api.v1.records_schemas import NewRecordIn
from api.v1.search_terms import Mode, SearchTerms
from biometrics.kernel.access import Purpose
from biometrics.kernel.errors import (
    DuplicateNationalNumber,
    InvalidField,
    NoSamples,
    ServerUnavailable,
    TooManyRequests,
    Unauthenticated,
    UnknownRecord,
    UnsupportedImage,
)
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.recognition.capture import FingerPosition, Impression, PhotoView
from biometrics.kernel.recognition.types import Sample
from biometrics.searches.listing import SearchQuery
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

NOBODY = "00000000-0000-4000-8000-000000000000"
PURPOSE, CASE = Purpose.INVESTIGATION, "0123/2026"
ARREST = adapter_of(Encounter).validate_python(ENCOUNTER)
THUMB = FingerPosition.RIGHT_THUMB
MISSING = {"position": 9, "reason": "amputated"}


def finger(person: int, impression: int, position: FingerPosition = THUMB, **its: object) -> Sample:
    content = print_of(person, "right_thumb", impression)
    return Sample(FINGERPRINT, content, "thumb.png", position, **({"impression": Impression.PLAIN_LIVE_SCAN} | its))


def photo(person: int) -> Sample:
    return Sample(FACE, photo_of(person), "photo.png")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("served") / "data") as server:
        yield server


@pytest.fixture(scope="module")
def key(server: Server) -> str:
    return server.http.headers["Authorization"].removeprefix("Bearer ")


@pytest.fixture(scope="module")
def client(server: Server, key: str) -> Iterator[Client]:
    with Client(server.root, key) as client:
        yield client


@pytest.fixture(scope="module")
def asha(client: Client) -> str:
    """Somebody with a print and a photo, and another person."""
    client.enrol(Person(name="Ravi Kumar"), ARREST, [finger(1, 0)], "generated")
    record = client.enrol(Person(name="Asha Verma", sex=Sex.FEMALE), ARREST, [finger(0, 0), photo(0)], "generated")
    assert (record.name, record.fir_numbers, len(record.encounters[0].samples)) == ("Asha Verma", ["0123/2026"], 2)
    return record.id


def test_a_person_is_enrolled_found_and_verified(client: Client, asha: str) -> None:
    result = client.identify([finger(0, 1, FingerPosition.UNKNOWN)], SearchTerms(PURPOSE, CASE, sex=[Sex.FEMALE]))
    assert result.candidates[0].record is not None
    assert (result.candidates[0].record.id, result.candidates[0].above_threshold) == (asha, True)
    assert client.search(result.id) == result
    investigated = client.identify([photo(0)], SearchTerms(PURPOSE, CASE, mode=Mode.INVESTIGATION, max_candidates=1))
    assert (investigated.threshold, len(investigated.candidates)) == (None, 1)
    made = client.searches(SearchQuery(case_number=CASE, mine=True), limit=1)
    assert [(search.id, search.names_somebody) for search in made.searches] == [(investigated.id, None)]
    before = client.searches(SearchQuery(case_number=CASE), limit=1, after=made.next).searches
    assert [(item.id, item.names_somebody, item.searched_by_name) for item in before] == [(result.id, True, "R. Patil")]
    members = client.identify_group(Sample(FACE, group_photo(0, 1), "group.png"), SearchTerms(PURPOSE, CASE))
    assert len(members) == 2
    assert client.verify(asha, [finger(0, 1)], PURPOSE, CASE).match
    assert not client.verify(asha, [finger(1, 1)], PURPOSE, CASE).match


def test_records_are_read_and_found_page_by_page(client: Client, asha: str) -> None:
    record = client.record(asha)
    assert client.record(record.national_number) == record
    first = client.find(RecordQuery(state_code="27"), limit=1)
    rest = client.find(RecordQuery(state_code="27"), limit=1, after=first.next)
    assert first.records[0].id != rest.records[0].id
    assert client.image(record.encounters[0].samples[0].id) == print_of(0, "right_thumb", 0)
    assert client.health().records >= 2
    again = client.add_encounter(record.id, replace(ARREST, fir_number="9/2026"), [finger(0, 2)], "made")
    assert again.fir_numbers == ["0123/2026", "9/2026"]


def test_each_sample_is_sent_with_what_is_known_of_it(client: Client) -> None:
    arrest = adapter_of(Encounter).validate_python(ENCOUNTER | {"missing_fingers": [MISSING]})
    index = FingerPosition.RIGHT_INDEX
    side = replace(photo(1), view=PhotoView.LEFT_PROFILE)
    for impressions, resolutions in (((1, 1), (500, 500)), ((1, 0), (500, 600)), ((3, None), (None, 500))):
        prints = [
            replace(finger(70, number, position, ppi=ppi), impression=None if code is None else Impression(code))
            for number, (position, code, ppi) in enumerate(zip((THUMB, index), impressions, resolutions, strict=True))
        ]
        record = client.enrol(Person(name="Told Of"), arrest, [*prints, side, photo(0)], "generated")
        stored = record.encounters[0].samples
        assert [item.impression for item in stored[:2]] == [code or 0 for code in impressions]
        assert [item.ppi for item in stored[:2]] == list(resolutions)
        assert [item.view for item in stored[2:]] == [PhotoView.LEFT_PROFILE, None]
        assert record.encounters[0].missing_fingers == arrest.missing_fingers


def test_a_refusal_of_the_service_is_raised_as_the_same_error(client: Client, server: Server, asha: str) -> None:
    number = client.record(asha).national_number
    stranger, nowhere = Client(server.root, "pehchan_nobody"), Client("http://127.0.0.1:9", "key", tries=1)
    for kind, attempt in (
        (UnknownRecord, lambda: client.record(NOBODY)),
        (UnknownRecord, lambda: client.record("9900000001")),
        (DuplicateNationalNumber, lambda: client.create_record(NewRecordIn(name="X", national_number=number))),
        (NoSamples, lambda: client.identify([], SearchTerms(PURPOSE, CASE))),
        (UnsupportedImage, lambda: client.verify(asha, [Sample(FACE, b"no image", "x.png")], PURPOSE, CASE)),
        (InvalidField, lambda: client.find(RecordQuery(), after="x")),
        (InvalidField, lambda: client.record("../health")),
        (Unauthenticated, lambda: stranger.record(asha)),
        (InvalidField, lambda: Client("http://abis.example", "key")),
        (InvalidField, lambda: Client(server.root, "")),
        (ServerUnavailable, nowhere.health),
    ):
        with pytest.raises(kind):
            attempt()
    stranger.close()
    nowhere.close()


def test_nothing_is_done_twice_where_answers_are_lost(server: Server, client: Client, key: str) -> None:
    before = client.health().records
    with relay(int(server.root.rpartition(":")[2]), lost=2) as between, Client(between.url, key) as far:
        record = far.create_record(NewRecordIn(name="Lata Rao", state_code="27"))
        assert between.seen == 3
    assert client.record(record.id).name == "Lata Rao"
    assert client.health().records == before + 1


def test_a_client_over_its_limit_waits_as_long_as_the_service_says(tmp_path: Path) -> None:
    app = create_app(Settings(data_folder=tmp_path, requests_per_minute=30, _env_file=None))
    with served(app) as url:
        key = new_key(app.state.services.accounts).removeprefix("Bearer ")
        with Client(url, key) as patient, Client(url, key, tries=1) as hasty:
            with pytest.raises(TooManyRequests) as refused:
                all(hasty.find(RecordQuery()) for _ in range(1000))  # a slow machine's allowance grows meanwhile
            assert refused.value.retry_after in (1, 2)
            assert patient.find(RecordQuery()).records == []


def test_the_command_line_asks_a_server_and_needs_no_database(
    run: Run, server: Server, key: str, asha: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEHCHAN_API_KEY", key)
    file = tmp_path / "thumb.png"
    file.write_bytes(print_of(0, "right_thumb", 1))
    there = ("--server", server.root)
    for _ in range(2):
        code, output, errors = run(*there, "identify", "--print", file, *WHY, "--sex", "female")
        assert (code, errors) == (0, "")
        assert "Asha Verma" in output
        assert "0123/2026" in output
    code, output, errors = run(*there, "search", "list", "--mine", "--limit", 1, "--case", "0123/2026")
    assert (code, errors, output.count("0123/2026"), " yes " in output) == (0, "", 1, True)
    assert "--after" in output
    code, output, _ = run(*there, "verify", asha, *WHY, "--print", file)
    assert (code, "MATCH with Asha Verma" in output) == (0, True)
    code, output, _ = run(*there, "record", "show", asha, "--json")
    assert json.loads(output)["name"] == "Asha Verma"
    code, output, _ = run(*there, "api", "GET", f"records/{json.loads(output)['id']}")
    assert (code, json.loads(output)["name"]) == (0, "Asha Verma")
    monkeypatch.setenv("PEHCHAN_SERVER", server.root)
    fields = ["--fir", "5/2026", "--station", "S1", "--district", "D1", "--state", "27", "--officer", "X"]
    values = [*fields, "--print", f"right_thumb={file}", "--idempotency-key", "once", "--accept-poor-quality", "made"]
    for _ in range(2):
        code, output, errors = run("enrol", "--name", "Gopal Das", *values, "--section", "BNS 2023:303(2)")
        assert (code, errors) == (0, "")
    code, output, _ = run("record", "list", "--name", "Gopal")
    assert (code, output.count("Gopal Das"), "5/2026" in output) == (0, 1, True)
    code, _, errors = run("record", "show", NOBODY)
    assert (code, errors.startswith("unknown_record: ")) == (2, True)
    assert not (tmp_path / "data").exists()


def test_commands_for_local_records_are_refused_with_a_server(
    run: Run, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A constable who takes it for the server's command would change another database, or make one."""
    monkeypatch.setenv("PEHCHAN_SERVER", server.root)
    monkeypatch.setenv("PEHCHAN_API_KEY", "x")
    for command in (
        ["user", "list"],
        ["keys", "show"],
        ["retention", "run"],
        ["audit", "key"],
        ["case", "check"],
        ["serve"],
    ):
        code, _, errors = run(*command)
        assert (code, errors.startswith("invalid_field: ")) == (2, True), (command, errors)
    monkeypatch.delenv("PEHCHAN_API_KEY")
    code, _, errors = run("record", "show", NOBODY)
    assert (code, "PEHCHAN_API_KEY" in errors) == (2, True)
    assert not (tmp_path / "data").exists()


def test_asking_a_server_imports_no_recogniser(server: Server, tmp_path: Path) -> None:
    program = [Path(sys.executable), "-X", "importtime", "-c", "from api.cli.app import main; main()"]
    request = [*program, "--server", server.root, "record", "list"]
    done = subprocess.run(
        request, cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ | {"PEHCHAN_API_KEY": "x"}
    )
    assert "unauthenticated" in done.stderr or "wrong_credentials" in done.stderr, done.stderr[-500:]
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "httpx" in imported
    heavy = {"fingerprint.recogniser", "face.recogniser", "index", "onnxruntime", "numba", "fastapi", "sqlalchemy"}
    assert imported & heavy == set()
