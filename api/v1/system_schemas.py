"""The state of the service as JSON."""

from __future__ import annotations

from pydantic import Field

from api.http.schemas import Schema
from api.modalities import ModalityName


class ModelOut(Schema):
    """The model in use for a modality."""

    modality: ModalityName
    model: str
    searchable: int


class Health(Schema):
    """The state of the service."""

    status: str
    version: str
    records: int
    sequence: int
    models: list[ModelOut]


class Live(Schema):
    """The process answers."""

    status: str


class Ready(Schema):
    """The service accepts requests; `checks` names what was checked, `warnings` what an operator should see to."""

    status: str = Field(description="ready; partial: the service lacks what `checks` says, on every server")
    checks: dict[str, str]
    warnings: list[str]
