"""Enrolment: the page on which an officer enters a person, an encounter, prints and photos."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import needs
from api.localisation.translatable import N_
from api.localisation.value_labels import word
from api.modalities import file_fields
from api.services import services_of
from api.web.headers import policy_with_scanner
from api.web.labels.people import form_inputs
from api.web.pages import Pages, PagesDependency
from biometrics.access.units import UnitStore
from biometrics.kernel.access import Scope
from biometrics.kernel.people.encounter import EncounterKind, LegalBasis, MissingReason
from biometrics.kernel.people.particulars import DocumentKind, Relation
from biometrics.kernel.people.person import Sex
from biometrics.kernel.recognition.body_marks import BodyMarkKind, BodyPart, BodySide, MarkColour, TattooClass
from biometrics.kernel.recognition.capture import FingerPosition, Impression, PhotoView
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import QualityFault

router = APIRouter()

HANDS: Final = tuple(
    (title, tuple(FingerPosition(code) for code in codes))
    for title, codes in ((N_("Right hand"), range(1, 6)), (N_("Left hand"), range(6, 11)))
)
_TAKEN: Final = (
    Impression.PLAIN_LIVE_SCAN,
    Impression.ROLLED_LIVE_SCAN,
    Impression.PLAIN_NONLIVE,
    Impression.ROLLED_NONLIVE,
    Impression.SWIPE_LIVE_SCAN,
    Impression.OTHER,
    Impression.UNKNOWN,
)


MOST_STATIONS: Final = 500  # that the page offers by name, so that it stays light


@dataclass(frozen=True)
class SampleStep:
    """A step of the page in which samples of some modalities are taken; the first one names it."""

    modalities: tuple[Modality, ...]

    @property
    def title(self) -> str:
        """The step's name, in English."""
        return self.modalities[0].traits.samples_label

    @property
    def id(self) -> str:
        """The step's place in the page."""
        return f"{self.modalities[0].traits.page_part}-step"


def sample_steps() -> list[SampleStep]:
    """Return the steps of the registered modalities: prints, then all others."""
    registered = Modality.registered()
    of_prints = tuple(modality for modality in registered if modality.traits.has_ridges)
    without_prints = tuple(modality for modality in registered if modality not in of_prints)
    return [SampleStep(modalities) for modalities in (of_prints, without_prints) if modalities]


@router.get("/enrol", dependencies=[needs(Scope.ENCOUNTER_WRITE)])
def show_form(pages: PagesDependency, draft: str = "", record: str = "") -> Response:
    """Show the form; its script reads `draft`, which names what the browser keeps, and `record`, to add to."""
    return enrolment_form(pages)


def enrolment_form(pages: Pages, *, offline: bool = False) -> Response:
    """Return the page of the form; `offline` is without data, to be stored by browsers."""
    kinds = {
        "sexes": Sex,
        "encounter_kinds": EncounterKind,
        "legal_bases": LegalBasis,
        "relations": Relation,
        "document_kinds": DocumentKind,
        "mark_kinds": BodyMarkKind,
        "mark_colours": MarkColour,
        "tattoo_classes": TattooClass,
        "body_parts": BodyPart,
        "sides": BodySide,
        "missing_reasons": MissingReason,
        "views": PhotoView,
    }
    choices: dict[str, Any] = {name: list(kind) for name, kind in kinds.items()}
    capture_port = services_of(pages.request).capture_port
    page = pages.show(
        "enrol.html",
        capture_port=capture_port,
        hands=HANDS,
        impressions=_TAKEN,
        words=_words(pages),
        inputs=form_inputs(),
        is_offline=offline,
        sample_steps=sample_steps(),
        **_stations(pages),
        **choices,
    )
    page.headers["Content-Security-Policy"] = policy_with_scanner(capture_port)
    return page


def _stations(pages: Pages) -> dict[str, Any]:
    """Return the reader's own police station, and those at or below their unit: each as its name with its codes."""
    if pages.me is None:
        return {"own_station": "", "stations": []}
    own_unit, units = pages.me.user.unit, UnitStore(services_of(pages.request).engine.store.database)
    below = [f"{office.name} ({office.unit.path})" for office in units.listed(own_unit) if office.unit.station]
    return {"own_station": units.label(own_unit.path) if own_unit.station else "", "stations": below[:MOST_STATIONS]}


def _words(pages: Pages) -> dict[str, dict[str | int, str]]:
    """Return what scripts call the values that the service answers with."""
    kinds: dict[str, type[Enum]] = {
        "faults": QualityFault,
        "impressions": Impression,
        "missing": MissingReason,
        "sexes": Sex,
        "views": PhotoView,
    }
    words: dict[str, dict[str | int, str]] = {
        name: {member.value: pages.translated(word(member)) for member in kind} for name, kind in kinds.items()
    }
    measures: dict[str | int, str] = {modality: modality.traits.quality_measure for modality in Modality.registered()}
    fingers: dict[str | int, str] = {
        position.value: pages.translated(word(position))
        for modality in Modality.registered()
        for position in modality.traits.positions or ()
    }
    fields: dict[str | int, str] = {
        f"{modality} {'' if position is None else position.value}": field
        for field, (modality, position) in file_fields().items()
        if not modality.traits.has_fingers
    }
    return words | {"measures": measures, "fields": fields, "fingers": fingers}
