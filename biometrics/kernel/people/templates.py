"""Stored templates and their changes, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from biometrics.kernel.people.labels import Label, Moment
from biometrics.kernel.recognition.capture import Position
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Template


@dataclass(frozen=True)
class StoredTemplate:
    """A template with its id and whose it is; `position` is None for a face, `label` is what an index knows of it."""

    id: int
    sample_id: int
    record_id: str
    position: Position | None
    template: Template
    label: Label


class Operation(StrEnum):
    """What a change did to a template."""

    ADD = "add"
    REMOVE = "remove"
    RELABEL = "relabel"  # the template is the same, but not what is known of it: the person, the place, the sex …


@dataclass(frozen=True)
class Change:
    """One addition, removal or relabelling of a template; `sequence` follows the order of the commits."""

    sequence: int
    operation: Operation
    template_id: int
    modality: Modality
    model: str


@dataclass(frozen=True)
class History:
    """What became of one feature space's templates since a search.

    `moment` identifies those of that time. `removed` counts those of them that no longer exist, `meanwhile` those added
    while the search ran: it may have seen them or not.
    """

    moment: Moment
    removed: int
    meanwhile: int


@dataclass(frozen=True)
class TemplateCount:
    """How many templates of one modality and model there are."""

    modality: Modality
    model: str
    templates: int


@dataclass(frozen=True)
class ModelInUse:
    """A model that templates are kept of.

    `name` is that of its entry in the models manifest. One model of each modality is `in_force`: searches use it alone.
    `wanted`: samples without a template of it are extracted. `replaced_at` is when another one was put in force in its
    place. Samples up to the number `complete_to` have a template of it, or were refused. Since `started_at`, `done` of
    about `to_do` samples were extracted.
    """

    modality: Modality
    model: str
    name: str
    in_force: bool
    wanted: bool
    replaced_at: datetime | None = None
    complete_to: int = 0
    started_at: datetime | None = None
    to_do: int = 0
    done: int = 0
    changed_at: datetime | None = None
