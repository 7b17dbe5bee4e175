"""The national index: what states give it of their people, what it is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from biometrics.kernel.access import ACTOR_LENGTH, Unit
from biometrics.kernel.people.record import Elsewhere
from biometrics.kernel.recognition.capture import Position
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe, Template
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
    """Whether a state was searched, and up to when.

    `read_until` is the time, by the state's clock, up to which its changes are held; None before the first time.
    `failing_since` is when the state last stopped answering, `failure` the code of the error. `without` are the
    modalities of the probes that could not be searched, because the state uses another model.
    """

    state: str
    name: str
    coverage: Coverage
    read_until: datetime | None
    failing_since: datetime | None
    failure: str
    without: tuple[Modality, ...] = ()


@dataclass(frozen=True)
class NationalHit:
    """A candidate in another state: the unit to call, and a reference that only that state resolves to the record.

    `score` is the threshold in decibans that the person reached, not the person's own score.
    """

    state: str
    unit: Elsewhere
    reference: str
    score: float


@dataclass(frozen=True)
class NationalAnswer:
    """What the national index found, by state and unit, and how much of each state it covers."""

    hits: tuple[NationalHit, ...]
    states: tuple[StateCoverage, ...]
    people: int
