"""The answer of the national index to a search, as it is stored with the search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from biometrics.kernel.access import Unit
from biometrics.kernel.people.national import BASIS, NATIONAL, Coverage, NationalAnswer, NationalHit, StateCoverage
from biometrics.kernel.people.record import Elsewhere
from biometrics.kernel.recognition.modality import Modality
from biometrics.searches.model import Search


@dataclass(frozen=True)
class StatesSearched:
    """The answer of the national index to a search.

    `failure` is the code of the error where it did not answer; no other state was searched then.
    """

    basis: str
    failure: str
    answer: NationalAnswer

    @property
    def units(self) -> tuple[Elsewhere, ...]:
        """The units to call, each once."""
        return tuple(dict.fromkeys(hit.unit for hit in self.answer.hits))


def stored_content(searched: StatesSearched) -> dict[str, Any]:
    """Return what is stored with the search."""
    answer = searched.answer
    return {
        BASIS: searched.basis,
        "failure": searched.failure,
        "people": answer.people,
        "hits": [_hit_content(hit) for hit in answer.hits],
        "states": [_state_content(state) for state in answer.states],
    }


def states_searched(search: Search) -> StatesSearched | None:
    """Return the answer of the national index to a search; None where it was not asked."""
    stored = search.settings.get(NATIONAL)
    if stored is None:
        return None
    hits = tuple(_hit(content) for content in stored["hits"])
    states = tuple(_state(content) for content in stored["states"])
    return StatesSearched(stored[BASIS], stored["failure"], NationalAnswer(hits, states, stored["people"]))


def hits_counted(settings: Mapping[str, Any]) -> int | None:
    """Return how many records of other states reach the threshold; None where the national index gave no answer."""
    stored = settings.get(NATIONAL)
    return None if stored is None or stored["failure"] else len(stored["hits"])


def _hit_content(hit: NationalHit) -> dict[str, Any]:
    contact = hit.unit
    unit = {"unit": contact.unit.path, "name": contact.name, "telephone": contact.telephone}
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
