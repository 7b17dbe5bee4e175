"""Units and searches on the command line."""

from __future__ import annotations

from inputs import Run


def test_units_are_added_and_listed(run: Run) -> None:
    assert run("unit", "add", "27/519", "--name", "Mumbai", "--telephone", "+91 22 2222 2222")[0] == 0
    assert run("unit", "add", "27", "--name", "SCRB Maharashtra")[1] == "27: SCRB Maharashtra, state bureau\n"
    code, listed, _ = run("unit", "list", "--below", "27/519")
    assert code == 0
    assert "Mumbai" in listed
    assert "+91 22 2222 2222" in listed
    assert "SCRB" not in listed
    code, _, error = run("unit", "add", "27//1", "--name", "Nowhere")
    assert code == 2
    assert "invalid_field" in error


def test_a_search_without_purpose_or_case_is_refused(run: Run) -> None:
    """The command line asks for both before it reads anything."""
    for missing in (["--case", "1/2026"], ["--purpose", "investigation"], ["--purpose", "curiosity", "--case", "1"]):
        assert run("identify", "--print", "there-is-none.png", *missing)[0] == 2
