"""No route serves somebody who is not known, may not, or is of another unit; and no search is without a purpose."""

from __future__ import annotations

import base64
import logging
from typing import Any

import pytest
from inputs import form, print_of
from officers import Officer, new_key
from sqlalchemy import select, text

from biometrics.kernel.access import Role
from biometrics.storage.tables.audit import audit_entries

V1 = "/api/v1"
THUMB = {"right_thumb": ("a.png", print_of(0, "right_thumb", 1))}


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def as_officer(client: Officer, unit: str, *roles: Role) -> dict[str, str]:
    return {"Authorization": new_key(client.application.state.services.accounts, *roles or (Role.EXAMINER,), unit=unit)}


def test_a_refusal_is_in_the_audit_log(client: Officer, station: dict[int, str]) -> None:
    auditor = as_officer(client, "national", Role.AUDITOR) | {"X-Request-Id": "curious-1"}
    outside = as_officer(client, "28") | {"X-Request-Id": "curious-2"}
    for header in (auditor, outside):
        assert client.get(f"{V1}/records/{station[0]}", headers=header).status_code == 403
    with client.application.state.services.engine.store.database.reading() as connection:
        query = select(audit_entries).where(audit_entries.c.request_id.in_(["curious-1", "curious-2"]))
        entries = connection.execute(query.order_by(audit_entries.c.number)).all()
    assert [(entry.action, entry.subject_id) for entry in entries] == [("access.refuse", station[0])] * 2
    assert '"code":"forbidden"' in entries[0].detail
    assert '"code":"out_of_jurisdiction"' in entries[1].detail


def test_auditors_read_who_has_seen_a_person_and_take_the_head_away(client: Officer, station: dict[int, str]) -> None:
    auditor = as_officer(client, "national", Role.AUDITOR)
    client.get(f"{V1}/records/{station[1]}", headers={"X-Request-Id": "look-1"})
    body = client.get(f"{V1}/audit/entries", params={"person": station[1], "limit": 1}, headers=auditor).json()
    (entry,) = body["entries"]
    assert (entry["action"], entry["request_id"], entry["subject_id"]) == ("record.read", "look-1", station[1])
    older = client.get(f"{V1}/audit/entries", params={"person": station[1], "after": body["next"]}, headers=auditor)
    assert all(item["number"] < entry["number"] for item in older.json()["entries"])
    head = client.get(f"{V1}/audit/head", headers=auditor).json()
    assert head["number"] > entry["number"]
    assert refusal(client.get(f"{V1}/audit/entries")) == (403, "forbidden")
    outside = as_officer(client, "28", Role.AUDITOR)
    assert client.get(f"{V1}/audit/entries", params={"person": station[1]}, headers=outside).json()["entries"] == []
    assert client.get(f"{V1}/audit/entries", params={"since": "x"}, headers=auditor).status_code == 422


@pytest.mark.essential
def test_the_logs_of_an_enrolment_and_a_search_hold_no_name_image_or_template(
    client: Officer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    thumb = print_of(7, "right_thumb", 0)
    data = form(name="Zubeida Quraishi", aliases=["Munni"]) | {"accept_poor_quality": "a generated finger"}
    enrolled = client.post(f"{V1}/enrolments", data=data, files={"right_thumb": ("zubeida.png", thumb)})
    assert enrolled.status_code == 201, enrolled.text
    response = client.post(f"{V1}/identify", files={"right_thumb": ("zubeida.png", print_of(7, "right_thumb", 1))})
    assert response.json()["candidates"][0]["record"]["name"] == "Zubeida Quraishi"
    client.get(f"{V1}/records", params={"name": "quraishi"})
    with client.application.state.services.engine.store.database.reading() as connection:
        kept = connection.execute(text("SELECT data FROM templates")).scalars().all()
    message = "\n".join(  # but for the test client, which is not the service
        f"{record.getMessage()} {vars(record)}" for record in caplog.records if not record.name.startswith("httpx")
    )
    assert "enrolments" in message
    secrets = [thumb[16:48], *(bytes(item)[:24] for item in kept)]
    shown = {
        coded(secret) for secret in secrets for coded in (bytes.hex, repr, lambda raw: base64.b64encode(raw).decode())
    }
    for word in ("zubeida", "quraishi", "munni", *(item.lower() for item in shown)):
        assert word not in message.lower(), word
