"""The report of an identification for a court: who may have it, when, and what it states."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from examiners import caller, enrolled_twice
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pdf_text import text_of

from api.bootstrap.likelihood import likelihood_scales
from api.pdf.evaluation import _number, result_text
from biometrics.kernel.access import Role
from biometrics.kernel.errors import CalibrationUnusable
from biometrics.kernel.types import Modality
from biometrics.matching.likelihood import LikelihoodScale, Ratio
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine import Engine
from biometrics.use_cases.evaluate import Evaluation
from fingerprint.modality import FINGERPRINT
from models import CALIBRATIONS, LIKELIHOOD

SHIPPED = sorted((CALIBRATIONS / LIKELIHOOD).glob("*.json"))


def identified(client: TestClient, person: int) -> str:
    """Let two examiners identify a person who was enrolled twice; return the id of the case."""
    case = enrolled_twice(client, person)
    for examiner in (caller(client), caller(client)):
        examiner("POST", f"/cases/{case}/take")
        examiner("POST", f"/cases/{case}/analyses", json={"of_value": True, "notes": "A loop."})
        images = examiner("GET", f"/cases/{case}/images").json()
        for image in images:
            examiner("GET", f"/cases/{case}/images/{image['name']}")
        pair = {f"{side}_image": next(image["name"] for image in images if image["side"] == side) for side in SIDES}
        opinion = {"conclusion": "identification", "notes": "They agree.", **pair}
        assert examiner("POST", f"/cases/{case}/opinions", json=opinion).status_code == 201
    return case


SIDES = ("probe", "candidate")


@pytest.mark.debian_packages
def test_the_report_of_an_identification_states_its_ratio_with_the_cap_and_is_audited(client: TestClient) -> None:
    case = identified(client, 181)
    examiner = caller(client)
    answer = examiner("GET", f"/cases/{case}/evaluation")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content == examiner("GET", f"/cases/{case}/evaluation").content
    text = text_of(answer.content)
    engine = cast(Engine, cast(FastAPI, client.app).state.services.engine).as_system("a test")
    scale = likelihood_scales()[engine.channels[FINGERPRINT].recogniser.model]
    for message in ("Propositions", "timesmorelikely", "Cllr-min", "Tippettplot", "Datacannotshow", scale.digest):
        assert message.lower() in text.lower()
    assert f"cannotshowmorethan{_number(scale.bounds[1])}" in text
    hindi = text_of(examiner("GET", f"/cases/{case}/evaluation", more={"Accept-Language": "hi"}).content)
    assert "प्रस्थापना" in hindi
    entries = caller(client, Role.AUDITOR, "national")("GET", "/audit/entries", params={"person": case}).json()
    assert case in {entry["subject_id"] for entry in entries["entries"] if entry["action"] == Action.CASE_REPORTED}


def test_an_open_case_has_no_report_and_a_clerk_no_right_to_one(client: TestClient) -> None:
    case = enrolled_twice(client, 182)
    assert caller(client)("GET", f"/cases/{case}/evaluation").json()["code"] == "wrong_step"
    assert caller(client, Role.STATION_OFFICER)("GET", f"/cases/{case}/evaluation").status_code == 403


def evaluation(ratio: Ratio | None, *, latent: bool = False, scale: LikelihoodScale | None = None) -> Evaluation:
    return Evaluation(None, None, None, latent, scale, ratio)  # type: ignore[arg-type]


def test_no_ratio_is_stated_for_a_latent() -> None:
    text = result_text(evaluation(None, latent=True, scale=LikelihoodScale.load(SHIPPED[0])), str)
    assert text.startswith("No likelihood ratio can be stated: the probe is a latent, or may be one.")
    assert "times more likely" not in text
    assert "no ratios for the model" in result_text(evaluation(None), str)


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
    scales = [LikelihoodScale.load(path) for path in SHIPPED]
    assert {scale.modality for scale in scales} == set(Modality.registered())
    for scale in scales:
        model = json.loads((CALIBRATIONS / f"{scale.modality}.json").read_text(encoding="utf-8"))["model"]
        assert scale.model == model
        assert scale.quality.cllr_min <= scale.quality.cllr < 1.0
    assert Action.CASE_REPORTED == "case.report"
