"""Something of each kind that a page can be about, on a running server, and its ids by the names of path parameters."""

from __future__ import annotations

import json
from typing import Any

import httpx
from browsing import Station
from inputs import ENCOUNTER, form, photo_of, print_of
from lineup_examples import planted_lineup
from officers import WHY, key_for, new_key

from api.accounts.factory import accounts_of
from api.bootstrap.store import open_store
from biometrics.kernel.access import Role


def ids_of_everything(station: Station) -> dict[str, str]:
    """Enrol, search, open a case and add a standing search for somebody; return the ids of all of it."""
    v1 = f"{station.server.root}/api/v1"
    with httpx.Client(headers={"Authorization": key_for(station.settings)}, timeout=120) as client:

        def made(path: str, data: dict[str, Any], **files: bytes) -> dict[str, Any]:
            sent = {name: (f"{name}.png", content) for name, content in files.items()}
            answer = client.post(f"{v1}{path}", data=data, files=sent)
            assert answer.status_code in (200, 201), (path, answer.text)
            content: dict[str, Any] = answer.json()
            return content

        thumb = {"right_thumb": print_of(0, "right_thumb", 0)}
        record = made("/enrolments", form(sex="female"), **thumb, photo=photo_of(0))
        latent = {"unknown_finger": print_of(0, "right_thumb", 1)}
        search = made("/identify", WHY, **latent)
        case = made("/cases", {"search_id": search["id"], "record_id": record["id"]}, **latent)
        standing = made(
            "/standing-searches", {"kind": "latent", "case_number": "7/2026", "expires_on": "2036-01-31"}, **latent
        )
    encounter = record["encounters"][0]
    return {
        "expungement_id": _destroyed(station),
        "record_id": record["id"],
        "encounter_id": encounter["id"],
        "sample_id": str(encounter["samples"][0]["id"]),
        "search_id": search["id"],
        "case_id": case["id"],
        "standing_id": standing["standing"]["id"],
        "lineup_id": _lined_up(station, record["id"], record["encounters"][0]["samples"][0]["id"]),
        "viewing": "1",
        "guide_name": "examiner",
        "user": station.officer(Role.STATION_OFFICER),
    }


def _lined_up(station: Station, record_id: str, sample_id: int) -> str:
    """Have others make a line-up of somebody, and show it to a witness; return its number."""
    with open_store(station.settings).as_system("a test") as store:
        return str(planted_lineup(store, record_id, sample_id, "a man of about 35"))


def _destroyed(station: Station) -> str:
    """Enrol somebody in a district of their own, who is freed, and destroy it all; return the certificate's id."""
    v1 = f"{station.server.root}/api/v1"
    place = {"state_code": "31", "district_code": "1", "station_code": "311", "date": "2019-05-01"}
    arrest = ENCOUNTER | place | {"fir_number": "0009/2019"}
    with open_store(station.settings).as_system("a test") as store:
        accounts = accounts_of(station.settings, store)
        key = new_key(accounts, Role.STATION_OFFICER, Role.RECORDS_CLERK, unit="31/1")
        other = new_key(accounts, Role.RECORDS_CLERK, unit="31/1")  # whoever alone has made it due does not destroy it
    with httpx.Client(headers={"Authorization": key}, timeout=120) as client:
        fields = form() | {"encounter": json.dumps(arrest)}
        record = client.post(f"{v1}/enrolments", data=fields, files={"left_thumb": print_of(4, "left_thumb", 0)}).json()
        freed = {"event": "decision", "date": "2020-03-10", "court": "Sessions", "verdict": "released_without_trial"}
        client.post(f"{v1}/encounters/{record['encounters'][0]['id']}/outcomes", json=freed).raise_for_status()
        run = client.post(f"{v1}/retention/run", headers={"Authorization": other})
        return str(run.json()[0]["content"]["id"])
