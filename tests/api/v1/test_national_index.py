"""Three states, each with a database of its own, and one index of all: what a search of one finds in the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest
from inputs import WHY, Run, print_of
from pydantic import SecretStr
from removing import remove_record
from server import free_port
from states import KEEPING, OFFICES, SEARCHING, SILENT, Nation, nation
from trickling import trickling

from api.operations.outbound import OutboundClient
from biometrics.kernel.access import Role
from biometrics.kernel.errors import ServerRefused
from biometrics.use_cases.search import national_index

pytestmark = pytest.mark.slow

FIRST, LATER, OTHERS = 0, 1, (2, 3)  # generated people
CANARIES = {"name": "Kanari Naam", "aliases": ["Kanari Upnaam"]}


@pytest.fixture
def together(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Nation]:
    keeping_url = request.getfixturevalue("database_url") if "database_url" in request.fixturenames else ""
    with nation(tmp_path, keeping_url) as made:
        yield made


@pytest.fixture
def examiner(together: Nation) -> str:
    return together.searching.key(Role.EXAMINER, unit=OFFICES[SEARCHING])


def searched(together: Nation, examiner: str, person: int) -> dict[str, Any]:
    answer = together.searching.search(person, examiner)
    assert answer.status_code == 201, answer.text
    assert not answer.json()["candidates"]  # the state itself has nobody
    return dict(answer.json()["national"])


def coverage(answer: dict[str, Any]) -> dict[str, str]:
    return {state["state"]: state["coverage"] for state in answer["states"]}


def test_a_person_of_another_state_is_found_with_whom_to_call_and_nothing_else(together: Nation, examiner: str) -> None:
    office = {"unit": OFFICES[KEEPING], "name": "Ulsoor", "telephone": "080 1234"}
    clerk = together.keeping.key(Role.ADMINISTRATOR)
    assert together.keeping.call("PUT", "/units", clerk, json=office).is_success
    record = together.keeping.enrol(FIRST, OFFICES[KEEPING], **CANARIES)
    together.follow()

    answer = together.searching.search(FIRST, examiner)
    (hit,) = answer.json()["national"]["hits"]
    assert hit == {"state": KEEPING, "unit": office, "reference": hit["reference"], "score": hit["score"]}
    assert coverage(answer.json()["national"]) == {KEEPING: "current", SILENT: "not_searched"}
    for language, missing in (("en", "not searched."), ("hi", "खोज नहीं हुई।")):
        page = together.searching.page(f"/searches/{answer.json()['id']}", examiner, language)
        assert all(text in page for text in ("Ulsoor", "080 1234", hit["reference"], f"State {SILENT}", missing))
        assert CANARIES["name"] not in page
    ours, theirs = together.searching.audited("search.make"), together.index.audited("national.search")
    assert ours[0]["detail"]["national"]["found"] == theirs[0]["detail"]["found"]
    assert theirs[0]["detail"]["unit"] == OFFICES[SEARCHING]
    assert theirs[0]["detail"]["officer"] == ours[0]["actor_id"]
    assert theirs[0]["purpose"] == "investigation"
    assert together.keeping.audited("national.follow")
    secret = [CANARIES["name"], *CANARIES["aliases"], record["national_number"], record["id"]]
    assert not [each for each in secret if each in answer.text + json.dumps([ours, theirs])]
    copied = b"".join(path.read_bytes() for path in (together.folder / "index").rglob("*") if path.is_file())
    assert not [each for each in secret if each.encode() in copied]

    path = f"/national/references/{hit['reference']}"
    resolved = together.keeping.call("GET", path, together.keeping.key(Role.STATION_OFFICER, unit=OFFICES[KEEPING]))
    assert resolved.json() == {"record_id": record["id"]}
    elsewhere = together.keeping.call("GET", path, together.keeping.key(Role.STATION_OFFICER, unit="29/561/1"))
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "out_of_jurisdiction")
    assert together.searching.call("GET", path, examiner).json()["code"] == "unknown_record"


@pytest.mark.both_databases
def test_a_state_that_is_down_or_slow_or_moved_is_searched_by_what_the_index_holds(
    together: Nation, examiner: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    together.keeping.enrol(FIRST, OFFICES[KEEPING])
    together.follow()
    identity, read_to = together.copy.identity, together.copy.read_to
    together.keeping.stop()
    together.follow()
    down = searched(together, examiner, FIRST)
    assert (len(down["hits"]), coverage(down)[KEEPING]) == (1, "behind")
    behind = next(state for state in down["states"] if state["state"] == KEEPING)
    assert behind["failure"] == "server_unavailable"
    assert behind["read_until"] < behind["failing_since"]
    with trickling(port=together.keeping.port):
        with monkeypatch.context() as hasty:
            hasty.setattr(OutboundClient, "exchange", partialmethod(OutboundClient.exchange, seconds=2))
            together.follow()  # ends at its deadline
        assert coverage(searched(together, examiner, FIRST))[KEEPING] == "behind"

    together.index.stop()
    alone = searched(together, examiner, FIRST)
    assert (alone["failure"], alone["hits"], alone["states"]) == ("server_unavailable", [], [])
    together.keeping.port = free_port()  # moved: another address, the same database
    together.name_states()
    together.keeping.start()
    together.index.start()
    together.keeping.enrol(LATER, OFFICES[KEEPING])
    together.follow()
    moved = searched(together, examiner, LATER)
    assert (len(moved["hits"]), coverage(moved)[KEEPING]) == (1, "current")
    assert together.copy.identity == identity  # it went on where it was
    assert together.copy.read_to > read_to


def test_whom_a_restored_state_no_longer_has_is_not_found(
    together: Nation, examiner: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping, copies = together.keeping, (tmp_path / "backup", "--keys", tmp_path / "keys")
    record = keeping.enrol(FIRST, OFFICES[KEEPING])
    together.follow()
    monkeypatch.setenv("PEHCHAN_DATA_FOLDER", str(keeping.settings.data_folder))
    assert run("backup", *copies)[0] == 0
    keeping.enrol(LATER, OFFICES[KEEPING])
    together.follow()
    assert len(searched(together, examiner, LATER)["hits"]) == 1
    reference = searched(together, examiner, FIRST)["hits"][0]["reference"]
    read_to = together.copy.read_to

    keeping.stop()
    keeping.settings = keeping.settings.model_copy(update={"data_folder": tmp_path / "restored"})
    monkeypatch.setenv("PEHCHAN_DATA_FOLDER", str(keeping.settings.data_folder))
    code, output, errors = run("restore", *copies)
    assert code == 0, output + errors
    keeping.start()
    for other in OTHERS:
        keeping.enrol(other, OFFICES[KEEPING])
    together.follow()
    assert together.copy.read_to > read_to
    assert searched(together, examiner, LATER)["hits"] == []
    after = searched(together, examiner, FIRST)
    assert ([hit["reference"] for hit in after["hits"]], coverage(after)[KEEPING]) == ([reference], "current")
    key = keeping.key(Role.STATION_OFFICER, unit=OFFICES[KEEPING])
    resolved = keeping.call("GET", f"/national/references/{reference}", key)
    assert resolved.json() == {"record_id": record["id"]}


def test_a_state_whose_index_is_being_filled_is_named_as_not_searched(
    together: Nation, examiner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(national_index, "FAR_BEHIND", 1)
    together.keeping.enrol(FIRST, OFFICES[KEEPING])
    together.index.app.state.services.national.states[KEEPING].follow()
    answer = searched(together, examiner, FIRST)
    assert (answer["hits"], coverage(answer)[KEEPING]) == ([], "not_searched")
    together.follow()
    answer = searched(together, examiner, FIRST)
    assert (len(answer["hits"]), coverage(answer)[KEEPING]) == (1, "current")


def test_whom_a_state_has_erased_is_not_found(together: Nation, examiner: str) -> None:
    record = together.keeping.enrol(FIRST, OFFICES[KEEPING])
    together.follow()
    remove_record(together.keeping.app.state.services.engine.store.as_system("a test"), record["id"])
    together.follow()
    answer = searched(together, examiner, FIRST)
    assert (answer["hits"], coverage(answer)[KEEPING]) == ([], "current")


def test_the_command_line_searches_other_states_at_a_server_and_as_the_local_operator(
    together: Nation, examiner: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together.keeping.enrol(FIRST, OFFICES[KEEPING])
    together.follow()
    probe = tmp_path / "probe.png"
    probe.write_bytes(print_of(FIRST, "right_thumb", 1))
    command = ("identify", "--print", f"right_thumb={probe}", *WHY, "--national-basis", "Order 17/2026")
    monkeypatch.setenv("PEHCHAN_API_KEY", examiner.removeprefix("Bearer "))
    code, output, errors = run("--server", together.searching.root, *command, "--json")
    assert (code, errors) == (0, "")
    answer = json.loads(output)
    (hit,) = answer["national"]["hits"]
    assert (answer["national"]["legal_basis"], coverage(answer["national"])[KEEPING]) == ("Order 17/2026", "current")
    code, output, errors = run("--server", together.searching.root, "search", "show", answer["id"])
    assert (code, errors, hit["reference"] in output, f"State {SILENT} ({SILENT})" in output) == (0, "", True, True)

    settings = together.searching.settings
    monkeypatch.setenv("PEHCHAN_DATA_FOLDER", str(settings.data_folder))
    monkeypatch.setenv("PEHCHAN_NATIONAL_URL", settings.national_url)
    monkeypatch.setenv("PEHCHAN_NATIONAL_KEY", settings.national_key.get_secret_value())
    code, output, errors = run(*command)
    assert (code, errors, hit["reference"] in output) == (0, "", True), output
    assert together.index.audited("national.search")[0]["detail"]["unit"] == SEARCHING
    together.index.stop()
    assert "did not answer" in run(*command)[1]


def test_a_national_search_needs_its_own_right_a_legal_basis_and_the_own_unit(together: Nation, examiner: str) -> None:
    officer = together.searching.key(Role.STATION_OFFICER, unit=OFFICES[SEARCHING])
    assert together.searching.search(FIRST, officer).json()["code"] == "forbidden"
    no_index = together.keeping.search(FIRST, together.keeping.key(Role.EXAMINER, unit=OFFICES[KEEPING]))
    assert (no_index.status_code, no_index.json()["code"]) == (422, "invalid_field")
    assert together.searching.search(FIRST, examiner, national_basis="").json()["national"] is None

    ask = {"probes": [{"modality": "fingerprint", "model": "f" * 64, "data": "AAAA"}], "legal_basis": "x"}
    ask |= {"purpose": "investigation", "case_number": "1/2026", "unit": OFFICES[KEEPING], "officer": "somebody"}
    key = together.index.key(Role.NATIONAL_INDEX, unit=SEARCHING)
    refused = together.index.call("POST", "/national/searches", key, json=ask)
    assert (refused.status_code, refused.json()["code"]) == (403, "out_of_jurisdiction")
    feed = together.keeping.call("GET", "/national/changes", together.keeping.key(Role.NATIONAL_INDEX, unit=KEEPING))
    assert (feed.status_code, feed.json()["code"]) == (403, "out_of_jurisdiction")


def test_a_refused_key_is_a_fault_of_configuration_and_not_of_the_network(together: Nation, examiner: str) -> None:
    together.keeping.enrol(FIRST, OFFICES[KEEPING])
    (together.folder / f"{KEEPING}.key").write_text("wrong")
    for service in (together.index, together.searching):
        service.stop()
    right, together.searching.settings = (
        together.searching.settings,
        together.searching.settings.model_copy(update={"national_key": SecretStr("wrong")}),
    )
    for service in (together.index, together.searching):
        service.start()
    administrator = together.searching.key(Role.ADMINISTRATOR)
    answer = together.searching.search(FIRST, examiner).json()
    assert answer["national"]["failure"] == "server_refused"
    page = together.searching.page(f"/searches/{answer['id']}", examiner, "hi")
    assert "राष्ट्रीय इंडेक्स ने खोज को स्वीकार नहीं किया" in page
    assert "401" in together.searching.page("/system", administrator, "en")

    with pytest.raises(ServerRefused):
        together.index.app.state.services.national.states[KEEPING].follow()
    together.searching.stop()
    together.searching.settings = right
    together.searching.start()
    states = searched(together, examiner, FIRST)["states"]
    assert {state["state"]: state["failure"] for state in states}[KEEPING] == "server_refused"
