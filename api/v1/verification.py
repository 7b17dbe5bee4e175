"""Verification: compare samples with one record, with a few, or with other samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form

from api.http.authentication import needs
from api.http.errors import raising
from api.http.operations import Answer, Caller, Run, operation
from api.http.turns import IN_TURN, LATER
from api.v1.sample_details import StoredSample
from api.v1.samples_form import UploadedOtherSamples, UploadedSamples
from api.v1.search_terms import SearchPurpose, StatedPurpose
from api.v1.verification_schemas import PeopleVerificationOut, SamplesComparisonOut, VerificationOut
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import NothingToCompare, UnknownRecord
from biometrics.people.reader import RecordReader
from biometrics.use_cases.search.verify import MOST_PEOPLE, compare_samples, verify, verify_people

router = APIRouter(tags=["verification"])


@dataclass(frozen=True)
class VerificationInput:
    """Samples to compare with a record."""

    record_id: str
    samples: list[StoredSample]
    target_fmr: float
    purpose: StatedPurpose


@operation("POST /api/v1/verify", VerificationInput)
def _verify(caller: Caller, form: VerificationInput) -> Answer[VerificationOut]:
    engine = form.purpose.engine_of(caller)
    return Answer(VerificationOut.of(verify(engine, form.record_id, form.samples, form.target_fmr)))


@router.post(
    "/verify",
    summary="Verify a person",
    dependencies=[needs(Scope.VERIFY), LATER, IN_TURN],
    responses=raising(UnknownRecord, NothingToCompare),
)
def verify_person(
    record_id: Annotated[str, Form()],
    samples: UploadedSamples,
    purpose: SearchPurpose,
    run: Run,
    target_fmr: Annotated[float, Form(description="Accepted chance that another person's samples match")] = 0.001,
) -> VerificationOut:
    """Compare prints and photos with all samples of one record."""
    return run(_verify, VerificationInput(record_id, samples, target_fmr, purpose))


@dataclass(frozen=True)
class PeopleVerificationInput:
    """Samples to compare with a few people, each by the id or the national number of the record."""

    people: list[str]
    samples: list[StoredSample]
    target_fmr: float
    purpose: StatedPurpose


@operation("POST /api/v1/verify/people", PeopleVerificationInput)
def _verify_people(caller: Caller, form: PeopleVerificationInput) -> Answer[PeopleVerificationOut]:
    engine = form.purpose.engine_of(caller)
    record_ids = [_record_id(engine.store.people, person) for person in form.people]
    return Answer(PeopleVerificationOut.of(verify_people(engine, record_ids, form.samples, form.target_fmr)))


def _record_id(people: RecordReader, text: str) -> str:
    return people.by_national_number(text).id if text.isdecimal() else text


@router.post(
    "/verify/people",
    summary="Verify which of a few people it is",
    dependencies=[needs(Scope.VERIFY), LATER, IN_TURN],
    responses=raising(UnknownRecord, NothingToCompare),
)
def verify_which(
    people: Annotated[
        list[str], Form(description=f"Records, by id or national number, {MOST_PEOPLE} at most; repeat the field")
    ],
    samples: UploadedSamples,
    purpose: SearchPurpose,
    run: Run,
    target_fmr: Annotated[
        float, Form(description="Accepted chance that any of them matches, if the samples are of none of them")
    ] = 0.001,
) -> PeopleVerificationOut:
    """Compare prints and photos with all samples of each of a few records, the most similar first."""
    return run(_verify_people, PeopleVerificationInput(people, samples, target_fmr, purpose))


@dataclass(frozen=True)
class SamplesComparisonInput:
    """Two sets of samples, each of one person."""

    samples: list[StoredSample]
    other_samples: list[StoredSample]
    purpose: StatedPurpose


@operation("POST /api/v1/compare", SamplesComparisonInput)
def _compare(caller: Caller, form: SamplesComparisonInput) -> Answer[SamplesComparisonOut]:
    engine = form.purpose.engine_of(caller)
    return Answer(SamplesComparisonOut.of(compare_samples(engine, form.samples, form.other_samples)))


@router.post(
    "/compare",
    summary="Compare two sets of samples",
    dependencies=[needs(Scope.VERIFY), LATER, IN_TURN],
    responses=raising(NothingToCompare),
)
def compare_two(
    samples: UploadedSamples, other_samples: UploadedOtherSamples, purpose: SearchPurpose, run: Run
) -> SamplesComparisonOut:
    """Compare prints and photos with others, which are sent in the fields with the prefix `other_`.

    No record is read, and neither set is kept. The answer states the evidence and gives no verdict.
    """
    return run(_compare, SamplesComparisonInput(samples, other_samples, purpose))
