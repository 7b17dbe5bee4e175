"""The operations of the interface, by its names for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from api.standards.common.service import Abis
from api.standards.osia import encounters, galleries, merging, searches
from api.standards.osia.calls import Call
from api.standards.osia.schemas import Filter, IdentifyIn, OsiaEncounterIn, VerifyBioIn, VerifyIdIn


@dataclass(frozen=True)
class OsiaOperation:
    """One operation.

    Attributes:
        run: carries out a call with its body, validated; its answer is JSON, None where there is nothing to say.
        body: the shape of the body.
        statuses: 404 and 409, where the interface has them; where it has not, the answer is 400.
    """

    run: Callable[[Abis, Call, Any], Any]
    body: TypeAdapter[Any] | None = None
    statuses: frozenset[int] = frozenset()


def _operation(run: Callable[[Abis, Call, Any], Any], body: Any = None, *statuses: int) -> OsiaOperation:
    return OsiaOperation(run, None if body is None else TypeAdapter(body), frozenset(statuses))


OPERATIONS: Final[dict[str, OsiaOperation]] = {
    "createEncounterNoIds": _operation(encounters.create, OsiaEncounterIn),
    "createEncounterNoId": _operation(encounters.create, OsiaEncounterIn),
    "createEncounter": _operation(encounters.create, OsiaEncounterIn, 409),
    "readAllEncounters": _operation(encounters.read_all, None, 404),
    "readEncounter": _operation(encounters.read, None, 404),
    "updateEncounter": _operation(encounters.update, OsiaEncounterIn, 404),
    "deleteEncounter": _operation(encounters.delete, None, 404),
    "deleteAll": _operation(encounters.delete_all, None, 404),
    "updateEncounterStatus": _operation(encounters.set_status),
    "updateEncounterGalleries": _operation(encounters.set_galleries, list[str]),
    "mergeEncounter": _operation(merging.merge, None, 404, 409),
    "moveEncounter": _operation(merging.move, None, 404, 409),
    "readTemplate": _operation(searches.read_templates, None, 404),
    "identify": _operation(searches.identify, IdentifyIn, 404),
    "identifyFromId": _operation(searches.identify_person, Filter, 404),
    "identifyFromEncounterId": _operation(searches.identify_encounter, Filter, 404),
    "verifyFromId": _operation(searches.verify_person, VerifyIdIn, 404),
    "verifyFromBio": _operation(searches.verify_samples, VerifyBioIn),
    "readGalleries": _operation(galleries.read_galleries),
    "readGalleryContent": _operation(galleries.read_content, None, 404),
}

CREATES: Final = frozenset({"createEncounterNoIds", "createEncounterNoId", "createEncounter"})

# Of what is not an operation to carry out later.
STATUSES: Final = {name: operation.statuses for name, operation in OPERATIONS.items()} | {
    "readTaskStatus": frozenset({404}),
    "redeliverTaskResult": frozenset({404}),
}


def carry_out(abis: Abis, call: Call) -> Any:
    """Carry out a call whose body is JSON that was validated before."""
    operation = OPERATIONS[call.operation]
    body = call.body if operation.body is None else operation.body.validate_python(call.body)
    return operation.run(abis, call, body)
