"""Verification: compare samples with one record."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form

from api.http.authentication import needs
from api.http.deferred_requests import LATER
from api.http.dependencies import EngineDependency
from api.http.errors import raising
from api.http.turns import IN_TURN
from api.v1.samples_form import UploadedSamples
from api.v1.verification_schemas import VerificationOut
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import NothingToCompare, UnknownRecord
from biometrics.use_cases.verify import verify

router = APIRouter(tags=["verification"])


@router.post(
    "/verify",
    summary="Verify a person",
    dependencies=[needs(Scope.VERIFY), LATER, IN_TURN],
    responses=raising(UnknownRecord, NothingToCompare),
)
def verify_person(
    record_id: Annotated[str, Form()],
    samples: UploadedSamples,
    engine: EngineDependency,
    target_fmr: Annotated[float, Form(description="Accepted chance that another person's samples match")] = 0.001,
) -> VerificationOut:
    """Compare prints and photos with all samples of one record."""
    return VerificationOut.of(verify(engine, record_id, samples, target_fmr))
