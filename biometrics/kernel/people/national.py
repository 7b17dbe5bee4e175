"""The national index: what states give it of their people, what it is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from biometrics.kernel.access import ACTOR_LENGTH, Unit
from biometrics.kernel.people.record import Elsewhere
from biometrics.kernel.recognition.capture import Position
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe, Template
from biometrics.kernel.technique.json_fields import AS_JSON, about
from biometrics.kernel.technique.text import clean_text

BASIS_LENGTH = 300  # of a legal basis, code points
NATIONAL = "national"  # the setting of a search that the national index was asked for: what it answered
BASIS = "basis"  # in it: the legal basis, in the officer's words, which is erased with the search's reason


@dataclass(frozen=True)
class GivenTemplate:
    """A template as a state gives it: without a name, a number or the id of a record.

    `reference` stands for the record; only the state can turn it into one. `unit` is the one to call about it.
    `sequence` is that of the template's last change, `id` its number in the state's database.
    """

    sequence: int
    id: int
    reference: str
    unit: Unit
    position: Position | None
    template: Template


@dataclass(frozen=True)
class Removal:
    """A template that is no longer searched."""

    sequence: int
    id: int

    __pydantic_config__: ClassVar = AS_JSON


@dataclass(frozen=True)
class ChangesPage:
    """A part of a state's change sequence: what became of the templates with changes after `since`, up to `until`.

    `since` is 0 where the follower has to begin from the start, as after a restore. `last` is the newest change that
    there was at `at`, by the state's clock. `mark` identifies the history that was read, for the next request. `people`
    counts all people on record; `in_force` are the models that the state searches by.
    """

    since: int
    until: int
    last: int
    mark: str
    at: datetime
    people: int
    in_force: Mapping[Modality, str]
    given: Sequence[GivenTemplate]
    removed: Sequence[Removal]
    offices: Sequence[Elsewhere]


@dataclass(frozen=True)
class NationalQuery:
    """Query to the national index: probes without images, the requesting unit and officer, and the legal basis.

    `networks`: for each probe the network that extracted its minutiae (SHA-256, hex), None if they were marked by hand,
    "" if unknown. `is_latent`: the probes are views of one sample, such as a latent. Purpose and case are those of
    the act.

    Raises:
        InvalidField: no legal basis is stated, or a text is too long.
    """

    probes: Sequence[Probe]
    networks: Sequence[str | None]
    is_latent: bool
    unit: Unit
    officer: str
    basis: str

    def __post_init__(self) -> None:
        """Trim and check."""
        object.__setattr__(self, "basis", clean_text("legal basis", self.basis, BASIS_LENGTH))
        object.__setattr__(self, "officer", clean_text("account of the officer", self.officer, ACTOR_LENGTH))


class Coverage(StrEnum):
    """How much of a state's people an answer covers."""

    CURRENT = "current"
    BEHIND = "behind"  # searched as of `read_until`: the state does not answer, or is slow
    NOT_SEARCHED = "not_searched"  # not read to the end since it was new or restored, or not in its index


@dataclass(frozen=True)
class StateCoverage:
    """How much of a state's people was searched."""

    state: str
    name: str
    coverage: Coverage = field(
        metadata=about(
            "`behind`: searched as of `read_until`. `not_searched`: never read to the end, or not since its "
            "database was restored, or its index is being filled, or it uses another model"
        )
    )
    read_until: datetime | None = field(metadata=about("All changes up to this time were searched; null: none"))
    failing_since: datetime | None = field(metadata=about("When the state stopped answering; null if it answers"))
    failure: str = field(metadata=about("Code of the error; empty if the state answers"))
    without: tuple[Modality, ...] = field(
        default=(), metadata=about("Modalities that were not searched, as the model is another")
    )

    __pydantic_config__: ClassVar = AS_JSON


@dataclass(frozen=True)
class NationalHit:
    """A person of another state who reaches the threshold: the unit to call, and nothing else."""

    state: str
    unit: Elsewhere
    reference: str = field(metadata=about("Give it to the unit: its state can resolve it"))
    score: float = field(metadata=about("The threshold in decibans that was reached, not the person's own score"))

    __pydantic_config__: ClassVar = AS_JSON


@dataclass(frozen=True)
class NationalAnswer:
    """What was found in other states, and how much of each was searched."""

    hits: tuple[NationalHit, ...]
    states: tuple[StateCoverage, ...]
    people: int = field(metadata=about("People on record in these states"))

    __pydantic_config__: ClassVar = AS_JSON
