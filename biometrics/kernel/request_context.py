"""On whose behalf something is done."""

from __future__ import annotations

from dataclasses import dataclass

from biometrics.kernel.access import Act
from biometrics.kernel.technique.idempotency import IdempotencyKey


@dataclass(frozen=True)
class RequestContext:
    """Who acts and why, and the key under which the request is carried out once.

    `system` says why the system itself acts, where it does: it sees everything, and its acts are not audited. With
    neither an act nor a reason of the system nothing can be done. Without a key a request that arrives again is
    carried out again.
    """

    act: Act | None = None
    key: IdempotencyKey | None = None
    system: str = ""

    @property
    def acting(self) -> Act | None:
        """Who acts; None for the system itself.

        Raises:
            AssertionError: no actor was set.
        """
        if self.act is None and not self.system:
            raise AssertionError("no actor: use the store for_actor, or as_system with a reason")
        return self.act

    @property
    def actor_id(self) -> str:
        """The id of the actor, empty for the system itself."""
        return self.act.actor.id if self.act else ""
