"""What the documents of OSIA and MOSIP ask of an ABIS, request by request, and the runner that asks another system.

Sources: OSIA 1.6.0, `abis.yaml` and the clause "Biometrics"; MOSIP's ABIS API 0.9. `quotes` are theirs.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import httpx

from biometrics.kernel.errors import InvalidField

_TIMEOUT = 120.0  # seconds; an enrolment may take long
_EXCERPT = 160
_NOWHERE = "https://conformance.invalid/x"


@dataclass(frozen=True)
class Prints:
    """Files to send: two impressions of one finger, and one of another."""

    enrolled: bytes
    mate: bytes
    other: bytes


@dataclass(frozen=True)
class Step:
    """One request and what is expected of its response.

    Attributes:
        name: what the step is about.
        quote: the sentence of the document.
        method: of HTTP.
        path: below the interface's address.
        body: JSON; None for none.
        statuses: of HTTP that are as the document wants.
        holds: whether the JSON of the response is as the document wants.
    """

    name: str
    quote: str
    method: str
    path: str
    body: Any
    statuses: tuple[int, ...]
    holds: Callable[[Any], bool] = lambda _: True


@dataclass(frozen=True)
class StepResult:
    """What a step found: `response` is the beginning of what the other system returned."""

    name: str
    quote: str
    request: str
    passed: bool
    status: int
    response: str


def run(client: httpx.Client, steps: Sequence[Step], query: Mapping[str, str]) -> list[StepResult]:
    """Send the requests one after the other, and say which responses are as the document wants.

    Raises:
        InvalidField: the system cannot be reached.
    """
    results = []
    for step in steps:
        try:
            path, _, own = step.path.partition("?")
            response = client.request(step.method, path, json=step.body, params={**query, **dict(parse_qsl(own))})
        except httpx.HTTPError as error:
            raise InvalidField(f"{step.method} {step.path} failed: {error or type(error).__name__}.") from error
        passed = response.status_code in step.statuses and _holds(step, response)
        request = f"{step.method} {step.path}"
        results.append(
            StepResult(step.name, step.quote, request, passed, response.status_code, response.text[:_EXCERPT])
        )
    return results


def connected(url: str, key: str) -> httpx.Client:
    """Return a client of the interface at an address; `key` is its bearer token, empty for none.

    Raises:
        InvalidField: the address is not one of HTTP.
    """
    if not url.startswith(("http://", "https://")):
        raise InvalidField(f"{url} is not an http or https address.")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=_TIMEOUT)


def _holds(step: Step, response: httpx.Response) -> bool:
    try:
        return step.holds(response.json() if response.content else None)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return False  # of another structure than the document's


def osia(prints: Prints) -> tuple[Step, ...]:
    """Return the steps of OSIA's ABIS interface; they enrol two people and delete them again."""
    person, other = f"P-{uuid.uuid4()}", f"P-{uuid.uuid4()}"
    mate = {"filter": {}, "biometricData": [_finger(prints.mate)]}

    def encounter(image: bytes) -> dict[str, Any]:
        return {
            "status": "ACTIVE",
            "encounterType": "conformance",
            "galleries": ["CONFORMANCE"],
            "clientData": base64.b64encode(b"conformance").decode(),
            "biographicData": {"firstName": "Conformance", "lastName": "Test"},
            "biometricData": [_finger(image)],
        }

    def lists(candidates: Any) -> bool:
        return person in [candidate["personId"] for candidate in candidates]

    at = f"/v1/persons/{person}/encounters"
    return (
        Step(
            "createEncounter",
            "If the person does not yet exist, it is created automatically.",
            "POST",
            f"{at}/E-1",
            encounter(prints.enrolled),
            (200,),
            lambda result: (result["personId"], result["encounterId"]) == (person, "E-1"),
        ),
        Step(
            "createEncounter, again",
            "Creation not allowed, encounterId already exists",
            "POST",
            f"{at}/E-1",
            encounter(prints.enrolled),
            (409,),
        ),
        Step(
            "createEncounterNoId",
            "The encounter ID. This is optional and will be generated if not provided",
            "POST",
            f"/v1/persons/{other}/encounters",
            encounter(prints.other),
            (200,),
            lambda result: result["personId"] == other and bool(result["encounterId"]),
        ),
        Step(
            "readEncounter",
            "additional data not interpreted by the server but stored as is and returned",
            "GET",
            f"{at}/E-1",
            None,
            (200,),
            lambda result: base64.b64decode(result["clientData"]) == b"conformance" and result["status"] == "ACTIVE",
        ),
        Step(
            "readAllEncounters",
            "If not provided, all the encounters of the person are returned.",
            "GET",
            at,
            None,
            (200,),
            lambda result: [item["encounterId"] for item in result] == ["E-1"],
        ),
        Step("readEncounter, unknown", "Unknown record", "GET", f"{at}/E-2", None, (404,)),
        Step("createEncounter, no encounter", "Bad request", "POST", f"{at}/E-2", {"status": "ASLEEP"}, (400,)),
        Step(
            "readGalleries",
            "Read the ID of all the galleries.",
            "GET",
            "/v1/galleries",
            None,
            (200,),
            lambda result: "CONFORMANCE" in result,
        ),
        Step(
            "readGalleryContent",
            "Read the content of one gallery, i.e. the IDs of all the records linked to this gallery.",
            "GET",
            "/v1/galleries/CONFORMANCE",
            None,
            (200,),
            lists,
        ),
        Step(
            "identify",
            "A list of candidates is returned, either synchronously or using the callback.",
            "POST",
            "/v1/identify/CONFORMANCE",
            mate,
            (200,),
            lists,
        ),
        Step(
            "identifyFromId",
            "Identify a person using biometrics data of a person existing in the system",
            "POST",
            f"/v1/identify/CONFORMANCE/{person}",
            {},
            (200,),
            lambda result: isinstance(result, list),
        ),
        Step(
            "verifyFromId",
            "A status (boolean) is returned, either synchronously or using the callback.",
            "POST",
            f"/v1/verify/CONFORMANCE/{person}",
            {"biometricData": [_finger(prints.mate)]},
            (200,),
            lambda result: result["decision"] is True,
        ),
        Step(
            "verifyFromBio",
            "Verify that two sets of biometrics data correspond to the same person.",
            "POST",
            "/v1/verify",
            {"biometricData1": [_finger(prints.enrolled)], "biometricData2": [_finger(prints.other)]},
            (200,),
            lambda result: result["decision"] is False,
        ),
        Step(
            "updateEncounterStatus",
            "An encounter has a status indicating if this encounter is used in the biometric searches.",
            "PUT",
            f"{at}/E-1/status?status=INACTIVE",
            None,
            (200, 204),
        ),
        Step(
            "identify, inactive",
            "An encounter has a status indicating if this encounter is used in the biometric searches.",
            "POST",
            "/v1/identify/CONFORMANCE",
            mate,
            (200,),
            lambda result: not lists(result),
        ),
        Step(
            "deleteEncounter",
            "If this is the last encounter in the person, the person is also deleted.",
            "DELETE",
            f"{at}/E-1",
            None,
            (204,),
        ),
        Step("readAllEncounters, deleted", "Unknown record", "GET", at, None, (404,)),
        Step("deleteAll", "Delete successful", "DELETE", f"/v1/persons/{other}", None, (204,)),
    )


def mosip(enrolled_url: str = "", mate_url: str = "") -> tuple[Step, ...]:
    """Return the steps of MOSIP's ABIS interface.

    Both addresses are data shares of one person, which the other system fetches; without them nobody is inserted.
    """
    reference, unknown = str(uuid.uuid4()), str(uuid.uuid4())

    def step(name: str, quote: str, operation: str, result: str, **fields: Any) -> Step:
        """Return a step: `result` is 1 for success, or the failure reason."""
        sent = {
            "id": f"mosip.abis.{operation}",
            "version": "1.1",
            "requestId": str(uuid.uuid4()),
            "requesttime": "2026-03-29T07:01:24.692Z",
            **fields,
        }

        def holds(answer: Any) -> bool:
            same = answer["requestId"] == sent["requestId"] if sent["requestId"] else True
            succeeded = (answer["returnValue"], "failureReason" in answer) == ("1", False)
            return same and (succeeded if result == "1" else answer.get("failureReason") == result)

        body = {key: value for key, value in sent.items() if value is not None}
        return Step(name, quote, "POST", f"/abis/{operation.lower()}request", body, (200,), holds)

    flags = {"gallery": {"referenceIds": [{"referenceId": reference}]}}
    asked = (
        step("ping", "Ping", "ping", "1"),
        step("pendingJobs", "Pending Jobs", "pendingJobs", "1"),
        step("referenceCount", "Reference Count", "referenceCount", "1"),
        step("no requestId", "missing requestId (in request body)", "ping", "6", requestId=""),
        step("no requesttime", "missing requesttime (in request body)", "ping", "9", requesttime=None),
        step("invalid requesttime", "invalid requesttime format", "ping", "15", requesttime="yesterday"),
        step("invalid version", "invalid version", "ping", "13", version="99"),
        step("invalid id", "invalid id", "ping", "14", id="mosip.abis.pong"),
        step("insert without URL", "missing reference URL (in request body)", "insert", "8", referenceId=unknown),
        step(
            "insert of what cannot be fetched",
            "unable to fetch biometric details (using referenceURL)",
            "insert",
            "7",
            referenceId=unknown,
            referenceURL=_NOWHERE,
        ),
        step(
            "identify an unknown reference",
            "The given referenceID must be existing in the ABIS database else ABIS will throw an error.",
            "identify",
            "12",
            referenceId=unknown,
            referenceURL="",
        ),
        step("delete an unknown reference", "referenceId not found (in ABIS)", "delete", "12", referenceId=unknown),
    )
    if not enrolled_url:
        return asked
    insertion = {"referenceId": reference, "referenceURL": enrolled_url}

    def lists_only_the_person(answer: Any) -> bool:
        return [candidate["referenceId"] for candidate in answer["candidateList"]["candidates"]] == [reference]

    search = step(
        "identify by URL",
        "Identify requests should give to all candidates which are considered as a match based on ABIS thresholds.",
        "identify",
        "1",
        referenceURL=mate_url or enrolled_url,
        **flags,
    )
    missing = "missing referenceId (in request body)"
    return (
        *asked,
        step("insert without referenceId", missing, "insert", "5", referenceURL=enrolled_url),
        step("insert", "store it locally within the ABIS reference database", "insert", "1", **insertion),
        step("insert again", "referenceId must not be active prior to this operation", "insert", "10", **insertion),
        replace(search, holds=lambda answer: search.holds(answer) and lists_only_the_person(answer)),
        step(
            "identify by reference",
            "If the referenceID is given it is used as the preferred option.",
            "identify",
            "1",
            referenceId=reference,
            referenceURL="",
        ),
        step("delete", "Removes only the entry referred by the referenceId.", "delete", "1", referenceId=reference),
        step("delete again", "referenceId not found (in ABIS)", "delete", "12", referenceId=reference),
    )


def _finger(image: bytes) -> dict[str, str]:
    return {
        "biometricType": "FINGER",
        "biometricSubType": "RIGHT_INDEX",
        "compression": "PNG",
        "image": base64.b64encode(image).decode("ascii"),
    }
