"""The OpenAPI document tells all of every operation, by what a real service was sent and answers.

Schemathesis then asks the same service whatever the document allows, for somebody of all roles.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from account_examples import OPERATOR, PASSWORD
from inputs import ENCOUNTER, form
from made_up_prints import made_up_finger
from officers import WHY
from serving import run_schemathesis
from story import EXAMPLES, ROLES, Story, examples_of, running_story
from walking import Walker

from api.accounts.values import EnteredCredentials
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Unit
from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.interchange.codec import write_record
from fingerprint.interchange.conversion import to_record

HOOKS = Path(__file__).parents[2] / "support" / "own_hooks.py"
PROBLEM = "application/problem+json"
JSON = "application/json"
BINARY = {"application/octet-stream", "application/xml"}
PRINTS = {
    position.name.lower(): write_record(to_record(made_up_finger(position.value), position))
    for position in (FingerPosition.RIGHT_THUMB, FingerPosition.LEFT_INDEX)
}

UNKNOWN = "fde9574c-573b-4701-995f-9af804d73473"
QUEUED = {"key": "1", "record": {"name": "Asha"}, "encounter": ENCOUNTER, "samples": [{"file": 0, "position": 1}]}

Ask = Callable[..., tuple[int, str]]
Operations = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def document(walker: Walker) -> dict[str, Any]:
    return walker.app.openapi()


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> Operations:
    """All operations of the document, as in "POST /api/v1/identify"."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with running_story(tmp_path_factory.mktemp("told")) as story:
        yield story


@pytest.fixture(scope="module")
def ask(story: Story, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Run Schemathesis against the service of the story."""
    folder, accounts = tmp_path_factory.mktemp("asked"), story.accounts
    password = f"{PASSWORD}, and one more"  # not the one in the examples: nobody shall change it
    for login in ("staying", "ending", "trying", "other"):
        _, once = accounts.add_user(OPERATOR, NewUser(login, "R. Patil", ROLES, Unit.of("national")))
        accounts.sign_in(EnteredCredentials(login, once, new_password=password))
    url = str(story.client.base_url).rstrip("/")
    scene = {
        "url": url,
        "password": password,
        "key": story.key.removeprefix("Bearer "),
        "ids": story.ids | {"user": "other", "to_id": story.ids["record_id"]},
        "prints": {name: base64.b64encode(image).decode() for name, image in PRINTS.items()},
        "fields": WHY
        | form()
        | {"encounter": json.dumps(ENCOUNTER), "items": json.dumps([QUEUED]), "accept_poor_quality": "made up"},
    }
    file = folder / "scene.json"
    file.write_text(json.dumps(scene))

    def run(*options: str) -> tuple[int, str]:
        variables = {"SCHEMATHESIS_HOOKS": str(HOOKS), "PEHCHAN_TEST_SCENE": str(file)}
        return run_schemathesis(f"{url}/openapi.json", url, folder, *options, **variables)

    return run


def test_the_names_of_operations_are_unique(operations: Operations) -> None:
    names = Counter(operation["operationId"] for operation in operations.values())
    assert [name for name, count in names.items() if count > 1] == []


def test_every_operation_says_how_it_refuses(document: dict[str, Any], operations: Operations) -> None:
    refusals = document["components"]["responses"]
    for name, operation in operations.items():
        answers = operation["responses"]
        refused = {status for status in answers if status >= "400"}
        assert {"429", "500", "503", "504"} <= refused, name
        assert ({"401", "403"} <= refused) == bool(operation.get("security")), name
        assert ("404" in refused) or "{" not in name, name
        for status in refused:
            answer = answers[status]
            whole = refusals[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
            assert set(whole["content"]) == {PROBLEM}, (name, status)
            assert "`" in whole["description"], (name, status)
    codes = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert {"unknown_record", "invalid_field", "idempotency_key_reused", "internal_error", "busy"} <= set(codes)


def test_every_operation_shows_a_request_and_an_answer(operations: Operations) -> None:
    for name, operation in operations.items():
        for parameter in operation.get("parameters", ()):
            assert "example" in parameter or not parameter["required"], (name, parameter["name"])
        for kind, body in operation.get("requestBody", {}).get("content", {}).items():
            assert kind in BINARY or body.get("example"), name
        for status, answer in operation["responses"].items():
            if status < "300" and JSON in answer.get("content", {}):
                assert "example" in answer["content"][JSON], (name, status)


WHOLE = {  # what is of one thing, and few
    "GET /api/v1/records/{record_id}/history",
    "GET /api/v1/encounters/{encounter_id}/history",
    "GET /api/v1/records/{record_id}/retention",
    "GET /api/v1/cases/{case_id}/examiners",
    "GET /api/v1/cases/{case_id}/images",
    "GET /api/v1/webhooks",
}


def test_every_list_is_read_page_by_page_in_one_way(document: dict[str, Any], operations: Operations) -> None:
    paged = 0
    for name, operation in operations.items():
        answer = operation["responses"].get("200", {}).get("content", {}).get(JSON, {}).get("schema", {})
        if not name.startswith("GET") or name in WHOLE:
            continue
        assert answer.get("type") != "array", f"{name} answers a list without pages"
        page = (
            document["components"]["schemas"].get(answer.get("$ref", "").rpartition("/")[2], {}).get("properties", {})
        )
        query = {parameter["name"]: parameter["schema"] for parameter in operation.get("parameters", ())}
        assert ("next" in page) == ("limit" in query) == ("after" in query), name
        if "next" in page:
            paged += 1
            assert page["next"]["anyOf"] == [{"type": "string"}, {"type": "null"}], name
            limit = query["limit"]
            assert (limit["default"], limit["minimum"], limit["maximum"]) == (50, 1, 200), name
    assert paged >= 8


def test_every_example_is_of_the_shape_that_is_documented(document: dict[str, Any], operations: Operations) -> None:
    for name, operation in operations.items():
        shown = [*operation.get("requestBody", {}).get("content", {}).values()]
        shown += [answer.get("content", {}).get(JSON, {}) for answer in operation["responses"].values()]
        shown += operation.get("parameters", ())
        for entry in shown:
            if "example" in entry:
                schema = entry["schema"] | {"components": document["components"]}
                faults = [
                    fault.message for fault in jsonschema_rs.Draft202012Validator(schema).iter_errors(entry["example"])
                ]
                assert faults == [], (name, entry["example"])


def shape(value: Any) -> Any:
    """What may not change from one telling to the next: all but how many, and how much."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__ if isinstance(value, int | float) else value


@pytest.mark.slow
def test_a_real_service_is_sent_these_requests_and_answers_so(story: Story, operations: Operations) -> None:
    """Where this fails, the API has changed: tell of it in tests/support/story.py; run, it writes it down."""
    examples, kept = examples_of(story), json.loads(EXAMPLES.read_text("utf-8"))
    assert sorted(examples) == sorted(kept) == sorted(operations)
    for operation, example in examples.items():
        assert shape(example) == shape(kept[operation]), operation


def named_ids(document: dict[str, Any], content: dict[str, Any]) -> list[str]:
    """Return the fields of a body that name something by its id."""
    schema = content["schema"]
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return [name for name in schema.get("properties", {}) if name.endswith("_id")]


@pytest.mark.essential
def test_an_unknown_id_in_a_body_is_answered_as_documented(walker: Walker, document: dict[str, Any]) -> None:
    found = Counter[int]()
    for route in walker.own:
        request = walker.proper(route)
        operation = document["paths"].get(route.path, {}).get(route.method.lower(), {})
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for field in named_ids(document, content):
                for body in ({field: UNKNOWN}, {**content["example"], field: UNKNOWN}):
                    fields = tuple((key, str(value)) for key, value in body.items())
                    sent = {"form": fields} if route.takes_form else {"body": body}
                    found[walker.send(route, replace(request, **sent)).status_code] += 1
    assert found[404], "none was unknown"


@pytest.mark.reach
def test_the_document_finds_no_fault_however_long_it_asks(ask: Ask) -> None:
    """No 5xx, no status or shape that is not documented, nothing wrong that is taken, in all phases."""
    code, report = ask("-n", "200", "--seed", "2")
    assert code == 0, report
