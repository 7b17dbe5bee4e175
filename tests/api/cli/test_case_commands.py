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


def test_a_duplicate_is_decided_by_two_examiners(
    run: Run, duplicate: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert duplicate in worked(run, "case", "list", "--state", "waiting")
    for examiner in ("asha", "ravi"):
        monkeypatch.setenv("LOGNAME", examiner)
        assert "decibans" not in worked(run, "case", "take", duplicate)
        commented = worked(run, "case", "comment", duplicate, "by Friday").split()
        assert f"local:{examiner}: by Friday" in " ".join(commented)
        seen = worked(run, "case", "images", duplicate, "--to", tmp_path / examiner)
        assert len(seen.splitlines()) == 2
        probe = Path(seen.splitlines()[-1]).stem.removeprefix("probe-")
        file, analyse = tmp_path / "marks.json", ("case", "analyse", duplicate, "--value", "--notes", "a loop, clear")
        file.write_text("[", encoding="utf-8")
        assert "is not JSON" in run(*analyse, "--marks", file)[2]
        file.write_text(json.dumps([{"image": probe, "kind": "core", "place": [30, 40]}]), encoding="utf-8")
        assert "LS: a loop, clear (1 features marked)" in worked(run, *analyse, "--pattern", "LS", "--marks", file)
        seen = worked(run, "case", "images", duplicate, "--to", tmp_path / examiner)
        assert len(seen.splitlines()) == 4
        files = [Path(line).stem.partition("-")[::2] for line in seen.splitlines()]
        pair = [word for side, name in dict(files).items() for word in (f"--{side}", name)]
        decide = ("case", "decide", duplicate, "identification", "--notes", "twelve points")
        assert "Name the pair" in run(*decide)[2]
        assert "pair_not_opened" in run(*decide, "--probe", pair[3], "--candidate", pair[1])[2]
        both = [{"kind": "core", "probe": place, "candidate": [31, 41]} for place in ([30, 40], [50, 60])]
        file.write_text(json.dumps(both), encoding="utf-8")
        work = json.loads(worked(run, "case", "marks", duplicate))
        assert (work["version"], work["pairs"]) == (0, [])
        kept = tmp_path / "work.json"
        kept.write_text(json.dumps(work | {"pairs": [{"probe_image": probe, "marks": both}]}), encoding="utf-8")
        assert json.loads(worked(run, "case", "marks", duplicate, "--store", kept))["version"] > 0
        assert "marks_changed" in run("case", "marks", duplicate, "--store", kept)[2]
        grounds = tmp_path / "grounds.json"
        grounds.write_text(json.dumps(GROUNDS["identification"]), encoding="utf-8")
        assert "basis_missing" in run(*decide, *pair, "--marks", file)[2]
        output = worked(run, *decide, *pair, "--marks", file, "--basis", grounds)
        said = " ".join(output.split())
        assert "2 correspondences marked" in said
        assert "1 marks on the probe made or changed after the analysis" in said
        assert "decibans" in output
        assert f"rests on {pair[1]} and {pair[3]}" in output
    assert "closed" in output
    shown = json.loads(worked(run, "case", "show", duplicate, "--json"))
    assert (shown["number"], shown["outcome"]) == (duplicate, "identification")
    assert [case["number"] for case in json.loads(worked(run, "case", "list", "--json"))["cases"]] == [duplicate]
    assert f"Case {duplicate}" in worked(run, "case", "show", ids_in(output)[0])
    assert sorted(path.suffix for path in (tmp_path / "ravi").iterdir()) == [".png"] * 4
    assert duplicate in worked(run, "case", "list", "--state", "closed")
    report = tmp_path / "report.pdf"
    assert str(report) in worked(run, "case", "report", duplicate, "--out", report)
    assert report.read_bytes().startswith(b"%PDF")
    assert "no language fr" in run("case", "report", duplicate, "--out", report, "--language", "fr")[2]
    assert "cannot be written" in run("case", "report", duplicate, "--out", tmp_path / "absent" / "report.pdf")[2]


def test_a_step_too_early_or_by_the_wrong_person_is_refused_with_a_code(
    run: Run, duplicate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked(run, "case", "take", duplicate)
    for arguments, sentence in (
        (("case", "decide", duplicate, "exclusion", "--notes", "x"), "wrong_step"),
        (("case", "take", duplicate), "case_taken"),
        (("case", "assign", duplicate, "nobody"), "unknown_account"),
        (("case", "report", duplicate, "--out", "report.pdf"), "wrong_step"),
        (("case", "show", "nothing"), "unknown_case"),
        (("standing", "withdraw", "nothing", "--because", "x"), "unknown_standing_search"),
        (("notifications", "--read", "99"), "unknown_notification"),
    ):
        code, _, errors = run(*arguments)
        assert (code, sentence in errors) == (2, True), errors
    monkeypatch.setenv("LOGNAME", "ravi")
    assert "case_taken" in run("case", "analyse", duplicate, "--value", "--notes", "x")[2]
    worked(run, "case", "withdraw", duplicate, "--because", "sent twice")
    assert "withdrawn" in worked(run, "case", "show", duplicate)


def test_a_standing_search_notifies_its_owner_of_a_later_enrolment(run: Run, tmp_path: Path) -> None:
    latent = saved(tmp_path, "scene.png", print_of(0, "right_thumb", 1))
    output = worked(run, "standing", "add", "--print", latent, "--case", "7/2026", "--until", "2099-12-31")
    standing = ids_in(worked(run, "standing", "list"))[0]
    assert standing in output
    assert "0 not read" in worked(run, "notifications")
    enrol_with(run, tmp_path, "Asha", 0, 0, FINGERS)
    output = worked(run, "notifications", "--unread")
    assert "standing_hit" in output
    case = re.findall(r"[A-Z0-9]+-\d{4}-\d{4}", output)[0]
    assert "standing_hit" in worked(run, "case", "show", case)
    [notice] = json.loads(worked(run, "notifications", "--json"))["notifications"]
    assert (notice["case_number"], notice["standing_number"]) == (case, 1)
    assert "0 not read" in worked(run, "notifications", "--read", "1")
    assert "solved" in worked(run, "standing", "withdraw", standing, "--because", "solved")
    assert standing not in worked(run, "standing", "list")
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
    worked(run, "case", "take", case)
    assert "hidden until your opinion" in worked(run, "search", "list")
    code, _, errors = run("replay", search)
    assert (code, "hidden_until_decided" in errors) == (2, True)


def test_unsolved_latents_are_linked_and_put_to_examiners(run: Run, tmp_path: Path) -> None:
    for impression, fir in ((1, "7/2026"), (2, "8/2026")):
        scene = saved(tmp_path, f"{impression}.png", print_of(0, "right_thumb", impression))
        worked(run, "standing", "add", "--print", scene, "--case", fir)
    assert "0 enrolments and 2 unsolved latents checked" in worked(run, "case", "check")
    [first, second] = json.loads(worked(run, "unsolved", "list", "--linked", "--json"))["latents"]
    standing, link = first["standing"]["id"], first["links"][0]
    assert (link["other"]["fir_number"], link["decibans"]) == (second["fir_number"], None)
    [shown] = json.loads(worked(run, "unsolved", "show", standing, "--json"))["links"]
    assert shown["decibans"] > 0
    assert re.search(r"Case [A-Z0-9]+-\d{4}-\d{4} is open", worked(run, "unsolved", "case", standing, link["id"]))
    assert "latent_link" in worked(run, "case", "list")
    assert json.loads(worked(run, "unsolved", "offences", "--json"))["offences"] == []
