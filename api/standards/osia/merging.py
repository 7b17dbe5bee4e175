"""The operations of OSIA's interface that merge two people or move an encounter."""

from __future__ import annotations

from collections.abc import Callable

from api.standards.common.service import Abis
from api.standards.osia.calls import Call
from biometrics.kernel.errors import EncounterExists, MergeRefused, NotFound, VersionMismatch
from biometrics.osia.model import ClientEncounter
from biometrics.use_cases.enrolment.enrol import make_searchable

TRIES = 3  # if another request changes the record at the same moment


def merge(abis: Abis, call: Call, _: None) -> None:
    """Make two people one: the target keeps its id, and the source's leads to it from then on."""
    try:
        _tried(lambda: _merge(abis, call))
    except MergeRefused:
        if not call.is_retry:
            raise
    make_searchable(abis.engine)


def move(abis: Abis, call: Call, _: None) -> None:
    """Move an encounter to another person; its id stays."""
    try:
        _tried(lambda: _move(abis, call))
    except NotFound:
        if not call.is_retry:
            raise
        abis.osia.encounter(call.text("personIdTarget"), call.text("encounterId"))
    make_searchable(abis.engine)


def _merge(abis: Abis, call: Call) -> None:
    target, source = (abis.osia.encounters(call.text(name)) for name in ("personIdTarget", "personIdSource"))
    if target[0].record.id == source[0].record.id:
        raise MergeRefused("Both ids lead to one and the same person; nothing is left to merge.")
    _refuse_shared(target, source)
    survivor, other = target[0].record, source[0].record
    abis.store.editor.merge(survivor.id, survivor.version, other.id, _because(call), other.version)


def _move(abis: Abis, call: Call) -> None:
    encounter = abis.osia.encounter(call.text("personIdSource"), call.text("encounterId"))
    target = abis.osia.encounters(call.text("personIdTarget"))
    _refuse_shared(target, [encounter])
    abis.store.editor.move_encounter(encounter.stored.id, encounter.record.version, target[0].record.id, _because(call))


def _refuse_shared(target: list[ClientEncounter], source: list[ClientEncounter]) -> None:
    shared = {encounter.client_id for encounter in target} & {encounter.client_id for encounter in source}
    if shared:
        raise EncounterExists(f"The target has an encounter {min(shared)} already; nothing was changed.")


def _because(call: Call) -> str:
    return f"Asked for by a client of the OSIA interface, transaction {call.case_number}"


def _tried(change: Callable[[], None]) -> None:
    for left in reversed(range(TRIES)):
        try:
            change()
        except VersionMismatch:
            if not left:
                raise
        else:
            return
