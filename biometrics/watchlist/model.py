"""The words of standing searches and of what comes of them, as frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from random import SystemRandom

from biometrics.kernel.access import Unit
from biometrics.kernel.casework.cases import Conclusion, Finding
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.record import Elsewhere

CHANCE_HITS = 0.001

_ALWAYS_VERIFIED = frozenset({Conclusion.IDENTIFICATION})
_random = SystemRandom()


class StandingKind(StrEnum):
    """The target of a standing search."""

    LATENT = "latent"  # a print from the scene of an unsolved offence
    OFFENCE = "offence"  # a person in a photo, or by known prints, of an unsolved offence
    MISSING = "missing"
    UNIDENTIFIED_BODY = "unidentified_body"
    WANTED = "wanted"


# An encounter of one of these kinds gets a standing search automatically.
WATCHED = {
    EncounterKind.MISSING: StandingKind.MISSING,
    EncounterKind.UNIDENTIFIED_BODY: StandingKind.UNIDENTIFIED_BODY,
    EncounterKind.WANTED: StandingKind.WANTED,
}


@dataclass(frozen=True)
class Ended:
    """The end of a standing search: when, by which actor, and why."""

    at: datetime
    by: str
    because: str


@dataclass(frozen=True)
class Standing:
    """A search that is made again by every enrolment.

    It is for the probes of a stored search, or for the person of an encounter, whose record is `record_id`.
    `expires_on` is its last day. `number` is what people call it by.
    """

    id: str
    number: int
    kind: StandingKind
    search_id: str | None
    encounter_id: str | None
    record_id: str | None
    owner: str
    unit: Unit
    created_at: datetime
    expires_on: date | None = None
    ended: Ended | None = None

    def stands(self, today: date) -> bool:
        """Say whether it is still searched for."""
        return self.ended is None and (self.expires_on is None or today <= self.expires_on)


@dataclass(frozen=True)
class LookedFor:
    """What a person on record is looked for as, and the unit to call about it."""

    kind: StandingKind
    unit: Elsewhere


@dataclass(frozen=True)
class WatchEntry:
    """What a person on record is looked for as, if at all, and the unit to call about the record."""

    looked_for: tuple[LookedFor, ...]
    unit: Elsewhere


@dataclass(frozen=True)
class Candidate:
    """A record that something looks like."""

    record_id: str
    finding: Finding


@dataclass(frozen=True)
class StandingHit:
    """A standing search whose probes an enrolment looks like."""

    standing_id: str
    finding: Finding


@dataclass(frozen=True)
class CheckRules:
    """How enrolments are checked.

    `at_once`: the response waits for the check; otherwise the check follows soon after. `duplicate_fpir` and
    `standing_fpir` are the accepted chances of a false case: for a person not on record, or one that no standing search
    is for. `verified_others` is the share of cases in which a second examiner verifies other conclusions than
    identifications, too, so that a verifier cannot infer the first conclusion.
    """

    at_once: bool = True
    duplicate_fpir: float = CHANCE_HITS
    standing_fpir: float = CHANCE_HITS
    verified_others: float = 0.0

    def verified(self) -> frozenset[Conclusion]:
        """Return, for a new case, the conclusions that a second examiner must come to as well."""
        return frozenset(Conclusion) if _random.random() < self.verified_others else _ALWAYS_VERIFIED


DEFAULT_RULES = CheckRules()


@dataclass(frozen=True)
class Check:
    """An enrolment that must be searched for: its encounter and record, whose it is, and its templates' ids."""

    encounter_id: str
    record_id: str
    national_number: str
    owner: str
    unit: Unit
    template_ids: Sequence[int]


@dataclass(frozen=True)
class Checked:
    """What a check found.

    `candidates` are best first. Those that reach `duplicate` decibans are asked about; so are people who are searched
    for, from `watched` decibans on.
    """

    candidates: Sequence[Candidate] = ()
    hits: Sequence[StandingHit] = ()
    duplicate: float = 0.0
    watched: float = 0.0
