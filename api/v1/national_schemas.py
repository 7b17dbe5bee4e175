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
    Coverage,
    GivenTemplate,
    NationalAnswer,
    NationalHit,
    NationalQuery,
    Removal,
    StateCoverage,
)
from biometrics.kernel.people.record import Elsewhere
from biometrics.kernel.recognition.capture import Position, position_of
from biometrics.kernel.recognition.types import Probe, Template
from biometrics.kernel.technique.text import FIR_LENGTH

MOST_PROBES = 60
MOST_BYTES = 200_000  # of a template

TemplateData = Annotated[Base64Bytes, Field(max_length=MOST_BYTES)]


class UnitToCallOut(Schema):
    """A unit of the police, and how it is called."""

    unit: UnitPath = Field(description="Its codes: state/district/station")
    name: str
    telephone: str = Field(description="Its own, or that of the nearest unit above it that has one")

    def value(self) -> Elsewhere:
        """Return it as the domain's."""
        return Elsewhere(Unit.of(self.unit), self.name, self.telephone)


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


class RemovalOut(Schema):
    """A template that is no longer searched."""

    sequence: int
    id: int


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
    removed: list[RemovalOut]
    offices: list[UnitToCallOut]

    @classmethod
    def of(cls, page: ChangesPage) -> ChangesOut:
        """Show a page."""
        return cls.showing(
            page,
            given=[GivenTemplateOut.of(template) for template in page.given],
            removed=[RemovalOut(sequence=removal.sequence, id=removal.id) for removal in page.removed],
            offices=[UnitToCallOut.model_validate(office) for office in page.offices],
        )

    def value(self) -> ChangesPage:
        """Return it as the domain's."""
        return ChangesPage(
            self.since,
            self.until,
            self.last,
            self.mark,
            self.at,
            self.people,
            self.in_force,
            [template.value() for template in self.given],
            [Removal(removal.sequence, removal.id) for removal in self.removed],
            [office.value() for office in self.offices],
        )


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


class NationalHitOut(Schema):
    """A person of another state who reaches the threshold: the unit to call, and nothing else."""

    state: str
    unit: UnitToCallOut
    reference: str = Field(description="Give it to the unit: its state can resolve it")
    score: float = Field(description="The threshold in decibans that was reached, not the person's own score")

    def value(self) -> NationalHit:
        """Return it as the domain's."""
        return NationalHit(self.state, self.unit.value(), self.reference, self.score)


class StateCoverageOut(Schema):
    """How much of a state's people was searched."""

    state: str
    name: str
    coverage: Coverage = Field(
        description="`behind`: searched as of `read_until`. `not_searched`: never read to the end, or not since its "
        "database was restored, or its index is being filled, or it uses another model"
    )
    read_until: dt.datetime | None = Field(description="All changes up to this time were searched; null: none")
    failing_since: dt.datetime | None = Field(description="When the state stopped answering; null if it answers")
    failure: str = Field(description="Code of the error; empty if the state answers")
    without: list[ModalityName] = Field(description="Modalities that were not searched, as the model is another")

    def value(self) -> StateCoverage:
        """Return it as the domain's."""
        fields = (self.state, self.name, self.coverage, self.read_until, self.failing_since, self.failure)
        return StateCoverage(*fields, tuple(self.without))


class NationalAnswerOut(Schema):
    """What was found in other states, and how much of each was searched."""

    hits: list[NationalHitOut]
    states: list[StateCoverageOut]
    people: int = Field(description="People on record in these states")

    @classmethod
    def of(cls, answer: NationalAnswer) -> NationalAnswerOut:
        """Show an answer."""
        return cls.model_validate(answer)

    def value(self) -> NationalAnswer:
        """Return it as the domain's."""
        hits = tuple(hit.value() for hit in self.hits)
        return NationalAnswer(hits, tuple(state.value() for state in self.states), self.people)


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
