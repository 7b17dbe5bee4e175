"""On whose behalf something is done."""

from __future__ import annotations

from dataclasses import dataclass

from biometrics.kernel.access import Act
from biometrics.kernel.idempotency import IdempotencyKey


@dataclass(frozen=True)
class RequestContext:
    """Who acts and why, and the key under which the request is carried out once.

    Without an act it is the service itself, which sees everything and whose acts are not audited; without a key a
    request that arrives again is carried out again.
    """

    act: Act | None = None
    key: IdempotencyKey | None = None

    @property
    def actor_id(self) -> str:
        """The id of the actor, empty for the service itself."""
        return self.act.actor.id if self.act else ""
