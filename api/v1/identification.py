"""Identification: search all records with prints and photos (1:N)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Form, UploadFile

from api.http.authentication import needs
from api.http.dependencies import SearchPurpose, StatedPurpose
from api.http.operations import Answer, Caller, RunOnce, operation
from api.http.turns import IN_TURN, LATER
from api.v1.sample_details import StoredSample
from api.v1.samples_form import UploadedSamples, read_upload
from api.v1.search_filters import SearchFilter, StoredFilter
from api.v1.searches_schemas import GroupMemberOut, Mode, SearchOut
from biometrics.kernel.access import Scope
from biometrics.kernel.people.national import BASIS_LENGTH
from biometrics.kernel.recognition.types import Sample
from biometrics.kernel.technique.idempotency import ADDED
from biometrics.matching.calibration import USUAL_FPIR
from biometrics.searches.model import StoredSearch
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.group_search import identify_group
from biometrics.use_cases.search.identify import SearchRequest, identify
from face.modality import FACE

router = APIRouter(tags=["identification"])


async def _target(
    target_fpir: Annotated[
        float, Form(description="Accepted chance that a search for a person not on record returns a hit")
    ] = USUAL_FPIR,
    mode: Annotated[
        Mode, Form(description="identification, or investigation: the highest scores, without a threshold")
    ] = Mode.IDENTIFICATION,
) -> float | None:
    return None if mode is Mode.INVESTIGATION else target_fpir


Target = Annotated[float | None, Depends(_target)]  # the target FPIR; None for an investigation


@dataclass(frozen=True)
class SearchTerms:
    """What a search is for, whom it may find, and how many."""

    purpose: StatedPurpose
    where: StoredFilter
    target_fpir: float | None
    max_candidates: int
    officer: str
    national_basis: str = field(default="", metadata=ADDED)

    def request(self, samples: Sequence[Sample], *, is_latent: bool = False) -> SearchRequest:
        """Return the search with some samples."""
        return SearchRequest(
            samples,
            self.max_candidates,
            self.target_fpir,
            officer=self.officer,
            where=self.where,
            is_latent=is_latent,
            national_basis=self.national_basis,
        )

    def engine_of(self, caller: Caller) -> Engine:
        """Return the engine on behalf of a caller with this purpose."""
        return caller.engine.for_actor(self.purpose.add_to(caller.act))


async def _terms(
    purpose: SearchPurpose,
    where: SearchFilter,
    target: Target,
    max_candidates: Annotated[int, Form(description="Maximum number of candidates, 100 at most")] = 10,
    officer: Annotated[str, Form(description="Who searches, if not the signed-in person")] = "",
    national_basis: Annotated[
        str,
        Form(
            max_length=BASIS_LENGTH,
            description="Legal basis of a search of other states by the national index, which is then made too "
            "(`pehchan.national.search`); empty: it is not",
        ),
    ] = "",
) -> SearchTerms:
    return SearchTerms(purpose, where, target, max_candidates, officer, national_basis.strip())


Terms = Annotated[SearchTerms, Depends(_terms)]


def answered(search: StoredSearch) -> Answer[SearchOut]:
    """Return the answer to a search that was stored."""
    return Answer(SearchOut.of(search), {"Location": f"/api/v1/searches/{search.id}"})


@dataclass(frozen=True)
class SamplesSearchInput:
    """A search with the prints and photos of one person."""

    samples: list[StoredSample]
    terms: SearchTerms


@operation("POST /api/v1/identify", SamplesSearchInput)
def _identify(caller: Caller, form: SamplesSearchInput) -> Answer[SearchOut]:
    return answered(identify(form.terms.engine_of(caller), form.terms.request(form.samples)))


@router.post(
    "/identify",
    status_code=201,
    summary="Search with prints and photos",
    dependencies=[needs(Scope.IDENTIFY), LATER, IN_TURN],
)
def identify_person(samples: UploadedSamples, terms: Terms, run: RunOnce) -> SearchOut:
    """Search with all prints and photos of one person together; the best candidate comes first.

    Send a print of a known finger in that finger's field, one of an unknown finger in `unknown_finger`. Filters
    restrict the candidates; a person whose value is unknown passes a filter.
    """
    return run(_identify, SamplesSearchInput(samples, terms))


@operation("POST /api/v1/identify/group", SamplesSearchInput)
def _identify_group(caller: Caller, form: SamplesSearchInput) -> Answer[list[GroupMemberOut]]:
    members = identify_group(form.terms.engine_of(caller), form.terms.request(form.samples))
    return Answer([GroupMemberOut.of(member) for member in members])


@router.post(
    "/identify/group",
    status_code=201,
    summary="Search for each person in a photo",
    dependencies=[needs(Scope.IDENTIFY), LATER, IN_TURN],
)
def identify_people_in_photo(photo: UploadFile, terms: Terms, run: RunOnce) -> list[GroupMemberOut]:
    """Search for each person in a photo, largest face first. Each person's search is stored separately."""
    sample = Sample(FACE, read_upload(photo), photo.filename or "")
    return run(_identify_group, SamplesSearchInput([sample], terms))
