"""A station's day over HTTP: every operation of our API is asked for once, in an order in which it makes sense.

What was sent and answered is what the OpenAPI document shows as examples, in api/examples.json. Run as a script it
writes that file anew: ids, moments, digests and secrets are put in an order of their own, so that little changes.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from account_examples import OPERATOR, PASSWORD, confirmed_link, token_of
from examiners import GROUNDS
from fastapi import FastAPI
from inputs import ENCOUNTER, form, photo_of, print_of
from lineup_examples import station_for_lineups
from made_up_transactions import file, fingerprint, text
from officers import WHY, new_key
from openid_provider import CLIENT, REDIRECT, SECRET, running_provider
from phones import Phone
from receiver import receiving
from serving import served

from api.app import create_app
from api.settings import Settings
from biometrics.accounts.model import NewUser
from biometrics.imaging.image import decode
from biometrics.kernel.access import Purpose, Role, Unit
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.technique.clock import today
from biometrics.templates.feed import TemplateFeed
from biometrics.use_cases.search.link_latents import work_off_links

V1 = "/api/v1"
APPLICANT = 750  # a generated person who is not on record
ROLES = frozenset(role for role in Role if not role.is_machine)
EXAMPLES = Path(__file__).parents[2] / "api" / "examples.json"
KEY = {"Idempotency-Key": "7d1c5a52-6a0f-4f0e-9d0c-2f2f3a6c9b11"}
FREED = {"event": "decision", "date": "2020-03-10", "court": "Sessions Court Pune", "verdict": "released_without_trial"}
HOLD = {"kind": "hold", "authority": "JMFC Pune", "reference": "7/2026", "date": "2026-02-01"}


@contextmanager
def station(folder: Path) -> Iterator[FastAPI]:
    """Yield an application, not yet started, that a real provider of identities stands beside."""
    states, key = folder / "states.toml", folder / "state.key"
    key.write_text("an API key")
    states.write_text(f'[27]\nname = "Maharashtra"\nurl = "https://127.0.0.1:9"\nkey_file = "{key}"\n')
    with running_provider() as issuer:
        many = 1_000_000
        yield create_app(
            Settings(
                data_folder=folder,
                national_states=states,
                totp_required=False,
                requests_per_minute=many,
                sign_ins_per_minute=many,
                client_requests=many,
                client_work=many,
                oidc_issuer=issuer,
                oidc_client_id=CLIENT,
                oidc_client_secret=SECRET,
                oidc_redirect_url=REDIRECT,
                webhook_hosts=frozenset({"127.0.0.1"}),
                webhook_networks=frozenset({"127.0.0.0/8"}),
                authorised_purposes=frozenset({Purpose.CUSTODY}),
                _env_file=None,
            )
        )


class Story:
    def __init__(self, app: FastAPI, client: httpx.Client) -> None:
        """Take a started application, and a client of it."""
        self.app = app
        self.client = client
        self.accounts = app.state.services.accounts
        self.exchanges: dict[str, dict[str, Any]] = {}
        self.ids: dict[str, str | int] = {}
        self.key = new_key(self.accounts, *ROLES)
        self.session = ""

    def ask(
        self,
        method: str,
        path: str,
        status: int = 200,
        *,
        by: str | None = None,
        tell: bool = True,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
        fields: dict[str, Any] | None = None,
        files: dict[str, bytes] | None = None,
        content: bytes | None = None,
        **ids: str | int,
    ) -> Any:
        """Ask for an operation, by its path with parameters; `ids` are those that are not this story's."""
        filled = {name: ids.get(name, self.ids.get(name, "")) for name in re.findall(r"{(\w+)}", path)}
        sent: dict[str, Any] = {"json": body} if body is not None else {}
        if fields is not None or files:
            sent = {"data": fields or {}, "files": {name: _named(name, item) for name, item in (files or {}).items()}}
        if content is not None:
            sent = {"content": content}
        octets = {"Content-Type": "application/octet-stream"} if content is not None else {}
        answer = self.client.request(
            method,
            path.format(**filled),
            params=query,
            headers={"Authorization": by if by is not None else self.key} | (headers or {}) | octets,
            follow_redirects=False,
            **sent,
        )
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        of_json = bool(answer.content) and answer.headers["content-type"].startswith("application/json")
        told = self.exchanges.get(f"{method} {path}")
        if tell and told and told["status"] != status:
            told.setdefault("others", {})[str(status)] = answer.json()
        elif tell:
            single = path.endswith(("/group", "/comparisons", "/inspections", "/latent")) or "/latents/" in path
            shown: dict[str, Any] = dict(fields or {})
            for name, item in (files or {}).items():
                at = f"@{_named(name, item)[0]}"
                shown[name] = at if single else [at]
            self.exchanges[f"{method} {path}"] = {
                "parameters": filled | (query or {}) | (headers or {}),
                "body": body if body is not None else shown or None,
                "status": status,
                "answer": answer.json() if of_json else None,
                "headers": {name: answer.headers[name] for name in ("location", "etag") if name in answer.headers},
            }
        return answer.json() if of_json else answer

    def tell_all(self) -> None:
        """Ask for everything."""
        self._people_with_accounts()
        self._records()
        self._searches()
        self._tasks()
        self._cases()
        self._corrections()
        self._files_and_reports()
        self._retention()
        self._provider()
        self._leaving()

    def _person(self, login: str) -> str:
        """Make an account; return its one-time password."""
        return str(self.accounts.add_user(OPERATOR, NewUser(login, "A. Rao", ROLES, Unit.of("national")))[1])

    def _people_with_accounts(self) -> None:
        once = self._person("a.rao")
        entered = {"login": "a.rao", "password": once, "new_password": PASSWORD}
        tokens = self.ask("POST", f"{V1}/tokens", 201, by="", body=entered)
        me = f"Bearer {tokens['access_token']}"
        phone = Phone(self.ask("POST", f"{V1}/me/totp", 201, by=me)["secret"])
        self.ask("POST", f"{V1}/me/totp/confirm", 204, by=me, body={"code": phone.code()})
        tokens = self.ask("POST", f"{V1}/tokens/refresh", by="", body={"refresh_token": tokens["refresh_token"]})
        me = self.session = f"Bearer {tokens['access_token']}"
        self.ask("GET", f"{V1}/me", by=me)
        self.ask("GET", f"{V1}/me/browser-key", by=me)
        stated = {"qualification": "M.Sc. Forensic Science; proficiency test of March 2026 passed"}
        self.ask("PUT", f"{V1}/me/qualification", 204, by=me, body=stated)
        saved = {"name": "Women enrolled by me", "conditions": {"sex": "female", "enrolled_by": "me"}}
        self.ids["filter_id"] = self.ask("POST", f"{V1}/me/record-filters", 201, by=me, body=saved)["id"]
        self.ask("GET", f"{V1}/me/record-filters", by=me)
        self.ask("DELETE", f"{V1}/me/record-filters/{{filter_id}}", 204, by=me)
        changed = {"password": PASSWORD, "new_password": f"{PASSWORD} at night"}
        self.ask("POST", f"{V1}/me/password", 204, by=me, body=changed)
        new = {"login": "r.patil", "name": "SI R. Patil", "roles": ["station_officer"], "unit": "27/519/27519004"}
        self._person("b.menon")
        second = f"Bearer {token_of(self.accounts, 'b.menon')}"
        self.ids["request_id"] = self.ask("POST", f"{V1}/users", 202, by=me, body=new)["request"]["id"]
        requests = f"{V1}/account-requests"
        self.ask("GET", requests, by=second)
        approved = self.ask("POST", f"{requests}/{{request_id}}/approve", by=second)
        self.ids["user"] = approved["user"]["id"]
        user = f"{V1}/users/{{user}}"
        self.ask("GET", f"{V1}/users", by=me, query={"limit": 50})
        self.ask("GET", user, by=me)
        wanted = self.ask("PATCH", user, 202, by=me, body={"roles": ["station_officer", "examiner"]})
        self.ask("DELETE", f"{requests}/{{request_id}}", 204, by=me, request_id=wanted["request"]["id"])
        self.ask("PATCH", user, by=me, body={"roles": ["station_officer"]})
        self.ask("POST", f"{V1}/me/paper-code", 201, by=second, body={"password": "", "code": ""})
        for method, what, status in (
            ("POST", "disable", 200),
            ("POST", "enable", 202),
            ("POST", "unlock", 204),
            ("POST", "password-reset", 202),
            ("POST", "totp-reset", 202),
        ):
            self.ask(method, f"{user}/{what}", status, by=me)
        identity = {"issuer": self.app.state.services.provider.registration.issuer, "subject": "officer-1"}
        self.ask("PUT", f"{user}/identity", by=me, body=identity)
        self.ask("DELETE", f"{user}/identity", by=me)
        known = {"issuer": "https://id.example", "subject": "8f14e45f"}
        self.accounts.administration.link(OPERATOR, "a.rao", **known)
        proof = {"password": changed["new_password"], "code": phone.code()}
        self.ask("POST", f"{V1}/me/identity/confirm", 204, by=me, body=known | proof)
        office = {"unit": "27/519/27519004", "name": "Colaba police station", "telephone": "+91 22 2222 2222"}
        self.ask("PUT", f"{V1}/units", by=me, body=office)
        self.ask("GET", f"{V1}/units", by=me, query={"below": "27", "limit": 50})
        new_one = (
            {"label": "enrolment desk", "days": 90, "scopes": ["abis.encounter.read"]} | proof | {"code": phone.code()}
        )
        self.ids["key"] = self.ask("POST", f"{V1}/api-keys", 201, by=me, body=new_one)["api_key"]["id"]
        program = NewUser("gate", "Gate", frozenset({Role.MACHINE_CLIENT}), Unit.of("27"))
        self.accounts.add_user(OPERATOR, program)
        of_program = new_one | {"owner": "gate", "password": "", "code": ""}
        self.ask("POST", f"{V1}/api-keys", 202, by=second, body=of_program)
        self.ask("GET", f"{V1}/api-keys", by=me)

    def _records(self) -> None:
        finger = print_of(0, "right_thumb", 0)
        sent = {"right_thumb": finger, "photo": photo_of(0)}
        self.ask("POST", f"{V1}/inspections", fields={"position": 1}, files={"finger": finger})
        missing = {"missing_fingers": [{"position": 9, "reason": "amputated"}]}
        reported = {"right_thumb": [{"impression": 0, "ppi": 500}], "photo": [{"view": "frontal"}]}
        fields = form(sex="female") | {"encounter": json.dumps(ENCOUNTER | missing), "details": json.dumps(reported)}
        record = self.ask("POST", f"{V1}/enrolments", 201, headers=KEY, fields=fields, files=sent)
        self.ids["record_id"], self.ids["encounter_id"] = record["id"], record["encounters"][0]["id"]
        self.ids["sample_id"] = record["encounters"][0]["samples"][0]["id"]
        created = {"name": "Mohan Lal", "birth_year": 1979, "state_code": "27"}
        other = self.ask("POST", f"{V1}/records", 201, headers=_key(2), body=created)
        self.ids["other_id"] = other["id"]
        arrest = {"encounter": json.dumps(ENCOUNTER | {"fir_number": "0207/2026", "date": "2026-04-02"})}
        samples = {"right_thumb": print_of(0, "right_thumb", 1)}
        path = f"{V1}/records/{{record_id}}/encounters"
        whole = self.ask("POST", path, 201, headers=_key(3), fields=arrest, files=samples, record_id=other["id"])
        self.ids["other_encounter_id"] = whole["encounters"][0]["id"]
        self.ask("GET", f"{V1}/records/{{record_id}}")
        self.ask("GET", f"{V1}/records", query={"name": "Asha", "state_code": "27", "limit": 50})
        self.ask("GET", f"{V1}/sections", query={"text": "bns 303"})
        self.ask("GET", f"{V1}/samples/{{sample_id}}")
        self.ask("GET", f"{V1}/samples/{{sample_id}}/image")
        self.ask("GET", f"{V1}/samples/{{sample_id}}/rendering", query={"side": 240})

    def _searches(self) -> None:
        latent = {"unknown_finger": print_of(0, "right_thumb", 1)}
        search = self.ask(
            "POST", f"{V1}/identify", 201, headers=_key(4), fields=WHY | {"sex": ["female"]}, files=latent
        )
        self.ids["search_id"] = search["id"]
        self.ask("POST", f"{V1}/identify/group", 201, fields=WHY, files={"photo": photo_of(0)})
        self.ask("POST", f"{V1}/identify/faces", files={"photo": photo_of(0)})
        check = {"right_thumb": print_of(0, "right_thumb", 1)}
        self.ask("POST", f"{V1}/field-checks", 201, headers=_key(29), fields=WHY | {"purpose": "wanted"}, files=check)
        self.ask("GET", f"{V1}/searches", query={"purpose": WHY["purpose"], "mine": True, "limit": 50})
        self.ask("GET", f"{V1}/searches/{{search_id}}")
        self.ask("GET", f"{V1}/find", query={"text": WHY["case_number"]})
        probe = f"{V1}/searches/{{search_id}}/probes/{{probe_number}}"
        self.ids["probe_number"] = 0
        self.ask("GET", f"{probe}/image")
        self.ask("GET", f"{probe}/rendering", query={"side": 240})
        self.ask("POST", f"{V1}/searches/{{search_id}}/replay")
        self._latents(latent["unknown_finger"])
        self.ask("GET", f"{V1}/records/{{record_id}}/searches", query={"limit": 50})
        compared = f"{V1}/searches/{{search_id}}/comparisons"
        self.ask(
            "POST", compared, fields={"sample_id": self.ids["sample_id"]}, files={"image": latent["unknown_finger"]}
        )
        self._shorten(f"POST {compared}")
        claimed, thumb = str(self.ids["record_id"]), {"right_thumb": print_of(0, "right_thumb", 1)}
        self.ask("POST", f"{V1}/verify", fields=WHY | {"record_id": claimed}, files=thumb)
        self.ask("POST", f"{V1}/verify/people", fields=WHY | {"people": [claimed]}, files=thumb)
        other = {"other_right_thumb": print_of(0, "right_thumb", 0)}
        self.ask("POST", f"{V1}/compare", fields=WHY, files=thumb | other)
        scene = {"unknown_finger": print_of(1, "left_index", 1)}
        fields = {"kind": "latent", "case_number": "7/2026", "expires_on": "2036-01-31"}
        created = self.ask("POST", f"{V1}/standing-searches", 201, fields=fields, files=scene)
        self.ids["standing_id"] = created["standing"]["id"]
        result = {"left_index": print_of(1, "left_index", 0)}
        self.ask("POST", f"{V1}/enrolments", 201, tell=False, fields=form(name="Ravi Kumar"), files=result)
        answer = self.ask("GET", f"{V1}/notifications", query={"unread": True})
        self.ids["number"] = answer["notifications"][0]["number"]
        self.ask("POST", f"{V1}/notifications/{{number}}/read")
        self.ask("GET", f"{V1}/standing-searches", query={"kind": ["latent"]})
        self.ask("GET", f"{V1}/standing-searches/{{standing_id}}")
        self.ask("GET", f"{V1}/reconciliation", query={"contradicted": True, "limit": 20})
        self._links(fields)
        self.ask("POST", f"{V1}/standing-searches/{{standing_id}}/withdrawal", body={"because": "The case is solved."})
        wanted = {"record_id": claimed, "legal_basis": "Bail order 12/2026", "expires_on": str(today())}
        self.ids["subscription_id"] = self.ask("POST", f"{V1}/subscriptions", 201, body=wanted)["id"]
        self.ask("GET", f"{V1}/subscriptions", query={"limit": 50})
        self.ask("GET", f"{V1}/subscriptions/{{subscription_id}}")
        self.ask("POST", f"{V1}/subscriptions/{{subscription_id}}/end", body={"because": "Bail is over."})
        self._national()
        self._clearances()
        self._lineups()

    def _national(self) -> None:
        """Take the station for a state, and search it for another one: the state itself does not answer."""
        by = new_key(self.accounts, Role.NATIONAL_INDEX)
        page = self.ask("GET", f"{V1}/national/changes", by=by, query={"since": 0, "most": 1})
        self.ids["reference"] = page["given"][0]["reference"]
        self.ask("GET", f"{V1}/national/references/{{reference}}")
        store = self.app.state.services.engine.store
        (state,) = self.app.state.services.national.states.values()
        own = TemplateFeed(store.database, store.keys, None).page(0, "")
        given = [each for each in own.given if each.reference == self.ids["reference"]]  # one hit: they have no order
        state.copy.apply(replace(own, given=given))
        state.follow()  # so that it is known not to answer
        probe = {name: page["given"][0][name] for name in ("modality", "model", "data", "position")}
        asked = WHY | {"probes": [probe], "legal_basis": "Order 17/2026", "unit": "29/560/29560001", "officer": "a.rao"}
        self.ask("POST", f"{V1}/national/searches", by=by, body=asked)

    def _clearances(self) -> None:
        fingers = [finger for finger in FingerPosition if finger.is_known]
        taken = {finger.name.lower(): print_of(APPLICANT, finger.name.lower(), 0) for finger in fingers}
        why = WHY | {"purpose": "clearance"}
        search = self.ask("POST", f"{V1}/identify", 201, tell=False, fields=why, files=taken | {"photo": photo_of(1)})
        new = {
            "search_id": search["id"],
            "name": "Asha Verma",
            "birth_date": "1990-01-02",
            "document": "Passport Z1234567",
            "wanted_for": "Student visa",
            "authority": "Embassy of Norway, New Delhi",
            "legal_basis": "Written consent of 28 November 2026",
        }
        path, decider = f"{V1}/clearances", new_key(self.accounts, Role.SUPERVISOR)
        self.ids["clearance_id"] = self.ask("POST", path, 201, body=new)["id"]
        self.ask("GET", path, query={"state": "requested"})
        path = f"{path}/{{clearance_id}}"
        decided = self.ask("POST", f"{path}/decision", by=decider, body={"outcome": "no_record"})
        self.ask("GET", path)
        self.ask("GET", f"{path}/certificate")
        self.ask("POST", f"{V1}/clearances/verification", body={"statement": decided["statement"]})
        self.ask("POST", f"{path}/revocation", body={"because": "The applicant's papers were forged."})
        search = self.ask("POST", f"{V1}/identify", 201, tell=False, fields=why, files=taken | {"photo": photo_of(1)})
        other = self.ask("POST", f"{V1}/clearances", 201, tell=False, body=new | {"search_id": search["id"]})
        self.ask("POST", f"{path}/withdrawal", body={"because": "No longer needed."}, clearance_id=other["id"])

    def _lineups(self) -> None:
        suspect, _fillers = station_for_lineups(self.app.state.services.engine, 7400, 6)
        operator = new_key(self.accounts, Role.STATION_OFFICER)
        described = {"description": "a man of about 35, thin", "sought": {"age_from": 30, "age_to": 40}}
        new = {"record_id": suspect, "fir_number": "0123/2026", **described}
        lineup = self.ask("POST", f"{V1}/lineups", 201, body=new)
        one = f"{V1}/lineups/{{lineup_id}}"
        self.ids["lineup_id"] = lineup["id"]
        self.ids["ordinal"] = next(each["ordinal"] for each in lineup["members"] if each["band"] == "near")
        self.ask("GET", f"{V1}/lineups", query={"limit": 50})
        [filler] = self.ask("GET", f"{one}/fillers")["fillers"]
        self.ask("PUT", f"{one}/photos/{{ordinal}}", body={"record_id": filler["record_id"]})
        self.ask("GET", f"{one}/photos/{{ordinal}}")
        self.ask("POST", f"{one}/ready", body={"photos_checked": True})
        shown = {"witness": "PW1", "present": "HC Rao; Sita Devi, the witness's sister", "language": "hi"}
        self.ask("POST", f"{one}/viewings", 201, by=operator, body=shown | {"instructed": True})
        self.ids |= {"viewing": 1, "position": 1}
        self.ask("GET", f"{one}/viewings/{{viewing}}/photos/{{position}}", by=operator)
        for position in range(1, 7):
            said = {"position": position, "choice": "no", "words": "I have not seen him."}
            self.ask("POST", f"{one}/viewings/{{viewing}}/answers", by=operator, body=said)
        self.ask("POST", f"{one}/viewings/{{viewing}}/end", by=operator, body={"remarks": ""})
        self.ask("POST", f"{one}/close", body={"because": ""})
        self.ask("GET", one)
        self.ask("GET", f"{V1}/marks", query={"body_part": "forearm", "mark_code": "TAT", "limit": 50})
        self.ask("GET", f"{one}/report", query={"language": "hi"})
        self.ask("GET", f"{one}/key", query={"language": "hi"})

    def _links(self, fields: dict[str, str]) -> None:
        """Search for another latent of the finger, of another offence, and let examiners link the two."""
        scene = {"unknown_finger": print_of(1, "left_index", 2)}
        other = fields | {"case_number": "8/2026"}
        self.ask("POST", f"{V1}/standing-searches", 201, tell=False, fields=other, files=scene)
        work_off_links(self.app.state.services.engine.as_system("the story"))
        latents = self.ask("GET", f"{V1}/unsolved-latents", query={"linked": True})["latents"]
        self.ids["link_id"] = latents[0]["links"][0]["id"]
        self.ask("GET", f"{V1}/unsolved-latents/{{standing_id}}")
        case = self.ask("POST", f"{V1}/unsolved-latents/{{standing_id}}/links/{{link_id}}/case", 201)["id"]
        self._examined(case)
        self.ask("GET", f"{V1}/linked-offences", query={"limit": 50})

    def _latents(self, image: bytes) -> None:
        self.ask("POST", f"{V1}/latents/readings", tell=False, files={"file": image})
        region = "[[60, 60], [320, 60], [320, 400], [60, 400]]"
        seen = self.ask("POST", f"{V1}/latents/minutiae", fields={"region": region, "ppi": 500}, files={"image": image})
        self.ask("POST", f"{V1}/latents/layers", fields={"ppi": 500}, files={"image": image})
        answer = self.exchanges[f"POST {V1}/latents/layers"]["answer"]
        answer["clarity"] = [row[:3] for row in answer["clarity"][:2]]  # a corner
        marks = {"format": "pehchan-minutiae", "version": 1, "ppi": 500, "region": json.loads(region)}
        marks |= {name: seen[name] for name in ("width", "height", "minutiae")}
        both = {"marked": json.dumps(marks).encode(), "image": image}
        written = self.ask("POST", f"{V1}/latents/files", fields={"case_number": "7/2026"}, files=both)
        self.ask("POST", f"{V1}/identify/latent", 201, headers=_key(15), fields=WHY, files=both)
        self.ask("POST", f"{V1}/latents/readings", files={"file": written.content})

    def _tasks(self) -> None:
        with receiving() as receiver:
            wanted = {"url": f"{receiver.url}/pehchan", "events": ["task.finished", "notification.created"]}
            hook = self.ask("POST", f"{V1}/webhooks", 201, body=wanted)
            self.ids["webhook_id"] = hook["webhook"]["id"]
            latent = {"unknown_finger": print_of(0, "right_thumb", 1)}
            later = {"headers": _key(14) | {"Prefer": "respond-async"}, "fields": WHY, "files": latent}
            self.ids["task_id"] = self.ask("POST", f"{V1}/identify", 202, tell=False, **later)["id"]
            task = f"{V1}/tasks/{{task_id}}"
            self.ask("GET", f"{task}/events")
            receiver.wait(1)
            self.ask("GET", task)
            self.ask("GET", f"{task}/response", 201)
            self.ask("GET", f"{V1}/tasks", query={"limit": 50})
            path = f"{V1}/webhooks/{{webhook_id}}"
            self.ask("GET", f"{V1}/webhooks")
            self.ask("GET", path)
            self.ask("POST", f"{path}/test", 202)
            receiver.wait(2)
            until = time.monotonic() + 120
            while "waiting" in {delivery["state"] for delivery in self.ask("GET", f"{path}/deliveries")["deliveries"]}:
                assert time.monotonic() < until
            delivered = self.ask("GET", f"{path}/deliveries", query={"limit": 50})["deliveries"]
            self.ids["delivery_id"] = delivered[0]["id"]
            self.ask("POST", f"{path}/deliveries/{{delivery_id}}/redeliver", 202)
            receiver.wait(3)
            for request in (f"POST {path}/test", f"POST {path}/deliveries/{{delivery_id}}/redeliver"):
                self.exchanges[request]["answer"]["state"] = "waiting"  # it may be delivered by then
        gone = self.ask("POST", f"{V1}/identify", 202, tell=False, **{**later, "headers": {"Prefer": "respond-async"}})
        self.ask("DELETE", task, 204, task_id=gone["id"])
        gone = self.ask("POST", f"{V1}/webhooks", 201, tell=False, body=wanted)["webhook"]
        self.ask("DELETE", path, 204, webhook_id=gone["id"])

    def _cases(self) -> None:
        fields = {name: str(self.ids[name]) for name in ("search_id", "record_id")}
        latent = {"unknown_finger": print_of(0, "right_thumb", 1)}
        case = self.ask("POST", f"{V1}/cases", 201, fields=fields, files=latent)["id"]
        self.ids["case_id"] = case
        path = f"{V1}/cases/{{case_id}}"
        self.ask("GET", f"{V1}/cases", query={"kind": "latent_hit", "state": "waiting"})
        self.ask("GET", f"{path}/thumbnail")
        self.ask("POST", f"{path}/take")
        self.ask("POST", f"{path}/give-back")
        self.ask("POST", f"{path}/take", tell=False)
        self.ask("POST", f"{path}/comments", 201, body={"text": "The exhibit is at the laboratory until Friday."})
        images = self.ask("GET", f"{path}/images", tell=False)
        self.ids["name"] = images[0]["name"]
        self.ask("GET", f"{path}/images/{{name}}")
        seen = {"image": images[0]["name"], "kind": "ending", "place": [152.5, 201.0], "direction": 75.0}
        analysis = {"of_value": True, "notes": "Core and delta clear.", "pattern": "LS", "marks": [seen]}
        self.ask("POST", f"{path}/analyses", 201, body=analysis)
        images = self.ask("GET", f"{path}/images")
        for image in images:
            self.ask("GET", f"{path}/images/{{name}}", tell=False, name=image["name"])
        self.ask("GET", f"{path}/images/{{name}}/rendering", query={"side": 400})
        self.ask("GET", f"{path}/images/{{name}}/marks")
        self._shorten(f"GET {path}/images/{{name}}/marks")
        self.ids["probe_name"], self.ids["candidate_name"] = images[0]["name"], images[1]["name"]
        self.ask("GET", f"{path}/comparisons/{{probe_name}}/{{candidate_name}}")
        self._shorten(f"GET {path}/comparisons/{{probe_name}}/{{candidate_name}}")
        both = {"kind": "ending", "probe": [152.5, 201.0], "candidate": [148.0, 190.5], "probe_direction": 75.0}
        pair = {"probe_image": images[0]["name"], "candidate_image": images[1]["name"]}
        self.ask("PUT", f"{path}/working-marks", body={"version": 0, "pairs": [pair | {"marks": [both]}]})
        self.ask("GET", f"{path}/working-marks")
        decision = {"conclusion": "identification", "notes": "Fourteen points agree, none differs."}
        decision["basis"] = GROUNDS["identification"] | {"level_three": "not_visible", "limits": ["small_area"]}
        decision |= pair | {"marks": [both]}
        self.ask("POST", f"{path}/opinions", 201, body=decision)
        self.ask("GET", path)
        self.ask("POST", f"{path}/withdrawal", body={"because": "Asked for by mistake."})
        closed = self._identified(fields, latent)
        self.ask("GET", f"{path}/report", query={"language": "hi"}, case_id=closed)

    def _identified(self, fields: dict[str, str], files: dict[str, bytes]) -> str:
        """Open a case, and let two examiners identify."""
        return self._examined(self.ask("POST", f"{V1}/cases", 201, fields=fields, files=files, tell=False)["id"])

    def _examined(self, case: str) -> str:
        """Let two examiners identify in a case."""
        path = f"{V1}/cases/{case}"
        examiners = [new_key(self.accounts, *ROLES), new_key(self.accounts, *ROLES)]
        first = self.ask("GET", f"{V1}/me", by=examiners[0], tell=False)["user"]["id"]
        self.ask("GET", f"{V1}/cases/{{case_id}}/examiners", case_id=case)
        self.ask("POST", f"{V1}/cases/{{case_id}}/assignment", body={"examiner": first}, case_id=case)
        for examiner in examiners:
            if examiner != examiners[0]:
                self.ask("POST", f"{path}/take", by=examiner, tell=False)
            value = {"of_value": True, "notes": "Ulnar loop."}
            self.ask("POST", f"{path}/analyses", 201, by=examiner, body=value, tell=False)
            names = [item["name"] for item in self.ask("GET", f"{path}/images", by=examiner, tell=False)]
            for name in names:
                self.ask("GET", f"{path}/images/{name}", by=examiner, tell=False)
            opinion = {"conclusion": "identification", "notes": "Fourteen points agree."}
            opinion["basis"] = GROUNDS["identification"]
            opinion |= {"marks": [{"kind": "ending", "probe": [152.5, 201.0], "candidate": [148.0, 190.5]}]}
            opinion |= {"probe_image": names[0], "candidate_image": names[1]}
            self.ask("POST", f"{path}/opinions", 201, by=examiner, body=opinion, tell=False)
        return case

    def _shorten(self, operation: str) -> None:
        """Show two marks of each image and one pair: there are dozens."""
        answer = self.exchanges[operation]["answer"]
        for item in (answer, answer.get("probe", {}), answer.get("candidate", {})):
            if "marks" in item:
                item["marks"] = item["marks"][:2]
        if "pairs" in answer:
            answer["pairs"] = [[0, 1]]

    def _version(self, record_id: str | int) -> dict[str, str]:
        return {"If-Match": f'"{self.ask("GET", f"{V1}/records/{record_id}", tell=False)["version"]}"'}

    def _corrections(self) -> None:
        record, other = self.ids["record_id"], self.ids["other_id"]
        own = f"{V1}/records/{{record_id}}"
        change = {"birth_year": 1988, "aliases": ["Guddi"]}
        self.ask("PATCH", own, headers=self._version(record) | _key(5), body=change)
        self.ask("GET", f"{own}/history")
        visit = f"{V1}/encounters/{{encounter_id}}"
        right = {"fir_number": "0124/2026"}
        self.ask("PATCH", visit, headers=self._version(record) | _key(21), body=right)
        self.ask("GET", f"{visit}/history")
        outcome = {"event": "decision", "date": "2026-06-01", "court": "Sessions Court Pune", "verdict": "acquitted"}
        outcomes = f"{V1}/encounters/{{encounter_id}}/outcomes"
        self.ids["outcome_id"] = self.ask("POST", outcomes, 201, headers=_key(6), body=outcome)["id"]
        mistake = {"because": "Another person's judgment.", "instead": outcome | {"verdict": "convicted"}}
        self.ask("POST", f"{outcomes}/{{outcome_id}}/withdrawal", headers=_key(13), body=mistake)
        link = {"to_id": self.ids["encounter_id"], "kind": "follows"}
        path, encounter = f"{V1}/encounters/{{encounter_id}}", self.ids["other_encounter_id"]
        self.ask("POST", f"{path}/links", 201, headers=_key(7), body=link, encounter_id=encounter)
        merge = {"other_id": other, "reason": "Same prints, case 7."}
        done = self.ask("POST", f"{own}/merges", 201, headers=self._version(record) | _key(8), body=merge)
        self.ids["merge_id"] = done["id"]
        undo = {"reason": "Twins."}
        self.ask("POST", f"{V1}/merges/{{merge_id}}/undo", headers=self._version(record) | _key(9), body=undo)
        move = {"to_id": record, "reason": "Taken under the brother's number."}
        its = {"headers": self._version(other) | _key(10), "encounter_id": encounter}
        self.ids["move_id"] = self.ask("POST", f"{path}/moves", 201, body=move, **its)["id"]
        undo = {"reason": "It was right before."}
        self.ask("POST", f"{V1}/moves/{{move_id}}/undo", headers=self._version(record) | _key(11), body=undo)
        self.ask("GET", f"{own}/provenance")

    def _files_and_reports(self) -> None:
        image = decode(print_of(2, "right_thumb", 0))
        taken = fingerprint(1, 1, print_of(2, "right_thumb", 0), (image.width, image.height))
        booking = file("CAR", text(f9="31/2026", f18="VERMA, ASHA", f73="27519004"), taken)
        self.ask("POST", f"{V1}/itl/transactions", content=booking)
        queued = {"key": "20260115T093000-1", "queued_at": "2026-01-15T09:30:00Z", "record": {"name": "Ravi Rao"}}
        queued |= {"encounter": ENCOUNTER | {"fir_number": "0032/2026"}, "samples": [{"file": 0, "position": 6}]}
        batch = {"items": json.dumps([queued]), "clock_ahead": 2}
        self.ask("POST", f"{V1}/batches", fields=batch, files={"files": print_of(5, "left_thumb", 0)})
        period = {"first_date": "2026-01-01", "last_date": str(today() + timedelta(days=1))}
        self.ask("GET", f"{V1}/reports/counts", query=period | {"by": ["district", "sex"]})
        for name in ("quality", "register", "searches", "turnaround"):
            self.ask("GET", f"{V1}/reports/{name}", query=period)
        self.ask("GET", f"{V1}/reports/transparency", query={"year": today().year})
        self.ask("GET", f"{V1}/audit/entries", query={"person": self.ids["record_id"], "limit": 2})
        breach = {"noticed_at": "2026-12-03T09:30+05:30", "person": self.ids["record_id"]}
        self.ask("GET", f"{V1}/audit/breach-report", query=breach)
        self.ask("GET", f"{V1}/audit/head")
        self.ask("GET", f"{V1}/system", by=self.session)
        self.ask("GET", f"{V1}/health", by="")
        self.ask("GET", "/health/live", by="")
        self.ask("GET", "/health/ready", by="")

    def _retention(self) -> None:
        old = {"encounter": json.dumps(ENCOUNTER | {"fir_number": "0009/2019", "date": "2019-05-01"})}
        sent = {"fields": form(name="Sita Devi") | old, "files": {"left_thumb": print_of(4, "left_thumb", 0)}}
        record = self.ask("POST", f"{V1}/enrolments", 201, tell=False, **sent)
        freed = {"record_id": record["id"], "encounter_id": record["encounters"][0]["id"]}
        encounter = f"{V1}/encounters/{{encounter_id}}"
        for paper in ("fingerprint-slip", "receipt"):
            path = f"{V1}/records/{{record_id}}/encounters/{{encounter_id}}/{paper}"
            self.ask("GET", path, query={"language": "hi"}, **freed)
        another = new_key(self.accounts, *ROLES)  # what one person alone has made due is left to another one
        self.ask("POST", f"{encounter}/outcomes", 201, by=another, tell=False, body=FREED, **freed)
        hold = self.ask("POST", f"{encounter}/retention-orders", 201, headers=_key(12), body=HOLD, **freed)
        self.ask("GET", f"{V1}/records/{{record_id}}/retention", **freed)
        self.ask("GET", f"{V1}/retention/due", query={"limit": 100})
        self.ask("POST", f"{V1}/searches/{{search_id}}/retention-orders", 201, headers=_key(16), body=HOLD)
        order = {name: HOLD[name] for name in ("authority", "reference", "date")}
        ordered = {"fields": WHY | {"purpose": "custody"}, "files": {"left_thumb": print_of(4, "left_thumb", 0)}}
        search = self.ask("POST", f"{V1}/identify", 201, by=another, tell=False, **ordered)
        path = f"{V1}/searches/{{search_id}}/authorisation"
        self.ask("POST", path, 201, headers=_key(17), body=order, search_id=search["id"])
        release = HOLD | {"kind": "release", "hold_id": hold["id"]}
        self.ask("POST", f"{encounter}/retention-orders", 201, tell=False, body=release, **freed)
        certificates = self.ask("POST", f"{V1}/retention/run")
        self.ids["expungement_id"] = certificates[0]["content"]["id"]
        self.ask("GET", f"{V1}/expungements/{{expungement_id}}")
        self.ask("GET", f"{V1}/expungements/{{expungement_id}}/notice", query={"language": "hi"})
        self.ask("GET", f"{V1}/expungements", query={"limit": 50})

    def _provider(self) -> None:
        issuer = self.app.state.services.provider.registration.issuer
        self._person("b.das")
        confirmed_link(self.accounts, "b.das", issuer, "officer-1")
        way = self.ask("GET", f"{V1}/oidc/start", 303, by="")
        back = httpx.get(way.headers["location"], follow_redirects=False, timeout=600).headers["location"]
        request = dict(httpx.URL(back).params)
        self.ask("GET", f"{V1}/oidc/callback", by="", query=request)
        address = "https://id.example/authorize?response_type=code&client_id=pehchan"
        self.exchanges[f"GET {V1}/oidc/start"]["headers"] = {"location": address}
        self.exchanges[f"GET {V1}/oidc/callback"]["parameters"] = {"code": "Jx2b7kQm4w", "state": "b0Vn8rTt1s"}

    def _leaving(self) -> None:
        once = self._person("c.nair")
        entered = {"login": "c.nair", "password": once, "new_password": PASSWORD}
        tokens = self.ask("POST", f"{V1}/tokens", 201, by="", tell=False, body=entered)
        self.ask("POST", f"{V1}/tokens/revoke", 204, by="", body={"refresh_token": tokens["refresh_token"]})
        again = self.ask("POST", f"{V1}/tokens", 201, by="", tell=False, body=entered | {"password": PASSWORD})
        self.ask("DELETE", f"{V1}/me/sessions", 204, by=f"Bearer {again['access_token']}")
        self.ask("DELETE", f"{V1}/api-keys/{{key}}", 204, by=self.session)


def _named(name: str, content: bytes) -> tuple[str, bytes]:
    kinds = {b"\xff\xd8": "jpg", b"{": "json", b"1.0": "an2"}
    kind = next((kind for start, kind in kinds.items() if content.startswith(start)), "png")
    return f"{name}.{kind}", content


def _key(number: int) -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid5(uuid.NAMESPACE_OID, f"key {number}"))}


# What is shown in the place of secrets (nothing of any station, by its form no secret), of this machine's versions and
# of dates that depend on the day on which the story is told.
SHOWN: dict[str, Any] = {
    "access_token": "access-token-of-five-minutes",
    "refresh_token": "refresh-token-for-one-use",
    "device": "device-token",
    "expires_on": "2036-01-31",
    "last_date": "2026-12-31",
    "month": "2026-01",
    "issued": "2035-08-04",
    "until": "2036-01-31",
    "searched": "2035-08-04",
    "key_id": "0123456789abcdef",
    "statement": "the signed text",
    "order": [4, 1, 6, 3, 2, 5],
    "password": "seven lamps by the river",
    "new_password": "seven lamps by the sea",
    "one_time_password": "one-time-password",
    "first_half": "first-half",
    "second_half": "second-half",
    "paper_code": "code-on-paper",
    "secret": "SECRETOFTHEAUTHENTICATOR",
    "sealing_key": "32 bytes in base64",
    "uri": "otpauth://totp/Pehchan:a.rao?secret=SECRETOFTHEAUTHENTICATOR&issuer=Pehchan",
    "signature": "signature in base64",
    "rendering": "PNG in base64",
    "ridges": "PNG in base64",
    "original": "file in base64",
    "public_key": "public key in base64",
    "prefix": "pehchan_0a1b2c3d",
    "key": "pehchan_0a1b2c3d and the rest of the key",
    "python": "3.11.7",
    "kept_until": "2101-01-15",
    "database": {"kind": "SQLite", "version": "3.46.1", "migration": "0001"},
    "software": {"fastapi": "0.165.0", "faiss-cpu": "1.15.1"},
}


class Settled:
    """Puts what is another one every time in an order of its own."""

    PATTERNS = (
        ("uuid", r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
        ("digest", r"\b[0-9a-f]{64}\b"),
        ("request", r"\b[0-9a-f]{32}\b"),
        ("moment", r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?"),
        ("year", r"(?<=-)20\d\d(?=-\d{4}\b)"),  # of the number of a case
        ("login", r"test-[0-9a-f]{12}"),
        ("reference", r"(?<![\w+/-])[\w-]{43}(?![\w=+/-])"),
        ("port", r"http://127\.0\.0\.1:\d+"),
    )

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}

    def of(self, value: Any, name: str = "") -> Any:
        """Return a value with all such things replaced, one for one."""
        if value and isinstance(value, type(SHOWN.get(name))):
            return SHOWN[name]
        if isinstance(value, dict):
            return {self.of(key): self.of(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self.of(item, name) for item in value]
        if isinstance(value, str):
            if name in ("code", "next") and value.isdigit():
                return "123456"
            for kind, pattern in self.PATTERNS:
                value = re.sub(pattern, lambda result, kind=kind: self._instead(kind, result[0]), value)
        return value

    def _instead(self, kind: str, value: str) -> str:
        if kind == "moment":
            return "2026-01-15T09:30:00Z"
        if kind == "year":
            return "2026"
        if kind == "login":
            return "r.patil"
        if kind == "port":
            return "https://id.example"
        number = sum(text.startswith(kind) for text in self.seen.values())
        if value not in self.seen:
            self.seen[value] = f"{kind} {number}"
        digest = sha256(self.seen[value].encode()).hexdigest()
        if kind == "uuid":
            return str(uuid.UUID(digest[:32], version=4))
        return digest if kind == "digest" else digest[:32]


@contextmanager
def running_story(folder: Path) -> Iterator[Story]:
    """Serve a station, and tell the story to it."""
    with station(folder) as app, served(app) as url, httpx.Client(base_url=url, timeout=600) as client:
        story = Story(app, client)
        story.tell_all()
        yield story


def examples_of(story: Story) -> dict[str, Any]:
    """Return what was told as it is kept in the file."""
    settled = Settled()
    return {operation: settled.of(story.exchanges[operation]) for operation in sorted(story.exchanges)}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running_story(Path(folder)) as story:
        examples = examples_of(story)
    EXAMPLES.write_text(json.dumps(examples, indent=1, ensure_ascii=False) + "\n")
    sys.stdout.write(f"{len(examples)} examples\n")
