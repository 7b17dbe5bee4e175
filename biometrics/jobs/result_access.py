"""Whether an account may still read the stored answer to a request that it sent before.

An answer shows what its reader might see when the request was carried out. Since then the account may have lost rights,
may have been posted to another unit, or may have taken a case that the answer is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from biometrics.access import blinding
from biometrics.kernel.access import Act, Unit
from biometrics.kernel.errors import Forbidden, OutOfJurisdiction


def require_readable(connection: Connection, act: Act, sent_by: Mapping[str, Any], result: Any) -> None:
    """Refuse the stored answer to a request, which `sent_by` says who sent, and `result` what it compared.

    Raises:
        Forbidden: it was sent with rights that the actor does not have now.
        OutOfJurisdiction: it was sent from a unit that is not at or below the actor's now.
        HiddenUntilDecided: the actor examines a case about what it compared, and has given no opinion.
    """
    if not act.actor.scopes >= set(sent_by["scopes"]):
        raise Forbidden("The request was sent with more rights than you have now; ask with those.")
    unit = sent_by["unit"]
    if not act.actor.unit.covers(Unit.of(unit)):
        raise OutOfJurisdiction(f"The request was sent by an account of {unit}; send it again from your own unit.")
    if isinstance(result, dict):
        blinding.require_none_held(connection, act, result.get("files", ()))
        for search_id in result.get("searches", ()):
            blinding.require_shown(connection, act, search_id)
