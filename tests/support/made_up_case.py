"""Writes all papers of one invented case, in English and Hindi, with their certificates: `scripts/papers DIR`.

The people are invented and their prints generated; the photos are of the public domain.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from acting import HERE, act_of
from clearance_examples import APPLICANT, search_of_applicant
from decided_cases import decide, duplicate
from examiners import V1, Call, caller
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import ENCOUNTER, photo_of, print_of
from lineup_examples import engine_of, station_for_lineups
from officers import Officer

from api.app import create_app
from api.settings import Settings
from biometrics.imaging.charts import Exhibit
from biometrics.imaging.image import decode
from biometrics.kernel.access import Role
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.records.store import RecordStore
from fingerprint.modality import FINGERPRINT

FIR = "0713/2026"
OF_TWO_RECORDS = 181  # a generated person who is enrolled twice
PERSON = {
    "name": "मोहन लाल",
    "aliases": ["Mohan Lal"],
    "sex": "male",
    "particulars": {
        "birth_date": "1990-03-09",
        "relatives": [{"relation": "father", "name": "Ram Lal"}],
        "address": {"text": "House 7, Shivaji Nagar", "district": "Pune", "pin_code": "411005"},
    },
}
VISIT = ENCOUNTER | {
    "fir_number": FIR,
    "time": "00:30",
    "place": "Shivaji Nagar",
    "device": "Scanner 7",
    "legal_basis": "cpi_2022_3_c",
    "missing_fingers": [{"position": 10, "reason": "amputated"}],
}
COURT = {
    "device": "server",
    "make_and_model": "Dell PowerEdge R760",
    "colour": "black",
    "serial_number": "SN-4711",
    "identifier": "00:1B:44:11:3A:B7",
    "control": ["managed", "operated"],
    "used_since": "2025-04-01",
    "in_charge": "Inspector Asha Kale",
    "relative": "Vijay Kale",
    "address": "State Crime Records Bureau, Pune",
}
SAID = {"choice": "yes", "words": "That is the man with the bag.", "confidence": "Quite sure."}


def written(client: TestClient) -> Iterator[tuple[str, Call, str]]:
    """Act out the case; yield each paper's name, who fetches it, and its path."""
    administrator = caller(client, Role.ADMINISTRATOR, "national", "A. Rao")
    office = {"unit": "27", "name": "State Crime Records Bureau", "telephone": "020 1234", "court_details": COURT}
    assert administrator("PUT", "/units", json=office).status_code == 200
    named = {"unit": HERE, "name": "Shivaji Nagar Police Station"}
    assert administrator("PUT", "/units", json=named).status_code == 200
    yield from _of_the_arrest(client)
    yield from _of_the_examination(client)
    yield from _of_the_lineup(client)
    yield from _of_the_destruction(client)
    yield from _of_the_clearance(client)


def _of_the_arrest(client: TestClient) -> Iterator[tuple[str, Call, str]]:
    fingers = [finger.name.lower() for finger in FingerPosition if finger not in (FingerPosition.UNKNOWN, 10)]
    files = [(name, (f"{name}.png", print_of(61, name, 0))) for name in fingers]
    files += [("photo", ("front.jpg", photo_of(0)))]
    fields = {"record": json.dumps(PERSON), "encounter": json.dumps(VISIT), "accept_poor_quality": "generated"}
    thumbs = {thumb: [{"impression": 1}] for thumb in ("right_thumb", "left_thumb")}
    answer = client.post(f"{V1}/enrolments", data=fields | {"details": json.dumps(thumbs)}, files=files)
    assert answer.status_code == 201, answer.text
    record = answer.json()
    path = f"/records/{record['id']}/encounters/{record['encounters'][0]['id']}"
    officer = caller(client, Role.STATION_OFFICER, HERE, "SI R. Patil")
    yield "fingerprint-slip", officer, f"{path}/fingerprint-slip"
    yield "receipt", officer, f"{path}/receipt"


def _of_the_examination(client: TestClient) -> Iterator[tuple[str, Call, str]]:
    case, marks = duplicate(client, OF_TWO_RECORDS), _paired(client)
    for name in ("Asha Verma", "रवि कुमार"):
        examiner = caller(client, name=name)
        stated = "M.Sc. Forensic Science; AICE 2019; 7 years; proficiency test of March 2026 passed"
        assert examiner("PUT", "/me/qualification", json={"qualification": stated}).status_code == 204
        decide(case, examiner, "identification", marks)
    yield "examination-report", caller(client), f"/cases/{case}/report"


def _paired(client: TestClient) -> list[dict[str, Any]]:
    """Return what the examiners mark: the minutiae that the automatic comparison pairs."""
    recogniser = engine_of(client).channels[FINGERPRINT].recogniser
    images = [decode(print_of(OF_TWO_RECORDS, "right_thumb", impression)) for impression in (1, 0)]
    chart = recogniser.chart(*(Exhibit(recogniser.extract(image), image) for image in images))
    sides = [(chart.probe.marks[probe], chart.candidate.marks[candidate]) for probe, candidate in chart.pairs]
    return [
        {"kind": "ending", "probe": [probe.x, probe.y], "candidate": [candidate.x, candidate.y]}
        for probe, candidate in sides
    ]


def _of_the_lineup(client: TestClient) -> Iterator[tuple[str, Call, str]]:
    suspect, _ = station_for_lineups(engine_of(client), 2000)
    maker = caller(client, Role.STATION_OFFICER, HERE, "PSI Meera Joshi")
    operator = caller(client, Role.STATION_OFFICER, HERE, "HC Anil Rao")
    new = {"record_id": suspect, "fir_number": FIR, "description": "about 35, black hair"}
    number = maker("POST", "/lineups", json=new).json()["id"]
    path = f"/lineups/{number}"
    assert maker("POST", f"{path}/ready", json={"photos_checked": True}).status_code == 200
    viewing = {
        "witness": "PW1",
        "present": "HC Anil Rao\nSmt. Sunita Pawar, panch",
        "language": "hi",
        "instructed": True,
    }
    assert operator("POST", f"{path}/viewings", json=viewing).status_code == 201
    for position in range(1, 7):
        said = SAID if position == 3 else {"choice": "no", "words": "नहीं", "confidence": ""}
        answer = operator("POST", f"{path}/viewings/1/answers", json=said | {"position": position})
        assert answer.status_code == 200, answer.text
    assert operator("POST", f"{path}/viewings/1/end", json={"remarks": ""}).status_code == 200
    assert maker("POST", f"{path}/close", json={"because": ""}).status_code == 200
    yield "line-up-record", operator, f"{path}/report"
    yield "line-up-key", maker, f"{path}/key"


def _of_the_destruction(client: TestClient) -> Iterator[tuple[str, Call, str]]:
    clerk = caller(client, Role.RECORDS_CLERK, HERE, "Clerk S. Desai")
    fields = {
        "record": json.dumps({"name": "Nobody"}),
        "encounter": json.dumps(ENCOUNTER | {"fir_number": "0044/2026"}),
    }
    files = {"left_thumb": ("a.png", print_of(62, "left_thumb", 0))}
    record = client.post(f"{V1}/enrolments", data=fields | {"accept_poor_quality": "generated"}, files=files).json()
    order = {"kind": "destroy", "authority": "JMFC Pune", "reference": "CC 7/2026", "date": "2026-02-01"}
    for person in (clerk, caller(client, Role.SUPERVISOR, HERE)):
        path = f"/encounters/{record['encounters'][0]['id']}/retention-orders"
        assert person("POST", path, json=order).status_code == 201
    [certificate] = clerk("POST", "/retention/run").json()
    yield "notice-of-destruction", clerk, f"/expungements/{certificate['content']['id']}/notice"


def _of_the_clearance(client: TestClient) -> Iterator[tuple[str, Call, str]]:
    store = cast(RecordStore, cast(FastAPI, client.app).state.services.engine.store)
    officer = caller(client, Role.STATION_OFFICER, HERE, "SI R. Patil")
    supervisor = caller(client, Role.SUPERVISOR, HERE, "Inspector I. Khan")
    search = search_of_applicant(store, act_of(HERE))
    clearance: dict[str, Any] = officer("POST", "/clearances", json={"search_id": search} | APPLICANT).json()
    path = f"/clearances/{clearance['id']}"
    assert supervisor("POST", f"{path}/decision", json={"outcome": "no_record"}).status_code == 200
    yield "clearance-certificate", officer, f"{path}/certificate"


def main(folder: Path) -> None:
    """Write the papers into `folder`/en and `folder`/hi."""
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data_folder=Path(data), database_url="", requests_per_minute=100_000, _env_file=None)
        with Officer(create_app(settings)) as client:
            for name, reader, path in written(client):
                for code in ("en", "hi"):
                    for document, suffix in (("paper", ""), ("certificate", "-section-63")):
                        answer = reader("GET", path, params={"language": code, "document": document})
                        assert answer.status_code == 200, answer.text
                        file = folder / code / f"{name}{suffix}.pdf"
                        file.parent.mkdir(parents=True, exist_ok=True)
                        file.write_bytes(answer.content)
                        sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
