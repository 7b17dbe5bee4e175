"""What holds for samples of every modality: who sees them, what is logged and hidden, and how they end."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from calibrations import another_engine
from inputs import ENCOUNTER, WHY, Run, form, palm_of, photo_of, print_of
from made_up_eyes import photo as eye
from made_up_transactions import file as itl_file
from made_up_transactions import text
from officers import Officer, new_key
from pdf_pages import pictures_of
from PIL import Image as Pillow
from server import Server, running
from turns import in_turn

from api.itl.attachments import image_record
from api.modalities import file_fields
from biometrics import itl
from biometrics.kernel.access import Role
from marks.synthetic import mark

V1 = "/api/v1"
ORDER = {"kind": "destroy", "authority": "JMFC Pune", "reference": "7/2026", "date": "2026-02-01"}


def drawn(number: int) -> bytes:
    file = io.BytesIO()
    mark(number).save(file, "PNG")
    return file.getvalue()


def eye_of(number: int) -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(eye(number).pixels).save(file, "PNG")
    return file.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "right_thumb": lambda: print_of(60, "right_thumb", 0),
    "photo": lambda: photo_of(0),
    "mark": lambda: drawn(60),
    "iris_left": lambda: eye_of(720),
    "palm_left_full": lambda: palm_of(1),
}

every_modality = pytest.mark.parametrize("field", FILES)
modalities_in_turn = pytest.mark.parametrize("field", in_turn(FILES))  # what opens stations of its own


def answered(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if "json" in answer.headers["content-type"] else answer.content


def as_role(client: Officer, role: Role, unit: str = "national") -> dict[str, str]:
    return {"Authorization": new_key(client.application.state.services.accounts, role, unit=unit)}


def enrolled(client: Officer, field: str) -> Any:
    data = form(name=f"Owner of a {field}") | {"accept_poor_quality": "generated"}
    return answered(client.post(f"{V1}/enrolments", data=data, files={field: FILES[field]()}), 201)


def found(client: Officer, field: str, file: bytes | None = None) -> Any:
    return answered(client.post(f"{V1}/identify", files={field: file or FILES[field]()}), 201)


def resaved(content: bytes) -> bytes:
    """Return the same image as another file."""
    file = io.BytesIO()
    picture = Pillow.open(io.BytesIO(content))
    picture.save(file, "PNG", dpi=picture.info.get("dpi", (500, 500)), compress_level=1)
    assert file.getvalue() != content
    return file.getvalue()


def said(run: Run, *arguments: object) -> Any:
    """Return the JSON that a command prints."""
    code, output, errors = run(*arguments, "--json")
    assert code == 0, errors
    return json.loads(output)


def enrolled_at(run: Run, tmp_path: Path, field: str) -> tuple[Any, str, str]:
    """Enrol on the command line; return the record, and the option and value of another file of the image."""
    modality, position = file_fields()[field]
    named = f"{position.name.lower()}=" if position is not None and modality.traits.has_ridges else ""
    option = f"--{modality.traits.noun}" if named else f"--{field.replace('_', '-')}"
    for name, content in (("a.png", FILES[field]()), ("b.png", resaved(FILES[field]()))):
        (tmp_path / name).write_bytes(content)
    visit = ("--fir", "1/2026", "--station", "S1", "--district", "D1", "--state", "27", "--officer", "X")
    generated = ("--accept-poor-quality", "generated")
    record = said(run, "enrol", "--name", "Asha", *visit, *generated, option, f"{named}{tmp_path / 'a.png'}")
    return record, option, f"{named}{tmp_path / 'b.png'}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("server")) as server:
        yield server


@every_modality
def test_an_image_is_shown_to_those_with_the_right_and_each_look_is_logged(client: Officer, field: str) -> None:
    record = enrolled(client, field)
    [sample] = record["encounters"][0]["samples"]
    path = f"{V1}/samples/{sample['id']}/image"
    assert answered(client.get(path)) == FILES[field]()
    auditor = as_role(client, Role.AUDITOR)
    answered(client.get(path, headers=auditor), 403)
    answered(client.get(path, headers=as_role(client, Role.STATION_OFFICER, unit="29")), 404)
    entries = answered(client.get(f"{V1}/audit/entries", params={"person": record["id"]}, headers=auditor))["entries"]
    actions = [entry["action"] for entry in entries]
    assert {"record.enrol", "sample.read"} <= set(actions)


@every_modality
def test_the_examiner_of_a_case_is_shown_no_search_with_its_images(client: Officer, field: str) -> None:
    record = enrolled(client, field)
    search = found(client, field)
    assert record["id"] in [each["record"]["id"] for each in search["candidates"]]
    case = answered(client.post(f"{V1}/cases", data={"search_id": search["id"], "record_id": record["id"]}), 201)
    examiner = as_role(client, Role.EXAMINER)
    answered(client.post(f"{V1}/cases/{case['id']}/take", headers=examiner))
    for file in (FILES[field](), resaved(FILES[field]())):
        refused = client.post(f"{V1}/identify", files={field: file}, headers=examiner)
        assert answered(refused, 403)["code"] == "hidden_until_decided"


@every_modality
def test_a_destroyed_sample_is_certified_and_nothing_finds_it(client: Officer, field: str) -> None:
    record = enrolled(client, field)
    encounter = record["encounters"][0]
    [sample] = encounter["samples"]
    for headers in ({}, as_role(client, Role.SUPERVISOR)):
        answered(client.post(f"{V1}/encounters/{encounter['id']}/retention-orders", json=ORDER, headers=headers), 201)
    certificates = {each["content"]["record"]: each for each in answered(client.post(f"{V1}/retention/run"))}
    certified = certificates[record["id"]]["content"]["templates"]
    assert [modality for _, modality, _ in certified] == [sample["modality"]]
    answered(client.get(f"{V1}/samples/{sample['id']}/image"), 404)
    assert record["id"] not in [each["record"]["id"] for each in found(client, field)["candidates"]]


@every_modality
def test_a_search_is_replayed_with_the_same_list(client: Officer, field: str) -> None:
    enrolled(client, field)
    search = found(client, field)
    assert answered(client.post(f"{V1}/searches/{search['id']}/replay"))["same"]


@modalities_in_turn
def test_the_command_line_takes_it_wherever_it_takes_samples(run: Run, tmp_path: Path, field: str) -> None:
    record, option, probe = enrolled_at(run, tmp_path, field)
    search = said(run, "identify", *WHY, option, probe)
    assert [each["record"]["id"] for each in search["candidates"]] == [record["id"]]
    other = (option.replace("--", "--other-"), probe)
    standing = ("standing", "add", "--kind", "wanted", "--case", "1/2026", option, probe)
    if field in {"mark", "palm_left_full"}:  # there is no scale, and so no verdict
        for command in (
            ("verify", record["id"], *WHY, option, probe),
            ("compare", *other, *WHY, option, probe),
            standing,
        ):
            assert run(*command)[2].startswith(("nothing_to_compare", "invalid_field: A standing search reports"))
        return
    verified = said(run, "verify", record["id"], *WHY, option, probe)
    compared = said(run, "compare", *WHY, option, probe, *other)
    assert compared["samples"][0]["score"] == verified["samples"][0]["score"]
    hits = said(run, *standing)["search"]["candidates"]
    assert [each["record"]["id"] for each in hits] == [record["id"]]


@every_modality
def test_an_itl_search_is_answered_with_the_image_that_matched(client: Officer, field: str) -> None:
    [sample] = enrolled(client, field)["encounters"][0]["samples"]
    stored = client.application.state.services.engine.as_system("a test").store.samples.get(sample["id"])
    probe = image_record(stored, FILES[field](), 2, "27519004", date(2026, 1, 15), "")
    photos = {"f96": "Y"} if field == "photo" else {}  # photos of the face come when they are asked for
    request = itl_file("TPIS", text(f79="1", f9="77/2026", **photos), probe)
    headers = {"Content-Type": "application/octet-stream"}
    answer = client.post(f"{V1}/itl/transactions", content=request, headers=headers)
    assert answer.status_code == 200, answer.text
    _, message, *images = itl.parse(answer.content)
    assert [each.get(itl.DATA) for each in images] == [FILES[field]()], message.text(60)


@every_modality
def test_a_receipt_names_what_was_taken_and_shows_a_face_or_a_thumb(client: Officer, field: str) -> None:
    record = enrolled(client, field)
    encounter = record["encounters"][0]
    content = answered(client.get(f"{V1}/records/{record['id']}/encounters/{encounter['id']}/receipt"))
    assert len(pictures_of(content)) == (field in {"photo", "right_thumb"})


@modalities_in_turn
def test_a_restored_station_finds_the_same_people(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    monkeypatch.delenv("PEHCHAN_MASTER_KEY")
    record, option, probe = enrolled_at(run, tmp_path, field)
    before = said(run, "identify", *WHY, option, probe)["candidates"]
    (tmp_path / "vault").mkdir()
    places = (tmp_path / "backup", "--keys", tmp_path / "vault" / "keys")
    code, output, errors = run("backup", *places)
    assert code == 0, output + errors
    monkeypatch.setenv("PEHCHAN_MASTER_KEY_FILE", str(tmp_path / "data" / "master.key"))
    monkeypatch.setenv("PEHCHAN_DATA_FOLDER", str(tmp_path / "restored"))
    code, output, errors = run("restore", *places, "--json")
    assert (code, "own record first in a search" in output) == (0, True), output + errors
    after = said(run, "identify", *WHY, option, probe)["candidates"]
    assert [(each["record"]["id"], each["score"]) for each in after] == [(record["id"], before[0]["score"])]


@modalities_in_turn
def test_people_of_an_earlier_engine_are_found_after_one_command(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    monkeypatch.setenv("PEHCHAN_ALLOW_UNSEARCHABLE", "false")
    record, option, probe = enrolled_at(run, tmp_path, field)
    modality, _ = file_fields()[field]
    another_engine(modality, tmp_path / "scales", monkeypatch)
    assert "model_not_installed" in run("identify", *WHY, option, probe)[2]
    code, output, errors = run("reextract", "run")
    assert code == 0, output + errors
    found = said(run, "identify", *WHY, option, probe)["candidates"]
    assert [each["record"]["id"] for each in found] == [record["id"]]


@modalities_in_turn
def test_a_queue_is_sent_with_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server, field: str
) -> None:
    monkeypatch.setenv("PEHCHAN_SERVER_URL", server.root)
    monkeypatch.setenv("PEHCHAN_SERVER_KEY", server.http.headers["authorization"].removeprefix("Bearer "))
    (tmp_path / "person").mkdir()
    (tmp_path / "person" / f"{field}.png").write_bytes(FILES[field]())
    person = {"record": {"name": f"Queued {field}"}, "encounter": ENCOUNTER}
    (tmp_path / "person" / "person.json").write_text(json.dumps(person))
    said(run, "queue", "add", tmp_path / "person", "--accept-poor-quality", "generated")
    said(run, "queue", "send")
    [found] = server.http.get(f"{server.url}/records", params={"name": f"Queued {field}"}).json()["records"]
    [sample] = server.http.get(f"{server.url}/records/{found['id']}").json()["encounters"][0]["samples"]
    modality, position = file_fields()[field]
    assert (sample["modality"], sample["position"]) == (modality, position)
    image = server.http.get(f"{server.url}/samples/{sample['id']}/image")
    assert image.content == FILES[field]()
