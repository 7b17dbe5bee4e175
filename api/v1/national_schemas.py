"""The national index as JSON: what a state gives it, what it is asked and what it answers."""

from __future__ import annotations

import datetime as dt
from base64 import b64encode
from typing import Annotated

from pydantic import Base64Bytes, Field

from api.http.schemas import RequestBody, Schema, UnitPath
from api.modalities import ModalityName
from biometrics.kernel.access import ACTOR_LENGTH, Purpose, Unit
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.national import (
    BASIS_LENGTH,
    ChangesPage,
    GivenTemplate,
    NationalQuery,
    Removal,
)
from biometrics.kernel.people.record import Elsewhere
from biometrics.kernel.recognition.capture import Position, position_of
from biometrics.kernel.recognition.types import Probe, Template
from biometrics.kernel.technique.text import FIR_LENGTH

MOST_PROBES = 60
MOST_BYTES = 200_000  # of a template

TemplateData = Annotated[Base64Bytes, Field(max_length=MOST_BYTES)]


class GivenTemplateOut(Schema):
    """A template, without anything else of the person."""

    sequence: int = Field(description="Number of its last change")
    id: int
    reference: str = Field(description="Stands for the record; only this state can resolve it")
    unit: UnitPath = Field(description="The unit to call about the person")
    position: int | None = Field(description="Finger, eye or palm by its code; null for a face")
    modality: ModalityName
    model: str = Field(description="SHA-256 of the model that made it")
    quality: int | None
    data: Base64Bytes

    @classmethod
    def of(cls, template: GivenTemplate) -> GivenTemplateOut:
        """Show one."""
        content = template.template
        return cls.showing(
            template,
            position=None if template.position is None else int(template.position),
            modality=content.modality,
            model=content.model,
            quality=content.quality,
            data=_encoded(content.data),
        )

    def value(self) -> GivenTemplate:
        """Return it as the domain's."""
        template = Template(self.modality, self.model, self.data, self.quality)
        position = _position(self.position)
        return GivenTemplate(self.sequence, self.id, self.reference, Unit.of(self.unit), position, template)


class ChangesOut(Schema):
    """Changes of templates, oldest first."""

    since: int = Field(description="0, not what was sent: drop all that was read before; the database was restored")
    until: int = Field(description="Pass as `since` for the next page")
    last: int = Field(description="The newest change there is; the page is the last if `until` has reached it")
    mark: str = Field(description="Pass with `since`: identifies the history that was read")
    at: dt.datetime
    people: int = Field(description="People on record")
    in_force: dict[ModalityName, str] = Field(description="The models that searches use (SHA-256)")
    given: list[GivenTemplateOut]
    removed: list[Removal]
    offices: list[Elsewhere]

    @classmethod
    def of(cls, page: ChangesPage) -> ChangesOut:
        """Show a page."""
        return cls.showing(page, given=[GivenTemplateOut.of(template) for template in page.given])

    def value(self) -> ChangesPage:
        """Return it as the domain's."""
        return ChangesPage(**dict(self) | {"given": [template.value() for template in self.given]})


class NationalProbeIn(RequestBody):
    """A template to search with."""

    modality: ModalityName
    model: Annotated[str, Field(max_length=64, description="SHA-256 of the model that made it")]
    data: TemplateData
    quality: Annotated[int, Field(ge=0, le=100)] | None = None
    position: Annotated[int, Field(ge=0, le=255)] | None = Field(
        default=None, description="Finger, eye or palm by its code; null for a face"
    )
    network: Annotated[str, Field(max_length=64)] | None = Field(
        default="", description="Of a latent: SHA-256 of what found its minutiae; null if they were marked"
    )

    @classmethod
    def of(cls, probe: Probe, network: str | None) -> NationalProbeIn:
        """Show a probe without its label, which names a file."""
        template, position = probe.template, probe.position
        return cls(
            modality=template.modality,
            model=template.model,
            data=_encoded(template.data),
            quality=template.quality,
            position=None if position is None else int(position),
            network=network,
        )

    def value(self) -> Probe:
        """Return it as the domain's."""
        template = Template(self.modality, self.model, self.data, self.quality)
        return Probe(template, _position(self.position))


class NationalSearchIn(RequestBody):
    """A search of the people of other states, with templates."""

    probes: Annotated[list[NationalProbeIn], Field(min_length=1, max_length=MOST_PROBES)]
    is_latent: bool = Field(default=False, description="The probes are views of one sample, as of a latent")
    purpose: Purpose
    case_number: Annotated[str, Field(max_length=FIR_LENGTH)]
    legal_basis: Annotated[str, Field(max_length=BASIS_LENGTH)]
    unit: Annotated[str, Field(description="The unit that asks, at or below the caller's; `national` is the caller's")]
    officer: Annotated[str, Field(max_length=ACTOR_LENGTH, description="Account id of the officer who asks")]

    @classmethod
    def of(cls, query: NationalQuery, purpose: str, case_number: str) -> NationalSearchIn:
        """Show a query."""
        return cls(
            probes=[NationalProbeIn.of(*probe) for probe in zip(query.probes, query.networks, strict=True)],
            is_latent=query.is_latent,
            purpose=Purpose(purpose),
            case_number=case_number,
            legal_basis=query.basis,
            unit=query.unit.path,
            officer=query.officer,
        )

    def value(self) -> NationalQuery:
        """Return it as the domain's."""
        return NationalQuery(
            [probe.value() for probe in self.probes],
            [probe.network for probe in self.probes],
            self.is_latent,
            Unit.of(self.unit),
            self.officer,
            self.legal_basis,
        )


class ResolvedOut(Schema):
    """The record that a reference stands for."""

    record_id: str


def _position(number: int | None) -> Position | None:
    """Return a finger, eye or palm by its code.

    Raises:
        InvalidField: it is none.
    """
    try:
        return position_of(number)
    except ValueError as error:
        raise InvalidField(f"{number} is not the code of a finger, eye or palm.") from error


def _encoded(data: bytes) -> bytes:
    return b64encode(data)
