"""The latent desk: minutiae of a print from a scene are marked, searched with and saved."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import needs
from api.http.dependencies import EngineDependency
from api.web.pages import PagesDependency
from biometrics.kernel.access import Purpose, Scope
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.person import Sex
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.clock import today
from fingerprint.latents.positions import UNKNOWN_RIDGES

router = APIRouter()


@router.get("/latent", dependencies=[needs(Scope.IDENTIFY)])
def show_desk(pages: PagesDependency, engine: EngineDependency) -> Response:
    """Show the desk, empty: its script reads what the browser keeps, and asks for all else."""
    until = engine.keeping.for_case(today())
    return pages.show(
        "latent.html",
        purposes=list(Purpose),
        kept=dict.fromkeys(Purpose, until),
        either=UNKNOWN_RIDGES,
        positions=[
            position
            for modality in Modality.registered()
            if modality.traits.has_ridges
            for position in modality.traits.positions or ()
        ],
        sexes=list(Sex),
        kinds=list(EncounterKind),
        national=engine.ask_states is not None,
        today=today(),
    )
