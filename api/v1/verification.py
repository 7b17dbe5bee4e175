"""VerificationInput: compare samples with one record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form

from api.http.authentication import needs
from api.http.errors import raising
from api.http.operations import Answer, Caller, Run, operation
from api.http.turns import IN_TURN, LATER
from api.v1.sample_details import StoredSample
from api.v1.samples_form import UploadedSamples
from api.v1.verification_schemas import VerificationOut
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import NothingToCompare, UnknownRecord
from biometrics.use_cases.verify import verify

router = APIRouter(tags=["verification"])


@dataclass(frozen=True)
class VerificationInput:
    """Samples to compare with a record."""

    record_id: str
    samples: list[StoredSample]
    target_fmr: float


@operation("POST /api/v1/verify", VerificationInput)
def _verify(caller: Caller, given: VerificationInput) -> Answer[VerificationOut]:
    return Answer(VerificationOut.of(verify(caller.engine, given.record_id, given.samples, given.target_fmr)))


@router.post(
    "/verify",
    summary="Verify a person",
    dependencies=[needs(Scope.VERIFY), LATER, IN_TURN],
    responses=raising(UnknownRecord, NothingToCompare),
)
def verify_person(
    record_id: Annotated[str, Form()],
    samples: UploadedSamples,
    run: Run,
    target_fmr: Annotated[float, Form(description="Accepted chance that another person's samples match")] = 0.001,
) -> VerificationOut:
    """Compare prints and photos with all samples of one record."""
    return run(_verify, VerificationInput(record_id, samples, target_fmr))
