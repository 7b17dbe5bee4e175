"""The services of a running server: what requests are answered with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from starlette.requests import Request

if TYPE_CHECKING:  # what only uses the services does not import what they are made of
    from collections.abc import Callable, Mapping

    from api.accounts.accounts import Accounts
    from api.accounts.throttle import Throttle
    from api.itl.table import TransactionTable
    from api.observability.readiness import Readiness
    from api.observability.system import Installation
    from api.operations.background import Background
    from api.operations.oidc import OpenIdProvider
    from api.operations.outbound import OutboundClient
    from api.operations.pool import CallPool
    from api.operations.work_queue import Work
    from api.operations.worker import Tasks
    from biometrics.jobs.webhooks import WebhookStore
    from biometrics.matching.likelihood import LikelihoodScale
    from biometrics.use_cases.engine.engine import Engine
    from biometrics.use_cases.search.national_index import NationalIndex


@dataclass(frozen=True)
class Services:
    """The state of the application, `app.state.services`; made when the server starts.

    Attributes:
        engine: the service's own; it sees all records, and is not audited. Routes take it on the caller's behalf.
        accounts: sign-in, sessions, API keys.
        provider: the outside sign-in provider, if there is one.
        provider_calls: the threads that call it.
        client_throttle: counts requests of unknown callers, by their address.
        account_throttle: counts requests of accounts.
        background: the loops that work again and again.
        work: the queue in front of extraction, searches and comparisons.
        renderings: the queue in front of images that are shown in another format.
        tasks: deferred requests and deliveries.
        webhooks: addresses that receive events.
        webhook_client: calls them.
        itl_table: what ANSI/NIST-ITL transactions mean.
        likelihood_scales: by the digest of their model.
        readiness: whether this server should be sent requests.
        installation: returns the facts about the installation.
        capture_port: of the scanner's bridge on the readers' computers.
        time_zone: in which the pages show times; "" for the browser's.
        demo_page: the path of the demo's front page; "" where this is no demo.
        national: the index of all states; None where this is none.
    """

    engine: Engine
    accounts: Accounts
    provider: OpenIdProvider | None
    provider_calls: CallPool
    client_throttle: Throttle
    account_throttle: Throttle
    background: Background
    work: Work
    renderings: Work
    tasks: Tasks
    webhooks: WebhookStore
    webhook_client: OutboundClient
    itl_table: TransactionTable
    likelihood_scales: Mapping[str, LikelihoodScale]
    readiness: Readiness
    installation: Callable[[], Installation]
    capture_port: int
    time_zone: str = ""
    demo_page: str = ""
    national: NationalIndex | None = None


def services_of(request: Request) -> Services:
    """Return the services of the application that a request came to."""
    return cast(Services, request.app.state.services)
