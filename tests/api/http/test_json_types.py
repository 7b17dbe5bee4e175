"""A JSON value of another type than the documented one is refused, and nothing is converted: true is no number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import is_dataclass, replace
from typing import Any, get_args, get_type_hints, is_typeddict

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from surface import put, scalars
from walking import Walker

from api.http.schemas import RequestBody, adapter_of
from api.http.sent import Sent
from api.v1.batches_schemas import BatchItemIn, BatchSampleIn
from api.v1.encounters_schemas import EncounterPatch
from api.v1.merges_schemas import MergeIn
from api.v1.records_schemas import PersonPatch
from api.v1.sample_details import SampleDetailsIn
from api.v1.saved_filters import RecordConditions
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft
from biometrics.kernel.people.court import Outcome
from biometrics.kernel.people.encounter import MissingFinger
from biometrics.kernel.people.particulars import Appearance
from biometrics.kernel.technique.entry import Entered

OTHERS: dict[type, tuple[Any, ...]] = {bool: (1, "true"), int: (True, "1"), float: (True, "1.5"), str: (True, 1)}


def schemas(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from schemas(field.annotation)
    elif isinstance(annotation, type) and (is_dataclass(annotation) or is_typeddict(annotation)):
        yield annotation
        for hint in get_type_hints(annotation).values():
            yield from schemas(hint)
    for inner in get_args(annotation):
        yield from schemas(inner)


PATCHES = {*schemas(EncounterPatch), *schemas(PersonPatch), *schemas(RecordConditions)}


def test_every_schema_of_a_body_refuses_conversion(walker: Walker) -> None:
    sent = {schema for route in walker.own for body in route.body_types for schema in schemas(body)}
    sent |= set(schemas(BatchItemIn))
    assert len(sent) > 35
    fields = [parameter.field_info for route in walker.own for parameter in route.dependant.body_params]
    checked = {
        schema
        for field in fields
        if list(Sent[object].__metadata__) == field.metadata
        for schema in schemas(field.annotation)
    }
    assert checked
    strict = {schema for schema in sent if schema in PATCHES or issubclass(schema, RequestBody | Entered)}
    assert sent - strict - checked == set()


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [
        (MissingFinger, "position", False),
        (MissingFinger, "position", "1"),
        (Appearance, "height_cm", "170"),
        (Outcome, "date", "1735689600"),
        (MergeIn, "other_version", False),
        (MergeIn, "other_version", "2"),
        (PersonPatch, "birth_year", True),
        (PersonPatch, "birth_year", "1988"),
        (Sent[AnalysisDraft], "of_value", 1),
        (Sent[AnalysisDraft], "of_value", "true"),
        (Sent[OpinionDraft], "notes", 1),
        (BatchSampleIn, "file", False),
        (BatchSampleIn, "ppi", "500"),
        (SampleDetailsIn, "impression", True),
        (EncounterPatch, "time", 0),
        (EncounterPatch, "date", 0),
        (EncounterPatch, "kind", 0),
    ],
)
def test_a_value_of_another_type_is_refused(model: type, field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        adapter_of(model).validate_python({field: value})
    assert (field,) in [error["loc"] for error in refused.value.errors() if error["type"] == "value_error"]


def test_every_route_refuses_a_value_of_another_type(walker: Walker) -> None:
    tried = Counter[type]()
    for route in walker.own:
        request = walker.proper(route)
        if route.takes_json and request.body:
            for place, value in scalars(request.body):
                for other in OTHERS[type(value)]:
                    answer = walker.send(route, replace(request, body=put(deepcopy(request.body), place, other)))
                    assert answer.status_code == 422, (str(route), place, other, answer.text)
                tried[type(value)] += 1
    assert set(tried) == {str, int, float, bool}, tried


def test_a_value_of_another_type_is_refused_where_it_is_within_a_body() -> None:
    marks = [{"probe": [1, 2]}, {"probe": [1, "2"], "probe_direction": True}]
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Sent[OpinionDraft]).validate_python({"conclusion": "exclusion", "notes": "differ", "marks": marks})
    locations = [("marks", 1, "probe", 1), ("marks", 1, "probe_direction")]
    assert sorted(error["loc"] for error in refused.value.errors()) == locations
