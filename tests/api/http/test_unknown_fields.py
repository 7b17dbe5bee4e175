"""Nothing that a client sends is lost: a field that a route does not have is refused by its name, on every mount."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from calling import V1, Caller
from fastapi.testclient import TestClient
from osia_client import settings_of
from surface import RequestParts, Route, objects, put

from api.app import create_app
from api.http.paths import PREFIX
from api.standards.mosip.reasons import Reason

UNKNOWN = "unknwon"
# Objects whose names are the client's own: of OSIA data of any form, of MOSIP flags.
OPEN = ("contextualData", "biographicData", "filter", "flags")

PROVIDERS_ANSWER = f"GET {V1}/oidc/callback"  # RFC 6749, 4.1.2: parameters that a client does not know are ignored


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    limits = {"client_requests": 1000, "client_work": 1000, "sign_ins_per_minute": 1_000_000, "task_workers": 0}
    settings = settings_of(tmp_path_factory.mktemp("unknown"), "", totp_required=False, **limits)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield Caller(client)


def refused(caller: Caller, route: Route, request: RequestParts, name: str, suggestion: str = "") -> None:
    """Fail where a request is not refused for the name of a field."""
    answer = caller.send(route, request)
    if route.application == "/osia":
        assert answer.status_code == 400, (str(route), answer.text)
        body = answer.json()["message"]
        assert body.startswith("unknown_field"), (str(route), body)
    elif route.application == PREFIX:
        assert answer.status_code == 422, (str(route), answer.text)
        body = answer.text
    else:
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_field"), (str(route), request, answer.text)
        body = answer.json()["detail"]
    assert name in body, (str(route), body)
    assert not suggestion or f"did you mean {suggestion}?" in body, (str(route), body)


def test_a_query_parameter_that_a_route_does_not_have_is_refused(caller: Caller) -> None:
    tried = Counter[str]()
    for route in caller.routes:
        if str(route) == PROVIDERS_ANSWER:
            continue
        request = caller.proper(route)
        refused(caller, route, replace(request, query=((UNKNOWN, "1"),)), UNKNOWN)
        for name in route.names("query"):
            if len(name) > 4:
                refused(caller, route, replace(request, query=((name[:-1], "1"),)), name[:-1], name)
        tried[route.application] += 1
    assert min(tried.values()) >= 5, tried


@pytest.mark.essential
def test_a_form_field_or_file_that_a_route_does_not_have_is_refused(caller: Caller) -> None:
    """Also where a route takes no form, or nothing at all: then a body is sent in vain."""
    tried = Counter[str]()
    for route in caller.routes:
        request = caller.proper(route)
        if route.takes_json or route.reads_body:
            continue
        values = request.form or ()
        refused(caller, route, replace(request, form=(*values, (UNKNOWN, "1")), body=None), UNKNOWN)
        refused(caller, route, replace(request, form=values, files=((UNKNOWN, "a.png", b"x"),), body=None), UNKNOWN)
        for name in (*route.names("form"), *route.names("file")):
            if len(name) > 4:
                refused(caller, route, replace(request, form=(*values, (name[:-1], "1"))), name[:-1], name)
        tried["form" if route.takes_form else "none"] += 1
    assert min(tried.values()) >= 10, tried


def test_a_property_that_a_schema_does_not_have_is_refused_however_deep(caller: Caller) -> None:
    tried = Counter[str]()
    for route in caller.routes:
        request = caller.proper(route)
        if route.takes_json and route.application != "/mosip" and request.body:
            for steps in objects(request.body):
                if not any(step in OPEN for step in steps):
                    wrong = put(deepcopy(request.body), (*steps, UNKNOWN), "1")
                    refused(caller, route, replace(request, body=wrong), UNKNOWN)
                    tried[route.application] += 1
    assert tried[""] > 15, tried
    assert tried["/osia"] > 5, tried


def test_a_body_that_a_route_does_not_take_is_refused(caller: Caller) -> None:
    for route in caller.routes:
        if not route.takes_json and not route.reads_body:
            request = replace(caller.proper(route), form=None, body={UNKNOWN: "1"})
            refused(caller, route, request, UNKNOWN)


def test_the_fields_of_a_form_are_not_taken_as_json(caller: Caller) -> None:
    """They would be lost where each may be left out."""
    route = next(route for route in caller.routes if str(route) == f"POST {V1}/identify")
    answer = caller.send(route, RequestParts("POST", f"{V1}/identify", body={"target_fpir": "0.1"}))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")
    assert "form" in answer.json()["detail"]


def test_a_finger_with_a_misspelt_name_is_not_left_out(caller: Caller) -> None:
    for path in ("/enrolments", "/identify", "/verify"):
        route = next(route for route in caller.routes if str(route) == f"POST {V1}{path}")
        request = caller.proper(route)
        wrong = replace(request, files=(("right_tumb", "a.png", b"x"),), form=request.form or ())
        refused(caller, route, wrong, "right_tumb", "right_thumb")


def test_misspelt_fields_of_json_in_a_form_get_a_suggestion(caller: Caller) -> None:
    route = next(route for route in caller.routes if str(route) == f"POST {V1}/enrolments")
    fields = (("record", '{"nmae": "Asha", "particulars": {"adress": {}}}'), ("encounter", "{}"))
    answer = caller.send(route, RequestParts("POST", f"{V1}/enrolments", form=fields))
    assert answer.json()["code"] == "unknown_field"
    for suggestion in ("did you mean name?", "did you mean address?"):
        assert suggestion in answer.json()["detail"]


def mosip(caller: Caller, **changed: Any) -> Any:
    route = next(route for route in caller.routes if str(route) == "POST /mosip/abis/identifyrequest")
    request = caller.proper(route)
    return caller.send(route, replace(request, body=request.body | changed)).json()


def test_a_mosip_message_may_have_any_flags_and_no_other_unknown_parts(caller: Caller) -> None:
    """Its answers have a code only; the log names the part."""
    proper = mosip(caller)["failureReason"]
    assert mosip(caller, flags={"maxResults": "3", "flag1": "x"})["failureReason"] == proper
    assert mosip(caller, referenceUrl=None)["failureReason"] == proper
    gallery = {"referenceIds": [{"id": "x"}]}
    for wrong in ({UNKNOWN: 1}, {"maxResults": 3}, {"gallery": {"refrenceIds": []}}, {"gallery": gallery}):
        message = mosip(caller, **wrong)
        assert (message["returnValue"], message["failureReason"]) == ("2", Reason.INVALID_REQUEST), wrong
    assert proper != Reason.INVALID_REQUEST
