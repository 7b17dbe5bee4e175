"""Cases, standing searches and notifications over HTTP, by people of several roles."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from itertools import count
from typing import Any

import PIL.Image
import pytest
from case_examples import NOON, question
from case_examples import case as example
from examiners import GROUNDS, V1, Call, caller, enrolled, enrolled_twice
from fastapi.testclient import TestClient
from inputs import form, print_of
from made_up_transactions import file, fingerprint, text

from api.v1.cases_schemas import CaseOut
from biometrics.cases.view import CaseView
from biometrics.imaging.image import decode
from biometrics.kernel.access import Role
from biometrics.kernel.casework.cases import CaseKind
from biometrics.kernel.casework.opinions import AnalysisDraft

_person = count(100)  # generated people that no other test has
OWN, UNLIKE = 90, 91  # two people whose prints are never mistaken for each other; one in 1,000 pairs of strangers is


@pytest.fixture
def duplicate(client: TestClient) -> str:
    """Enrol somebody twice; the id of the case."""
    return enrolled_twice(client, next(_person))


def decided(call: Call, case: str, conclusion: str) -> dict[str, Any]:
    assert call("POST", f"/cases/{case}/take").status_code == 200
    [probe, *_] = call("GET", f"/cases/{case}/images").json()
    assert call("GET", f"/cases/{case}/images/{probe['name']}").headers["content-type"] == "image/png"
    notes = {"of_value": True, "notes": "a loop"}
    assert call("POST", f"/cases/{case}/analyses", json=notes).status_code == 201
    [candidate, *_] = [item for item in call("GET", f"/cases/{case}/images").json() if item["side"] == "candidate"]
    for item in (probe, candidate):
        assert call("GET", f"/cases/{case}/images/{item['name']}").status_code == 200
    pair = {"probe_image": probe["name"], "candidate_image": candidate["name"]}
    opinion = {"conclusion": conclusion, "notes": "compared", "unmarked_because": "by eye"}
    opinion["basis"] = GROUNDS.get(conclusion, {})
    answer = call("POST", f"/cases/{case}/opinions", json=opinion | pair)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_two_examiners_and_a_supervisor_decide_a_case(client: TestClient, duplicate: str) -> None:
    first, second, judge = caller(client), caller(client), caller(client, Role.SUPERVISOR)
    mine = decided(first, duplicate, "identification")
    assert (mine["state"], mine["finding"]["rank"]) == ("first_opinion", 1)
    waiting = second("GET", f"/cases/{duplicate}").json()
    assert (waiting["state"], waiting["opinions"], waiting["finding"]) == ("waiting", [], None)
    assert decided(second, duplicate, "exclusion")["state"] == "conflict"
    assert judge("POST", f"/cases/{duplicate}/take").status_code == 200
    opinion = {"conclusion": "exclusion", "notes": "no", "grounds": "a second core", "basis": GROUNDS["exclusion"]}
    closed = judge("POST", f"/cases/{duplicate}/opinions", json=opinion).json()
    assert (closed["state"], closed["outcome"], len(closed["opinions"])) == ("closed", "exclusion", 3)


def test_an_opinion_rests_on_two_images_that_can_be_of_one_finger(client: TestClient, duplicate: str) -> None:
    examiner = caller(client)
    assert examiner("POST", f"/cases/{duplicate}/take").status_code == 200
    notes = {"of_value": True, "notes": "a loop"}
    assert examiner("POST", f"/cases/{duplicate}/analyses", json=notes).status_code == 201
    images = examiner("GET", f"/cases/{duplicate}/images").json()
    for image in images:
        assert examiner("GET", f"/cases/{duplicate}/images/{image['name']}").status_code == 200
    named = {(image["side"], image["position"]): image["name"] for image in images}

    def opinion(conclusion: str, candidate_position: int, **more: object) -> Any:
        pair = {"probe_image": named["probe", 1], "candidate_image": named["candidate", candidate_position]}
        body = {"conclusion": conclusion, "notes": "compared", "basis": GROUNDS[conclusion]} | pair | more
        return examiner("POST", f"/cases/{duplicate}/opinions", json=body)

    for conclusion in ("identification", "exclusion"):
        refused = opinion(conclusion, 7)
        assert (refused.status_code, refused.json()["code"]) == (409, "pair_not_comparable"), refused.text
    refused = opinion("identification", 1)
    assert (refused.status_code, refused.json()["code"]) == (409, "correspondences_missing"), refused.text
    for marks in ([{"probe": [1, 2]}, {"candidate": [3, 4]}], []):  # on one image each, which is no correspondence
        again = opinion("identification", 1, marks=marks, unmarked_because=" ")
        assert again.json()["code"] == "correspondences_missing"
    both = opinion("identification", 1, marks=[{"probe": [1, 2], "candidate": [3, 4]}], unmarked_because="none")
    assert (both.status_code, both.json()["opinions"][0]["unmarked_because"]) == (201, "")
    why = {"because": "the marks were wrong", "unmarked_because": "a scar alone"}
    stated = GROUNDS["identification"]
    for conclusion, basis, code in (
        ("identification", {}, "basis_missing"),
        ("identification", {"pattern": "agrees", "limits": ["scars"]}, "basis_missing"),
        ("identification", stated | {"differences": "unexplained"}, "invalid_field"),
        ("identification", stated | {"differences": "unexplained", "explanation": "a core"}, "basis_contradicts"),
        ("identification", GROUNDS["exclusion"], "basis_contradicts"),
        ("identification", stated | {"level_three": "differs"}, "basis_contradicts"),
        ("exclusion", stated, "basis_contradicts"),
        ("exclusion", {}, "basis_missing"),
    ):
        assert opinion(conclusion, 1, **why, basis=basis).json()["code"] == code, (conclusion, basis)
    superseded = opinion("identification", 1, because="the marks were wrong")
    assert superseded.json()["code"] == "correspondences_missing"
    explained = opinion("identification", 1, because="the marks were wrong", unmarked_because="a scar alone")
    assert explained.json()["opinions"][-1]["unmarked_because"] == "a scar alone"


def test_an_identification_by_prints_of_two_people_goes_to_a_supervisor(client: TestClient) -> None:
    person, stranger = 960, 961  # whom no other test has
    enrolled(client, person, 0)
    prints = {"right_thumb": print_of(person, "right_thumb", 1), "left_index": print_of(stranger, "left_index", 1)}
    files = [(finger, ("a.png", content)) for finger, content in prints.items()]
    fields = form(name="Somebody") | {"accept_poor_quality": "generated"}
    answer = client.post(f"{V1}/enrolments", data=fields, files=files)
    assert answer.status_code == 201, answer.text
    everything = caller(client, Role.SUPERVISOR)("GET", "/cases", params={"kind": "duplicate", "limit": 200}).json()
    [case] = [each["id"] for each in everything["cases"] if each["record_id"] == answer.json()["id"]]

    def opinion(call: Call, **more: str) -> Any:
        assert call("POST", f"/cases/{case}/take").status_code == 200
        call("POST", f"/cases/{case}/analyses", json={"of_value": True, "notes": "a loop"})
        images = call("GET", f"/cases/{case}/images").json()
        for image in images:
            assert call("GET", f"/cases/{case}/images/{image['name']}").status_code == 200
        named = {image["side"]: image["name"] for image in images if image["position"] == 7}
        body = {"conclusion": "identification", "notes": "they agree", "probe_image": named["probe"]}
        body |= {"unmarked_because": "by eye", "basis": GROUNDS["identification"]}
        return call("POST", f"/cases/{case}/opinions", json=body | {"candidate_image": named["candidate"]} | more)

    first, second, judge = caller(client), caller(client), caller(client, Role.SUPERVISOR)
    assert opinion(first).json()["state"] == "first_opinion"
    assert second("GET", f"/cases/{case}").json()["state"] == "waiting"
    assert opinion(second).json()["state"] == "conflict"
    refused = opinion(judge)
    assert (refused.status_code, refused.json()["code"]) == (409, "grounds_missing")
    seen = judge("GET", f"/cases/{case}").json()["opinions"]
    assert [one["against_ratio"] for one in seen] == [True, True]
    body = {"conclusion": "identification", "notes": "they agree", "grounds": "the same scar"}
    body |= {"unmarked_because": "by eye", "basis": GROUNDS["identification"]}
    body |= {name: seen[0]["pair"][name] for name in ("probe_image", "candidate_image")}
    closed = judge("POST", f"/cases/{case}/opinions", json=body).json()
    assert (closed["state"], closed["outcome"], closed["opinions"][-1]["grounds"]) == (
        "closed",
        "identification",
        "the same scar",
    )


def test_a_request_out_of_place_is_refused_with_a_code(client: TestClient, duplicate: str) -> None:
    examiner, other = caller(client), caller(client)
    decision = {"conclusion": "exclusion", "notes": "x"}
    for call, path, body, status, code in (
        (other, f"/cases/{duplicate}/opinions", decision, 409, "case_taken"),
        (examiner, f"/cases/{duplicate}/take", None, 200, None),
        (other, f"/cases/{duplicate}/take", None, 409, "case_taken"),
        (examiner, f"/cases/{duplicate}/opinions", decision, 409, "wrong_step"),
        (examiner, f"/cases/{duplicate}/opinions", decision | {"conclusion": "maybe"}, 422, "invalid_field"),
        (examiner, f"/cases/{duplicate}/withdrawal", {"because": "x"}, 403, "forbidden"),
        (examiner, "/cases/nothing/take", None, 404, "unknown_case"),
        (caller(client, Role.STATION_OFFICER), f"/cases/{duplicate}/take", None, 403, "forbidden"),
        (caller(client, unit="09"), f"/cases/{duplicate}/take", None, 404, "unknown_case"),
    ):
        answer = call("POST", path, json=body)
        assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    candidates = [item for item in examiner("GET", f"/cases/{duplicate}/images").json() if item["side"] == "candidate"]
    assert candidates == []
    answer = examiner("GET", f"/cases/{duplicate}/images/sample-1")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_step")
    assert client.get(f"{V1}/cases", headers={"Authorization": ""}).status_code == 401


@pytest.mark.parametrize(
    ("probe", "hidden"),
    [({"record_id": "r", "search_id": None}, "standing_id"), ({"record_id": None, "search_id": "s"}, "encounter_id")],
)
def test_ids_that_lead_to_the_candidate_are_shown_after_the_analysis(probe: dict[str, Any], hidden: str) -> None:
    its = probe | {"standing_id": "standing", "encounter_id": "encounter"}
    taken = replace(example(), question=question(CaseKind.STANDING_HIT, **its)).take("a", NOON)
    for case, is_shown in ((taken, False), (taken.analyse("a", AnalysisDraft(True, "a loop"), NOON), True)):
        shown = CaseOut.of(CaseView.of(case, "a"))
        assert [getattr(shown, name) is not None for name in ("candidate_id", hidden)] == [is_shown, is_shown]
        assert {"standing_id", "encounter_id"} - {hidden} <= {name for name, value in shown if value}


def test_find_says_that_there_are_more_people_than_it_shows(client: TestClient) -> None:
    owner = caller(client, Role.STATION_OFFICER)
    for number in range(1, 12):
        made = owner("POST", "/records", json={"name": f"Zubeida {'ABCDEFGHIJK'[number - 1]}", "state_code": "27"})
        assert made.status_code == 201, made.text
        if number >= 10:
            found = owner("GET", "/find", params={"text": "zubeida"}).json()
            assert (len(found["records"]), found["more_records"]) == (10, number > 10)


def test_a_candidate_is_put_to_examiners(client: TestClient) -> None:
    person, owner = next(_person), caller(client, unit="national")
    record = enrolled(client, person, 0)
    file = ("scene.png", print_of(person, "right_thumb", 1))
    why = {"purpose": "investigation", "case_number": "7/2026"}
    search = owner("POST", "/identify", data=why, files={"unknown_finger": file}).json()["id"]
    fields = {"search_id": search, "record_id": record}
    opened = owner("POST", "/cases", data=fields, files={"unknown_finger": file})
    assert opened.status_code == 201, opened.text
    assert opened.json()["kind"] == "latent_hit"
    for wanted, kind, item in (
        (opened.json()["number"].lower(), "cases", opened.json()["id"]),
        ("7/2026", "searches", search),
    ):
        for caller_, is_found in ((owner, True), (caller(client, unit="28"), False)):
            found = caller_("GET", "/find", params={"text": f" {wanted} "})
            assert found.status_code == 200, found.text
            assert (item in [each["id"] for each in found.json()[kind]]) is is_found
    assert not owner("GET", "/find", params={"text": "7/2026"}).json()["more_records"]
    assert owner("GET", "/find", params={"text": " "}).json()["code"] == "invalid_field"
    again = owner("POST", "/cases", data=fields, files={"unknown_finger": file})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    nobody = fields | {"record_id": search}
    assert owner("POST", "/cases", data=nobody, files={"unknown_finger": file}).status_code == 422


class Blind:
    """A case of somebody's about a latent that an officer has searched with, and all ways to what was found."""

    def __init__(self, client: TestClient, person: int | None = None) -> None:
        self.person = next(_person) if person is None else person
        self.officer = caller(client, Role.STATION_OFFICER)
        self.record = enrolled(client, self.person, 0)
        self.latent = {"unknown_finger": ("scene.png", print_of(self.person, "right_thumb", 1))}
        self.search = self.searched(self.officer).json()["id"]
        fields = {"search_id": self.search, "record_id": self.record}
        opened = self.officer("POST", "/cases", data=fields, files=self.latent)
        assert opened.status_code == 201, opened.text
        self.case = opened.json()["id"]

    def searched(self, call: Call) -> Any:
        why = {"purpose": "investigation", "case_number": "7/2026"}
        return call("POST", "/identify", data=why, files=self.latent)

    def answers(self, call: Call, sample: int) -> dict[str, Any]:
        path, compared = f"/searches/{self.search}", {"sample_id": str(sample)}
        marked = {"image": self.latent["unknown_finger"]}
        why = {"purpose": "investigation", "case_number": "7/2026"}
        return {
            "read": call("GET", path),
            "replay": call("POST", f"{path}/replay"),
            "compare": call("POST", f"{path}/comparisons", data=compared, files=marked),
            "search": self.searched(call),
            "latent": call("POST", "/identify/latent", data=why, files=marked),
            "stand": call("POST", "/standing-searches", data={"case_number": "7/2026"}, files=self.latent),
            "verify": call("POST", "/verify", data=why | {"record_id": self.record}, files=self.latent),
        }


@pytest.mark.essential
def test_an_examiner_sees_no_score_before_their_opinion(client: TestClient) -> None:
    blind, examiner, auditor = Blind(client), caller(client), caller(client, Role.AUDITOR)
    record = blind.officer("GET", f"/records/{blind.record}").json()
    sample = record["encounters"][0]["samples"][0]["id"]
    assert examiner("POST", f"/cases/{blind.case}/take").status_code == 200
    for way, answer in blind.answers(examiner, sample).items():
        assert (answer.status_code, answer.json()["code"]) == (403, "hidden_until_decided"), (way, answer.text)
        assert "decibans" not in answer.text
    assert examiner("GET", f"/records/{blind.record}/searches").json()["searches"] == []
    entries = auditor("GET", "/audit/entries", params={"person": blind.search}).json()["entries"]
    messages = [entry["detail"] for entry in entries if entry["action"] == "access.refuse"]
    assert len(messages) == 3
    assert all("hidden_until_decided" in str(message) for message in messages)
    assert "decibans" in blind.officer("GET", f"/searches/{blind.search}").text


def test_an_image_that_was_saved_again_gives_its_examiner_no_score_either(client: TestClient) -> None:
    """The pages show a rendering of every image: to save that and to search with it would be the easiest way."""
    blind, examiner = Blind(client), caller(client)
    record = blind.officer("GET", f"/records/{blind.record}").json()
    sample = record["encounters"][0]["samples"][0]
    assert examiner("POST", f"/cases/{blind.case}/take").status_code == 200
    probe = saved_again(examiner("GET", f"/cases/{blind.case}/images/probe-0/rendering").content)
    candidate = saved_again(examiner("GET", f"/samples/{sample['id']}/rendering").content)
    assert probe != blind.latent["unknown_finger"][1]
    why = {"purpose": "investigation", "case_number": "7/2026"}

    def statuses() -> list[int]:
        return [
            examiner("POST", path, data=data, files={field: ("again.png", content)}).status_code
            for content, field in ((probe, "unknown_finger"), (candidate, "right_thumb"))
            for path, data in (("/identify", why), ("/verify", why | {"record_id": blind.record}))
        ]

    assert sample["position"] == 1
    assert statuses() == [403] * 4
    assert examiner("POST", f"/cases/{blind.case}/give-back").status_code == 200
    assert statuses() == [201, 200, 201, 200]


def saved_again(content: bytes) -> bytes:
    """Return an image in another file, with the same pixels."""
    written = BytesIO()
    PIL.Image.open(BytesIO(content)).save(written, "PNG", dpi=(500, 500), compress_level=1)
    return written.getvalue()


def altered(content: bytes, how: str) -> bytes:
    """Return a print in another file: compressed with losses, cropped, or turned."""
    image = PIL.Image.open(BytesIO(content)).convert("L")
    match how:
        case "cropped":
            image = image.crop((0, 1, image.width, image.height))
        case "turned":
            image = image.rotate(1, PIL.Image.Resampling.BICUBIC, fillcolor=255)
    written = BytesIO()
    if how == "compressed":
        image.save(written, "JPEG", quality=95, dpi=(500, 500))
    else:
        image.save(written, "PNG", dpi=(500, 500))
    return written.getvalue()


def test_a_print_of_the_case_in_another_file_gives_its_examiner_no_score_either(client: TestClient) -> None:
    blind, examiner = Blind(client, OWN), caller(client)
    why = {"purpose": "investigation", "case_number": "7/2026"}
    latent = blind.latent["unknown_finger"][1]
    others = {how: ("again", altered(latent, how)) for how in ("compressed", "cropped", "turned")}
    other = {"unknown_finger": ("other", print_of(UNLIKE, "right_thumb", 1))}
    assert examiner("POST", f"/cases/{blind.case}/take").status_code == 200
    for how, again in others.items():
        compared = {"right_thumb": other["unknown_finger"], "other_right_thumb": again}
        for path, data, files in (
            ("/identify", why, {"unknown_finger": again}),
            ("/identify/latent", why, {"image": again}),
            ("/standing-searches", {"case_number": "7/2026"}, {"unknown_finger": again}),
            ("/compare", why, compared),
        ):
            answer = examiner("POST", path, data=data, files=files)
            assert (answer.status_code, answer.json()["code"]) == (403, "hidden_until_decided"), (how, path)
    claim = why | {"record_id": blind.record}
    assert examiner("POST", "/verify", data=claim, files=other).status_code == 403
    assert examiner("POST", "/identify", data=why, files=other).status_code == 201
    assert examiner("POST", f"/cases/{blind.case}/give-back").status_code == 200
    assert examiner("POST", "/identify", data=why, files={"unknown_finger": others["turned"]}).status_code == 201


@pytest.mark.parametrize(("side", "how"), [("probe", "turned"), ("candidate", "compressed"), ("candidate", "cropped")])
def test_a_search_with_another_file_of_a_print_of_the_case_informs(client: TestClient, how: str, side: str) -> None:
    blind, examiner = Blind(client), caller(client)
    prints = {"probe": blind.latent["unknown_finger"][1], "candidate": print_of(blind.person, "left_index", 0)}
    assert informed(blind, examiner, altered(prints[side], how))


def test_a_search_with_another_persons_print_informs_nobody(client: TestClient) -> None:
    assert not informed(Blind(client, OWN), caller(client), print_of(UNLIKE, "right_thumb", 1))


def informed(blind: Blind, call: Call, content: bytes) -> bool:
    """Search with a print, then decide the case; say whether the opinion is shown as informed."""
    why = {"purpose": "investigation", "case_number": "7/2026"}
    made = call("POST", "/identify", data=why, files={"unknown_finger": ("again", content)})
    assert made.status_code == 201, made.text
    return bool(decided(call, blind.case, "inconclusive")["opinions"][0]["informed"])


def test_a_transaction_is_put_to_examiners_as_it_was_sent(client: TestClient) -> None:
    person = next(_person)
    record = enrolled(client, person, 0)

    def transaction(person: int) -> bytes:
        content = print_of(person, "right_thumb", 1)
        image = decode(content)
        return file("TPIS", text(f9="31/2026"), fingerprint(1, 1, content, (image.width, image.height)))

    officer, sent = caller(client, unit="national"), transaction(person)
    headers = {"Content-Type": "application/octet-stream"}
    answer = officer("POST", "/itl/transactions", content=sent, more=headers)
    search = answer.headers["link"].partition("/searches/")[2].partition(">")[0]
    fields = {"search_id": search, "record_id": record}

    def opened(content: bytes) -> Any:
        return officer("POST", "/cases", data=fields, files={"transaction": ("asked.an2", content)})

    for content, code in (
        (transaction(person + 1000), "invalid_field"),
        (file("DEL", text(f14="2700000001")), "invalid_field"),
        (b"no transaction", "malformed_transaction"),
    ):
        refused = opened(content)
        assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text
    case = opened(sent)
    assert (case.status_code, case.json()["kind"]) == (201, "search_hit"), case.text
    examiner = caller(client, unit="national")
    assert examiner("POST", f"/cases/{case.json()['id']}/take").status_code == 200
    [image] = examiner("GET", f"/cases/{case.json()['id']}/images").json()
    assert (image["side"], image["position"]) == ("probe", 1)
    shown = examiner("GET", f"/cases/{case.json()['id']}/images/{image['name']}")
    assert shown.content == print_of(person, "right_thumb", 1)
