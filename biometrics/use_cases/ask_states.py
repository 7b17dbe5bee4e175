"""A search of other states, by the national index, made with a search of this station and stored with it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from biometrics.access.jurisdiction import unit_of
from biometrics.kernel.access import SERVICE, Unit
from biometrics.kernel.errors import InvalidField, ServerUnavailable
from biometrics.kernel.national import (
    BASIS,
    NATIONAL,
    Coverage,
    NationalAnswer,
    NationalHit,
    NationalQuery,
    StateCoverage,
)
from biometrics.kernel.record import Elsewhere
from biometrics.kernel.types import Modality
from biometrics.searches.model import Search, SearchProbe
from biometrics.use_cases.engine import Engine

log = logging.getLogger("pehchan")

NO_ANSWER: Final = NationalAnswer((), (), 0)


@dataclass(frozen=True)
class StatesSearched:
    """What the national index answered to a search.

    `failure` is the code of the error where it did not answer; no other state was searched then.
    """

    basis: str
    failure: str
    answer: NationalAnswer

    @property
    def units(self) -> tuple[Elsewhere, ...]:
        """The units to call, each once."""
        return tuple(dict.fromkeys(hit.unit for hit in self.answer.hits))


def require_may_ask(engine: Engine) -> None:
    """Refuse a search of other states without the right to it, or without a national index.

    Raises:
        Forbidden: the actor may not search nationally.
        PurposeMissing: they state no purpose, or no case.
        InvalidField: this installation names no national index.
    """
    engine.store.searches.require_national(unit_of(engine.store.act))
    if engine.ask_states is None:
        raise InvalidField("This station names no national index (PEHCHAN_NATIONAL_URL); leave out the legal basis.")


def ask_states(engine: Engine, basis: str, searched: Sequence[SearchProbe], *, alternatives: bool) -> dict[str, Any]:
    """Search other states; return what is stored with the search, also where the national index does not answer.

    Raises:
        Forbidden, PurposeMissing, InvalidField: as for `require_may_ask`; or the legal basis breaks its rule.
    """
    require_may_ask(engine)
    assert engine.ask_states is not None
    act = engine.store.act or SERVICE
    query = NationalQuery(
        [probe.probe for probe in searched],
        [network_of(probe) for probe in searched],
        alternatives,
        unit_of(engine.store.act),
        act.actor.id,
        basis,
    )
    try:
        answer, failure = engine.ask_states(act, query), ""
    except ServerUnavailable as error:
        log.warning("The national index: %s", error.message)
        answer, failure = NO_ANSWER, error.code
    return {
        BASIS: query.basis,
        "failure": failure,
        "people": answer.people,
        "hits": [_hit_content(hit) for hit in answer.hits],
        "states": [_state_content(state) for state in answer.states],
    }


def network_of(probe: SearchProbe) -> str | None:
    """Return what found the minutiae of a latent (SHA-256, hex), None of marked ones; "" where it is not known."""
    reading = probe.reading
    return "" if reading is None else None if reading.marked else reading.network or ""


def states_searched(search: Search) -> StatesSearched | None:
    """Return what the national index answered to a search; None where it was not asked."""
    stored = search.settings.get(NATIONAL)
    if stored is None:
        return None
    hits = tuple(_hit(content) for content in stored["hits"])
    states = tuple(_state(content) for content in stored["states"])
    return StatesSearched(stored[BASIS], stored["failure"], NationalAnswer(hits, states, stored["people"]))


def _hit_content(hit: NationalHit) -> dict[str, Any]:
    its = hit.unit
    unit = {"unit": its.unit.path, "name": its.name, "telephone": its.telephone}
    return {"state": hit.state, **unit, "reference": hit.reference, "score": hit.score}


def _hit(content: Mapping[str, Any]) -> NationalHit:
    unit = Elsewhere(Unit.of(content["unit"]), content["name"], content["telephone"])
    return NationalHit(content["state"], unit, content["reference"], content["score"])


def _state_content(state: StateCoverage) -> dict[str, Any]:
    return {
        "state": state.state,
        "name": state.name,
        "coverage": str(state.coverage),
        "read_until": _written(state.read_until),
        "failing_since": _written(state.failing_since),
        "failure": state.failure,
        "without": [str(modality) for modality in state.without],
    }


def _state(content: Mapping[str, Any]) -> StateCoverage:
    return StateCoverage(
        content["state"],
        content["name"],
        Coverage(content["coverage"]),
        _read(content["read_until"]),
        _read(content["failing_since"]),
        content["failure"],
        tuple(map(Modality.named, content["without"])),
    )


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _read(at: str | None) -> datetime | None:
    return None if at is None else datetime.fromisoformat(at)
