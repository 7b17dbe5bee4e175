"""The report of a closed case for a court: who may have it, when, what it states, and how its pages look."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest
from decided_cases import EXPLAINED, LATE, MARKS, NOTES, decide, duplicate
from examiners import caller, enrolled
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import print_of
from pdf_pages import faults_of, pictures_of
from pdf_text import text_of

from api.bootstrap.likelihood import likelihood_scales
from api.localisation.languages import language
from api.localisation.strength_labels import AGAINST, FOR, PLACE, RARE
from api.pdf.likelihood import SETS, SYNTHETIC, _number, result_text
from biometrics.imaging.image import decode
from biometrics.kernel.access import Role
from biometrics.kernel.errors import CalibrationUnusable
from biometrics.matching.likelihood import LikelihoodScale, Ratio
from biometrics.storage.audit.log import Action
from biometrics.use_cases.casework.court_report import CourtReport
from biometrics.use_cases.engine.engine import Engine
from face.modality import FACE
from fingerprint.latents.stretching import stretched_pixels
from fingerprint.modality import FINGERPRINT
from models import CALIBRATIONS, LIKELIHOOD

SHIPPED = sorted((CALIBRATIONS / LIKELIHOOD).glob("*.json"))


NAMES = ("Asha Verma", "रवि कुमार")
IST = "Asia/Kolkata"


def squeezed(text: str) -> str:
    """Return a text without blanks, as `text_of` reads it."""
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def identified(client: TestClient) -> str:
    """Let two examiners identify a person who was enrolled twice; return the id of the case."""
    case = duplicate(client, 181)
    stated = {"unit": "27", "name": "SCRB", "court_details": {"validation": "Validated in March 2026, report 7/2026"}}
    assert caller(client, Role.ADMINISTRATOR, "national")("PUT", "/units", json=stated).status_code == 200
    for name in NAMES:
        examiner = caller(client, name=name)
        own = {"qualification": "M.Sc. Forensic Science"}
        assert examiner("PUT", "/me/qualification", json=own).status_code == 204
        decide(case, examiner, "identification", MARKS)
    return case


@pytest.mark.debian_packages
@pytest.mark.parametrize("code", ["en", pytest.param("hi", marks=pytest.mark.reach)])
def test_the_report_states_every_value_of_the_case_and_nothing_is_cut(
    client: TestClient, identified: str, code: str
) -> None:
    reader, auditor = caller(client), caller(client, Role.AUDITOR, "national")
    answer = reader("GET", f"/cases/{identified}/report", params={"language": code})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content == reader("GET", f"/cases/{identified}/report", params={"language": code}).content
    text, locale = text_of(answer.content), language(code)
    assert faults_of(answer.content) == []

    gettext = locale.translations.gettext
    for line in (
        f"{gettext('Left slant loop')} (LS)",
        gettext("contrast {percent} %").format(percent=150),
        gettext("Level 1, ridge flow and pattern: {found}").format(found=gettext("agrees")),
        gettext("Differences: {explanation}").format(explanation=EXPLAINED["explanation"]),
        gettext("Limits of the images: {limits}").format(limits=gettext("small area")),
        gettext("rotated clockwise by {degrees}°").format(degrees=15),
        gettext("Features marked on the probe: {number}").format(number=len(MARKS) - len(LATE)),
        gettext("Correspondences marked in both images: {number}; features marked in one only: {single}").format(
            number=len(MARKS), single=0
        ),
        gettext("Marked on the probe, or changed, after the analysis: {numbers}").format(numbers="19, 20"),
        gettext("Those with * were marked on the probe, or changed, after the analysis."),
    ):
        assert text.count(squeezed(line)) == len(NAMES), line
    assert {int(number) for number in re.findall(r"(\d\d)\*", text)} == set(LATE)

    # The examiner's number alone: the software's came from their browser.
    assert len(re.findall(r"R1,[^:]+:11(?![\d(])", text)) == len(NAMES), text[text.find("R1") - 40 :][:200]
    case = reader("GET", f"/cases/{identified}").json()
    record = reader("GET", f"/records/{case['candidate_id']}").json()
    for value in (case["number"], "181/2025", "181/2026", record["national_number"], record["name"], *NAMES, NOTES):
        assert squeezed(value) in text, value
    assert squeezed(gettext("National bureau")) in text
    assert (squeezed("same finger") in text) is (code == "en")  # of the name of a set of prints
    assert "national" not in text
    for value in ("09:40", "Shivaji Nagar", "Scanner 7", "ACE-V", "SWGFAST", "SI R. Patil"):
        assert squeezed(value) in text, value
    assert squeezed(gettext(PLACE) % {"rank": 1}) in text
    assert text.count(squeezed("M.Sc. Forensic Science")) == len(NAMES)
    assert squeezed("Validated in March 2026, report 7/2026") in text
    for line in ("Known error rates", "Date of issue", "To (court or office)", "Testimony reviewed by"):
        assert squeezed(gettext(line)) in text, line
    support = gettext("By the words of the guideline, this is {support} for the first proposition over the second.")
    assert text.count(squeezed(support.partition("{support}")[0])) <= 1  # the strength is stated once
    of_results = [max(re.split(r"%\(\w+\)s", gettext(words)), key=len) for words in (FOR, AGAINST, RARE)]
    assert not any(squeezed(words) in text for words in of_results)
    made_up = gettext(
        "SYNTHETIC, no person's prints: {subjects} generated fingers, {mated} comparisons of the same finger, "
        "{others} of different ones"
    )
    assert text.count(squeezed(made_up.partition("{subjects}")[0])) == len(SYNTHETIC)

    for visit in record["encounters"]:
        for sample in visit["samples"]:
            if f"sample-{sample['id']}" in case["pair"].values():
                digest = sha256(reader("GET", f"/samples/{sample['id']}/image").content).hexdigest()
                assert text.count(digest) == 3  # in the list of exhibits, when received and now
    entries = auditor("GET", "/audit/entries", params={"person": identified, "limit": 200}).json()["entries"]
    pair = case["pair"].values()
    steps = [entry for entry in entries if entry["action"] in ("case.take", "case.analyse", "case.decide")]
    assert len(steps) == 6
    opened = [entry for entry in entries if entry["action"] == "case.look" and entry["detail"].get("image") in pair]
    assert len(opened) >= 2 * len(NAMES)  # the order of analysis before comparison is proved by their numbers
    for entry in (*steps, *opened):
        moment = locale.moment(datetime.fromisoformat(entry["at"]), IST, seconds=True)
        assert re.search(f"{re.escape(squeezed(moment))}.{{1,80}}{entry['number']}", text), entry
    assert any(entry["hash"] in text for entry in steps)
    assert "UTC" not in text
    assert not re.search("probe-|sample-", text)


@pytest.mark.debian_packages
def test_the_marks_are_numbered_in_both_images_and_a_print_has_its_life_size(
    client: TestClient, identified: str
) -> None:
    content = caller(client)("GET", f"/cases/{identified}/report").content
    pictures = pictures_of(content)
    height, width = decode(print_of(181, "right_thumb", 0)).pixels.shape
    life = [(right - left, top - bottom) for left, bottom, right, top in pictures[:2]]
    assert life == [pytest.approx((width * 25.4 / 500, height * 25.4 / 500), abs=0.05)] * 2
    assert len(pictures) == 2 + 2 * (len(NAMES) + 1)
    text = text_of(content)
    for number in range(1, len(MARKS) + 1):
        assert text.count(str(number)) >= 4


@pytest.mark.debian_packages
def test_the_report_of_an_identification_states_its_ratio_with_the_cap_and_is_audited(
    client: TestClient, identified: str
) -> None:
    text = text_of(caller(client)("GET", f"/cases/{identified}/report").content)
    engine = cast(Engine, cast(FastAPI, client.app).state.services.engine).as_system("a test")
    scale = likelihood_scales()[engine.channels[FINGERPRINT].recogniser.model]
    assert _number(scale.bounds[1]) in text
    assert scale.digest in text
    assert "Cllr-min" in text
    auditor = caller(client, Role.AUDITOR, "national")
    entries = auditor("GET", "/audit/entries", params={"person": identified, "limit": 200}).json()["entries"]
    reports = [entry for entry in entries if entry["action"] == Action.CASE_REPORTED]
    assert {entry["subject_id"] for entry in reports} == {identified}
    assert {len(entry["detail"]["images"]) for entry in reports} == {2}


def test_nobody_has_a_report_before_the_case_is_closed(client: TestClient) -> None:
    """Else it would show a second examiner the first opinion, or that there is one."""
    case, first, second = duplicate(client, 182), caller(client), caller(client)
    path = f"/cases/{case}/report"
    assert first("GET", path).json()["code"] == "wrong_step"
    decide(case, first, "identification")
    second("POST", f"/cases/{case}/take")
    answers = [by("GET", path) for by in (first, second, caller(client, Role.SUPERVISOR))]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "wrong_step")] * 3
    assert len({answer.json()["detail"] for answer in answers}) == 1


@pytest.mark.slow
def test_whoever_may_see_the_conclusion_may_have_the_report(client: TestClient) -> None:
    case = duplicate(client, 183)
    for pattern in ("LS", "PW"):
        decide(case, caller(client), "exclusion", MARKS[:3], pattern=pattern)
    decide(case, caller(client, Role.SUPERVISOR), "exclusion", MARKS[:3], grounds="The deltas differ.")
    officer = caller(client, Role.STATION_OFFICER)
    answer = officer("GET", f"/cases/{case}/report")
    assert answer.status_code == 200
    text = text_of(answer.content)
    assert "Cllr" in text  # the ratio is stated of every conclusion, whichever side it supports
    disputed = text.partition(squeezed("Why a supervisor decided"))[2][:600]
    for stated in ("A conclusion goes against the automatic comparison.", "Left slant loop", "Plain whorl"):
        assert squeezed(stated) in disputed, disputed
    assert squeezed("Grounds of the supervisor") + squeezed("The deltas differ.") in disputed
    assert len(pictures_of(answer.content)) == 2 + 2 * (3 + 1)  # of three opinions
    assert caller(client, Role.AUDITOR)("GET", f"/cases/{case}/report").status_code == 403
    elsewhere = caller(client, Role.EXAMINER, "28")
    assert elsewhere("GET", f"/cases/{case}/report").json()["code"] in ("unknown_case", "out_of_jurisdiction")


@pytest.mark.slow
def test_the_report_says_how_a_latent_was_stretched_and_states_no_ratio(client: TestClient) -> None:
    officer = caller(client, Role.STATION_OFFICER)
    record = enrolled(client, 173, 0)
    pixels = stretched_pixels(decode(print_of(173, "right_thumb", 1)).grey(), 1.5625)
    latent = ("scene.png", cv2.imencode(".png", pixels)[1].tobytes())
    why = {"purpose": "investigation", "case_number": "8/2026"}
    seen = officer("POST", "/latents/minutiae", data={"ppi": "500"}, files={"image": latent}).json()
    for minutia in seen["minutiae"][:5]:
        minutia["placed_by"] = "examiner"
    accepted = len(seen["minutiae"]) - 5
    marked = ("marks.json", json.dumps(seen | {"format": "pehchan-minutiae", "version": 1}))
    why |= {"exhibit_number": "Lift 3", "seizure_memo": "SM 12/2026", "scene": "window sill", "lifted_by": "HC Rao"}
    search = officer("POST", "/identify/latent", data=why, files={"image": latent, "marked": marked}).json()["id"]
    fields = {"search_id": search, "record_id": record}
    opened = officer("POST", "/cases", data=fields, files={"unknown_finger": latent})
    assert opened.status_code == 201, opened.text
    case = opened.json()["id"]
    for examiner in (caller(client), caller(client)):
        decide(case, examiner, "identification")
    content = officer("GET", f"/cases/{case}/report").content
    text = text_of(content)
    assert text.count("Nocorrespondencemarked:Comparedbyeyealone.") == 2
    assert "125%" in text
    assert "80%" in text
    assert "8/2026" in text
    for value in ("Lift 3", "SM 12/2026", "window sill", "HC Rao"):
        assert text.count(squeezed(value)) == 2, value  # in the list of exhibits and in the chain of custody
    assert f"5placedbytheexaminer,{accepted}suggestedbythesoftware" in text
    assert sha256(latent[1]).hexdigest() in text
    assert "Cllr" not in text
    assert faults_of(content) == []


def evaluation(ratio: Ratio | None, *, latent: bool = False, scale: LikelihoodScale | None = None) -> CourtReport:
    return CourtReport(None, {}, None, (), {}, ("probe-0", "sample-1"), None, latent, scale, ratio)  # type: ignore[arg-type]


def test_no_ratio_is_stated_for_a_latent() -> None:
    text = result_text(evaluation(None, latent=True, scale=LikelihoodScale.load(SHIPPED[0])), str)
    assert text.startswith("No likelihood ratio can be stated: the probe is a latent, or may be one.")
    assert "times more likely" not in text
    assert "no ratios for the model" in result_text(evaluation(None), str)


def test_what_the_names_of_shipped_sets_say_is_translated() -> None:
    names = {each.name for path in SHIPPED for each in LikelihoodScale.load(path).sets}
    assert {name for name in names if "," in name} == set(SETS)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_no_ratio_is_stated_beyond_the_bounds_however_high_the_score(path: Path) -> None:
    scale = LikelihoodScale.load(path)
    raws = np.linspace(scale.knots[0, 0] - 10, scale.knots[-1, 0] + 10, 500)
    ratios = [scale.ratio(float(raw)) for raw in raws]
    lowest, highest = scale.bounds
    assert all(lowest <= ratio.low <= ratio.high <= highest for ratio in ratios)
    assert (ratios[0].below, ratios[-1].above) == (True, True)
    stated = [ratio.stated for ratio in ratios]
    assert stated == sorted(stated)
    text = result_text(evaluation(ratios[-1], scale=scale), str)
    assert f"at least {_number(highest)} times" in text
    assert 10.0**highest >= float(_number(highest).replace(",", ""))
    assert "first proposition over the second" in text


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (1.2, 2.0, "between 15 and 100 times"),
        (-0.5, 0.4, "does not tell the two propositions apart"),
        (-2.0, -1.0, "between 10 and 100 times more likely if the second"),
        (0.1, 0.2, "supports neither proposition"),
        (2.1, 2.5, "moderately strong support for the first"),
    ],
)
def test_the_result_in_words(low: float, high: float, words: str) -> None:
    scale = replace(LikelihoodScale.load(SHIPPED[0]), bounds=(-3.0, 3.0))
    assert words in result_text(evaluation(Ratio(low, high, above=False, below=False), scale=scale), str)


def test_numbers_are_rounded_down() -> None:
    assert [_number(power) for power in (0.0, math.log10(2.59), math.log10(1999.0), 3.0)] == [
        "1",
        "2.5",
        "1,900",
        "1,000",
    ]


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    content = json.loads(SHIPPED[0].read_text(encoding="utf-8"))
    for change in ({"format": 9}, {"bounds": [1.0, 2.0]}, {"knots": content["knots"][::-1]}, {"sets": [{}]}):
        path = tmp_path / "likelihood.json"
        path.write_text(json.dumps(content | change), encoding="utf-8")
        with pytest.raises(CalibrationUnusable):
            LikelihoodScale.load(path)


def test_the_shipped_scales_are_of_the_shipped_models() -> None:
    scales = {path.name: LikelihoodScale.load(path) for path in SHIPPED}
    assert {scale.modality for scale in scales.values()} == {FINGERPRINT, FACE}
    for name, scale in scales.items():
        model = json.loads((CALIBRATIONS / name).read_text(encoding="utf-8"))["model"]
        assert scale.model == model
        assert scale.quality.cllr_min <= scale.quality.cllr < 1.0
    assert Action.CASE_REPORTED == "case.report"
