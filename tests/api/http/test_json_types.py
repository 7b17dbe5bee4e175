"""A JSON value of another type than the documented one is refused, and nothing is converted: true is no number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from surface import put, scalars
from walking import Walker

from api.http.schemas import RequestBody
from api.http.sent import Sent, dataclasses_in
from api.v1.batches_schemas import BatchItemIn, BatchSampleIn
from api.v1.encounters_schemas import EncounterPatch, MissingFingerIn
from api.v1.merges_schemas import MergeIn
from api.v1.records_schemas import PersonPatch
from api.v1.sample_details import SampleDetailsIn
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft

OTHERS: dict[type, tuple[Any, ...]] = {bool: (1, "true"), int: (True, "1"), float: (True, "1.5"), str: (True, 1)}


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models(field.annotation)
    for inner in get_args(annotation):
        yield from models(inner)


def test_every_model_of_a_body_refuses_conversion(walker: Walker) -> None:
    sent = {model for route in walker.own for body in route.body_types for model in models(body)} | set(
        models(BatchItemIn)
    )
    assert len(sent) > 25
    assert [model.__name__ for model in sent if not issubclass(model, RequestBody)] == []
    fields = [parameter.field_info for route in walker.own for parameter in route.dependant.body_params]
    dataclasses = [field for field in fields if any(True for _ in dataclasses_in(field.annotation))]
    assert dataclasses
    assert [field for field in dataclasses if field.metadata != list(Sent[object].__metadata__)] == []


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [
        (MissingFingerIn, "position", False),
        (MissingFingerIn, "position", "1"),
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
def test_a_value_of_another_type_is_refused(model: Any, field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(model).validate_python({field: value})
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
