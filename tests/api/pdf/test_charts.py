"""A charted comparison on paper: what it tells when, the same every time, and in which letters."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import cv2
import pytest
from examiners import caller, enrolled, enrolled_twice
from fastapi.testclient import TestClient
from inputs import print_of
from pdf_text import text_of
from PIL import Image as Pillow
from stated import BOUND, decibans_of_text

from api.pdf.fonts import FOLDER
from api.pdf.paper import Paper
from biometrics.imaging.image import decode
from biometrics.kernel.access import Role
from fingerprint.latents.stretching import stretched_pixels

MOMENT = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.debian_packages
def test_a_chart_states_what_may_be_known_and_is_the_same_every_time(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in the reader's language where there are letters for it."""
    case = enrolled_twice(client, 172)
    examiner, stranger = caller(client), caller(client)
    examiner("POST", f"/cases/{case}/take")
    probe = examiner("GET", f"/cases/{case}/images").json()[0]["name"]
    notes = {"of_value": True, "notes": "An ulnar loop."}
    examiner("POST", f"/cases/{case}/analyses", json=notes)
    images = examiner("GET", f"/cases/{case}/images").json()
    candidate = next(image["name"] for image in images if image["side"] == "candidate")
    path = f"/cases/{case}/comparisons/{probe}/{candidate}/chart"
    assert stranger("GET", path).json()["code"] == "wrong_step"
    answer = examiner("GET", path)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content == examiner("GET", path).content
    text = text_of(answer.content)
    digests = [
        sha256(examiner("GET", f"/cases/{case}/images/{name}").content).hexdigest() for name in (probe, candidate)
    ]
    number = examiner("GET", f"/cases/{case}").json()["number"]
    for message in (number, "Anulnarloop.", "Noopinioncanbeshownnow", "Enlarged", *digests):
        assert message in text
    assert "decibans" not in text
    decision = {"conclusion": "exclusion", "notes": "The deltas differ."}
    examiner("POST", f"/cases/{case}/opinions", json=decision)
    after = text_of(examiner("GET", path).content)
    for message in (
        "supportthatbothareofthesameperson.",
        "place1ofitslist",
        "Firstexaminer:Exclusion",
        "Thedeltasdiffer.",
        "OutcomeExclusion",
    ):
        assert message in after
    assert max(decibans_of_text(after), default=0.0) <= BOUND
    hindi = examiner("GET", path, more={"Accept-Language": "hi-IN"})
    assert hindi.content == examiner("GET", path, more={"Accept-Language": "hi"}).content
    for message in ("मामला", "पहलापरीक्षक", "Thedeltasdiffer."):
        assert message in text_of(hindi.content)
    monkeypatch.setattr("api.pdf.chart.writes_devanagari", lambda _: False)
    assert text_of(examiner("GET", path, more={"Accept-Language": "hi"}).content) == after


@pytest.mark.slow
def test_a_chart_says_how_a_latent_was_stretched(client: TestClient) -> None:
    officer, examiner = caller(client, Role.STATION_OFFICER), caller(client)
    record = enrolled(client, 173, 0)
    pixels = stretched_pixels(decode(print_of(173, "right_thumb", 1)).grey(), 1.5625)
    latent = ("scene.png", cv2.imencode(".png", pixels)[1].tobytes())
    why = {"purpose": "investigation", "case_number": "8/2026"}
    search = officer("POST", "/identify/latent", data=why, files={"image": latent}).json()["id"]
    fields = {"search_id": search, "record_id": record}
    opened = officer("POST", "/cases", data=fields, files={"unknown_finger": latent})
    assert opened.status_code == 201, opened.text
    case = opened.json()["id"]
    examiner("POST", f"/cases/{case}/take")
    examiner("POST", f"/cases/{case}/analyses", json={"of_value": True, "notes": "A whorl."})
    images = examiner("GET", f"/cases/{case}/images").json()
    probe, candidate = (
        next(image["name"] for image in images if image["side"] == side) for side in ("probe", "candidate")
    )
    text = text_of(examiner("GET", f"/cases/{case}/comparisons/{probe}/{candidate}/chart").content)
    assert "thelatentwasstretched:width125%,height80%." in text


@pytest.mark.parametrize("fonts", ["none", pytest.param("of the machine", marks=pytest.mark.debian_packages)])
def test_other_scripts_are_written_or_become_latin_letters(tmp_path: Path, fonts: str) -> None:
    paper = Paper("A", "B", MOMENT, tmp_path if fonts == "none" else FOLDER)
    paper.text("Mark: \u0939\u093f\u0928\u094d\u0926\u0940 \u2026\nEnd")
    text = text_of(paper.bytes)
    assert paper.fonts.lacks == (fonts == "none")
    assert text.startswith(
        "Mark:hindi...End" if fonts == "none" else "Mark:\u0939\u093f\u0928\u094d\u0926\u0940\u2026End"
    )


@pytest.mark.debian_packages
def test_the_text_after_a_line_in_another_script_has_its_own_font() -> None:
    """Also on the next page, and below a heading whose letters have other numbers."""
    paper = Paper("A", "B", MOMENT, FOLDER)
    for heading in ("Notes", "\u0928\u094b\u091f"):
        paper.heading(heading)
        paper.text("\u0928\u094b\u091f\nThe deltas differ.\n" * 40)
    assert text_of(paper.bytes).count("Thedeltasdiffer.") == 80


def test_a_picture_fits_its_place_and_its_points_are_numbered(tmp_path: Path) -> None:
    paper = Paper("A", "B", MOMENT, tmp_path)
    square, wide = Pillow.new("L", (100, 100)), Pillow.new("RGB", (400, 100))
    scales = paper.pictures([("one", square, [(5, 5)]), ("two", wide, [(7, 7), (9, 9)])], 100)
    assert scales == [1.0, pytest.approx((297 - 24 - 6) / 2 / 400)]
    assert text_of(paper.bytes).startswith("one1two12")
