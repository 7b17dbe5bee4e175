"""Identification: search all records with prints and photos (1:N)."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, UploadFile

from api.http.authentication import needs
from api.http.dependencies import EngineDependency
from api.http.operations import Answer, Caller, RunOnce, operation
from api.http.turns import IN_TURN, LATER
from api.v1.sample_details import StoredSample
from api.v1.samples_form import UploadedSamples, read_upload
from api.v1.search_terms import SearchTerms, Terms
from api.v1.searches_schemas import GroupMemberOut, SearchOut
from biometrics.kernel.access import Scope
from biometrics.kernel.recognition.types import Sample
from biometrics.searches.model import StoredSearch
from biometrics.use_cases.search.group_search import identify_group
from biometrics.use_cases.search.identify import identify
from biometrics.use_cases.search.photographed_people import PhotographedPeople, find_people
from face.modality import FACE

router = APIRouter(tags=["identification"])


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


@router.post(
    "/identify/faces", summary="Find the people in several photos", dependencies=[needs(Scope.IDENTIFY), IN_TURN]
)
def find_people_in_photos(photo: list[UploadFile], engine: EngineDependency) -> PhotographedPeople:
    """Find the faces in up to 20 photos, and group those that are probably one person's. Nothing is searched or stored.

    To search for one person with all their photos, send these to `POST /identify` with the `box` of each in `details`.
    """
    return find_people(engine, [Sample(FACE, read_upload(upload), upload.filename or "") for upload in photo])
