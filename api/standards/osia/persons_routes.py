"""People and their encounters."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from fastapi.responses import Response

from api.http.authentication import needs
from api.http.turns import IN_TURN
from api.standards.osia.context import FETCH_FIRST, Algorithm, ContextDependency, documented
from api.standards.osia.schemas import ComputedData, OsiaEncounterIn, OsiaEncounterOut, StoredIds
from api.standards.osia.vocabulary import BiometricSubType, BiometricType
from biometrics.access import rights
from biometrics.kernel.access import Scope

router = APIRouter(prefix="/v1/persons", tags=["CRUD"])

WRITE, READ = [needs(Scope.ENCOUNTER_WRITE)], [needs(Scope.ENCOUNTER_READ)]
ENROL = [*WRITE, FETCH_FIRST, IN_TURN]
HIDE, MERGE = [needs(rights.HIDE)], [needs(Scope.RECORD_MERGE)]


def _route(operation: str, summary: str, model: Any, *statuses: int) -> dict[str, Any]:
    return {
        "operation_id": operation,
        "summary": summary,
        "responses": documented(model, *statuses),
        "status_code": 204 if model is None else 200,
        "response_model": None,
    }


@router.post("", dependencies=ENROL, **_route("createEncounterNoIds", "Store an encounter of a new person", StoredIds))
def create_without_ids(context: ContextDependency, body: OsiaEncounterIn, algorithm: Algorithm = None) -> Response:
    """Both ids are given by the service."""
    return context.answer({}, body)


@router.post(
    "/{personId}/encounters",
    dependencies=ENROL,
    **_route("createEncounterNoId", "Store an encounter of a person", StoredIds),
)
def create_without_id(
    personId: str,
    context: ContextDependency,
    body: OsiaEncounterIn,
    algorithm: Algorithm = None,
) -> Response:
    """The person is created where there is none yet."""
    return context.answer({"personId": personId}, body)


@router.get(
    "/{personId}/encounters",
    dependencies=READ,
    **_route("readAllEncounters", "Read all encounters of a person", list[OsiaEncounterOut], 404),
)
def read_all(personId: str, context: ContextDependency) -> Response:
    """With their images; the first stored comes first."""
    return context.answer({"personId": personId})


@router.delete(
    "/{personId}", dependencies=[needs(Scope.RECORD_EXPUNGE)], **_route("deleteAll", "Remove a person", None, 404)
)
def delete_all(personId: str, context: ContextDependency) -> Response:
    """With all encounters, images and templates, for good; it leaves a certificate."""
    return context.answer({"personId": personId})


@router.post(
    "/{personId}/encounters/{encounterId}",
    dependencies=ENROL,
    **_route("createEncounter", "Store an encounter under the client's id", StoredIds, 409),
)
def create(
    personId: str,
    encounterId: str,
    context: ContextDependency,
    body: OsiaEncounterIn,
    algorithm: Algorithm = None,
) -> Response:
    """The person is created where there is none yet."""
    return context.answer({"personId": personId, "encounterId": encounterId}, body)


@router.get(
    "/{personId}/encounters/{encounterId}",
    dependencies=READ,
    **_route("readEncounter", "Read an encounter", OsiaEncounterOut, 404),
)
def read(personId: str, encounterId: str, context: ContextDependency) -> Response:
    """What the client sent of it, with the images."""
    return context.answer({"personId": personId, "encounterId": encounterId})


@router.put(
    "/{personId}/encounters/{encounterId}",
    dependencies=[*HIDE, *ENROL],
    **_route("updateEncounter", "Put another encounter in place of one", StoredIds, 404),
)
def update(
    personId: str,
    encounterId: str,
    context: ContextDependency,
    body: OsiaEncounterIn,
    algorithm: Algorithm = None,
) -> Response:
    """Replace an encounter with its images and templates; the earlier ones are kept, but no longer searched."""
    return context.answer({"personId": personId, "encounterId": encounterId}, body)


@router.delete(
    "/{personId}/encounters/{encounterId}",
    dependencies=[needs(Scope.RECORD_EXPUNGE)],
    **_route("deleteEncounter", "Remove an encounter", None, 404),
)
def delete(personId: str, encounterId: str, context: ContextDependency) -> Response:
    """The person goes with the last one."""
    return context.answer({"personId": personId, "encounterId": encounterId})


@router.put(
    "/{personId}/encounters/{encounterId}/status",
    dependencies=HIDE,
    **_route("updateEncounterStatus", "Let searches find an encounter, or not", None),
)
def set_status(
    personId: str,
    encounterId: str,
    context: ContextDependency,
    status: Annotated[str, Query(description="ACTIVE or INACTIVE")],
) -> Response:
    """What is inactive is kept, and never found or compared."""
    return context.answer({"personId": personId, "encounterId": encounterId, "status": status})


@router.put(
    "/{personId}/encounters/{encounterId}/galleries",
    dependencies=WRITE,
    **_route("updateEncounterGalleries", "Put an encounter into other galleries", None),
)
def set_galleries(
    personId: str,
    encounterId: str,
    context: ContextDependency,
    body: Annotated[list[str], Body(min_length=1, max_length=100, examples=[["CRIMINAL", "WANTED"]])],
) -> Response:
    """At least one, and each only once."""
    return context.answer({"personId": personId, "encounterId": encounterId}, body)


@router.get(
    "/{personId}/encounters/{encounterId}/templates",
    dependencies=READ,
    **_route("readTemplate", "Read an encounter's templates", list[ComputedData], 404),
)
def read_templates(
    personId: str,
    encounterId: str,
    context: ContextDependency,
    biometricType: BiometricType | None = None,
    biometricSubType: BiometricSubType | None = None,
    instance: str | None = None,
    templateFormat: str | None = None,
    qualityFormat: str | None = None,
) -> Response:
    """Prints as ISO/IEC 19794-2:2005 unless another format is asked for, photos in this service's own."""
    parameters = {
        "personId": personId,
        "encounterId": encounterId,
        "biometricType": biometricType,
        "biometricSubType": biometricSubType,
        "instance": instance,
        "templateFormat": templateFormat,
        "qualityFormat": qualityFormat,
    }
    return context.answer(parameters)


@router.post(
    "/{personIdTarget}/merge/{personIdSource}",
    dependencies=MERGE,
    **_route("mergeEncounter", "Make two people one", None, 404, 409),
)
def merge(personIdTarget: str, personIdSource: str, context: ContextDependency) -> Response:
    """The source's encounters become the target's; its id leads to the target from then on."""
    return context.answer({"personIdTarget": personIdTarget, "personIdSource": personIdSource})


@router.post(
    "/{personIdTarget}/move/{personIdSource}/encounters/{encounterId}",
    dependencies=MERGE,
    **_route("moveEncounter", "Move an encounter to another person", None, 404, 409),
)
def move(
    personIdTarget: str,
    personIdSource: str,
    encounterId: str,
    context: ContextDependency,
) -> Response:
    """Its id stays."""
    parameters = {"personIdTarget": personIdTarget, "personIdSource": personIdSource, "encounterId": encounterId}
    return context.answer(parameters)
