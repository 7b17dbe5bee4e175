"""Clearance certificates: who asks, who decides, what a certificate says, and how it is checked offline."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from acting import ELSEWHERE, HERE, act_of, codes
from case_examples import decide
from clearance_examples import APPLICANT, TEN, search_of_applicant
from examiners import Call, caller
from fastapi.testclient import TestClient
from inputs import Run, form
from inputs import print_of as image_of
from officers import store_of
from pdf_pages import faults_of, pictures_of, rendered
from pdf_text import text_of
from records_examples import encounter, print_of
from removing import remove_record
from sqlalchemy import select, update

from api.bootstrap.store import audit_log_of
from api.pdf.clearance import statement_in
from biometrics.clearances.model import KEPT, VALID
from biometrics.clearances.reader import ClearanceReader
from biometrics.clearances.statement import parse_statement, verify_statement
from biometrics.kernel.access import Purpose, Role
from biometrics.kernel.casework.cases import Conclusion
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.probe_keeping import DEFAULT_KEEPING
from biometrics.kernel.technique.clock import today
from biometrics.storage.tables.clearances import clearances
from biometrics.storage.tables.searches import search_probes
from biometrics.storage.tables.watchlist import search_images
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.retention.retention import Retention

Search = Callable[..., str]
POOR = {"accept_poor_quality": "generated"}
EXAMINERS = ("first", "second")


@pytest.fixture
def officer(client: TestClient) -> Call:
    return caller(client, Role.STATION_OFFICER, HERE)


@pytest.fixture
def supervisor(client: TestClient) -> Call:
    return caller(client, Role.SUPERVISOR, HERE, "I. Khan")


@pytest.fixture
def searched(client: TestClient) -> Search:
    """Return what stores a search for an applicant, with hits of some strength on records; it returns its id."""

    return partial(search_of_applicant, store_of(client), act_of(HERE))


def on_record(client: TestClient, unit: str = HERE) -> str:
    store = store_of(client).for_actor(act_of(unit))
    return store_person(store, Person("Asha"), encounter(**codes(unit)), [print_of(str(uuid4()))]).record_id


def requested(officer: Call, search_id: str, **changed: Any) -> Any:
    return officer("POST", "/clearances", json={"search_id": search_id} | APPLICANT | changed)


def decided(who: Call, clearance: dict[str, Any], outcome: str = "no_record", **more: str) -> Any:
    return who("POST", f"/clearances/{clearance['id']}/decision", json={"outcome": outcome} | more)


def examined(
    client: TestClient,
    clearance: dict[str, Any],
    conclusion: Conclusion,
    examiners: Sequence[str] = EXAMINERS,
) -> None:
    (case,) = clearance["cases"]
    for examiner in examiners:
        act = act_of(HERE, Role.EXAMINER, f"{examiner}-{clearance['number']}")
        casework = Casework(store_of(client).for_actor(act), {})
        if casework_open(casework, case["number"]):
            decide(casework, case["number"], act.actor.id, conclusion)


def casework_open(casework: Casework, number: str) -> bool:
    return casework.case(number).state != "closed"


def issued(officer: Call, supervisor: Call, search_id: str) -> dict[str, Any]:
    answer = decided(supervisor, requested(officer, search_id).json())
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def key_of(client: TestClient) -> str:
    return audit_log_of(store_of(client)).public_key()


def test_a_certificate_states_what_was_decided_and_is_verified_by_its_key_alone(
    client: TestClient, officer: Call, supervisor: Call, searched: Search, run: Run, tmp_path: Path
) -> None:
    shown = issued(officer, supervisor, searched())
    assert (shown["state"], shown["expires_on"]) == ("issued", str(today() + VALID))
    answer = officer("GET", f"/clearances/{shown['id']}/certificate", params={"language": "en"})
    assert answer.headers["content-type"] == "application/pdf"
    assert not faults_of(answer.content)
    text = text_of(answer.content)
    sentence = "No record was found that may be disclosed for this purpose."
    for stated in (shown["number"], *list(APPLICANT.values())[2:], "आशा", "I. Khan", sentence):
        assert stated.replace(" ", "") in text, stated
    assert len(pictures_of(answer.content)) == 2  # the applicant's photo, to which the result is bound, and the code
    assert "a" * 64 in text  # its SHA-256
    (picture,) = rendered(answer.content)
    read = statement_in(picture)
    assert read == shown["statement"] == statement_in(answer.content)
    verified = verify_statement(read, key_of(client), today())
    assert (verified.is_genuine, verified.is_expired) == (True, False)
    assert (verified.content["name"], verified.content["result"]) == ("आशा वर्मा", "no_record")
    assert verify_statement(read, key_of(client), today() + VALID + timedelta(days=1)).is_expired
    (tmp_path / "certificate.pdf").write_bytes(answer.content)
    (tmp_path / "photo.png").write_bytes(picture)
    for given in (str(tmp_path / "certificate.pdf"), str(tmp_path / "photo.png"), read):
        code, output, errors = run("certificate", "verify", given, "--public-key", key_of(client))
        assert (code, "Genuine" in output) == (0, True), errors
    assert run("certificate", "verify", read, "--public-key", "ab" * 32)[0] == 1


def test_a_person_whose_records_were_merged_since_the_search_is_one_case(
    client: TestClient, officer: Call, searched: Search
) -> None:
    first, second = on_record(client), on_record(client)
    search_id = searched((first, 30.0), (second, 20.0))
    store = store_of(client)
    store.editor.merge(second, store.people.get(second).version, first, "one man")
    clearance = requested(officer, search_id).json()
    assert len(clearance["cases"]) == 1


def test_a_statement_with_any_other_character_is_refused(
    client: TestClient, officer: Call, supervisor: Call, searched: Search
) -> None:
    text, key = issued(officer, supervisor, searched())["statement"], key_of(client)
    for place in range(len(text)):
        other = chr(ord(text[place]) ^ 1)
        try:
            assert not verify_statement(text[:place] + other + text[place + 1 :], key, today()).is_genuine
        except InvalidField:
            continue
    assert verify_statement(text, key, today()).is_genuine


def test_nobody_decides_a_request_of_their_own_and_no_officer_without_the_right(
    officer: Call, supervisor: Call, searched: Search
) -> None:
    own = requested(supervisor, searched()).json()
    assert decided(supervisor, own).json()["code"] == "not_independent"
    assert decided(officer, own).json()["code"] == "forbidden"
    assert supervisor("GET", f"/clearances/{own['id']}").json()["state"] == "requested"


def test_a_possible_candidate_is_examined_before_anything_is_decided(
    client: TestClient, officer: Call, supervisor: Call, searched: Search
) -> None:
    own, low = on_record(client), on_record(client)
    clearance = requested(officer, searched((own, 1.0), (low, -1.0))).json()
    assert [case["state"] for case in clearance["cases"]] == ["waiting"]  # of the one above the threshold
    assert decided(supervisor, clearance).json()["code"] == "wrong_step"
    examined(client, clearance, Conclusion.EXCLUSION, ["first"])
    assert decided(supervisor, clearance).json()["code"] == "wrong_step"  # one examiner clears nobody
    examined(client, clearance, Conclusion.EXCLUSION, ["second"])
    assert decided(supervisor, clearance, "record", details="Convicted").json()["code"] == "wrong_step"
    assert decided(supervisor, clearance).json()["outcome"] == "no_record"


def test_nobody_learns_from_a_request_that_a_case_has_a_first_opinion(
    client: TestClient, officer: Call, searched: Search
) -> None:
    clearance = requested(officer, searched((on_record(client), 5.0))).json()
    (case,) = clearance["cases"]
    first = act_of(HERE, Role.EXAMINER, f"first-{case['number']}")
    verifier = caller(client, Role.EXAMINER, HERE)
    answers = []
    for opinion in (None, Conclusion.IDENTIFICATION):
        if opinion:
            decide(Casework(store_of(client).for_actor(first), {}), case["number"], first.actor.id, opinion)
        for who in (officer, verifier):
            read = who("GET", f"/clearances/{clearance['id']}").json()
            listed = who("GET", "/clearances").json()["clearances"]
            answers.append([read["cases"], next(each for each in listed if each["id"] == read["id"])["cases"]])
    waiting = [{"number": case["number"], "state": "waiting", "conclusion": None}]
    assert answers == [[waiting, waiting]] * 4
    (seen,) = ClearanceReader(store_of(client).database, first).get(clearance["id"]).cases
    assert seen.state == "first_opinion"  # they know


def test_a_search_for_a_clearance_lists_every_record_above_the_threshold(client: TestClient, officer: Call) -> None:
    """Also an applicant's second one, whom `max_candidates` would keep from examiners."""
    files = {finger: (f"{finger}.png", image_of(771, finger, 0)) for finger in ("right_thumb", "left_index")}
    enrolled = {client.post("/api/v1/enrolments", data=form() | POOR, files=files).json()["id"] for _ in range(2)}
    data = {"case_number": "7/2026", "max_candidates": "1"}
    found = {}
    for purpose in ("investigation", "clearance"):
        answer = officer("POST", "/identify", data=data | {"purpose": purpose}, files=files)
        assert answer.status_code == 201, answer.text
        found[purpose] = {each["record"]["id"] for each in answer.json()["candidates"] if each["record"]}
    assert len(found["investigation"]) == 1
    assert enrolled <= found["clearance"]
    again = officer("POST", f"/searches/{answer.json()['id']}/replay")
    assert again.json()["same"], again.text


def test_a_hit_of_another_unit_becomes_a_case_too(client: TestClient, officer: Call, searched: Search) -> None:
    clearance = requested(officer, searched((on_record(client, ELSEWHERE), 1.0))).json()
    assert len(clearance["cases"]) == 1


def test_an_identified_applicant_gets_what_may_be_disclosed_or_a_reason_is_kept(
    client: TestClient, officer: Call, supervisor: Call, searched: Search
) -> None:
    clearance = requested(officer, searched((on_record(client), 5.0))).json()
    examined(client, clearance, Conclusion.IDENTIFICATION)
    assert decided(supervisor, clearance).json()["code"] == "invalid_field"
    shown = decided(supervisor, clearance, "record", details="Convicted on 3 May 2020, s. 379 IPC, Pune").json()
    assert parse_statement(shown["statement"])["details"] == "Convicted on 3 May 2020, s. 379 IPC, Pune"
    other = requested(officer, searched((on_record(client), 5.0))).json()
    examined(client, other, Conclusion.IDENTIFICATION)
    shown = decided(supervisor, other, because="Acquitted on 4 May 2021; the record is due").json()
    assert (shown["outcome"], "Acquitted" in shown["statement"]) == ("no_record", False)


def test_an_examination_without_an_answer_leads_to_a_refusal_only(
    client: TestClient, officer: Call, supervisor: Call, searched: Search
) -> None:
    clearance = requested(officer, searched((on_record(client), 5.0))).json()
    examined(client, clearance, Conclusion.INCONCLUSIVE)
    assert decided(supervisor, clearance).json()["code"] == "wrong_step"
    assert decided(supervisor, clearance, "refused").json()["code"] == "invalid_field"  # no reason
    shown = decided(supervisor, clearance, "refused", because="New prints are needed").json()
    assert (shown["state"], shown["statement"]) == ("refused", None)
    assert officer("GET", f"/clearances/{shown['id']}/certificate").json()["code"] == "wrong_step"


def test_a_request_rests_on_one_whole_search_for_this_purpose(officer: Call, searched: Search) -> None:
    nine = searched(fingers=TEN[:-1])
    assert "left little" in requested(officer, nine).json()["detail"]
    missing = [{"position": int(TEN[-1]), "reason": "amputated"}]
    assert requested(officer, nine, missing_fingers=missing).status_code == 201
    assert requested(officer, nine, missing_fingers=missing).json()["code"] == "wrong_step"
    assert requested(officer, searched(purpose=Purpose.ARREST)).json()["code"] == "invalid_field"


def test_a_revoked_certificate_is_known_here_and_is_not_printed_again(
    officer: Call, supervisor: Call, searched: Search
) -> None:
    shown = issued(officer, supervisor, searched())
    checked = officer("POST", "/clearances/verification", json={"statement": shown["statement"]}).json()
    assert (checked["genuine"], checked["revoked"]) == (True, False)
    assert officer("POST", f"/clearances/{shown['id']}/revocation", json={"because": "x"}).status_code == 403
    revoked = supervisor("POST", f"/clearances/{shown['id']}/revocation", json={"because": "Wrong person"}).json()
    assert revoked["state"] == "revoked"
    checked = officer("POST", "/clearances/verification", json={"statement": shown["statement"]}).json()
    assert (checked["genuine"], checked["revoked"]) == (True, True)
    assert officer("GET", f"/clearances/{shown['id']}/certificate").json()["code"] == "wrong_step"
    forged = shown["statement"].replace("no_record", "record")
    checked = officer("POST", "/clearances/verification", json={"statement": forged}).json()
    assert (checked["genuine"], checked["content"]) == (False, {})


def test_the_samples_are_kept_while_undecided_and_destroyed_after_the_decision(
    client: TestClient, officer: Call, supervisor: Call, searched: Search
) -> None:
    search_id, store = searched(), store_of(client)
    clearance = requested(officer, search_id).json()
    last = today() + timedelta(days=DEFAULT_KEEPING.clearance_days)

    def kept() -> set[int]:
        with store.database.reading() as connection:
            tables = (search_images, search_probes)
            counts = [connection.execute(select(t.c.ordinal).where(t.c.search_id == search_id)).all() for t in tables]
        return {len(rows) for rows in counts}

    Retention(store).run(last, confirmed_day=today())
    assert kept() == {11}
    decided(supervisor, clearance)
    Retention(store).run(last - timedelta(days=1), confirmed_day=today())
    assert kept() == {11}
    Retention(store).run(last, confirmed_day=today())
    assert kept() == {0}  # the templates as well
    assert officer("GET", f"/clearances/{clearance['id']}").json()["applicant"]["name"] == APPLICANT["name"]


def test_the_particulars_are_erased_a_year_after_the_validity(
    client: TestClient, officer: Call, supervisor: Call, searched: Search
) -> None:
    shown = issued(officer, supervisor, searched())
    Retention(store_of(client)).run(today() + VALID + KEPT - timedelta(days=1), confirmed_day=today())
    assert officer("GET", f"/clearances/{shown['id']}").json()["applicant"] is not None
    Retention(store_of(client)).run(today() + VALID + KEPT, confirmed_day=today())
    erased = officer("GET", f"/clearances/{shown['id']}").json()
    assert (erased["applicant"], erased["statement"], erased["outcome"]) == (None, None, "no_record")
    assert officer("GET", f"/clearances/{shown['id']}/certificate").json()["code"] == "wrong_step"


def test_a_certificate_about_a_record_is_erased_with_it(
    client: TestClient, officer: Call, supervisor: Call, searched: Search
) -> None:
    record, store = on_record(client), store_of(client)
    clearance = requested(officer, searched((record, 5.0))).json()
    examined(client, clearance, Conclusion.IDENTIFICATION)
    decided(supervisor, clearance, "record", details="Convicted on 3 May 2020")
    last = today() + timedelta(days=DEFAULT_KEEPING.clearance_days)
    Retention(store).run(last, confirmed_day=today())  # the samples are gone before the record is
    remove_record(store, record)
    Retention(store).finish()
    erased = officer("GET", f"/clearances/{clearance['id']}").json()
    assert (erased["applicant"], erased["details"], erased["statement"]) == (None, "", None)


def test_each_step_is_in_the_audit_log_without_a_name(
    client: TestClient, officer: Call, supervisor: Call, searched: Search
) -> None:
    shown = issued(officer, supervisor, searched())
    officer("GET", f"/clearances/{shown['id']}/certificate")
    auditor = caller(client, Role.AUDITOR, "27")
    entries = auditor("GET", "/audit/entries", params={"person": shown["id"]}).json()["entries"]
    assert {"clearance.request", "clearance.decide", "clearance.read", "paper.make"} <= {e["action"] for e in entries}
    assert not re.search("वर्मा|Norway|Z1234567", json.dumps(entries, ensure_ascii=False))


def test_a_request_of_other_rules_is_still_read(client: TestClient, officer: Call, searched: Search) -> None:
    asked = requested(officer, searched()).json()
    long = APPLICANT | {"missing_fingers": [], "relative": ""} | dict.fromkeys(("document", "wanted_for"), "क" * 400)
    with store_of(client).database.writing() as connection:
        connection.execute(update(clearances).where(clearances.c.id == asked["id"]).values(request=long))
    assert officer("GET", f"/clearances/{asked['id']}").json()["applicant"]["document"] == "क" * 400
    assert officer("GET", "/clearances").status_code == 200


def test_a_withdrawn_request_is_not_decided_and_nothing_of_the_applicant_is_kept(
    client: TestClient, officer: Call, supervisor: Call, searched: Search
) -> None:
    """With the request the consent is withdrawn."""
    clearance = requested(officer, searched()).json()
    ended = officer("POST", f"/clearances/{clearance['id']}/withdrawal", json={"because": "Paid back"}).json()
    assert ended["state"] == "withdrawn"
    Retention(store_of(client)).run(today(), confirmed_day=today())
    assert officer("GET", f"/clearances/{clearance['id']}").json()["applicant"] is None
    with store_of(client).database.reading() as connection:
        left = select(search_images.c.id).where(search_images.c.search_id == clearance["search_id"])
        assert connection.execute(left).all() == []
    assert decided(supervisor, clearance).json()["code"] == "wrong_step"


def test_an_applicant_is_not_searched_for_again(client: TestClient, searched: Search) -> None:
    officer = caller(client, Role.STATION_OFFICER, HERE)
    data = {"kind": "wanted", "search_id": searched(), "case_number": "1/2026"}
    assert officer("POST", "/standing-searches", data=data).json()["code"] == "invalid_field"
