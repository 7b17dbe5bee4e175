"""The HTTP API as its users meet it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from fastapi.testclient import TestClient
from inputs import ENCOUNTER, blank, form, group_photo, photo_of, poorer_photo_of, print_of
from officers import counts

from biometrics.imaging.image import decode


def test_the_stored_image_is_the_one_that_was_sent(client: TestClient, station: dict[int, str]) -> None:
    samples = client.get(f"/api/v1/records/{station[0]}").json()["encounters"][0]["samples"]
    images = [client.get(f"/api/v1/samples/{sample['id']}/image") for sample in samples]
    assert [image.content for image in images] == [
        print_of(0, "right_thumb", 0),
        print_of(0, "left_index", 0),
        photo_of(0),
    ]
    assert images[0].headers["content-type"] == "image/png"
    assert client.get(f"/api/v1/samples/{samples[0]['id']}").json()["filename"] == "right_thumb.png"


def test_a_stored_image_is_rendered_for_browsers(client: TestClient, station: dict[int, str]) -> None:
    samples = client.get(f"/api/v1/records/{station[0]}").json()["encounters"][0]["samples"]
    path = f"/api/v1/samples/{samples[0]['id']}/rendering"
    whole, small = client.get(path), client.get(path, params={"side": 100})
    assert (whole.headers["content-type"], whole.headers["cache-control"]) == ("image/png", "no-store")
    assert np.array_equal(decode(whole.content).pixels, decode(print_of(0, "right_thumb", 0)).pixels)
    assert max(decode(small.content).pixels.shape) == 100
    assert client.get(path, params={"side": 0}).status_code == 422


@pytest.mark.parametrize("field", ["left_index", "unknown_finger"])
def test_another_impression_of_a_finger_finds_the_record_first(
    client: TestClient, station: dict[int, str], field: str
) -> None:
    answer = client.post("/api/v1/identify", files=[(field, ("latent.png", print_of(2, "left_index", 1)))])
    assert answer.status_code == 201, answer.text
    first = answer.json()["candidates"][0]
    assert (first["record"]["id"], first["rank"], first["above_threshold"]) == (station[2], 1, True)
    assert first["samples"][0]["probe"].endswith("(latent.png)")


def test_another_rendering_of_a_photo_finds_the_record_first(client: TestClient, station: dict[int, str]) -> None:
    answer = client.post("/api/v1/identify", files={"photo": poorer_photo_of(1)})
    first = answer.json()["candidates"][0]
    assert (first["record"]["id"], first["above_threshold"]) == (station[1], True)


def test_prints_and_photo_together_say_no_less_than_each_alone(client: TestClient, station: dict[int, str]) -> None:
    files = [("right_thumb", print_of(0, "right_thumb", 1)), ("photo", poorer_photo_of(0))]
    alone = [client.post("/api/v1/identify", files=[file]).json()["candidates"][0] for file in files]
    both = client.post("/api/v1/identify", files=files).json()["candidates"][0]
    assert {both["record"]["id"], *(item["record"]["id"] for item in alone)} == {station[0]}
    assert both["score"]["decibans"] >= max(item["score"]["decibans"] for item in alone)  # evidence, as far as it goes
    assert all(item["score"]["capped"] for item in (both, *alone))
    assert len(both["samples"]) == 2


@pytest.mark.parametrize("condition", ["state_code", "district_code", "station_code", "kind", "exclude"])
def test_a_person_who_does_not_meet_a_condition_is_not_found(
    client: TestClient, station: dict[int, str], condition: str
) -> None:
    number = client.get(f"/api/v1/records/{station[2]}").json()["national_number"]
    value = {"state_code": "07", "kind": "missing", "exclude": number}.get(condition, "elsewhere")
    files = [("left_index", print_of(2, "left_index", 1)), ("photo", poorer_photo_of(0))]
    answer = client.post("/api/v1/identify", data={condition: value}, files=files)
    assert answer.status_code == 201, answer.text
    body = [candidate["record"]["id"] for candidate in answer.json()["candidates"]]
    assert station[2] not in body
    assert bool(body) == (condition == "exclude")


@pytest.mark.usefixtures("station")
@pytest.mark.parametrize(
    "condition",
    [{"state_code": "Goa"}, {"exclude": "12"}, {"born_from": "2000", "born_to": "1990"}, {"station_code": " "}],
)
def test_a_condition_of_a_wrong_form_is_refused(client: TestClient, condition: dict[str, str]) -> None:
    answer = client.post("/api/v1/identify", data=condition, files={"photo": photo_of(0)})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")


@pytest.mark.usefixtures("station")
def test_a_search_is_stored_with_its_answer(client: TestClient) -> None:
    data = {"case_number": "77/2026", "officer": "SI R. Patil", "max_candidates": "2", "target_fpir": "0.01"}
    answer = client.post("/api/v1/identify", data=data, files={"photo": photo_of(0)})
    again = client.get(answer.headers["location"])
    assert again.json() == answer.json()
    assert (again.json()["case_number"], len(again.json()["candidates"])) == ("77/2026", 2)


def test_a_candidate_has_its_interval_its_lead_and_a_hint(client: TestClient, station: dict[int, str]) -> None:
    answer = client.post("/api/v1/identify", files={"left_index": print_of(2, "left_index", 1)}).json()
    first, second = answer["candidates"][:2]
    assert (first["record"]["id"], first["decision_hint"]) == (station[2], "likely")
    assert first["gap"] == pytest.approx(first["score"]["decibans"] - second["score"]["decibans"])
    assert first["score"]["low"] == first["score"]["decibans"] == first["score"]["bound"] == first["score"]["high"]
    assert (first["score"]["capped"], first["score"]["extrapolated"]) == (True, True)
    assert second["score"]["low"] == second["score"]["decibans"] < second["score"]["high"] <= second["score"]["bound"]
    assert (second["score"]["capped"], second["score"]["extrapolated"]) == (False, False)
    assert answer["identity"].keys() == {"fingerprint"}
    identity = answer["identity"]["fingerprint"]
    assert identity.pop("latent_scale") is None
    assert {len(digest) for digest in identity.values()} == {64}


@pytest.mark.usefixtures("station")
def test_an_investigation_lists_the_most_similar_without_a_threshold(client: TestClient) -> None:
    files = {"right_thumb": print_of(40, "right_thumb", 0)}
    answer = client.post("/api/v1/identify", data={"mode": "investigation", "max_candidates": "2"}, files=files).json()
    assert (answer["threshold"], answer["target_fpir"], len(answer["candidates"])) == (None, None, 2)
    assert [candidate["above_threshold"] for candidate in answer["candidates"]] == [None, None]


def test_everybody_in_a_group_photo_is_searched_for(client: TestClient, station: dict[int, str]) -> None:
    answer = client.post("/api/v1/identify/group", files={"photo": ("group.png", group_photo(0, 1))})
    assert answer.status_code == 201, answer.text
    left, right = sorted(answer.json(), key=lambda member: member["box"][0])
    assert [item["search"]["candidates"][0]["record"]["id"] for item in (left, right)] == [station[0], station[1]]
    assert left["box"][0] + left["box"][2] < 500 < right["box"][0]
    stored = client.get(f"/api/v1/searches/{left['search']['id']}").json()
    assert "group.png, face" in stored["candidates"][0]["samples"][0]["probe"]


@pytest.mark.usefixtures("station")
def test_a_group_photo_is_refused_where_one_person_is_meant_and_nobody_is_no_group(client: TestClient) -> None:
    alone = client.post("/api/v1/identify", files={"photo": group_photo(0, 0)})
    assert (alone.status_code, alone.json()["code"]) == (422, "several_faces"), alone.text
    nobody = client.post("/api/v1/identify/group", files={"photo": print_of(0, "right_thumb", 0)})
    assert (nobody.status_code, nobody.json()["code"]) == (422, "no_face")


def test_all_faces_of_one_person_in_several_photos_are_one_probe(client: TestClient, station: dict[int, str]) -> None:
    photos = [group_photo(0, 1), poorer_photo_of(0), blank()]
    files = [("photo", (f"still-{number}.png", content)) for number, content in enumerate(photos)]
    found = client.post("/api/v1/identify/faces", files=files).json()
    first, second = found["people"]
    assert [sorted(face["photo"] for face in person["faces"]) for person in (first, second)] == [[0, 1], [0]]
    assert [unusable["photo"] for unusable in found["unusable"]] == [2]
    faces = sorted(first["faces"], key=lambda face: face["photo"])
    details = {"photo": [{"box": face["box"]} for face in faces]}
    answer = client.post("/api/v1/identify", data={"details": json.dumps(details)}, files=files[:2])
    assert answer.status_code == 201, answer.text
    candidate = answer.json()["candidates"][0]
    assert (candidate["record"]["id"], len(candidate["samples"])) == (station[0], 2)
    too_many = client.post("/api/v1/identify/faces", files=[("photo", photo_of(0))] * 21)
    assert (too_many.status_code, too_many.json()["code"]) == (422, "invalid_field")


def test_verification_distinguishes_the_person_from_another(client: TestClient, station: dict[int, str]) -> None:
    files = {"right_thumb": print_of(0, "right_thumb", 1)}
    same = client.post("/api/v1/verify", data={"record_id": station[0]}, files=files).json()
    other = client.post("/api/v1/verify", data={"record_id": station[1]}, files=files).json()
    assert (same["match"], other["match"]) == (True, False)
    assert (same["score"]["capped"], other["score"]["capped"]) == (True, False)
    assert same["score"]["decibans"] > other["score"]["decibans"]


def test_verifying_by_what_the_record_lacks_is_a_conflict(client: TestClient, station: dict[int, str]) -> None:
    answer = client.post("/api/v1/verify", data={"record_id": station[2]}, files={"photo": photo_of(0)})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_compare")


def test_an_encounter_added_later_is_searchable_at_once(client: TestClient) -> None:
    record = client.post("/api/v1/records", json={"name": "Later", "state_code": "27"}).json()
    added = client.post(
        f"/api/v1/records/{record['id']}/encounters",
        data={"encounter": json.dumps(ENCOUNTER)},
        files={"right_ring": print_of(5, "right_ring", 0)},
    )
    assert (added.status_code, len(added.json()["encounters"])) == (201, 1)
    body = client.post("/api/v1/identify", files={"right_ring": print_of(5, "right_ring", 1)}).json()
    assert body["candidates"][0]["record"]["id"] == record["id"]


@pytest.mark.usefixtures("station")
def test_health_counts_what_is_searchable(client: TestClient) -> None:
    health = client.get("/api/v1/health").json()
    assert health["status"] == "ok"
    searchable = {model["modality"]: model["searchable"] for model in health["models"]}
    assert min(searchable["fingerprint"], searchable["face"]) >= 2


@pytest.mark.parametrize(
    ("files", "changes", "status", "code"),
    [
        ([("right_thumb", b"")], {}, 422, "empty_image"),
        ([("right_thumb", b"not an image")], {}, 415, "unsupported_image"),
        ([("right_thumb", "truncated")], {}, 422, "undecodable_image"),
        ([("right_thumb", blank(300))], {}, 422, "too_few_minutiae"),
        ([("right_thumb", blank(9000))], {}, 413, "image_too_large"),
        ([("right_thumb", bytes(26_000_000))], {}, 413, "image_too_large"),
        ([("photo", blank(300))], {}, 422, "no_face"),
        ([("right_thumb", "print"), ("photo", blank(300))], {}, 422, "no_face"),
        ([("right_thumb", "print"), ("right_thumb", "print")], {}, 422, "repeated_finger"),
        ([], {}, 422, "no_samples"),
        ([("right_thumb", "print")], {"name": ""}, 422, "invalid_field"),
        ([("right_thumb", "print")], {"national_number": "123"}, 422, "invalid_field"),
        ([("right_thumb", "print")], {"birth_year": 3000}, 422, "invalid_field"),
        ([("right_thumb", "print")], {"sex": "x"}, 422, "invalid_field"),
        ([("right_thumb", "print")], {"nmae": "misspelt"}, 422, "unknown_field"),
    ],
)
def test_bad_input_has_its_own_error_and_changes_nothing(
    client: TestClient, files: list[tuple[str, object]], changes: dict[str, object], status: int, code: str
) -> None:
    good = print_of(0, "right_thumb", 0)
    named = {"print": good, "truncated": good[: len(good) // 2]}
    before = counts(client)
    answer = client.post(
        "/api/v1/enrolments",
        data=form(**changes),
        files=[(field, ("a.png", named.get(content, content))) for field, content in files],  # type: ignore[call-overload]
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.json()["detail"]) > 10
    assert counts(client) == before


@pytest.mark.parametrize("encounter", ["", "{", "[]", "{}", json.dumps(ENCOUNTER | {"date": "2999-01-01"})])
def test_a_bad_encounter_is_refused(client: TestClient, encounter: str) -> None:
    answer = client.post(
        "/api/v1/enrolments",
        data=form() | {"encounter": encounter},
        files={"right_thumb": print_of(0, "right_thumb", 0)},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/api/v1/records/no-such", "unknown_record"),
        ("GET", "/api/v1/records/00000000-0000-4000-8000-000000000000", "unknown_record"),
        ("GET", "/api/v1/samples/999999", "unknown_sample"),
        ("GET", "/api/v1/samples/999999/image", "unknown_sample"),
        ("GET", "/api/v1/searches/00000000-0000-4000-8000-000000000000", "unknown_search"),
        ("GET", "/api/v1/nowhere", "not_found"),
    ],
)
def test_a_missing_resource_is_404(client: TestClient, method: str, path: str, code: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (404, code)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("identify", {"max_candidates": "0"}),
        ("identify", {"max_candidates": "many"}),
        ("identify", {"target_fpir": "0"}),
        ("identify", {"target_fpir": "nan"}),
        ("identify", {"ppi": "12"}),
        ("verify", {"target_fmr": "2"}),
    ],
)
def test_settings_out_of_range_are_refused(
    client: TestClient, station: dict[int, str], path: str, data: dict[str, str]
) -> None:
    files = {"right_thumb": print_of(0, "right_thumb", 0)}
    record = {"record_id": station[0]} if path == "verify" else {}
    answer = client.post(f"/api/v1/{path}", data=record | data, files=files)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] in ("invalid_field", "invalid_resolution")


def test_a_request_that_sends_too_much_is_cut_off(client: TestClient) -> None:
    heap = [("unknown_finger", ("a.png", bytes(20_000_000))) for _ in range(6)]
    answer = client.post("/api/v1/identify", files=heap)
    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


@pytest.mark.parametrize("day", ["0", "1790000000", "20260115", "2026-1-5", "15.01.2026"])
def test_a_day_is_written_in_one_way(client: TestClient, day: str) -> None:
    """Least of all is a number taken for seconds since 1970."""
    for path in ("/api/v1/records?last_date=", "/api/v1/reports/counts?by=sex&first_date="):
        answer = client.get(f"{path}{day}")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field"), path


def test_the_allow_header_lists_all_methods_of_a_path(client: TestClient) -> None:
    for path, methods in (("/api/v1/records", "GET, POST"), ("/api/v1/records/7", "GET, PATCH")):
        answer = client.delete(path)
        assert (answer.status_code, answer.headers["allow"]) == (405, methods)
        assert answer.json()["code"] == "method_not_allowed"
