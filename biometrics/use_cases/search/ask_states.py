"""A search of other states, by the national index, made with a search of this station and stored with it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Final

from biometrics.access.jurisdiction import unit_of
from biometrics.kernel.access import SERVICE
from biometrics.kernel.errors import InvalidField, ServerRefused, ServerUnavailable
from biometrics.kernel.people.national import NationalAnswer, NationalQuery
from biometrics.searches.model import SearchProbe
from biometrics.searches.states import StatesSearched, stored_content
from biometrics.use_cases.engine.engine import Engine

log = logging.getLogger("pehchan")

NO_ANSWER: Final = NationalAnswer((), (), 0)


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


def ask_states(engine: Engine, basis: str, searched: Sequence[SearchProbe], *, is_latent: bool) -> dict[str, Any]:
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
        is_latent,
        unit_of(engine.store.act),
        act.actor.id,
        basis,
    )
    try:
        answer, failure = engine.ask_states(act, query), ""
    except ServerUnavailable as error:
        log.log(
            logging.ERROR if isinstance(error, ServerRefused) else logging.WARNING,
            "The national index: %s",
            error.message,
        )
        answer, failure = NO_ANSWER, error.code
    return stored_content(StatesSearched(query.basis, failure, answer))


def network_of(probe: SearchProbe) -> str | None:
    """Return the network that detected the minutiae of a latent (SHA-256, hex), None of marked ones; "" if unknown."""
    return None if probe.reading.marked else probe.reading.network or ""
