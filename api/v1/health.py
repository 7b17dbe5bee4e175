"""Health: is the service up, and what does it serve?"""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.http.authentication import for_everybody
from api.http.dependencies import ServiceEngine
from api.http.errors import REPAIR_SECONDS, problem
from api.observability.readiness import Report
from api.services import services_of
from api.v1.system_schemas import Health, Live, ModelOut, Ready

router = APIRouter(tags=["health"])
# For tools that start and stop servers; separate from the API.
probes = APIRouter(tags=["health"], prefix="/health", dependencies=[for_everybody()])


@router.get("/health", summary="Check the service", dependencies=[for_everybody()])
def check_health(engine: ServiceEngine) -> Health:
    """Check the database and the indexes."""
    return Health(
        status="ok",
        version=version("pehchan"),
        records=engine.store.record_count(),
        sequence=engine.store.templates.last_sequence(),
        models=[
            ModelOut(modality=modality, model=channel.recogniser.model, searchable=len(channel.gallery))
            for modality, channel in engine.channels.items()
        ],
    )


@probes.get("/live", summary="Check liveness")
async def read_live() -> Live:
    """Check that the process responds. If it does not, restart it."""
    return Live(status="live")


@probes.get(
    "/ready",
    summary="Check readiness",
    response_model=Ready,
    responses={503: {"description": "Not now; `checks` says what is wrong"}},
)
async def check_readiness(request: Request) -> Ready | JSONResponse:
    """Check that this server can answer: threads, models, database, indexes and disks.

    `partial`: something does not work on any server, so sending requests elsewhere does not help; `checks` says what.
    """
    readiness = services_of(request).readiness
    report: Report = await readiness.report()
    checks = dict(report.checks)
    if report.wrong:
        answer = problem(503, "not_ready", " ".join(report.wrong), checks=checks)
        answer.headers["Retry-After"] = str(REPAIR_SECONDS)
        return answer
    return Ready(status="partial" if report.is_partial else "ready", checks=checks, warnings=readiness.warnings)
