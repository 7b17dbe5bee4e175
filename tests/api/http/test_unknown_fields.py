"""Nothing that a client sends is lost: a field that a route does not have is refused by its name, on every mount."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from surface import RequestParts, Route, objects, put
from walking import BY_TIER, V1, Walker, chosen

from api.http.paths import PREFIX
from api.standards.mosip.reasons import Reason

UNKNOWN = "unknwon"
# Objects whose names are the client's own: of OSIA data of any form, of MOSIP flags.
OPEN = ("contextualData", "biographicData", "filter", "flags")

PROVIDERS_ANSWER = f"GET {V1}/oidc/callback"  # RFC 6749, 4.1.2: parameters that a client does not know are ignored


def refused(walker: Walker, route: Route, request: RequestParts, name: str, suggestion: str = "") -> None:
    answer = walker.send(route, request)
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


Case = tuple[RequestParts, str, str]  # a request, the name of a field that its route does not have, what is suggested


def in_the_query(route: Route, request: RequestParts) -> Iterator[Case]:
    if str(route) != PROVIDERS_ANSWER:
        yield replace(request, query=((UNKNOWN, "1"),)), UNKNOWN, ""
        for name in misspelt(route, "query"):
            yield replace(request, query=((name[:-1], "1"),)), name[:-1], name


def in_the_body(route: Route, request: RequestParts) -> Iterator[Case]:
    """Yield requests with an unknown or misspelt field or file, or property however deep, or with a body in vain."""
    if not route.takes_json and not route.reads_body:
        values = request.form or ()
        yield replace(request, form=(*values, (UNKNOWN, "1")), body=None), UNKNOWN, ""
        yield replace(request, form=values, files=((UNKNOWN, "a.png", b"x"),), body=None), UNKNOWN, ""
        yield replace(request, form=None, body={UNKNOWN: "1"}), UNKNOWN, ""
        for name in misspelt(route, "form", "file"):
            yield replace(request, form=(*values, (name[:-1], "1"))), name[:-1], name
    elif route.takes_json and route.application != "/mosip" and request.body:
        for steps in objects(request.body):
            if not any(step in OPEN for step in steps):
                yield replace(request, body=put(deepcopy(request.body), (*steps, UNKNOWN), "1")), UNKNOWN, ""


def misspelt(route: Route, *kinds: str) -> list[str]:
    """Return the names of fields that are long enough for a suggestion."""
    return [name for kind in kinds for name in route.names(kind) if len(name) > 4]


@BY_TIER
def test_a_field_that_a_route_does_not_have_is_refused_by_its_name(walker: Walker, every: int) -> None:
    tried: set[tuple[str, str]] = set()
    for number, route in enumerate(walker.routes):
        for cases in (in_the_query, in_the_body):
            for case in chosen(list(cases(route, walker.proper(route))), number, every):
                refused(walker, route, *case)
                tried.add((route.application, cases.__name__))
    assert len(tried) == 7, tried  # MOSIP's messages have their own test below


def test_the_fields_of_a_form_are_not_taken_as_json(walker: Walker) -> None:
    """They would be lost where each may be left out."""
    route = walker.route(f"POST {V1}/identify")
    answer = walker.send(route, RequestParts("POST", f"{V1}/identify", body={"target_fpir": "0.1"}))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")
    assert "form" in answer.json()["detail"]


def test_a_finger_with_a_misspelt_name_is_not_left_out(walker: Walker) -> None:
    for path in ("/enrolments", "/identify", "/verify"):
        route = walker.route(f"POST {V1}{path}")
        request = walker.proper(route)
        wrong = replace(request, files=(("right_tumb", "a.png", b"x"),), form=request.form or ())
        refused(walker, route, wrong, "right_tumb", "right_thumb")


def test_misspelt_fields_of_json_in_a_form_get_a_suggestion(walker: Walker) -> None:
    route = walker.route(f"POST {V1}/enrolments")
    fields = (("record", '{"nmae": "Asha", "particulars": {"adress": {}}}'), ("encounter", "{}"))
    answer = walker.send(route, RequestParts("POST", f"{V1}/enrolments", form=fields))
    assert answer.json()["code"] == "unknown_field"
    for suggestion in ("did you mean name?", "did you mean address?"):
        assert suggestion in answer.json()["detail"]


def mosip(walker: Walker, **changed: Any) -> Any:
    route = walker.route("POST /mosip/abis/identifyrequest")
    request = walker.proper(route)
    return walker.send(route, replace(request, body=request.body | changed)).json()


def test_a_mosip_message_may_have_any_flags_and_no_other_unknown_parts(walker: Walker) -> None:
    proper = mosip(walker)["failureReason"]
    assert mosip(walker, flags={"maxResults": "3", "flag1": "x"})["failureReason"] == proper
    assert mosip(walker, referenceUrl=None)["failureReason"] == proper
    gallery = {"referenceIds": [{"id": "x"}]}
    for wrong in ({UNKNOWN: 1}, {"maxResults": 3}, {"gallery": {"refrenceIds": []}}, {"gallery": gallery}):
        message = mosip(walker, **wrong)
        assert (message["returnValue"], message["failureReason"]) == ("2", Reason.INVALID_REQUEST), wrong
    assert proper != Reason.INVALID_REQUEST
