"""What routes answer when the database fails before, or after, they have stored something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from failing_database import Seen, failing, failpoint_in
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import print_of
from mosip_client import MosipClient, message, person
from officers import WHY
from osia_client import client_of, encounter, finger, portrait, settings_of
from receiver import receiving
from serving import served
from starlette.routing import Mount
from story import V1, Story, station

from api.app import create_app
from api.http.authentication import declarations

OSIA, MOSIP = "/osia", "/mosip"
_HOSTS, _NETWORKS = frozenset({"127.0.0.1"}), frozenset({"127.0.0.0/8"})
HERE: dict[str, Any] = {"mosip_hosts": _HOSTS, "mosip_networks": _NETWORKS}
HERE |= {"osia_hosts": _HOSTS, "osia_networks": _NETWORKS}
STORES_NOTHING = {
    "POST /api/v1/clearances/verification",
    "POST /api/v1/compare",
    "POST /api/v1/identify/faces",
    "POST /api/v1/inspections",
    "POST /api/v1/latents/files",
    "POST /api/v1/latents/layers",
    "POST /api/v1/latents/minutiae",
    "POST /api/v1/latents/readings",
    "POST /api/v1/national/searches",
    "POST /api/v1/searches/{search_id}/authorisation",  # the story's search needs no order
    "POST /api/v1/searches/{search_id}/comparisons",
    "POST /api/v1/searches/{search_id}/replay",
    "POST /api/v1/users/{user}/unlock",  # it only forgets wrong tries
    "POST /api/v1/verify",
    "POST /api/v1/verify/people",
    "POST /mosip/abis/pendingjobsrequest",
    "POST /mosip/abis/pingrequest",
    "POST /mosip/abis/referencecountrequest",
    "POST /osia/v1/verify",
    "POST /osia/v1/verify/{galleryId}/{personId}",
}
# Routes that need another transaction, or a read, after the first commit: they may answer `unfinished`.
SEVERAL_TRANSACTIONS = {
    "POST /api/v1/batches",
    "POST /api/v1/identify",  # with `Prefer: respond-async`: the task is stored, and its progress read
    "POST /api/v1/itl/transactions",
    "POST /api/v1/retention/run",
    "POST /api/v1/standing-searches",
    "POST /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
    "POST /api/v1/webhooks/{webhook_id}/test",
    "POST /mosip/abis/identifyrequest",
    "POST /osia/v1/identify/{galleryId}",
    "POST /osia/v1/identify/{galleryId}/{personId}",
    "POST /osia/v1/identify/{galleryId}/{personId}/encounters/{encounterId}",
}


def writing_routes(app: FastAPI) -> set[str]:
    """Return the routes of an application, and of what is mounted in it, that may change something."""
    mounts = [route for route in app.routes if isinstance(route, Mount) and isinstance(route.app, FastAPI)]
    listed = [("", app), *((mount.path, mount.app) for mount in mounts if mount.path in (OSIA, MOSIP))]
    return {
        f"{method} {prefix}{path}"
        for prefix, item in listed
        for method, path, _ in declarations(item)  # type: ignore[arg-type]
        if method not in ("GET", "HEAD")
    }


def check(app: FastAPI, seen: Seen, *mounts: str) -> None:
    """Check that all routes were asked, that those which store something did, and that no answer was false."""
    mounted = {route for route in writing_routes(app) if route.partition(" ")[2].startswith((OSIA, MOSIP))}
    expected = {item for item in mounted if item.partition(" ")[2].startswith(mounts)} if mounts else None
    expected = writing_routes(app) - mounted if expected is None else expected
    assert expected <= seen.routes
    assert expected - seen.committed == expected & STORES_NOTHING
    assert seen.wrong == []
    assert seen.unfinished <= SEVERAL_TRANSACTIONS


@pytest.fixture
def story(tmp_path: Path) -> Iterator[tuple[Story, Seen]]:
    with (
        station(tmp_path) as app,
        failpoint_in(app) as failpoint,
        served(app) as url,
        httpx.Client(base_url=url, timeout=600) as client,
    ):
        yield Story(app, client), failing(client, app, failpoint)


def test_daily_work_is_answered_whole_whatever_fails_after_its_commit(story: tuple[Story, Seen]) -> None:
    message, seen = story
    message._records()
    latent = {"unknown_finger": print_of(0, "right_thumb", 1)}
    message.ids["search_id"] = message.ask("POST", f"{V1}/identify", 201, fields=WHY, files=latent)["id"]
    message._cases()
    assert {f"POST {V1}/enrolments", f"POST {V1}/identify", f"POST {V1}/cases/{{case_id}}/opinions"} <= seen.committed
    assert (seen.wrong, seen.unfinished) == ([], set())


@pytest.mark.reach
def test_no_route_claims_that_nothing_happened_when_something_did(story: tuple[Story, Seen]) -> None:
    message, seen = story
    message.tell_all()
    check(message.app, seen)


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[tuple[TestClient, Seen]]:
    """The application, whose database fails, and what was seen of it."""
    app = create_app(settings_of(tmp_path, "", **HERE))
    with failpoint_in(app) as failpoint, TestClient(app, raise_server_exceptions=False) as client:
        yield client, failing(client, app, failpoint)


@pytest.mark.when_changed("api.standards.osia")
def test_no_route_of_osia_claims_that_nothing_happened_when_something_did(mounted: tuple[TestClient, Seen]) -> None:
    client, seen = mounted
    osia = client_of(client)
    whole = encounter(finger(0), portrait(0))
    with receiving() as receiver:
        later = osia.post("/persons/A/encounters/E-0", whole, callback=receiver.url)
        answers = [
            osia.post("/persons", encounter(finger(1))),
            osia.post("/persons/A/encounters", whole),
            osia.post("/persons/A/encounters/E-1", whole),
            osia.put("/persons/A/encounters/E-1", encounter(finger(0, "left_index"))),
            osia.put("/persons/A/encounters/E-1/status", status="INACTIVE"),
            osia.put("/persons/A/encounters/E-1/galleries", ["VIP"]),
            osia.post("/persons/B/encounters/E-2", encounter(finger(2))),
            osia.post("/persons/B/move/A/encounters/E-1"),
            osia.post("/persons/B/merge/A"),
            osia.post("/identify/ALL", {"filter": {}, "biometricData": [finger(2)]}),
            osia.post("/identify/ALL/B"),
            osia.post("/identify/ALL/B/encounters/E-2"),
            osia.post("/verify/ALL/B", {"biometricData": [finger(2)]}),
            osia.post("/verify", {"biometricData1": [finger(2)], "biometricData2": [finger(2)]}),
            osia.post(f"/tasks/{later.json()['taskId']}/redeliver"),
            osia.delete("/persons/B/encounters/E-2"),
            osia.delete("/persons/B"),
        ]
    assert [answer.text for answer in answers if not answer.is_success] == []
    check(client.app, seen, OSIA)  # type: ignore[arg-type]


def test_no_route_of_mosip_claims_that_nothing_happened_when_something_did(mounted: tuple[TestClient, Seen]) -> None:
    client, seen = mounted
    with receiving() as shares:
        mosip = MosipClient(client, shares)
        answers = [
            mosip.send("insert", message("insert", referenceId="A", referenceURL=mosip.share(person(0)))),
            mosip.send("identify", message("identify", referenceId="A", referenceURL="")),
            mosip.send("ping", message("ping")),
            mosip.send("pendingJobs", message("pendingJobs")),
            mosip.send("referenceCount", message("referenceCount")),
            mosip.send("delete", message("delete", referenceId="A")),
        ]
    assert [answer.text for answer in answers if answer.json()["returnValue"] == "2"] == []
    check(client.app, seen, MOSIP)  # type: ignore[arg-type]
