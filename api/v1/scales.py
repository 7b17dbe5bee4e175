"""The scales that scores are stated by; statistics over all people, without data of anybody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.http.authentication import needs_sign_in
from api.services import services_of
from api.v1.scales_schemas import ScaleOut, ScalesOut
from biometrics.use_cases.scale_report import scale_reports

router = APIRouter(prefix="/scales", tags=["health"], dependencies=[needs_sign_in(person=True)])


def _scales(request: Request) -> ScalesOut:
    engine = services_of(request).engine
    return ScalesOut(scales=[ScaleOut.of(report) for report in scale_reports(engine)])


Scales = Annotated[ScalesOut, Depends(_scales)]


@router.get("", summary="Get the score scales")
def read_scales(scales: Scales) -> ScalesOut:
    """Get, for each modality, the scale in force, the data it was made from, and its bound."""
    return scales
