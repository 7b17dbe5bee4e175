"""The parts of a case as frozen values: its question, the steps that were taken, its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from biometrics.kernel.access import Unit
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.recognition.evidence import Evidence
from biometrics.kernel.technique.json_fields import about
from biometrics.kernel.technique.text import clean_text

if TYPE_CHECKING:
    from biometrics.kernel.people.record import Elsewhere

NOTES_LENGTH = 4000
MOST_COMMENTS = 200  # on a case

NUMBER_LENGTH = 40  # of a case: the code of a unit, a year and a sequence number

PROBE: Final = "probe"  # begins the name of an image in a case that is a probe of its search
OTHER_LATENT: Final = "latent"  # and of one that is a probe of the candidate's search
_PEOPLE: Final = "people"  # in what is stored of a finding

Pair = tuple[str, str]  # the names of an image of those that ask, and of one of the candidate's


class CaseKind(StrEnum):
    """How the question came up."""

    DUPLICATE = "duplicate"  # an enrolment resembles a record that exists already
    SEARCH_HIT = "search_hit"  # a candidate of a search
    LATENT_HIT = "latent_hit"  # a candidate of a search by a latent, or by one print of an unknown finger
    STANDING_HIT = "standing_hit"  # an enrolment looks like what a standing search is for
    LATENT_LINK = "latent_link"  # two latents of unsolved offences may be of one finger


class CaseState(StrEnum):
    """Where a case is."""

    NEW = "new"
    ASSIGNED = "assigned"
    FIRST_OPINION = "first_opinion"  # it waits for a second examiner
    VERIFICATION = "verification"  # who has taken it
    CONFLICT = "conflict"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    WAITING = "waiting"  # NEW and FIRST_OPINION, as shown to a possible verifier
    REFERRED = "referred"  # an open case, as shown to a unit that may not examine it


_LOOKS_LIKE: Final = {
    CaseState.NEW: CaseState.WAITING,
    CaseState.FIRST_OPINION: CaseState.WAITING,
    CaseState.VERIFICATION: CaseState.ASSIGNED,
}


def seen_state(state: CaseState, *, decided: bool, examined: bool = True) -> CaseState:
    """Return a case's state as a viewer sees it.

    `decided`: the viewer has given an opinion; all others do not learn whether there is one. `examined`: the viewer's
    unit may examine the case.
    """
    if not examined:
        return state if state in (CaseState.CLOSED, CaseState.WITHDRAWN) else CaseState.REFERRED
    return state if decided else _LOOKS_LIKE.get(state, state)


class Conclusion(StrEnum):
    """What an examiner can come to."""

    IDENTIFICATION = "identification"
    EXCLUSION = "exclusion"
    INCONCLUSIVE = "inconclusive"
    NO_VALUE = "no_value"  # of the analysis: there is too little to compare at all


@dataclass(frozen=True)
class CandidateCase:
    """The newest case about a candidate of a search, as far as any unit that knows of it may see it."""

    number: str
    outcome: Conclusion | None = field(metadata=about("What examiners concluded; null while they have not"))
    may_be_asked_again: bool = field(metadata=about("True after an outcome that settles nothing, as `inconclusive`"))


class Dispute(StrEnum):
    """Why the opinions of two examiners do not close a case, so that a supervisor decides."""

    CONCLUSION = "conclusion"  # they come to different conclusions
    COMPARISON = "comparison"  # one goes against the likelihood ratio of the automatic comparison
    PATTERN = "pattern"  # their analyses state patterns of the probe that exclude each other
    PAIR = "pair"  # they identify on pairs of images that they have not both opened
    MARKS = "marks"  # only one of them shows a feature in both prints that they identify


class PatternClass(StrEnum):
    """The pattern of a print's ridges; the values are the codes of ANSI/NIST-ITL 1-2011 (INTERPOL's table 32)."""

    ARCH = "AU"
    PLAIN_ARCH = "PA"
    TENTED_ARCH = "TA"
    RIGHT_LOOP = "RS"
    LEFT_LOOP = "LS"
    WHORL = "WU"
    PLAIN_WHORL = "PW"
    CENTRAL_POCKET_LOOP = "CP"
    DOUBLE_LOOP = "DL"
    ACCIDENTAL_WHORL = "AW"
    UNABLE_TO_CLASSIFY = "UC"

    def excludes(self, other: PatternClass) -> bool:
        """Return whether one print cannot have both: neither is the other's general class, and both are classified."""
        stated = {self, other}
        if PatternClass.UNABLE_TO_CLASSIFY in stated:
            return False
        return self is not other and not any(set(group) & stated and general in stated for general, group in _KINDS)


_KINDS: Final = (
    (PatternClass.ARCH, (PatternClass.PLAIN_ARCH, PatternClass.TENTED_ARCH)),
    (
        PatternClass.WHORL,
        (
            PatternClass.PLAIN_WHORL,
            PatternClass.CENTRAL_POCKET_LOOP,
            PatternClass.DOUBLE_LOOP,
            PatternClass.ACCIDENTAL_WHORL,
        ),
    ),
)


class Part(StrEnum):
    """A person's part in a case."""

    EXAMINER = "examiner"
    VERIFIER = "verifier"
    SUPERVISOR = "supervisor"


class Side(StrEnum):
    """Whose images: those that ask, or the candidate's."""

    PROBE = "probe"
    CANDIDATE = "candidate"


@dataclass(frozen=True)
class Question:
    """Is the candidate the person of the probe?

    The probe is a record, with the encounter that raised the question, or a stored search. The candidate is a record,
    or the latent of another search (`candidate_search_id`): then `candidate_id` is "". `owner` is the actor who is
    notified of the outcome, `unit` the office that asks. `is_urgent`: an officer waits for the answer, such as a person
    in custody. Ids are UUIDs. For a unit that may not examine the case, the
    ids that it may not know are None, or "" for the candidate.
    """

    kind: CaseKind
    candidate_id: str
    record_id: str | None = None
    encounter_id: str | None = None
    search_id: str | None = None
    standing_id: str | None = None
    owner: str = ""
    unit: Unit = field(default_factory=Unit)
    is_urgent: bool = False
    candidate_search_id: str | None = None

    def __post_init__(self) -> None:
        """Check that not both ask."""
        assert self.record_id is None or self.search_id is None, "either a record or a search asks"

    @property
    def is_about_latent(self) -> bool:
        """Whether its probe is a latent, whose scores have no likelihood ratio."""
        return self.kind in (CaseKind.LATENT_HIT, CaseKind.LATENT_LINK)

    def search_of(self, image: str) -> str | None:
        """Return the search that an image of the case is a probe of, by the image's name; None of a sample."""
        kind, _, _ = image.partition("-")
        return {PROBE: self.search_id, OTHER_LATENT: self.candidate_search_id}.get(kind)


@dataclass(frozen=True)
class Referral:
    """The facts that a unit may know of a case that it may not examine.

    `question` is without the ids that the unit may not know, `unit` is the one whose examiners decide the case, and
    `contacts` are the units to call: those that keep the records, the one that asks, and the one that decides.
    """

    question: Question
    unit: Unit
    contacts: tuple[Elsewhere, ...]


@dataclass(frozen=True)
class Finding:
    """A search result: the fused score in decibans, the rank in the candidate list, the hint, and plain JSON.

    `score` is compared with thresholds; people are shown `evidence`.
    """

    score: float
    rank: int
    hint: str
    detail: Mapping[str, Any]

    def among(self, people: int) -> Finding:
        """Return the finding with how many people on record an enrolment was compared with."""
        return replace(self, detail={**self.detail, _PEOPLE: people})

    @property
    def people(self) -> int | None:
        """How many people on record an enrolment was compared with; None where a search found the candidate."""
        return self.detail.get(_PEOPLE)

    @property
    def best_sample(self) -> int | None:
        """The candidate's sample with the highest score; None of two latents."""
        samples = self.detail.get("samples") or ()
        best = max(samples, key=lambda sample: float(sample["score"]["decibans"]), default=None)
        return None if best is None else int(best["sample_id"])

    @property
    def evidence(self) -> Evidence:
        """What may be stated of the score."""
        return Evidence.of(self.detail["score"])


@dataclass(frozen=True)
class Assignment:
    """A person's part in a case; `informed`: they had read the search result before they took it."""

    part: Part
    actor: str
    at: datetime
    informed: bool = False


@dataclass(frozen=True)
class Allocation:
    """An assignment of the open part of a case to an examiner by a supervisor; both are accounts, by their ids."""

    examiner: str
    assigned_by: str
    at: datetime


@dataclass(frozen=True)
class Comment:
    """A remark on a case, never evidence. `is_blind`: its author knew no score, image or opinion of the case."""

    actor: str
    text: str
    at: datetime
    is_blind: bool


@dataclass(frozen=True)
class Look:
    """A view of an image by a person; `image` names it among its side's images."""

    actor: str
    side: Side
    image: str
    at: datetime


@dataclass(frozen=True)
class Withdrawal:
    """Why a case no longer needs an answer."""

    actor: str
    because: str
    at: datetime


def number_prefix(unit: Unit, year: int) -> str:
    """Return the prefix of the numbers of a unit's cases of a year: `27519004-2026`.

    The unit is named by its lowest code. Units that share a code share the sequence, so that a number names one case.
    """
    return f"{(unit.codes or (unit.path,))[-1]}-{year}".upper()


def case_number(prefix: str, sequence: int) -> str:
    """Return a number that people can say: `27519004-2026-0144`."""
    return f"{prefix}-{sequence:04}"


def clean_number(text: str) -> str:
    """Return a case number as it is stored; people type it in any case."""
    return text.strip().upper()


def clean_notes(text: str, noun: str = "notes") -> str:
    """Return a text of several lines, each as `clean_text` makes it.

    Raises:
        InvalidField: it is empty or too long, or holds control characters.
    """
    lines = [clean_text(noun, line, NOTES_LENGTH, required=False) for line in text.strip().splitlines()]
    clean = "\n".join(lines)
    if not clean:
        raise InvalidField(f"The {noun} are missing; write what you found, in at most {NOTES_LENGTH:,} characters.")
    if len(clean) > NOTES_LENGTH:
        raise InvalidField(f"The {noun} have {len(clean):,} characters; give at most {NOTES_LENGTH:,}.")
    return clean
