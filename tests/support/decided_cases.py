"""Cases about generated people, that examiners decide with marks, drawings and grounds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from examiners import GROUNDS, V1, Call, caller
from fastapi.testclient import TestClient
from inputs import ENCOUNTER, print_of

from biometrics.kernel.access import Role

SIDES = ("probe", "candidate")
NOTES = "They agree in all points.\nसभी बिंदु मेल खाते हैं।"


def enrolled_at(client: TestClient, person: int, impression: int, **its: str) -> str:
    """Enrol a generated person with two prints, as an arrest with some fields; return the record's id."""
    files = [(finger, ("a.png", print_of(person, finger, impression))) for finger in ("right_thumb", "left_index")]
    person_fields = {"name": its.pop("name")}
    fields = {"record": json.dumps(person_fields), "encounter": json.dumps(ENCOUNTER | its)}
    fields |= {"accept_poor_quality": "generated"}
    answer = client.post(f"{V1}/enrolments", data=fields, files=files)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def duplicate(client: TestClient, person: int) -> str:
    """Enrol a generated person twice, by two arrests; return the id of the case that comes of it."""
    enrolled_at(client, person, 0, name="मोहन लाल", fir_number=f"{person}/2025", time="09:40", place="Shivaji Nagar")
    second = enrolled_at(client, person, 1, name="Mohan Lal", fir_number=f"{person}/2026", device="Scanner 7")
    everything = caller(client, Role.SUPERVISOR)("GET", "/cases", params={"kind": "duplicate", "limit": 200}).json()
    [case] = [case["id"] for case in everything["cases"] if case["record_id"] == second]
    return str(case)


def decide(
    case: str,
    examiner: Call,
    conclusion: str,
    marks: Sequence[dict[str, Any]] = (),
    *,
    grounds: str = "",
    pattern: str = "LS",
) -> None:
    """Have an examiner take a case, analyse, look at all images, and decide; a supervisor with grounds judges."""
    assert examiner("POST", f"/cases/{case}/take").status_code == 200
    probe = examiner("GET", f"/cases/{case}/images").json()[0]["name"]
    examiner("GET", f"/cases/{case}/images/{probe}")
    seen = [{"image": probe, "kind": mark["kind"], "place": mark["probe"]} for mark in marks[: -len(LATE)]]
    analysis = {"of_value": True, "notes": "An ulnar loop.", "pattern": pattern, "marks": seen}
    assert grounds or examiner("POST", f"/cases/{case}/analyses", json=analysis).status_code == 201
    images = examiner("GET", f"/cases/{case}/images").json()
    for image in images:
        examiner("GET", f"/cases/{case}/images/{image['name']}")
    pair = {f"{side}_image": next(image["name"] for image in images if image["side"] == side) for side in SIDES}
    opinion = {"conclusion": conclusion, "notes": NOTES, "marks": list(marks), **pair}
    opinion |= {
        "adjustments": [{"setting": "contrast", "value": 150}, {"setting": "rotation", "value": 15, "image": probe}]
    }
    opinion["drawings"] = [drawing | {"image": pair[f"{side}_image"]} for drawing, side in DRAWN]
    opinion["basis"] = GROUNDS[conclusion] | EXPLAINED
    opinion["grounds"] = grounds
    opinion |= {} if marks else {"unmarked_because": "Compared by eye alone."}
    answer = examiner("POST", f"/cases/{case}/opinions", json=opinion)
    assert answer.status_code == 201, answer.text


EXPLAINED = {"differences": "explained", "explanation": "The skin was stretched.", "limits": ["small_area"]}
MARKS = [
    {"kind": "ending", "probe": [40.0 + 9 * n, 60.0 + 12 * n], "candidate": [50.0 + 9 * n, 70.0]} for n in range(20)
]
DRAWN = [
    ({"kind": "ridge_count", "path": [[40, 60], [140, 160]], "counted": 11, "least": 12, "most": 13}, "probe"),
    ({"kind": "tracing", "path": [[50, 70], [60, 75], [70, 90]]}, "candidate"),
]
LATE = (19, 20)  # the numbers of the marks that were not in the analysis
