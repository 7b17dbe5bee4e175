"""Something of each kind that a page can be about, on a running server, and its ids by the names of path parameters."""

from __future__ import annotations

from typing import Any

import httpx
from browsing import Station
from inputs import form, photo_of, print_of
from officers import WHY, key_for

from biometrics.access import Role


def ids_of_everything(station: Station) -> dict[str, str]:
    """Enrol, search, open a case and stand a search for somebody; return the ids of all of it."""
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
        "record_id": record["id"],
        "encounter_id": encounter["id"],
        "sample_id": str(encounter["samples"][0]["id"]),
        "search_id": search["id"],
        "case_id": case["id"],
        "standing_id": standing["standing"]["id"],
        "user": station.officer(Role.STATION_OFFICER),
    }
