"""The terms of a search, as its form states them: for routes, the client and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Form

from api.http.operations import Caller
from api.http.schemas import OptionalDay
from biometrics.kernel.access import Act, Purpose
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.labels import WORDS_LENGTH, Filter
from biometrics.kernel.people.national import BASIS_LENGTH
from biometrics.kernel.people.person import Sex
from biometrics.kernel.recognition.body_marks import BodyMarkKind, BodyPart, BodySide, MarkColour, TattooClass
from biometrics.kernel.recognition.types import Sample
from biometrics.matching.calibration import USUAL_FPIR
from biometrics.searches.exhibit import SeizedExhibit
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.identify import SearchRequest

_AGAIN = "; may be repeated"


class Mode(StrEnum):
    """What a search is for."""

    IDENTIFICATION = "identification"
    INVESTIGATION = "investigation"


@dataclass(frozen=True)
class StatedPurpose:
    """What a search or a comparison is for."""

    purpose: Annotated[Purpose | None, Form(description="Purpose of the search. Required.")] = None
    case_number: Annotated[str, Form(description="Case or FIR number. Required.")] = ""
    reason: Annotated[str, Form(description="Further reason, in the officer's words; stored with the search")] = ""

    def add_to(self, act: Act) -> Act:
        """Return the caller's act with this purpose."""
        return replace(act, purpose=self.purpose or "", case_number=self.case_number, reason=self.reason)

    def engine_of(self, caller: Caller) -> Engine:
        """Return the engine on behalf of a caller with this purpose."""
        return caller.engine.for_actor(self.add_to(caller.act))

    def form_fields(self) -> dict[str, Any]:
        """Return the fields of the form."""
        stated = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: [str(item) for item in value] if isinstance(value, list | tuple) else str(value)
            for name, value in stated.items()
            if value not in (None, "", [])
        }


@dataclass(frozen=True)
class SearchTerms(StatedPurpose):
    """What a search is for, whom it may find, and how many.

    Raises:
        InvalidField: a condition breaks its rule.
    """

    target_fpir: Annotated[
        float, Form(description="Accepted chance that a search for a person not on record returns a hit")
    ] = USUAL_FPIR
    mode: Annotated[
        Mode, Form(description="identification, or investigation: the highest scores, without a threshold")
    ] = Mode.IDENTIFICATION
    max_candidates: Annotated[int, Form(description="Maximum number of candidates, 100 at most")] = 10
    officer: Annotated[str, Form(description="Who searches, if not the signed-in person")] = ""
    exhibit_number: Annotated[str, Form(description="Number of the exhibit or lift")] = ""
    seizure_memo: Annotated[str, Form(description="Number of the seizure memo")] = ""
    scene: Annotated[str, Form(description="Scene, and the object or surface that the print was on")] = ""
    lifted_by: Annotated[str, Form(description="Who lifted or photographed the print")] = ""
    lifted_on: Annotated[OptionalDay, Form(description="Day on which it was lifted")] = None
    national_basis: Annotated[
        str,
        Form(
            max_length=BASIS_LENGTH,
            description="Legal basis of a search of other states by the national index, which is then made too "
            "(`pehchan.national.search`); empty: it is not",
        ),
    ] = ""
    sex: Annotated[list[Sex] | None, Form(description=f"Only people of this or unknown sex{_AGAIN}")] = None
    born_from: Annotated[int | None, Form(description="Only people born in this year or later, or unknown")] = None
    born_to: Annotated[int | None, Form(description="Only people born in this year or earlier, or unknown")] = None
    kind: Annotated[
        list[EncounterKind] | None, Form(description=f"Only samples taken at an encounter of this kind{_AGAIN}")
    ] = None
    state_code: Annotated[list[str] | None, Form(description=f"Only samples taken in this state{_AGAIN}")] = None
    district_code: Annotated[list[str] | None, Form(description=f"Only samples taken in this district{_AGAIN}")] = None
    station_code: Annotated[list[str] | None, Form(description=f"Only samples taken at this station{_AGAIN}")] = None
    mark_kind: Annotated[list[BodyMarkKind] | None, Form(description=f"Only marks of this or no kind{_AGAIN}")] = None
    body_part: Annotated[
        list[BodyPart] | None, Form(description=f"Only marks on this part of the body, around or in it{_AGAIN}")
    ] = None
    body_side: Annotated[list[BodySide] | None, Form(description=f"Only marks of this or no side{_AGAIN}")] = None
    mark_colour: Annotated[
        list[MarkColour] | None, Form(description=f"Only marks of this colour, or of none that is known{_AGAIN}")
    ] = None
    tattoo_class: Annotated[
        list[TattooClass] | None, Form(description=f"Only marks that show this, or nothing that is known{_AGAIN}")
    ] = None
    mark_words: Annotated[
        str,
        Form(
            max_length=WORDS_LENGTH,
            description="Only people with a mark whose description has these words, or words that begin or sound so; "
            "people without a description are left out",
        ),
    ] = ""
    exclude: Annotated[list[str] | None, Form(description=f"National number of a person to leave out{_AGAIN}")] = None

    def __post_init__(self) -> None:
        """Check filter and exhibit before anything is done."""
        _ = self.where, self.exhibit

    @cached_property
    def where(self) -> Filter:
        """The filter of the search."""
        return Filter.of(
            sexes=self.sex,
            born=(self.born_from, self.born_to),
            kinds=self.kind,
            states=self.state_code,
            districts=self.district_code,
            stations=self.station_code,
            mark_kinds=self.mark_kind,
            body_parts=self.body_part,
            body_sides=self.body_side,
            mark_colours=self.mark_colour,
            tattoo_classes=self.tattoo_class,
            without=self.exclude,
            mark_words=self.mark_words,
        )

    @property
    def exhibit(self) -> SeizedExhibit:
        """What is stated of the exhibit."""
        return SeizedExhibit(self.exhibit_number, self.seizure_memo, self.scene, self.lifted_by, self.lifted_on)

    def request(self, samples: Sequence[Sample], *, is_latent: bool = False) -> SearchRequest:
        """Return the search with some samples."""
        return SearchRequest(
            samples,
            self.max_candidates,
            None if self.mode is Mode.INVESTIGATION else self.target_fpir,
            officer=self.officer,
            where=self.where,
            is_latent=is_latent,
            national_basis=self.national_basis.strip(),
            exhibit=self.exhibit,
        )


SearchPurpose = Annotated[StatedPurpose, Depends()]
Terms = Annotated[SearchTerms, Depends()]
