"""The scales that scores are stated by; statistics over all people, without data of anybody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.http.authentication import needs, needs_sign_in
from api.http.dependencies import StoreDependency
from api.http.errors import raising
from api.services import services_of
from api.v1.scales_schemas import ScaleDecisionIn, ScaleOut, ScalesOut
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import UnknownScale
from biometrics.scales.repository import ScaleStore
from biometrics.use_cases.scale_report import scale_reports

router = APIRouter(prefix="/scales", tags=["health"])


def _scales(request: Request) -> ScalesOut:
    engine = services_of(request).engine
    return ScalesOut(scales=[ScaleOut.of(report) for report in scale_reports(engine)])


Scales = Annotated[ScalesOut, Depends(_scales)]


@router.get("", summary="Get the score scales", dependencies=[needs_sign_in(person=True)])
def read_scales(scales: Scales) -> ScalesOut:
    """Get, for each modality, the scale in force, the data it was made from, and its bound."""
    return scales


@router.post(
    "/{digest}/decision",
    status_code=204,
    summary="Approve or decline a learned scale",
    dependencies=[needs(Scope.CASE_SUPERVISE)],
    responses=raising(UnknownScale),
)
def decide_scale(digest: str, decision: ScaleDecisionIn, store: StoreDependency) -> None:
    """Put a learned scale in force that waits, or decline it. A supervisor of the national bureau decides."""
    ScaleStore(store.database, store.act).decide(digest, approve=decision.approve, reason=decision.because)
