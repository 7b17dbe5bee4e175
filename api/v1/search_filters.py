"""Form fields to the filter of a search."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form
from pydantic import PlainSerializer, PlainValidator

from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.labels import WORDS_LENGTH, Filter
from biometrics.kernel.people.person import Sex
from biometrics.kernel.recognition.body_marks import BodyMarkKind, BodyPart, BodySide, MarkColour, TattooClass

_AGAIN = "; may be repeated"


async def read_filter(
    sex: Annotated[list[Sex] | None, Form(description=f"Only people of this or unknown sex{_AGAIN}")] = None,
    born_from: Annotated[int | None, Form(description="Only people born in this year or later, or unknown")] = None,
    born_to: Annotated[int | None, Form(description="Only people born in this year or earlier, or unknown")] = None,
    kind: Annotated[
        list[EncounterKind] | None, Form(description=f"Only samples taken at an encounter of this kind{_AGAIN}")
    ] = None,
    state_code: Annotated[list[str] | None, Form(description=f"Only samples taken in this state{_AGAIN}")] = None,
    district_code: Annotated[list[str] | None, Form(description=f"Only samples taken in this district{_AGAIN}")] = None,
    station_code: Annotated[list[str] | None, Form(description=f"Only samples taken at this station{_AGAIN}")] = None,
    mark_kind: Annotated[list[BodyMarkKind] | None, Form(description=f"Only marks of this or no kind{_AGAIN}")] = None,
    body_part: Annotated[
        list[BodyPart] | None, Form(description=f"Only marks on this part of the body, around or in it{_AGAIN}")
    ] = None,
    body_side: Annotated[list[BodySide] | None, Form(description=f"Only marks of this or no side{_AGAIN}")] = None,
    mark_colour: Annotated[
        list[MarkColour] | None, Form(description=f"Only marks of this colour, or of none that is known{_AGAIN}")
    ] = None,
    tattoo_class: Annotated[
        list[TattooClass] | None, Form(description=f"Only marks that show this, or nothing that is known{_AGAIN}")
    ] = None,
    mark_words: Annotated[
        str,
        Form(
            max_length=WORDS_LENGTH,
            description="Only people with a mark whose description has these words, or words that begin or sound so; "
            "people without a description are left out",
        ),
    ] = "",
    exclude: Annotated[list[str] | None, Form(description=f"National number of a person to leave out{_AGAIN}")] = None,
) -> Filter:
    """Collect the filters of a search; none by default."""
    return Filter.of(
        sexes=sex,
        born=(born_from, born_to),
        kinds=kind,
        states=state_code,
        districts=district_code,
        stations=station_code,
        mark_kinds=mark_kind,
        body_parts=body_part,
        body_sides=body_side,
        mark_colours=mark_colour,
        tattoo_classes=tattoo_class,
        without=exclude,
        mark_words=mark_words,
    )


# A filter within the input of an operation.
StoredFilter = Annotated[Filter, PlainValidator(Filter.of_content), PlainSerializer(Filter.content)]
SearchFilter = Annotated[Filter, Depends(read_filter)]
