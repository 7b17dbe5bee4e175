"""The HTTP application."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final
from uuid import uuid4

from anyio.from_thread import BlockingPortal
from fastapi import Depends, FastAPI
from starlette.concurrency import run_in_threadpool

from api.accounts.factory import accounts_of
from api.accounts.throttle import Throttle
from api.bootstrap.engine import open_engine
from api.bootstrap.housekeeping import tried
from api.bootstrap.likelihood import likelihood_scales
from api.bootstrap.recognisers import model_registry
from api.bootstrap.store import audit_log_of
from api.http import errors
from api.http.authentication import check_declared
from api.http.deadline import Deadline
from api.http.mounting import NO_BUILT_IN_TELEMETRY, mounted, shared_routes
from api.http.openapi import describe
from api.http.operation_tasks import OperationTasks, operation_routes
from api.http.paths import API, PREFIX
from api.http.rate_limits import ClientLimit, RateLimitHeaders
from api.http.reference import add_reference
from api.http.response_headers import NO_STORE, DefaultHeaders, LocalRedirects, StrictTransport
from api.http.spooling import spooled_in
from api.http.uploads import AuthenticateLargeBodies, BodyLimit
from api.http.validation import refuse_unfit_address
from api.itl.table import TransactionTable
from api.observability.disks import folders_written, shortage
from api.observability.metrics import Metrics
from api.observability.observer import Reporting
from api.observability.readiness import Readiness
from api.observability.request_log import Recorder, RequestLog
from api.observability.system import installation
from api.observability.tracing import Tracing, Untraced
from api.operations.background import Background
from api.operations.factory import open_tasks
from api.operations.oidc import OpenIdProvider, provider_of
from api.operations.outbound import OutboundClient
from api.operations.pool import CallPool
from api.operations.webhooks import WebhookEvents
from api.operations.work_queue import RENDERINGS_OF_CLIENT, RENDERINGS_WAITING, Work
from api.services import Services
from api.settings import Settings
from api.standards.common.fetching import Fetching
from api.standards.common.service import Abis
from api.standards.mosip.app import create_mosip
from api.standards.mosip.dispatcher import opened as opened_mosip
from api.standards.osia.app import create_osia, service_of
from api.standards.osia.tasks import OsiaCalls
from api.v1 import health, tasks
from api.v1.national_calls import NationalCalls, national_calls_of
from api.v1.national_states import open_national_index
from api.v1.routers import ROUTERS
from api.web.app import create_web, front_door
from api.web.pages import address
from biometrics.jobs.model import TaskKind
from biometrics.jobs.webhooks import WebhookStore
from biometrics.kernel.technique.limits import MEGABYTE
from biometrics.templates.servers import RENEWED_EVERY, RunningServers
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.check_enrolment import work_off
from biometrics.use_cases.models.reextract import Reextraction
from biometrics.use_cases.search.link_latents import work_off_links

DESCRIPTION = """
Open biometric identification for police work. Enrol people's fingerprints and photos on criminal records, search by
print or photo, and get back ranked records with scores in **decibans of false match**: 40 means that one non-mated
comparison in 10,000 scores this high.

Images: PNG, JPEG, TIFF, BMP, JPEG 2000, WSQ or PGM. Every error is an RFC 9457 problem with a stable `code`. When the
service is overloaded, it answers 503 or 429 with `Retry-After`, and nothing was done.
"""

TAGS = {
    "records": "People, their encounters and court outcomes",
    "identification": "Searches among all records",
    "verification": "Comparisons with one record",
    "samples": "Prints and photos as they were uploaded",
    "cases": "Cases for examiners, standing searches, clearance certificates and notifications",
    "papers": "Documents for courts and stations, as PDF",
    "reports": "Counts, quality, hit rates and turnaround",
    "retention": "How long samples are kept, and their destruction",
    "transactions": "ANSI/NIST-ITL files in and out",
    "accounts": "Sign-in, accounts, API keys and units",
    "audit": "The audit log",
    "health": "The state of the service and its models",
    "tasks": "Asynchronous requests",
    "webhooks": "Addresses that receive events",
}
EXAMPLES = Path(__file__).with_name("examples.json")  # of a real service, by tests/support/story.py

SWEEPING_SECONDS = 3600.0  # between two looks for parts of the image store that are to be swept
SWEPT_EVERY = timedelta(days=1)  # such a part, by one of the servers
SWEEP_GIVES_WAY = 1.0  # seconds at most that each 500 files wait for searches and enrolments
CHECKING_SECONDS = 10.0  # between two looks for enrolments whose check waits
CHECK_GIVES_WAY = 5.0  # seconds at most that a check waits for searches and enrolments, so that it is made in the end
EXTRACTING_SECONDS = 10.0  # between two looks for samples that are to be extracted again
EXTRACTION_GIVES_WAY = 1.0  # seconds at most that each of these waits for searches and enrolments
PROVIDER_AT_ONCE, PROVIDER_WAITING = 8, 16  # sign-ins that the provider keeps waiting
CHECKED_AFTER = timedelta(seconds=30)  # the request that enrolled makes the check itself, unless it was cut off

log = logging.getLogger("pehchan")

NO_ACCOUNTS: Final = (
    "There is no account yet. Create the first one in another terminal, with the same settings: "
    "pehchan user add LOGIN --name NAME --role administrator --unit national"
)
_ROUTES: Final = shared_routes(
    *ROUTERS,
    prefix=API,
    generate_unique_id_function=lambda route: route.name,
) + shared_routes(health.probes, generate_unique_id_function=lambda route: route.name)


def create_app(settings: Settings, traces: Untraced | None = None, demo_page: str = "") -> FastAPI:
    """Make the application; the database, the models and the indexes are opened when it starts.

    `traces` takes the place of what the settings say of tracing. `demo_page` is the path of a demo's front page.
    """
    metrics = Metrics()
    tracing = traces or (Tracing() if settings.traces else Untraced())
    recorder = Recorder(metrics, tracing.request)
    work = Work(
        settings.work_at_once,
        settings.work_waiting,
        settings.work_wait_seconds,
        settings.client_work,
        metrics.turned_away,
    )
    renderings = Work(
        settings.work_at_once,
        RENDERINGS_WAITING,
        settings.work_wait_seconds,
        RENDERINGS_OF_CLIENT,
        metrics.turned_away,
    )
    background = Background()
    provider = provider_of(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as opened:
            opened.callback(tracing.close)
            engine = opened.enter_context(open_engine(settings, background=background))
            index = national_calls_of(settings)
            ask_states = index.search if index else None
            engine = replace(engine, observer=Reporting(metrics, tracing.stage), ask_states=ask_states)
            opened.enter_context(spooled_in(settings.data_folder))
            _work_in_background(settings, engine, work, background, opened)
            metrics.watch(engine, work, background, folders_written(settings, engine))
            if settings.metrics_port:
                opened.enter_context(metrics.served(settings.metrics_host, settings.metrics_port))
            base_services = _services(settings, engine, (work, renderings), background, provider, index)
            national = opened.enter_context(open_national_index(settings, engine, background))
            services = replace(base_services, demo_page=demo_page, national=national)
            opened.callback(services.readiness.close)
            osia.abis, osia.fetching = service_of(settings, engine), Fetching()
            mosip.mosip, mosip.fetching = opened_mosip(settings, engine), osia.fetching
            portal = BlockingPortal()
            operations = OperationTasks(services, portal, operation_routes(app), recorder)
            _assign_tasks(services, operations, osia.abis)
            notify = services.webhooks.queue_notifications
            opened.enter_context(background.repeated(notify, settings.follow_seconds, "notifications"))
            opened.enter_context(services.tasks.channel.watching(background))
            app.state.services = services
            if not services.accounts.users.exist():
                log.info(NO_ACCOUNTS)
            async with portal:
                services.tasks.start()
                try:
                    yield
                finally:
                    work.stop()
                    renderings.stop()
                    await run_in_threadpool(services.tasks.stop)

    app = FastAPI(
        title="Pehchan",
        version=version("pehchan"),
        description=DESCRIPTION,
        lifespan=lifespan,
        openapi_tags=[{"name": name, "description": description} for name, description in TAGS.items()],
        generate_unique_id_function=lambda route: route.name,
        telemetry=NO_BUILT_IN_TELEMETRY,
        dependencies=[Depends(refuse_unfit_address)],
        docs_url=None,
        redoc_url=None,
    )
    _add_middleware(app, settings, metrics, recorder)
    errors.install(app)
    tasks.install(app)
    app.router.routes.extend(_ROUTES)
    check_declared(app)
    describe(app, json.loads(EXAMPLES.read_text("utf-8")))
    add_reference(app, address("reference/reference.js"))
    osia = create_osia(app, version("pehchan"), NO_BUILT_IN_TELEMETRY)
    mosip = create_mosip(app, version("pehchan"), NO_BUILT_IN_TELEMETRY)
    app.router.routes.append(mounted(settings.osia_prefix, osia))
    app.mount(settings.mosip_prefix, mosip)
    app.mount(PREFIX, create_web(app, NO_BUILT_IN_TELEMETRY))
    app.router.routes.append(front_door())
    return app


def _work_in_background(
    settings: Settings, engine: Engine, work: Work, background: Background, opened: ExitStack
) -> None:
    """Start what a server does again and again; `opened` ends it."""

    def repeat(step: Callable[[], object], seconds: float, name: str) -> None:
        opened.enter_context(background.repeated(step, seconds, name))

    swept = lambda: not work.yield_to_requests(SWEEP_GIVES_WAY)  # noqa: E731
    repeat(partial(engine.store.sweep, every=SWEPT_EVERY, stopped=swept), SWEEPING_SECONDS, "removal of leftovers")
    # What other servers have enrolled is taken in, so that no search has much to wait for.
    repeat(engine.catch_up, settings.follow_seconds, "index updates")
    check = partial(work_off, engine, CHECKED_AFTER, stopped=lambda: not work.yield_to_requests(CHECK_GIVES_WAY))
    repeat(check, CHECKING_SECONDS, "enrolment checks")
    link = partial(work_off_links, engine, stopped=lambda: not work.yield_to_requests(CHECK_GIVES_WAY))
    repeat(link, CHECKING_SECONDS, "latent links")
    go_on = lambda: work.yield_to_requests(EXTRACTION_GIVES_WAY)  # noqa: E731
    extract = Reextraction(engine.as_system("extracts samples again"))
    repeat(partial(extract.work_off, go_on), EXTRACTING_SECONDS, "re-extraction")
    servers, server_id = RunningServers(engine.store.database), str(uuid4())
    register = partial(servers.register, server_id, list(engine.installed or ()))
    register()
    opened.callback(tried, partial(servers.remove, server_id))
    repeat(register, RENEWED_EVERY.total_seconds(), "server registration")
    sign = audit_log_of(engine.store).sign
    opened.callback(tried, sign)  # at a clean stop
    repeat(sign, 60 * settings.audit_sign_minutes, "audit signatures")


def _services(
    settings: Settings,
    engine: Engine,
    queues: tuple[Work, Work],
    background: Background,
    provider: OpenIdProvider | None,
    index: NationalCalls | None,
) -> Services:
    work, renderings = queues
    accounts = accounts_of(settings, engine.store)
    accounts.sessions.sweep()
    tasks = open_tasks(settings, engine, background)
    disks = partial(shortage, folders_written(settings, engine).values(), settings.ready_free_mb)
    provider_calls = CallPool("the sign-in provider", PROVIDER_AT_ONCE, PROVIDER_WAITING)
    calls = {"sign_in_provider": provider_calls.refused_within, "image_store": engine.store.images.refused_within}
    refusals = {"image_store": lambda: engine.store.images.refusal}
    if index:
        refusals["national_index"] = lambda: index.refusal
    return Services(
        engine=engine,
        accounts=accounts,
        provider=provider,
        provider_calls=provider_calls,
        client_throttle=Throttle(settings.sign_ins_per_minute),
        account_throttle=Throttle(settings.requests_per_minute),
        background=background,
        work=work,
        renderings=renderings,
        tasks=tasks,
        webhooks=WebhookStore(engine.store.database, engine.store.keys, tasks.store),
        webhook_client=OutboundClient.of(
            settings.webhook_hosts, settings.webhook_networks, settings.webhook_timeout_seconds
        ),
        itl_table=TransactionTable.load(settings.itl_table, settings.itl_interpol_table),
        likelihood_scales=likelihood_scales(settings.calibration_folder),
        readiness=Readiness(engine, work, settings.ready_lag, background, disks, calls, refusals),
        installation=partial(installation, settings, engine, model_registry(settings).entries),
        capture_port=settings.capture_port,
        time_zone=settings.time_zone,
    )


def _assign_tasks(services: Services, operations: OperationTasks, abis: Abis) -> None:
    """Say who carries out and who delivers each kind of task."""
    tasks, calls = services.tasks, OsiaCalls(abis, services.accounts)
    tasks.runners = {TaskKind.OSIA: calls, TaskKind.REQUEST: operations}
    events = WebhookEvents(services.webhooks, services.accounts, services.webhook_client)
    tasks.senders = {TaskKind.OSIA: calls.delivery, TaskKind.EVENT: events.delivery}


def _add_middleware(app: FastAPI, settings: Settings, metrics: Metrics, recorder: Recorder) -> None:
    """Add the middleware; the last one added is the first to see a request."""
    app.add_middleware(AuthenticateLargeBodies)
    app.add_middleware(RateLimitHeaders)
    app.add_middleware(
        BodyLimit,
        limit_of_all=settings.uploads_mb * MEGABYTE,
        seconds=settings.upload_seconds,
        turned_away=metrics.turned_away,
    )
    app.add_middleware(ClientLimit, limit=settings.client_requests, turned_away=metrics.turned_away)
    app.add_middleware(Deadline, seconds=settings.answer_seconds, turned_away=metrics.turned_away)
    app.add_middleware(RequestLog, recorder=recorder)
    app.add_middleware(DefaultHeaders, headers=NO_STORE)
    app.add_middleware(StrictTransport)
    app.add_middleware(LocalRedirects)
