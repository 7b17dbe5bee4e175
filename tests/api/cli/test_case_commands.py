"""Examiners and owners of standing searches at the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_examples import enrol_with, saved
from examiners import GROUNDS
from inputs import WHY, Run, print_of
from made_up_transactions import file, fingerprint, text

from biometrics.imaging.image import decode

FINGERS = ("right_thumb", "left_index")


def ids_in(text: str) -> list[str]:
    return re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", text)


def worked(run: Run, *arguments: object) -> str:
    code, output, errors = run(*arguments)
    assert code == 0, errors
    return output


@pytest.fixture
def duplicate(run: Run, tmp_path: Path) -> str:
    """Enrol somebody twice; the number of the case."""
    enrol_with(run, tmp_path, "Asha", 0, 0, FINGERS)
    output = enrol_with(run, tmp_path, "Usha", 0, 1, FINGERS)
    return re.search(r"case (S1-\d{4}-\d{4})", output)[1]


def test_a_case_is_listed_and_shown_as_far_as_its_work_has_come(
    run: Run, duplicate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "asha")
    assert duplicate in worked(run, "case", "list", "--state", "waiting")
    worked(run, "api", "POST", f"cases/{duplicate}/take")
    worked(run, "api", "POST", f"cases/{duplicate}/comments", "-F", "text=by Friday")
    analysis = ("-F", "of_value=true", "-F", "notes=a loop, clear", "-F", "pattern=LS")
    worked(run, "api", "POST", f"cases/{duplicate}/analyses", *analysis)
    output = " ".join(worked(run, "case", "show", duplicate).split())
    assert "local:asha: by Friday" in output
    assert "LS: a loop, clear" in output
    assert "decibans" not in output
    images = json.loads(worked(run, "api", "GET", f"cases/{duplicate}/images"))
    pair = {f"{image['side']}_image": image["name"] for image in images}
    for name in pair.values():
        worked(run, "api", "GET", f"cases/{duplicate}/images/{name}", "--out", "image.png")
    both = [{"kind": "core", "probe": place, "candidate": [31, 41]} for place in ([30, 40], [50, 60])]
    opinion = {"conclusion": "identification", "notes": "twelve points", "marks": both, **pair}
    opinion |= {"basis": GROUNDS["identification"]}
    fields = [word for name, value in opinion.items() for word in ("-F", f"{name}={_field(value)}")]
    worked(run, "api", "POST", f"cases/{duplicate}/opinions", *fields)
    output = " ".join(worked(run, "case", "show", duplicate).split())
    assert "2 correspondences marked" in output
    assert "2 marks on the probe made or changed after the analysis" in output
    assert f"rests on {pair['probe_image']} and {pair['candidate_image']}" in output
    [shown] = json.loads(worked(run, "case", "list", "--json"))["cases"]
    assert (shown["number"], shown["state"]) == (duplicate, "first_opinion")
    code, _, errors = run("case", "show", "nothing")
    assert (code, "unknown_case" in errors) == (2, True)


def _field(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def test_a_standing_search_notifies_its_owner_of_a_later_enrolment(run: Run, tmp_path: Path) -> None:
    latent = saved(tmp_path, "scene.png", print_of(0, "right_thumb", 1))
    output = worked(run, "standing", "add", "--print", latent, "--case", "7/2026", "--until", "2099-12-31")
    standing = ids_in(worked(run, "standing", "list"))[0]
    assert standing in output
    assert json.loads(worked(run, "api", "GET", "notifications"))["unread"] == 0
    enrol_with(run, tmp_path, "Asha", 0, 0, FINGERS)
    [notice] = json.loads(worked(run, "api", "GET", "notifications", "-F", "unread=true"))["notifications"]
    assert (notice["kind"], notice["standing_number"]) == ("standing_hit", 1)
    assert "standing_hit" in worked(run, "case", "show", notice["case_number"])
    assert "solved" in worked(run, "standing", "withdraw", standing, "--because", "solved")
    assert standing not in worked(run, "standing", "list")
    code, _, errors = run("standing", "withdraw", "nothing", "--because", "x")
    assert (code, "unknown_standing_search" in errors) == (2, True)
    assert "0 enrolments and 0 unsolved latents checked" in worked(run, "case", "check")


def test_a_candidate_of_a_search_is_put_to_examiners_with_the_files_that_were_searched(
    run: Run, tmp_path: Path
) -> None:
    output = enrol_with(run, tmp_path, "Asha", 0, 0, FINGERS)
    record = re.search(r"record ([0-9a-f-]{36})", output)[1]
    latent = saved(tmp_path, "scene.png", print_of(0, "right_thumb", 1))
    other = saved(tmp_path, "other.png", print_of(1, "right_thumb", 1))
    search = re.search(r"search ([0-9a-f-]{36})", worked(run, "identify", *WHY, "--print", latent))[1]
    opened = run("case", "open", search, "--candidate", record, "--print", other)
    assert "was not made with this file" in opened[2]
    assert "not a candidate" in run("case", "open", search, "--candidate", search, "--print", latent)[2]
    assert "latent_hit" in worked(run, "case", "open", search, "--candidate", record)
    assert "conflict" in run("case", "open", search, "--candidate", record, "--print", latent)[2]


def test_a_search_is_found_again_and_hidden_while_its_case_is_in_hand(run: Run, tmp_path: Path) -> None:
    enrol_with(run, tmp_path, "Asha", 0, 0, FINGERS)
    [record] = ids_in(worked(run, "record", "list", "--name", "Asha"))
    content = print_of(0, "right_thumb", 1)
    image = decode(content)
    request = file("TPIS", text(f9="31/2026"), fingerprint(1, 1, content, (image.width, image.height)))
    path = saved(tmp_path, "asked.an2", request)
    worked(run, "itl", "submit", path)
    listed = worked(run, "search", "list", "--case", "31/2026", "--purpose", "investigation")
    [search] = ids_in(listed)
    assert " yes " in listed
    assert not ids_in(worked(run, "search", "list", "--last-date", "2020-01-01"))
    case = ids_in(worked(run, "case", "open", search, "--candidate", record, "--file", path))[0]
    assert not ids_in(worked(run, "case", "list", "--mine"))
    worked(run, "api", "POST", f"cases/{case}/take")
    assert "hidden until your opinion" in worked(run, "search", "list")
    code, _, errors = run("replay", search)
    assert (code, "hidden_until_decided" in errors) == (2, True)


def test_pending_checks_of_unsolved_latents_are_run(run: Run, tmp_path: Path) -> None:
    for impression, fir in ((1, "7/2026"), (2, "8/2026")):
        scene = saved(tmp_path, f"{impression}.png", print_of(0, "right_thumb", impression))
        worked(run, "standing", "add", "--print", scene, "--case", fir)
    assert "0 enrolments and 2 unsolved latents checked" in worked(run, "case", "check")
    [first, second] = json.loads(worked(run, "api", "GET", "unsolved-latents", "-F", "linked=true"))["latents"]
    assert first["links"][0]["other"]["fir_number"] == second["fir_number"]
