"""What every repository of a unit of work shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from biometrics.kernel.access import Act
from biometrics.kernel.people.authorisation import AuthorisationRule
from biometrics.kernel.request_context import RequestContext
from biometrics.storage.blobs.upload import Uploads
from biometrics.storage.crypto.data_keys import DataKeys


@dataclass(frozen=True)
class Transaction:
    """An open transaction, and on whose behalf it is.

    `clock_gap` is how long the audit log may plausibly have no entry, `authorisation` which searches need an order;
    `uploads` are the image files that its rows may refer to, None where it writes no samples.
    """

    connection: Connection
    context: RequestContext
    keys: DataKeys
    clock_gap: timedelta
    authorisation: AuthorisationRule
    uploads: Uploads | None

    @property
    def act(self) -> Act | None:
        """Who acts and why, None for the service itself."""
        return self.context.act

    @property
    def actor_id(self) -> str:
        """The id of the actor, empty for the service itself."""
        return self.context.actor_id
