"""Latents over HTTP: read, suggested on, written as files, searched with, kept searching with."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import print_of
from officers import WHY
from PIL import Image as Pillow

from biometrics import itl
from biometrics.matching.latent_scale import LatentScale
from biometrics.use_cases.engine.engine import Engine
from fingerprint.itl import ridge_images
from fingerprint.latents.marked import MarkedPrint, read_json
from fingerprint.latents.network import latent_network
from fingerprint.latents.type9 import marked_prints
from fingerprint.modality import FINGERPRINT
from models.trained import manifest

V1 = "/api/v1"
LATENT = print_of(1, "left_index", 1)  # of station[1]


@pytest.fixture(scope="module")
def marks(client: TestClient) -> dict[str, Any]:
    """What the program sees in the latent, on whole pixels and even degrees, as an examiner's file."""
    seen = client.post(f"{V1}/latents/minutiae", data={"ppi": 500}, files={"image": LATENT}).json()
    marked = [
        minutia
        | {"x": round(minutia["x"]), "y": round(minutia["y"]), "direction": 2 * round(minutia["direction"] / 2) % 360}
        | {"quality": max(1, minutia["quality"])}
        for minutia in seen["minutiae"]
    ]
    own = {"format": "pehchan-minutiae", "version": 1, "width": seen["width"], "height": seen["height"], "ppi": 500}
    return own | {"minutiae": marked}


def file_of(marks: dict[str, Any]) -> bytes:
    return json.dumps(marks).encode()


def of(content: bytes) -> MarkedPrint:
    [result] = marked_prints(itl.parse(content))
    return result


def test_minutiae_are_suggested_where_the_region_lets_them(client: TestClient, marks: dict[str, Any]) -> None:
    assert len(marks["minutiae"]) > 20
    assert {minutia["type"] for minutia in marks["minutiae"]} == {"ending", "bifurcation"}
    right = marks["width"] // 2
    region = [[right, 0], [marks["width"], 0], [marks["width"], marks["height"]], [right, marks["height"]]]
    sent = {"ppi": 500, "region": json.dumps(region)}
    shown = client.post(f"{V1}/latents/minutiae", data=sent, files={"image": LATENT}).json()
    assert shown["network"] == latent_network().digest
    half = shown["minutiae"]
    assert 4 <= len(half) < len(marks["minutiae"])
    assert all(item["x"] >= right for item in half)


def test_layers_of_a_latent_are_shown(client: TestClient) -> None:
    shown = client.post(f"{V1}/latents/layers", data={"ppi": 500}, files={"image": LATENT}).json()
    assert shown["network"] == manifest()["clarity"].sha256
    rows, columns = len(shown["clarity"]), len(shown["clarity"][0])
    assert (rows, columns) == (shown["height"] // shown["side"], shown["width"] // shown["side"])
    assert {level for row in shown["clarity"] for level in row} <= set(range(5))
    assert max(x for x, _ in shown["region"]) - min(x for x, _ in shown["region"]) > shown["width"] / 3
    drawn = Pillow.open(io.BytesIO(base64.b64decode(shown["ridges"])))
    assert drawn.size == (shown["width"], shown["height"])


@pytest.mark.parametrize("region", ["[[1, 2]]", "[[1, 2], [3, 4], [NaN, 5]]", "[1, 2, 3]", "{", '{"x": 1}', "[" * 9999])
def test_an_invalid_region_is_refused(client: TestClient, region: str) -> None:
    answer = client.post(f"{V1}/latents/minutiae", data={"region": region}, files={"image": LATENT})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")


def test_a_latent_is_written_as_a_file_and_read_back(client: TestClient, marks: dict[str, Any]) -> None:
    region = [[20, 30], [300, 30], [300, 330], [20, 330]]
    marked = file_of(marks | {"region": region, "position": 7})
    files = {"marked": marked, "image": LATENT}
    answer = client.post(f"{V1}/latents/files", data={"case_number": "7/2026"}, files=files)
    assert answer.headers["content-type"] == "application/octet-stream"
    records = itl.parse(answer.content)
    assert [record.type for record in records] == [1, 2, 13, 9]
    assert (records[0].text(4), records[1].text(10)) == ("LFFS", "7/2026")
    read, sent = of(answer.content), read_json(marked)
    assert ridge_images(records)[0].content == LATENT
    assert [(minutia.x, minutia.y, minutia.type) for minutia in read.minutiae] == [
        (minutia.x, minutia.y, minutia.type) for minutia in sent.minutiae
    ]
    assert [minutia.direction for minutia in read.minutiae] == pytest.approx(
        [minutia.direction for minutia in sent.minutiae]
    )
    assert [minutia.quality for minutia in read.minutiae] == [minutia.quality for minutia in sent.minutiae]
    assert (read.width, read.height, read.ppi, read.position) == (sent.width, sent.height, sent.ppi, sent.position)
    assert read.region
    assert [list(corner) for corner in read.region] == [pytest.approx(corner, abs=0.1) for corner in region]
    body = client.post(f"{V1}/latents/readings", files={"file": answer.content}).json()
    assert base64.b64decode(body["original"]) == LATENT
    assert base64.b64decode(body["rendering"]).startswith(b"\x89PNG")
    assert body["minutiae"] == [
        minutia
        | {"x": float(minutia["x"]), "y": float(minutia["y"]), "placed_by": None}  # a Type-9 record has no field
        for minutia in marks["minutiae"]
    ]
    assert (body["position"], body["ppi"]) == (7, 500.0)


def test_a_search_states_who_placed_the_minutiae(
    client: TestClient, station: dict[int, str], marks: dict[str, Any]
) -> None:
    suggested = marks["minutiae"]
    own = [minutia | {"placed_by": "examiner"} for minutia in suggested[:2]]
    unknown = [{name: value for name, value in suggested[2].items() if name != "placed_by"}]
    files = {"marked": file_of(marks | {"minutiae": own + unknown + suggested[3:]}), "image": LATENT}
    search = client.post(f"{V1}/identify/latent", data=WHY, files=files).json()
    placed = {probe["label"]: probe["placed"] for probe in client.get(f"{V1}/searches/{search['id']}").json()["probes"]}
    counts = {"examiner": 2, "software": len(suggested) - 3, "not_stated": 1}
    assert {name: counts if "marked" in name else None for name in placed} == placed
    assert counts in placed.values()
    wrong = marks | {"minutiae": [*suggested, suggested[0] | {"placed_by": "nobody"}]}
    refused = client.post(f"{V1}/identify/latent", data=WHY, files={"marked": file_of(wrong)})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_field")


def probe_names(client: TestClient, search_id: str) -> list[str]:
    engine = cast(Engine, cast(FastAPI, client.app).state.services.engine).as_system("a test")
    return [search_probe.probe.label for search_probe in engine.store.searches.probes_of([search_id])[search_id]]


def test_a_search_with_the_suggested_region_as_well_is_replayed_alike(
    client: TestClient, station: dict[int, str], marks: dict[str, Any]
) -> None:
    more = WHY | {"with_suggested_region": "true"}
    search = client.post(f"{V1}/identify/latent", data=more, files={"image": LATENT}).json()
    names = probe_names(client, search["id"])
    assert len(names) == 6  # as a finger, by the image and by the region, and as a palm, each both ways
    assert sum(", suggested region" in name for name in names) == 2
    assert search["candidates"][0]["record"]["id"] == station[1]
    replayed = client.post(f"{V1}/searches/{search['id']}/replay").json()
    assert (replayed["same"], replayed["candidates"][0]["record"]["id"]) == (True, station[1])
    drawn = file_of(marks | {"region": [[20, 20], [280, 20], [280, 380], [20, 380]]})
    by_region = client.post(f"{V1}/identify/latent", data=more, files={"image": LATENT, "marked": drawn}).json()
    assert not any("suggested" in name for name in probe_names(client, by_region["id"]))


@pytest.mark.parametrize("sent", ["image", "marked"])
def test_a_search_with_a_latent_is_replayed_alike(
    client: TestClient, station: dict[int, str], marks: dict[str, Any], sent: str
) -> None:
    file = LATENT if sent == "image" else file_of(marks)
    search = client.post(f"{V1}/identify/latent", data=WHY, files={sent: file}).json()
    replayed = client.post(f"{V1}/searches/{search['id']}/replay")
    assert replayed.status_code == 200, replayed.text
    assert replayed.json()["same"] is True
    assert replayed.json()["candidates"][0]["record"]["id"] == station[1]


def searched_with(client: TestClient, marks: dict[str, Any], count: int) -> dict[str, Any]:
    file = file_of(marks | {"minutiae": marks["minutiae"][:count]})
    search = client.post(f"{V1}/identify/latent", data=WHY, files={"marked": file}).json()
    assert client.post(f"{V1}/searches/{search['id']}/replay").json()["same"] is True
    assert client.get(f"{V1}/searches/{search['id']}").json()["candidates"] == search["candidates"]
    return cast(dict[str, Any], search)


def test_a_latent_says_how_rare_its_score_is_and_gives_no_verdict(
    client: TestClient, station: dict[int, str], marks: dict[str, Any]
) -> None:
    search = searched_with(client, marks, 24)
    mate, stranger, *_ = search["candidates"]
    assert mate["record"]["id"] == station[1]
    assert search["identity"]["fingerprint"]["latent_scale"] in latent_scales(client)
    assert mate["score"]["decibans"] > 20.0 > stranger["score"]["decibans"]
    assert mate["score"]["seen"]["reached"] == 0 < stranger["score"]["seen"]["reached"]
    assert mate["in_this_search"]["people"] == search["gallery_size"]
    assert (mate["decision_hint"], mate["above_threshold"], mate["lead"], mate["score"]["ratio"]) == (
        "inspect",
        None,
        None,
        None,
    )


def latent_scales(client: TestClient) -> Mapping[str, LatentScale]:
    engine = cast(Engine, cast(FastAPI, client.app).state.services.engine)
    return engine.channels[FINGERPRINT].latents


def test_an_invalid_latent_is_refused(client: TestClient, marks: dict[str, Any]) -> None:
    other = file_of(marks | {"width": 9})
    for files, status, code in (
        ({}, 422, "invalid_field"),
        ({"marked": b"{}"}, 422, "invalid_field"),
        ({"marked": other, "image": LATENT}, 422, "invalid_field"),
        ({"image": b"text"}, 415, "unsupported_image"),
        ({"marked": file_of(marks | {"minutiae": marks["minutiae"][:3]})}, 422, "too_few_minutiae"),
    ):
        answer = client.post(f"{V1}/identify/latent", data=WHY, files=files)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    few = {"marked": file_of(marks | {"minutiae": marks["minutiae"][:3]}), "image": LATENT}
    searched = client.post(f"{V1}/identify/latent", data=WHY | {"position": 0}, files=few)
    assert (searched.status_code, len(searched.json()["left_out"])) == (201, 1)
    answer = client.post(f"{V1}/identify/latent", data={"purpose": "", "case_number": ""}, files={"image": LATENT})
    assert (answer.status_code, answer.json()["code"]) == (422, "purpose_missing")
    only = client.post(f"{V1}/latents/files", data={"case_number": "1"}, files={"image": LATENT})
    assert (only.status_code, only.json()["code"]) == (422, "invalid_field")


def test_a_latent_is_searched_for_from_now_on(client: TestClient, marks: dict[str, Any]) -> None:
    files = {"marked": file_of(marks), "unknown_finger": LATENT}
    created = client.post(f"{V1}/standing-searches", data={"case_number": "8/2026", "kind": "latent"}, files=files)
    assert created.status_code == 201, created.text
    assert created.json()["standing"]["kind"] == "latent"
    named = client.post(
        f"{V1}/standing-searches",
        data={"case_number": "8/2026"},
        files={"marked": file_of(marks), "right_thumb": LATENT},
    )
    assert (named.status_code, named.json()["code"]) == (422, "invalid_field")


def test_an_upside_down_latent_is_found_and_its_marks_keep_their_places(
    client: TestClient, station: dict[int, str]
) -> None:
    upright = client.post(f"{V1}/latents/minutiae", data={"ppi": 500}, files={"image": LATENT}).json()
    picture = Pillow.open(io.BytesIO(LATENT)).rotate(180)
    file = io.BytesIO()
    picture.save(file, "PNG")
    headless = {"image": ("scene.png", file.getvalue())}
    search = client.post(f"{V1}/identify/latent", data=WHY, files=headless).json()
    first = search["candidates"][0]
    assert first["record"]["id"] == station[1]
    [sample] = first["samples"]
    assert sample["probe"] == "unknown finger (scene.png, upside down)"
    request = {"sample_id": sample["sample_id"]}
    chart = client.post(f"{V1}/searches/{search['id']}/comparisons", data=request, files=headless).json()
    seen = {
        (round(upright["width"] - minutia["x"]), round(upright["height"] - minutia["y"]))
        for minutia in upright["minutiae"]
    }
    marks = [(mark["x"], mark["y"]) for mark in chart["probe"]["marks"]]
    near = [min(abs(x - u) + abs(y - v) for u, v in seen) <= 2 for x, y in marks]
    assert sum(near) > 0.9 * len(marks)
    assert len(chart["pairs"]) > 10
    a, b, c, d, e, f = chart["frame"]["probe"]
    for mine, theirs in chart["pairs"][:10]:
        (x, y), mate = marks[mine], chart["candidate"]["marks"][theirs]
        assert abs(a * x + c * y + e - mate["x"]) + abs(b * x + d * y + f - mate["y"]) < 40
