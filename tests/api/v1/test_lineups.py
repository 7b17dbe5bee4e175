"""Photo line-ups: who may be in one, who may show it, what nobody learns before it is closed, and what is kept."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from acting import ELSEWHERE, HERE, act_of
from examiners import Call, caller
from fastapi.testclient import TestClient
from lineup_examples import BORN, booked, engine_of
from officers import store_of
from pdf_text import text_of
from records_examples import search_for
from removing import remove_record

from biometrics.kernel.access import Role
from biometrics.kernel.people.encounter import EncounterKind, LegalBasis
from biometrics.kernel.people.particulars import Appearance, Complexion, FacialHair, Glasses, Headgear, Particulars
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.retention_rules import Order, OrderKind
from biometrics.kernel.recognition.body_marks import BodyMark, BodyMarkKind, BodyPart
from biometrics.kernel.technique.clock import today
from biometrics.lineups.model import FILLERS
from biometrics.storage.audit.log import Action
from biometrics.storage.tables.audit import audit_entries
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search

FIR = "77/2026"
SAID = {"choice": "yes", "words": "the eyes, I think", "confidence": "fairly sure"}


@dataclass(frozen=True)
class Made:
    """A line-up that an officer made."""

    client: TestClient
    maker: Call
    operator: Call
    suspect: str
    fillers: tuple[str, ...]
    id: int

    def get(self, who: Call) -> dict[str, Any]:
        answer = who("GET", f"/lineups/{self.id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def post(self, who: Call, path: str, **body: Any) -> Any:
        return who("POST", f"/lineups/{self.id}/{path}", json=body)

    def ready(self) -> None:
        answer = self.post(self.maker, "ready", photos_checked=True)
        assert answer.status_code == 200, answer.text

    def started(self, witness: str = "PW1", who: Call | None = None) -> Any:
        body = {"witness": witness, "present": "HC Rao", "language": "hi", "instructed": True}
        return self.post(who or self.operator, "viewings", **body)

    def answered(self, viewing: int = 1, /, **said: Any) -> Any:
        return self.post(self.operator, f"viewings/{viewing}/answers", **said)


@pytest.fixture(scope="module")
def fillers(client: TestClient) -> tuple[str, ...]:
    """Enrol people of whom each can be a filler of every line-up; return the records' ids."""
    return tuple(booked(engine_of(client), seed) for seed in range(1001, 1008))


def made(client: TestClient, seed: int, fillers: tuple[str, ...], presentation: str = "sequential", **new: Any) -> Made:
    suspect = booked(engine_of(client), seed, photo=0)
    maker, operator = (caller(client, Role.STATION_OFFICER, HERE) for _ in range(2))
    body = {"record_id": suspect, "fir_number": FIR, "description": "a man of about 35", "presentation": presentation}
    answer = maker("POST", "/lineups", json=body | new)
    assert answer.status_code == 201, answer.text
    return Made(client, maker, operator, suspect, fillers, answer.json()["id"])


@pytest.fixture(scope="module")
def lineup(client: TestClient, fillers: tuple[str, ...]) -> Made:
    return made(client, 1050, fillers)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_line_up_is_one_suspect_and_five_who_fit(lineup: Made) -> None:
    members = lineup.get(lineup.maker)["members"]
    assert [member["is_suspect"] for member in members].count(True) == 1
    assert len(members) == FILLERS + 1
    assert {member["record_id"] for member in members} <= {lineup.suspect, *lineup.fillers}
    assert [member["photo_sha256"] for member in members] == sorted(member["photo_sha256"] for member in members)


def test_a_draft_s_filler_is_replaced_by_one_who_fits_and_by_nobody_else(
    client: TestClient, fillers: tuple[str, ...]
) -> None:
    its = made(client, 1100, fillers)
    members = its.get(its.maker)["members"]
    place = next(member["ordinal"] for member in members if not member["is_suspect"])
    spot = next(member["ordinal"] for member in members if member["is_suspect"])
    offered = [each["record_id"] for each in its.maker("GET", f"/lineups/{its.id}/fillers").json()["fillers"]]
    assert offered
    assert not {member["record_id"] for member in members} & set(offered)
    other = its.maker("PUT", f"/lineups/{its.id}/photos/{place}", json={"record_id": offered[0]})
    assert other.json()["members"][place - 1]["record_id"] == offered[0]
    again = its.maker("PUT", f"/lineups/{its.id}/photos/{place}", json={"record_id": its.suspect})
    assert refusal(again) == (409, "lineup_refused")
    for who, where in ((its.operator, place), (its.maker, spot)):
        answer = who("PUT", f"/lineups/{its.id}/photos/{where}", json={"record_id": offered[1]})
        assert refusal(answer) == (409, "wrong_step")
    unchecked = its.post(its.maker, "ready", photos_checked=False)
    assert refusal(unchecked) == (409, "wrong_step")


@pytest.mark.usefixtures("fillers")
def test_nobody_is_a_filler_who_must_not_be_one(client: TestClient) -> None:
    suspect = booked(engine_of(client), 1200, photo=0)
    man = (Sex.MALE, BORN)
    watched = booked(
        engine_of(client), 1250, kind=EncounterKind.WANTED, legal_basis=LegalBasis.IDENTIFICATION_ACT_ARRESTED
    )
    same_case = booked(engine_of(client), 1251, fir_number=FIR)
    unstated = booked(engine_of(client), 1252, legal_basis=LegalBasis.UNSTATED)
    as_child = booked(engine_of(client), 1253, date=date(BORN + 17, 1, 1), fir_number="5/2007")
    woman = booked(engine_of(client), 1254, Person("W", Sex.FEMALE, BORN))
    older = booked(engine_of(client), 1255, Person("O", Sex.MALE, BORN - 20))
    elsewhere = booked(engine_of(client), 1256, unit=ELSEWHERE)
    held = booked(engine_of(client), 1257)
    [visit] = store_of(client).people.get(held).encounters
    order = Order(OrderKind.HOLD, "JMFC Pune", "7/2026", date(2026, 1, 1))
    Retention(store_of(client).for_actor(act_of(HERE))).order(visit.id, order)
    dark = Particulars(appearance=Appearance(complexion=Complexion.DARK))
    unlike = booked(engine_of(client), 1258, Person("D", *man, particulars=dark))
    bearded = Particulars(appearance=Appearance(facial_hair=FacialHair.BEARD, glasses=Glasses.NOT_WORN))
    unshaven = booked(engine_of(client), 1262, Person("B", *man, particulars=bearded))
    subscribed = booked(engine_of(client), 1259)
    officer = caller(client, Role.STATION_OFFICER, HERE)
    wanted = {"record_id": subscribed, "legal_basis": "bail", "expires_on": str(today())}
    assert officer("POST", "/subscriptions", json=wanted).status_code == 201
    twin = booked(engine_of(client), 1200)  # the suspect's template
    refused = {
        watched,
        same_case,
        unstated,
        as_child,
        woman,
        older,
        elsewhere,
        held,
        unlike,
        subscribed,
        twin,
        unshaven,
    }
    described = {"complexion": "fair", "facial_hair": "clean_shaven", "glasses": "worn"}
    body = {"record_id": suspect, "fir_number": FIR, "description": "a fair man, shaved, glasses", "sought": described}
    answer = officer("POST", "/lineups", json=body)
    assert answer.status_code == 201, answer.text
    number = answer.json()["id"]
    offered = {each["record_id"] for each in officer("GET", f"/lineups/{number}/fillers").json()["fillers"]}
    inside = {member["record_id"] for member in answer.json()["members"]} - {suspect}
    assert not (offered | inside) & refused
    young = booked(engine_of(client), 1260, Person("Y", Sex.MALE, today().year - 17))
    assert refusal(officer("POST", "/lineups", json=body | {"record_id": young})) == (409, "lineup_refused")
    lonely = booked(engine_of(client), 1261, Person("L", Sex.TRANSGENDER, 1960))
    assert refusal(officer("POST", "/lineups", json=body | {"record_id": lonely})) == (409, "lineup_refused")


def test_nobody_but_the_maker_learns_who_is_in_it_before_it_is_closed(
    client: TestClient, fillers: tuple[str, ...]
) -> None:
    its = made(client, 1300, fillers)
    its.ready()
    supervisor = caller(client, Role.SUPERVISOR, HERE)
    assert its.started().status_code == 201
    secrets = [its.suspect, *its.fillers]
    for who in (its.operator, supervisor):
        shown = [who("GET", f"/lineups/{its.id}").text, who("GET", "/lineups", params={"limit": 200}).text]
        assert not [secret for text in shown for secret in secrets if secret in text]
        for path in ("photos/1", "fillers", "report", "key"):
            assert who("GET", f"/lineups/{its.id}/{path}").status_code == 409, path
    for who in (its.maker, its.operator, supervisor):
        [viewing] = its.get(who)["viewings"]
        assert (viewing["seed"], viewing["order"]) == ("", [])
    assert its.get(supervisor)["viewings"][0]["witness"] == ""
    entries = caller(client, Role.AUDITOR, HERE)("GET", "/audit/entries", params={"limit": 200}).json()["entries"]
    used = [each for each in entries if each["action"] == Action.LINEUP_PHOTO_USED]
    ours = [each for each in used if json.dumps(each["detail"]) == json.dumps({"lineup": f"lineup-{its.id}"})]
    assert len(ours) == FILLERS + 1  # the suspect is noted as the others are
    assert its.suspect in {each["subject_id"] for each in ours}


def test_it_is_shown_by_an_officer_who_does_not_know_the_suspect(client: TestClient, fillers: tuple[str, ...]) -> None:
    its = made(client, 1400, fillers)
    assert refusal(its.started()) == (409, "wrong_step")  # a draft
    its.ready()
    assert refusal(its.started(who=its.maker)) == (409, "not_blind")
    informed = caller(client, Role.STATION_OFFICER, HERE)
    assert informed("GET", f"/records/{its.suspect}").status_code == 200
    assert refusal(its.started(who=informed)) == (409, "not_blind")
    assert refusal(its.started(who=caller(client, Role.AUDITOR, HERE))) == (403, "forbidden")
    assert refusal(its.started(who=caller(client, Role.STATION_OFFICER, ELSEWHERE))) == (404, "unknown_lineup")
    silent = {"witness": "PW1", "present": "HC Rao", "language": "en", "instructed": False}
    assert refusal(its.post(its.operator, "viewings", **silent)) == (409, "wrong_step")
    assert its.operator("GET", f"/lineups/{its.id}/viewings/1/photos/1").status_code == 409
    assert its.started().status_code == 201
    assert refusal(its.started(" pw1 ")) == (409, "wrong_step")  # a witness sees it once
    other = caller(client, Role.STATION_OFFICER, HERE)
    assert refusal(other("GET", f"/lineups/{its.id}/viewings/1/photos/1")) == (409, "not_blind")
    answered = its.post(other, "viewings/1/answers", position=1, **SAID)
    assert refusal(answered) == (409, "not_blind")


def merged(client: TestClient, survivor: str, other: str) -> str:
    """Merge a record into another, and return the number that leads to it."""
    store = store_of(client)
    store.editor.merge(survivor, store.people.get(survivor).version, other, "same prints")
    return other


def test_a_witness_is_shown_a_suspect_once_in_a_case_under_whatever_record_and_number(
    client: TestClient, fillers: tuple[str, ...]
) -> None:
    first = made(client, 1420, fillers)
    first.ready()
    assert first.started().status_code == 201
    suspect = booked(engine_of(client), 1421, photo=0)
    merged(client, suspect, first.suspect)
    again = made(client, 1422, fillers, record_id=suspect, fir_number="FIR No. 77 of 2026")
    again.ready()
    assert refusal(again.started()) == (409, "wrong_step")
    assert again.started("PW2").status_code == 201
    other_case = made(client, 1423, fillers, record_id=suspect, fir_number="78/2026")
    other_case.ready()
    assert other_case.started().status_code == 201


def test_a_line_up_of_which_two_were_found_to_be_one_is_not_shown(client: TestClient, fillers: tuple[str, ...]) -> None:
    own = booked(engine_of(client), 1440)
    its = made(client, 1441, fillers)
    place = next(each["ordinal"] for each in its.get(its.maker)["members"] if not each["is_suspect"])
    assert its.maker("PUT", f"/lineups/{its.id}/photos/{place}", json={"record_id": own}).status_code == 200
    its.ready()
    merged(client, its.suspect, own)
    assert refusal(its.started()) == (409, "wrong_step")


@pytest.mark.usefixtures("fillers")
def test_nobody_is_a_filler_who_is_involved_under_a_merged_record(client: TestClient) -> None:
    officer = caller(client, Role.STATION_OFFICER, HERE)
    suspect = booked(engine_of(client), 1460, photo=0)
    subscribed, candidate = (booked(engine_of(client), seed) for seed in (1461, 1462))
    wanted = {"record_id": subscribed, "legal_basis": "bail", "expires_on": str(today())}
    assert officer("POST", "/subscriptions", json=wanted).status_code == 201
    searched = store_of(client).for_actor(replace(act_of(HERE), case_number=f"FIR {FIR}"))
    store_search(searched, replace(search_for(candidate), case_number=f"FIR {FIR}"))
    survivors = [booked(engine_of(client), seed) for seed in (1463, 1464)]
    for survivor, other in zip(survivors, (subscribed, candidate), strict=True):
        merged(client, survivor, other)
    body = {"record_id": suspect, "fir_number": FIR, "description": "a man of about 35"}
    answer = officer("POST", "/lineups", json=body)
    assert answer.status_code == 201, answer.text
    offered = officer("GET", f"/lineups/{answer.json()['id']}/fillers").json()["fillers"]
    proposed = {each["record_id"] for each in [*offered, *answer.json()["members"]]}
    assert not proposed & {*survivors, subscribed, candidate}


def test_photos_come_one_by_one_and_each_answer_is_kept_at_once(client: TestClient, fillers: tuple[str, ...]) -> None:
    its = made(client, 1500, fillers)
    its.ready()
    its.started()
    photos = f"/lineups/{its.id}/viewings/1/photos"
    for position in range(1, 7):
        assert its.operator("GET", f"{photos}/{position % 6 + 1}").status_code == 409
        shown = its.operator("GET", f"{photos}/{position}")
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
        if position == 3:
            ended = its.post(its.operator, "viewings/1/end", remarks="")
            assert refusal(ended) == (422, "invalid_field")  # all are shown, also after a choice
            unsure = its.answered(position=position, choice="yes", words="him", confidence="")
            assert refusal(unsure) == (422, "invalid_field")
        said = SAID if position == 2 else {"choice": "no", "words": "no"}
        answer = its.answered(position=position, **said)
        assert answer.status_code == 200, answer.text
    assert its.operator("GET", f"{photos}/1").status_code == 200  # once more, if the witness asks
    assert its.answered(position=1, choice="no", words="still no").json()["viewings"][0]["answers"][-1]["lap"] == 2
    ended = its.post(its.operator, "viewings/1/end", remarks="")
    assert ended.json()["viewings"][0]["seal"]
    assert refusal(its.answered(position=2, **SAID)) == (409, "wrong_step")
    assert its.operator("GET", f"{photos}/2").status_code == 409


def test_a_closed_line_up_proves_its_order_and_tells_the_key_to_few(
    client: TestClient, fillers: tuple[str, ...]
) -> None:
    its = made(client, 1600, fillers, "simultaneous", greyscale=True)
    its.ready()
    its.started("PW1")
    its.started("PW2")
    none = its.answered(1, position=None, choice="no", words="none of them")
    assert none.status_code == 200, none.text
    assert refusal(its.answered(2, position=None, **SAID)) == (422, "invalid_field")
    assert its.answered(2, position=4, **SAID).status_code == 200
    assert refusal(its.post(its.operator, "close", because="")) == (409, "wrong_step")
    closed = its.post(its.maker, "close", because="").json()
    assert closed["seal"]
    digests = {member["ordinal"]: member["photo_sha256"] for member in closed["members"]}
    [suspect] = [member["photo_sha256"] for member in closed["members"] if member["is_suspect"]]
    for viewing in closed["viewings"]:
        seed = viewing["seed"]
        order = sorted(digests, key=lambda ordinal: sha256(f"{seed}{digests[ordinal]}".encode()).digest())
        assert viewing["order"] == order
        photos = [digests[ordinal] for ordinal in order]
        fixed = {"line-up": its.id, "seed": seed, "photos": photos, "suspect": suspect}
        written = json.dumps(fixed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert viewing["commitment"] == sha256(written.encode()).hexdigest()
    assert its.get(its.operator)["members"] == []
    assert its.operator("GET", f"/lineups/{its.id}/key").status_code == 409
    record = its.operator("GET", f"/lineups/{its.id}/report", params={"language": "en"})
    written = text_of(record.content)
    assert "noneofthem" in written  # the text of a page has no spaces
    assert "section54oftheBNSS" in written
    assert re.search(r"\d\d:\d\d:\d\dIST", written)  # six answers within a minute are told apart
    assert re.search(r"Duration\d+min\d+s", written)
    assert "IdonotknowwhothesuspectiS".lower() in written.lower()
    assert "Person16" not in written  # no name, no record
    supervisor = caller(client, Role.SUPERVISOR, HERE)
    for who in (its.maker, supervisor):
        key = text_of(who("GET", f"/lineups/{its.id}/key", params={"language": "en"}).content)
        assert "Person1600" in key
        assert "Suspect" in key
    assert caller(client, Role.STATION_OFFICER, HERE)("GET", f"/lineups/{its.id}/report").status_code == 409
    assert refusal(its.started("PW3")) == (409, "wrong_step")


@pytest.mark.usefixtures("fillers")
def test_a_line_up_says_in_what_the_suspect_stands_out(client: TestClient) -> None:
    scar = Appearance(
        complexion=Complexion.FAIR, headgear=Headgear.TURBAN, marks=(BodyMark(BodyMarkKind.SCAR, BodyPart.CHEEK),)
    )
    suspect = booked(
        engine_of(client), 1750, Person("S", Sex.MALE, BORN, particulars=Particulars(appearance=scar)), photo=0
    )
    maker = caller(client, Role.STATION_OFFICER, HERE)
    body = {"record_id": suspect, "fir_number": FIR, "description": "a scar on the cheek"}
    answer = maker("POST", "/lineups", json=body)
    assert {"complexion", "headgear", "marks"} <= set(answer.json()["stands_out"])


def test_a_destroyed_record_leaves_the_answers_and_takes_the_photo(
    client: TestClient, fillers: tuple[str, ...]
) -> None:
    its = made(client, 1800, fillers, "simultaneous")
    its.ready()
    its.started("PW1")
    assert its.answered(position=3, **SAID).status_code == 200
    before = its.post(its.maker, "close", because="").json()
    remove_record(store_of(client), its.suspect)
    after = its.get(its.maker)
    assert after["seal"] == before["seal"]
    assert after["viewings"][0]["answers"][0]["words"] == SAID["words"]
    assert its.maker("GET", f"/lineups/{its.id}/photos/{suspect_place(before)}").status_code == 409
    key = its.maker("GET", f"/lineups/{its.id}/key", params={"language": "en"})
    assert "notthereanymore" in text_of(key.content)


def suspect_place(lineup: dict[str, Any]) -> int:
    return next(int(member["ordinal"]) for member in lineup["members"] if member["is_suspect"])


def test_every_step_leaves_an_entry_and_no_entry_a_name(lineup: Made) -> None:
    with engine_of(lineup.client).store.database.reading() as connection:
        rows = connection.execute(audit_entries.select()).all()
    about = [row for row in rows if row.action.startswith("lineup.")]
    assert {Action.LINEUP_MADE, Action.LINEUP_PHOTO_USED} <= {row.action for row in about}
    assert not [row for row in about if "Person" in row.detail]
