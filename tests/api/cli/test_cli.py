"""The command line, run as its users do but inside the test's process."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from inputs import ENCOUNTER, WHY, Run, photo_of, poorer_photo_of, print_of


def saved(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def enrol_arguments(*more: object) -> list[object]:
    return ["enrol", "--fir", "1/2026", "--station", "S1", "--district", "D1", "--state", "27", "--officer", "X", *more]


def test_enrol_identify_verify(run: Run, tmp_path: Path) -> None:
    enrolled = saved(tmp_path, "a.png", print_of(0, "right_thumb", 0))
    probe = saved(tmp_path, "b.png", print_of(0, "right_thumb", 1))
    photo = saved(tmp_path, "photo.png", photo_of(0))
    other = saved(tmp_path, "other.jpg", photo_of(1))
    code, output, _ = run(*enrol_arguments("--name", "Asha", "--print", f"right_thumb={enrolled}", "--photo", photo))
    assert code == 0
    record = re.search(r"record ([0-9a-f-]{36})", output)
    assert record, output
    code, output, _ = run("identify", *WHY, "--print", probe, "--photo", saved(tmp_path, "c.jpg", poorer_photo_of(0)))
    assert code == 0
    assert re.search(r"1 .*Asha.*above threshold", output), output
    assert run("verify", record[1], *WHY, "--print", f"1={probe}")[0] == 0
    code, output, _ = run("verify", record[1], *WHY, "--photo", other)
    assert (code, "NO MATCH" in output) == (3, True)
    assert json.loads(run("verify", record[1], *WHY, "--photo", other, "--json")[1])["match"] is False
    assert json.loads(run("identify", *WHY, "--print", probe, "--json")[1])["candidates"][0]["rank"] == 1
    second = run(*enrol_arguments("--name", "Usha", "--photo", other))[1]
    both = (record[1], re.findall(r"record ([0-9a-f-]{36})", second)[0])
    code, output, _ = run("verify", *both, *WHY, "--print", f"1={probe}")
    assert (code, "MATCH" in output, "not compared" in output) == (0, True, True)
    sets = ("--print", f"1={enrolled}", "--other-print", f"1={probe}")
    compared = json.loads(run("compare", *WHY, *sets, "--json")[1])
    assert [(each["sample"], each["other"]) for each in compared["samples"]] == [
        ("right thumb (a.png)", "right thumb (b.png)")
    ]


def test_a_search_is_replayed_until_what_it_found_is_removed(run: Run, tmp_path: Path) -> None:
    enrolled = saved(tmp_path, "a.png", print_of(0, "right_thumb", 0))
    probe = saved(tmp_path, "b.png", print_of(0, "right_thumb", 1))
    assert run(*enrol_arguments("--name", "Asha", "--print", f"right_thumb={enrolled}"))[0] == 0
    code, output, _ = run("identify", *WHY, "--print", probe, "--investigation")
    assert (code, "without a threshold" in output) == (0, True)
    search = re.search(r"search ([0-9a-f-]{36})", output)
    assert search, output
    code, output, _ = run("search", "show", search[1])
    assert (code, "Asha" in output, search[1] in output) == (0, True, True)
    shown = json.loads(run("search", "show", search[1], "--json")[1])
    assert (shown["id"], shown["candidates"][0]["record"]["name"]) == (search[1], "Asha")
    assert [search["id"] for search in json.loads(run("search", "list", "--json")[1])["searches"]] == [search[1]]
    code, output, _ = run("replay", search[1])
    assert (code, "The list is the same." in output) == (0, True)
    assert json.loads(run("replay", search[1], "--json")[1])["same"] is True
    code, _, errors = run("replay", "11111111-1111-4111-8111-111111111111")
    assert (code, "unknown_search" in errors) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--name", "A"], "no_samples"),
        (["--name", "A", "--print", "right_thumb=absent.png"], "invalid_field"),
        (["--name", "A", "--print", "sixth=good.png"], "invalid_field"),
        (["--name", "A", "--print", "1=good.png", "--ppi", "3"], "invalid_resolution"),
        (["--name", "A", "--print", "1=empty.png"], "empty_image"),
        (["--name", "", "--print", "1=good.png"], "invalid_field"),
        (["--name", "A", "--print", "1=good.png", "--date", "yesterday"], "invalid_field"),
        (["--name", "A", "--print", "1=good.png", "--section", "302"], "invalid_field"),
        (["--record", "none", "--print", "1=good.png"], "unknown_record"),
    ],
)
def test_bad_input_ends_with_a_code_and_a_sentence(run: Run, tmp_path: Path, arguments: list[str], code: str) -> None:
    saved(tmp_path, "good.png", print_of(0, "right_thumb", 0))
    saved(tmp_path, "empty.png", b"")
    status, output, errors = run(*enrol_arguments(*arguments))
    assert (status, output) == (2, "")
    assert errors.startswith(f"{code}: ")
    assert "Traceback" not in errors


def test_models_are_listed_and_verified(run: Run) -> None:
    code, output, _ = run("models", "list")
    assert code == 0
    assert all(name in output for name in ("leader", "yunet", "sface", "MIT", "Apache-2.0"))
    code, output, _ = run("models", "verify")
    assert (code, output.count(": ok,")) == (0, 9)


def write_manifest(folder: Path) -> Path:
    """Two people, the second with two samples, and one with an image that is none."""
    person = ["2700000001", "Asha", "1/2026", "S1", "D1", "27", "2026-01-15", "X"]
    rows = [
        [*person, "right_thumb", saved(folder, "a.png", print_of(0, "right_thumb", 0)).name],
        ["2700000002", "Ravi", *person[2:], "left_index", saved(folder, "b.png", print_of(1, "left_index", 0)).name],
        ["2700000002", "Ravi", *person[2:], "photo", saved(folder, "c.png", photo_of(0)).name],
        ["2700000003", "Mina", *person[2:], "photo", saved(folder, "d.png", b"no image").name],
    ]
    header = "national_number,name,fir_number,station_code,district_code,state_code,date,officer,finger,file"
    path = folder / "people.csv"
    with path.open("w", newline="") as file:
        file.write(header + "\n")
        csv.writer(file).writerows(rows)
    return path


def test_import_of_a_manifest_reports_what_it_refused_and_resumes(run: Run, tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path)
    code, output, _ = run("import", manifest, "--rejects", "refused.csv")
    assert (code, output) == (2, "2 enrolled, 0 already there, 1 refused\n")
    assert (tmp_path / "refused.csv").read_text().splitlines()[1].startswith("line 5,unsupported_image,")
    saved(tmp_path, "d.png", photo_of(1))
    assert run("import", manifest)[:2] == (0, "1 enrolled, 2 already there, 0 refused\n")
    assert re.search(r"1 .*2700000002", run("identify", *WHY, "--photo", tmp_path / "c.png")[1])


def test_import_of_folders_adds_encounters_to_known_people(run: Run, tmp_path: Path) -> None:
    for fir, finger in (("1/2026", "1.png"), ("2/2026", "left_ring-second.png")):
        folder = tmp_path / "people" / fir.replace("/", "-")
        saved(folder, finger, print_of(0, "right_thumb", 0))
        described = {
            "record": {"name": "Asha", "national_number": "2700000001"},
            "encounter": ENCOUNTER | {"fir_number": fir},
        }
        (folder / "person.json").write_text(json.dumps(described))
    assert run("import", tmp_path / "people")[:2] == (0, "2 enrolled, 0 already there, 0 refused\n")
    output = run("identify", *WHY, "--print", f"right_thumb={tmp_path / 'people' / '1-2026' / '1.png'}")[1]
    assert re.search(r"1 .*2700000001.*1/2026, 2/2026", output), output


@pytest.mark.parametrize("content", [b"", b"name,file\n", b"\xff\xfe\x00"])
def test_import_of_something_else_is_refused(run: Run, tmp_path: Path, content: bytes) -> None:
    code, _, errors = run("import", saved(tmp_path, "people.csv", content))
    assert code == 2
    assert errors.startswith("invalid_field: ")
