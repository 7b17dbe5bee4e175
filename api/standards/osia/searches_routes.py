"""Identification and verification."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends
from fastapi.responses import Response

from api.http.authentication import needs
from api.http.turns import IN_TURN
from api.standards.osia.context import FETCH_FIRST, Candidates, ContextDependency, Level, Service, Threshold, documented
from api.standards.osia.schemas import Decision, IdentifyIn, OsiaCandidate, VerifyBioIn, VerifyIdIn
from biometrics.kernel.access import Scope

router = APIRouter(prefix="/v1", tags=["Search"])

IDENTIFY = [needs(Scope.IDENTIFY), FETCH_FIRST, IN_TURN]
VERIFY = [needs(Scope.VERIFY), FETCH_FIRST, IN_TURN]


def _options(
    threshold: Threshold = None,
    accuracyLevel: Level = None,
    serviceLevel: Service = None,
) -> dict[str, Any]:
    return {"threshold": threshold}


def _search_options(
    options: Annotated[dict[str, Any], Depends(_options)],
    maxNbCand: Candidates = None,
) -> dict[str, Any]:
    return options | {"maxNbCand": maxNbCand}


Options = Annotated[dict[str, Any], Depends(_options)]
SearchOptions = Annotated[dict[str, Any], Depends(_search_options)]
FilterBody = Annotated[dict[str, Any] | None, Body(examples=[{"biometricType": ["FINGER"], "yearOfBirthMin": 1980}])]


def _route(operation: str, summary: str, model: Any, *statuses: int) -> dict[str, Any]:
    return {
        "operation_id": operation,
        "summary": summary,
        "responses": documented(model, *statuses),
        "response_model": None,
    }


@router.post(
    "/identify/{galleryId}",
    dependencies=IDENTIFY,
    **_route("identify", "Search a gallery with samples", list[OsiaCandidate], 404),
)
def identify(galleryId: str, context: ContextDependency, options: SearchOptions, body: IdentifyIn) -> Response:
    """Candidates that reach the threshold, best first; ALL is every gallery."""
    return context.answer({"galleryId": galleryId, **options}, body)


@router.post(
    "/identify/{galleryId}/{personId}",
    dependencies=IDENTIFY,
    **_route("identifyFromId", "Search a gallery with a person", list[OsiaCandidate], 404),
)
def identify_person(
    galleryId: str,
    personId: str,
    context: ContextDependency,
    options: SearchOptions,
    body: FilterBody = None,
) -> Response:
    """With the newest samples of active encounters; the person is not found."""
    return context.answer({"galleryId": galleryId, "personId": personId, **options}, body or {})


@router.post(
    "/identify/{galleryId}/{personId}/encounters/{encounterId}",
    dependencies=IDENTIFY,
    **_route("identifyFromEncounterId", "Search a gallery with an encounter", list[OsiaCandidate], 404),
)
def identify_encounter(
    galleryId: str,
    personId: str,
    encounterId: str,
    context: ContextDependency,
    options: SearchOptions,
    body: FilterBody = None,
) -> Response:
    """The encounter's person is not found."""
    parameters = {"galleryId": galleryId, "personId": personId, "encounterId": encounterId}
    return context.answer(parameters | options, body or {})


@router.post(
    "/verify/{galleryId}/{personId}",
    dependencies=VERIFY,
    **_route("verifyFromId", "Compare samples with a person", Decision, 404),
)
def verify_person(
    galleryId: str,
    personId: str,
    context: ContextDependency,
    options: Options,
    body: VerifyIdIn,
) -> Response:
    """With what the person has in the gallery; ALL is every gallery."""
    return context.answer({"galleryId": galleryId, "personId": personId, **options}, body)


@router.post("/verify", dependencies=VERIFY, **_route("verifyFromBio", "Compare two sets of samples", Decision))
def verify_samples(context: ContextDependency, options: Options, body: VerifyBioIn) -> Response:
    """Nothing is stored."""
    return context.answer(options, body)
