"""Latents: what is marked on them, what a program sees in them, and who left them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response, UploadFile

from api.http.authentication import ActDependency, needs
from api.http.dependencies import EngineDependency
from api.http.errors import raising
from api.http.operations import Answer, Caller, RunOnce, operation
from api.http.turns import IN_TURN, LATER
from api.itl.latent_files import latent_file
from api.latent_probes import fingerprints, kinds_of, latent_probes, latent_reader
from api.v1.identification import answered
from api.v1.latents_form import LatentFiles, Position, Ppi, UploadedLatent, read_latent_file
from api.v1.latents_schemas import LatentOut, LayersOut, MinutiaeOut
from api.v1.samples_form import read_upload
from api.v1.search_terms import SearchTerms, Terms
from api.v1.searches_schemas import SearchOut
from api.v1.transactions import MEDIA_TYPE
from biometrics.imaging.image import decode, png
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import ImageTooLarge, InvalidField, MalformedTransaction, TooFewMinutiae
from biometrics.kernel.technique.clock import today
from biometrics.use_cases.search.identify import require_may_search, search
from fingerprint.codec import decode as decode_template
from fingerprint.latents.marked import read_region
from fingerprint.latents.positions import code_of, position_of_code
from palm.codec import decode as decode_palm
from palm.modality import PALM

router = APIRouter(tags=["identification"])

_IDENTIFY = needs(Scope.IDENTIFY)
_FILE: dict[int | str, Any] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}, "description": "The file"}
}


@router.post(
    "/latents/readings",
    summary="Read a latent file",
    dependencies=[_IDENTIFY, IN_TURN],
    responses=raising(MalformedTransaction),
)
def read_latent_upload(file: UploadFile, ppi: Ppi = None) -> LatentOut:
    """Read an image, a file of marked minutiae or an ANSI/NIST file with one latent; nothing is stored or searched."""
    content = read_upload(file)
    latent = read_latent_file(content, file.filename or "", ppi)
    image, marked = latent.image, latent.marked
    if image:
        converted = None if latent.content == content else latent.content
        size, code = (image.width, image.height), code_of(latent.position)
        return LatentOut.of(size, image.ppi, code, png(latent.content), converted, marked)
    assert marked is not None
    return LatentOut.of((marked.width, marked.height), marked.ppi, code_of(latent.position), None, None, marked)


@router.post(
    "/latents/minutiae",
    summary="Suggest minutiae of a latent",
    dependencies=[_IDENTIFY, IN_TURN],
    responses=raising(TooFewMinutiae, ImageTooLarge),
)
def suggest_minutiae(
    image: UploadFile,
    engine: EngineDependency,
    ppi: Ppi = None,
    region: Annotated[str, Form(description="JSON: corners [x, y] of the region of interest; all of it else")] = "",
    position: Position = None,
) -> MinutiaeOut:
    """Detect minutiae in a print as suggestions for the examiner; nothing is stored or searched.

    They are those of a palm where `position` is one, or where the print is larger than a finger and `position` does not
    name one.
    """
    decoded, corners = decode(read_upload(image), ppi), _region(region)
    kinds = kinds_of(None if position is None else position_of_code(position))
    recogniser = latent_reader(engine, kinds[0])
    try:
        template = recogniser.extract_latent(decoded, corners)
    except ImageTooLarge:
        if len(kinds) == 1:
            raise
        recogniser = latent_reader(engine, kinds[1])
        template = recogniser.extract_latent(decoded, corners)
    minutiae = (decode_palm if template.modality is PALM else decode_template)(template.data)
    return MinutiaeOut.of(minutiae, recogniser.latent_network, decoded.width, decoded.height, decoded.ppi)


@router.post(
    "/latents/layers",
    summary="Get the clarity and ridges of a latent",
    dependencies=[_IDENTIFY, IN_TURN],
    responses=raising(ImageTooLarge),
)
def read_latent_layers(image: UploadFile, engine: EngineDependency, ppi: Ppi = None) -> LayersOut:
    """Get the local clarity of a latent, the suggested region of interest, and its enhanced ridges.

    Nothing is stored or searched.
    """
    decoded = decode(read_upload(image), ppi)
    layers = fingerprints(engine).latent_layers(decoded)
    return LayersOut.of(layers, decoded.width, decoded.height, decoded.ppi)


@router.post(
    "/latents/files",
    summary="Create an ANSI/NIST file of a latent",
    dependencies=[_IDENTIFY, IN_TURN],
    response_class=Response,
    responses=_FILE,
)
def write_latent_file(
    files: UploadedLatent,
    act: ActDependency,
    case_number: Annotated[str, Form(description="The case or FIR that the latent is of", max_length=100)],
) -> Response:
    """Get a latent and its marked minutiae as an ANSI/NIST-ITL transaction (LFFS, Types 13 and 9)."""
    latent = files.latent
    if latent.marked is None or latent.image is None:
        raise InvalidField("Send the latent's image and the minutiae marked on it: the file holds both.")
    agency = "".join(act.actor.unit.codes[-1:]) or "PEHCHAN"
    content = latent_file(latent.marked, latent.image, latent.content, case_number, agency, today())
    headers = {"Content-Disposition": 'attachment; filename="latent.an2"'}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


@dataclass(frozen=True)
class LatentSearchInput:
    """A search with a latent; `with_suggested_region` too, if none is marked."""

    files: LatentFiles
    terms: SearchTerms
    with_suggested_region: bool


@operation("POST /api/v1/identify/latent", LatentSearchInput)
def _identify_latent(caller: Caller, form: LatentSearchInput) -> Answer[SearchOut]:
    engine, request = form.terms.engine_of(caller), form.terms.request([], is_latent=True)
    require_may_search(engine, request)
    probe_set = latent_probes(engine, form.files.latent, with_suggested_region=form.with_suggested_region)
    return answered(search(engine, probe_set.stated_in(request), probe_set.probes))


@router.post(
    "/identify/latent",
    status_code=201,
    summary="Search with a latent",
    dependencies=[_IDENTIFY, LATER, IN_TURN],
    responses=raising(TooFewMinutiae, MalformedTransaction),
)
def identify_latent(
    files: UploadedLatent,
    terms: Terms,
    run: RunOnce,
    with_suggested_region: Annotated[
        bool,
        Form(
            description="Whether to search with the region that the software suggests as well, if none is marked; "
            "it takes twice as long"
        ),
    ] = False,
) -> SearchOut:
    """Search fingers and palms with the image of a latent, its marked minutiae, or both, in any orientation.

    `position` restricts the search to fingers, palms, one finger or one hand. Fingers and palms are separate lists, as
    their scores cannot be compared. The best score of image, region and marks counts.
    """
    return run(_identify_latent, LatentSearchInput(files, terms, with_suggested_region))


def _region(text: str) -> tuple[tuple[float, float], ...] | None:
    if not text:
        return None
    try:
        return read_region(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise InvalidField("region is not a list of corners; write [[10, 20], [30, 20], [30, 40]].") from error
