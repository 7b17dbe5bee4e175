"""Line-ups, their viewings and answers, as frozen values, and the steps that their rules allow.

Sources: US Department of Justice, Eyewitness Identification: Procedures for Conducting Photo Arrays (2017); National
Academies, Identifying the Culprit (2014); PACE Code D, Annex E. A line-up is no test identification parade.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from biometrics.kernel.access import Act, Scope, Unit
from biometrics.kernel.casework.cases import NOTES_LENGTH
from biometrics.kernel.errors import InvalidField, NotBlind, WrongStep
from biometrics.kernel.people.particulars import Build, Complexion, FacialHair, Glasses, Hair, Headgear
from biometrics.kernel.recognition.capture import CropBox
from biometrics.kernel.technique.json_fields import AS_JSON, about
from biometrics.storage.audit.log import digest

FILLERS: Final = 5
PHOTOS: Final = FILLERS + 1
MOST_LAPS: Final = 2  # of a sequential line-up: a witness may ask to see all photos once more
ADULT: Final = 18  # years: Juvenile Justice (Care and Protection of Children) Act 2015, section 2(12)


class LineupState(StrEnum):
    """How far a line-up is."""

    DRAFT = "draft"  # fillers may be replaced
    READY = "ready"  # the photos are fixed
    CLOSED = "closed"


class Presentation(StrEnum):
    """How the photos are shown."""

    SEQUENTIAL = "sequential"  # one after the other
    SIMULTANEOUS = "simultaneous"  # all on one page


class InstructionLanguage(StrEnum):
    """The language in which a witness was instructed."""

    EN = "en"
    HI = "hi"


class Choice(StrEnum):
    """What a witness says of a photo, or of all of them."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Band(StrEnum):
    """How alike a filler is to the suspect, by rank among those who fit; those who may be the same person are none."""

    NEAR = "near"  # the first quarter
    MIDDLE = "middle"
    FAR = "far"  # the last quarter


@dataclass(frozen=True)
class Sought:
    """What of the description a filler must not contradict; null where the witness did not say."""

    __pydantic_config__ = AS_JSON
    age_from: int | None = field(default=None, metadata=about("In years; both ends, or none", ge=ADULT, le=120))
    age_to: int | None = field(default=None, metadata={"ge": ADULT, "le": 120})
    height_from_cm: int | None = field(default=None, metadata=about("Both ends, or none", ge=100, le=250))
    height_to_cm: int | None = field(default=None, metadata={"ge": 100, "le": 250})
    build: Build | None = None
    complexion: Complexion | None = None
    hair: Hair | None = None
    facial_hair: FacialHair | None = None
    glasses: Glasses | None = None
    headgear: Headgear | None = None

    def __post_init__(self) -> None:
        """Check.

        Raises:
            InvalidField: a range lacks an end, or is empty.
        """
        for first, last in ((self.age_from, self.age_to), (self.height_from_cm, self.height_to_cm)):
            if (first is None) is not (last is None) or (first is not None and last is not None and first > last):
                raise InvalidField("A range of ages or heights needs both ends, the lower one first; correct it.")


@dataclass(frozen=True)
class NewLineup:
    """A new line-up."""

    __pydantic_config__ = AS_JSON
    record_id: str = field(metadata=about("The record of the only suspect"))
    fir_number: str = field(metadata=about("Case or FIR number"))
    description: str = field(metadata=about("The description by the witness, given before any photo was shown"))
    sought: Sought = field(default=Sought())
    presentation: Presentation = field(
        default=Presentation.SEQUENTIAL, metadata=about("One photo after the other, or all at once")
    )
    greyscale: bool = field(default=False, metadata=about("Show all photos without colour"))


@dataclass(frozen=True)
class NewViewing:
    """A witness, instructed."""

    __pydantic_config__ = AS_JSON
    witness: str = field(metadata=about("How the case file names the witness, such as PW1"))
    present: str = field(metadata=about("Everybody who is present, with rank or relation"))
    language: InstructionLanguage = field(metadata=about("The language in which the instructions were read"))
    instructed: bool = field(metadata=about("They were read to the witness, who has understood them"))


@dataclass(frozen=True)
class WitnessStatement:
    """An answer of the witness, recorded at once."""

    __pydantic_config__ = AS_JSON
    choice: Choice = field(metadata=about("Whether this is the person whom the witness saw"))
    words: str = field(metadata=about("The witness's own words", max_length=NOTES_LENGTH))
    position: int | None = field(
        default=None,
        metadata=about("Number of the photo; null where all are shown at once and none is chosen", ge=1, le=PHOTOS),
    )
    confidence: str = field(
        default="",
        metadata=about(
            "How sure, in the witness's own words; required unless the answer is no", max_length=NOTES_LENGTH
        ),
    )


@dataclass(frozen=True)
class Look:
    """What can make one photo stand out: whether it is grey, its mean brightness, and how much of it is filled up."""

    is_grey: bool
    brightness: int  # 0 to 255
    filled: float  # share of the picture that lies outside the original photo


@dataclass(frozen=True)
class LineupMember:
    """One person of a line-up by their record, the photo of it, and the SHA-256 (hex) of its pixels as shown."""

    ordinal: int
    record_id: str
    sample_id: int
    is_suspect: bool
    box: CropBox
    photo_sha256: str
    look: Look
    band: Band | None


@dataclass(frozen=True)
class WitnessAnswer:
    """An answer of a witness, in their words; `position` is the photo's, None of all photos together."""

    number: int
    position: int | None
    choice: Choice
    words: str
    confidence: str
    at: datetime

    @property
    def lap(self) -> int:
        """Of a sequential line-up: the viewing's first round through the photos or its second."""
        return (self.number - 1) // PHOTOS + 1


@dataclass(frozen=True)
class Viewing:
    """A line-up as one witness saw it. `seed` and `order`, ordinals by position, are empty where they are hidden."""

    number: int
    witness: str
    operator: str
    present: str
    language: InstructionLanguage
    started_at: datetime
    seed: str
    order: tuple[int, ...]
    commitment: str
    ended_at: datetime | None
    remarks: str
    seal: str | None
    answers: tuple[WitnessAnswer, ...] = ()

    def positions(self, presentation: Presentation) -> tuple[int, ...]:
        """Return the positions of the photos that the witness is shown now; none after the last answer."""
        if self.ended_at is not None:
            return ()
        if presentation is Presentation.SIMULTANEOUS:
            return () if self.answers else tuple(range(1, PHOTOS + 1))
        return (len(self.answers) % PHOTOS + 1,) if len(self.answers) < MOST_LAPS * PHOTOS else ()

    def is_complete(self, presentation: Presentation) -> bool:
        """Say whether the witness has answered about all photos."""
        return len(self.answers) >= (1 if presentation is Presentation.SIMULTANEOUS else PHOTOS)

    def require_answerable(self, presentation: Presentation, position: int | None, choice: Choice) -> None:
        """Refuse an answer that is not about what the witness is shown.

        Raises:
            WrongStep: all answers are given, or another photo is shown.
            InvalidField: one answer chooses no photo, or rejects a single one of several.
        """
        positions = self.positions(presentation)
        if not positions:
            raise WrongStep("The witness has answered already; end the viewing.")
        if presentation is Presentation.SIMULTANEOUS:
            if (position is None) is not (choice is Choice.NO):
                raise InvalidField("Give the number of the photo, or the answer no and no number for none of them.")
            if position is None:
                return
        if position not in positions:
            raise WrongStep(f"Photo {positions[0]} is the one that is shown; record the answer to it.")


@dataclass(frozen=True)
class Lineup:
    """A line-up. `members` are empty, and viewings lack the order, for readers from whom it is hidden."""

    id: int
    owner: str
    unit: Unit
    fir_number: str
    description: str
    sought: Sought
    presentation: Presentation
    greyscale: bool
    state: LineupState
    created_at: datetime
    ready_at: datetime | None
    commitment: str | None
    closed_at: datetime | None
    closed_because: str | None
    seal: str | None
    version: int
    members: tuple[LineupMember, ...] = ()
    viewings: tuple[Viewing, ...] = ()

    @property
    def subject(self) -> str:
        """What the audit log names it by."""
        return f"lineup-{self.id}"

    @property
    def suspect(self) -> LineupMember:
        """The suspect; only of a line-up with its members."""
        return next(member for member in self.members if member.is_suspect)

    @property
    def fillers(self) -> tuple[LineupMember, ...]:
        """The others."""
        return tuple(member for member in self.members if not member.is_suspect)

    def member(self, ordinal: int) -> LineupMember:
        """Return a member by ordinal.

        Raises:
            InvalidField: there is none.
        """
        for member in self.members:
            if member.ordinal == ordinal:
                return member
        raise InvalidField(f"A line-up has photos 1 to {PHOTOS}, and no {ordinal}.")

    def viewing(self, number: int) -> Viewing:
        """Return a viewing by number.

        Raises:
            WrongStep: the line-up has none of this number.
        """
        for viewing in self.viewings:
            if viewing.number == number:
                return viewing
        raise WrongStep(f"The line-up has no viewing {number}; open it again.")

    def require(self, *states: LineupState) -> None:
        """Refuse a step that does not belong to where the line-up is.

        Raises:
            WrongStep: it is elsewhere.
        """
        if self.state not in states:
            raise WrongStep(f"The line-up is {self.state}; this can be done only while it is {' or '.join(states)}.")

    def require_maker(self, act: Act | None) -> None:
        """Refuse all but its maker.

        Raises:
            WrongStep: another officer acts.
        """
        if act is not None and act.actor.id != self.owner:
            raise WrongStep("Only the officer who made the line-up can do this.")

    def require_operator(self, act: Act | None, viewing: Viewing) -> None:
        """Refuse all but the operator of a viewing.

        Raises:
            NotBlind: another officer acts.
        """
        if act is not None and act.actor.id != viewing.operator:
            raise NotBlind("Another officer shows this line-up to the witness, and alone records the answers.")

    def shows_key_to(self, act: Act | None) -> bool:
        """Return whether an actor may learn who is who: the maker, and once it is closed a supervisor of cases."""
        if act is None or act.actor.id == self.owner:
            return True
        return self.state is LineupState.CLOSED and act.actor.may(Scope.CASE_SUPERVISE)

    @property
    def record_ids(self) -> list[str]:
        """The records of its members, without which is the suspect's."""
        return sorted(member.record_id for member in self.members)

    def seen_by(self, act: Act | None) -> Lineup:
        """Return the line-up without what an actor must not learn.

        Before it is closed, nobody learns an order. Its operator learns neither the suspect nor the answers of other
        witnesses, and its maker only the answers of viewings that have ended.
        """
        closed, key = self.state is LineupState.CLOSED, self.shows_key_to(act)
        if act is None or (closed and key):
            return self
        viewings_shown = []
        for viewing in self.viewings:
            is_shown = closed or viewing.operator == act.actor.id or (key and viewing.ended_at is not None)
            visible = viewing if is_shown else replace(viewing, answers=(), remarks="", present="", witness="")
            viewings_shown.append(replace(visible, seed="", order=()))
        return replace(self, members=self.members if key else (), viewings=tuple(viewings_shown))


def order_of(seed: str, members: Sequence[LineupMember]) -> tuple[int, ...]:
    """Return ordinals by position: in the order of SHA-256 of the seed followed by the photo's digest."""
    ranked = sorted(members, key=lambda member: sha256(f"{seed}{member.photo_sha256}".encode()).digest())
    return tuple(member.ordinal for member in ranked)


def photos_commitment(members: Sequence[LineupMember]) -> str:
    """Return the digest (SHA-256, hex) that fixes the photos of a line-up."""
    return digest(sorted(member.photo_sha256 for member in members))


def order_commitment(lineup: Lineup, seed: str) -> str:
    """Return the digest that fixes order, photos and suspect before they are shown; the seed of 256 bits hides them."""
    photos = [lineup.member(ordinal).photo_sha256 for ordinal in order_of(seed, lineup.members)]
    return digest({"line-up": lineup.id, "seed": seed, "photos": photos, "suspect": lineup.suspect.photo_sha256})


def viewing_seal(lineup: Lineup, viewing: Viewing, ended_at: datetime, remarks: str) -> str:
    """Return the digest of all that was recorded of a viewing."""
    answers = [
        [answer.number, answer.position, answer.choice, answer.words, answer.confidence, _at(answer.at)]
        for answer in viewing.answers
    ]
    facts: dict[str, Any] = {"line-up": lineup.id, "viewing": viewing.number, "commitment": viewing.commitment}
    people = {"witness": viewing.witness, "operator": viewing.operator, "present": viewing.present}
    when = {"language": viewing.language, "started": _at(viewing.started_at), "ended": _at(ended_at)}
    return digest(facts | people | when | {"answers": answers, "remarks": remarks})


def lineup_seal(lineup: Lineup, closed_at: datetime) -> str:
    """Return the digest of a closed line-up: its facts, who is who, and the seal of each viewing."""
    members = [
        [member.ordinal, member.record_id, member.sample_id, member.is_suspect, member.photo_sha256]
        for member in lineup.members
    ]
    viewings = [[viewing.number, viewing.seed, list(viewing.order), viewing.seal] for viewing in lineup.viewings]
    facts = {"line-up": lineup.id, "fir": lineup.fir_number, "description": lineup.description, "owner": lineup.owner}
    how = {"presentation": lineup.presentation, "greyscale": lineup.greyscale, "closed": _at(closed_at)}
    return digest(facts | how | {"members": members, "viewings": viewings})


def _at(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
