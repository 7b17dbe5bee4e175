"""`pehchan api` sends any request to this station; tests/api/test_client.py sends one to a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_examples import enrol_with
from inputs import Run, print_of


def test_fields_are_the_query_of_a_get_and_the_json_of_a_post(run: Run) -> None:
    created = ("api", "POST", "records", "-F", "name=Asha", "-F", 'aliases=["Usha"]', "-F", "birth_year=1990")
    assert "state_code" in run(*created, "-F", "state_code=27")[2]  # a number
    code, output, errors = run(*created, "-f", "state_code=27")
    assert code == 0, errors
    record = json.loads(output)
    assert (record["name"], record["aliases"], record["birth_year"]) == ("Asha", ["Usha"], 1990)
    for path in ("records?name=Usha", "/records?name=Usha", "/api/v1/records?name=Usha"):
        listed = json.loads(run("api", "get", path, "-F", "limit=5")[1])
        assert [found["id"] for found in listed["records"]] == [record["id"]]
    report = run("api", "GET", "reports/counts", "-F", "by=station", "-F", "by=sex", "-F", "format=csv")[1]
    assert report.splitlines()[0].startswith("station,sex,")


def test_a_file_makes_a_form_and_a_version_guards_a_change(run: Run, tmp_path: Path) -> None:
    created = ("api", "POST", "records", "-f", "name=Lata", "-f", "state_code=27", "--idempotency-key", "once")
    record, again = (json.loads(run(*created)[1]) for _ in range(2))
    assert again["id"] == record["id"]
    (tmp_path / "change.json").write_text('{"name": "Usha"}')
    change = ("api", "PATCH", f"records/{record['id']}", "--input", "change.json", "--version")
    assert run(*change, 7)[2].startswith("version_mismatch: ")
    assert json.loads(run(*change, record["version"])[1])["name"] == "Usha"
    enrol_with(run, tmp_path, "Asha", 0, 0, ("right_thumb",))
    (tmp_path / "probe.png").write_bytes(print_of(0, "right_thumb", 1))
    search = ("api", "POST", "identify", "-F", "purpose=investigation", "-F", "case_number=0123/2026")
    code, output, errors = run(*search, "-F", "right_thumb=@probe.png")
    assert code == 0, errors
    assert json.loads(output)["candidates"][0]["record"]["name"] == "Asha"


def test_a_response_that_is_no_json_goes_to_a_file_as_it_is(run: Run, tmp_path: Path) -> None:
    enrol_with(run, tmp_path, "Asha", 0, 0, ("right_thumb",))
    [record] = json.loads(run("api", "GET", "records")[1])["records"]
    shown = json.loads(run("record", "show", record["id"], "--json")[1])
    sample = shown["encounters"][0]["samples"][0]["id"]
    assert run("api", "GET", f"samples/{sample}/image", "--out", "image.png")[0] == 0
    assert (tmp_path / "image.png").read_bytes() == print_of(0, "right_thumb", 0)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("GET", "cases/nothing"), "unknown_case"),
        (("GET", "nowhere"), "not_found"),
        (("POST", "health"), "invalid_input"),
        (("POST", "records", "-F", "name"), "invalid_field"),
        (("POST", "records", "-F", "name=A", "--input", "x.json"), "invalid_field"),
        (("GET", "tasks/nothing"), "invalid_field"),  # only a running server has tasks
    ],
)
def test_a_refusal_is_the_error_of_the_api(run: Run, arguments: tuple[str, ...], code: str) -> None:
    exit_code, output, errors = run("api", *arguments)
    assert (exit_code, output, errors.split(":")[0]) == (2, "", code), errors
