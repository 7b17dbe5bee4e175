"""Photo line-ups as JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from api.http.schemas import FromAttributes, NameOf, PageOut, RequestBody, Schema, UnitPath
from biometrics.kernel.casework.cases import NOTES_LENGTH
from biometrics.lineups.model import Band, Choice, InstructionLanguage, Lineup, LineupState, Presentation, Sought


class FillerIn(RequestBody):
    """Another filler."""

    record_id: str = Field(description="Of one that `fillers` offers")


class ReadyIn(RequestBody):
    """The maker's confirmation."""

    photos_checked: bool = Field(description="Each photo was looked at: no name, date, board or mark of the file shows")


class EndIn(RequestBody):
    """The end of a viewing."""

    remarks: str = Field(default="", max_length=NOTES_LENGTH, description="Required if it ends before all is answered")


class CloseIn(RequestBody):
    """The end of a line-up."""

    because: str = Field(default="", max_length=NOTES_LENGTH, description="Required if no witness has seen it")


class LineupMemberOut(FromAttributes):
    """One of the six; the number is no position."""

    ordinal: int
    record_id: str
    is_suspect: bool
    photo_sha256: str = Field(description="Of the pixels as they are shown, after their shape")
    band: Band | None = Field(description="How alike a filler is: by rank among all who fit; null of the suspect")


class WitnessAnswerOut(FromAttributes):
    """An answer of the witness."""

    number: int
    lap: int = Field(description="2 where the witness sees all photos of a sequential line-up once more")
    position: int | None
    choice: Choice
    words: str
    confidence: str
    at: dt.datetime


class ViewingOut(FromAttributes):
    """A line-up as one witness saw it; texts are empty, and answers missing, for those who must not learn them."""

    number: int
    witness: str
    operator: str
    operator_name: Annotated[str, NameOf("operator")] = ""
    present: str
    language: InstructionLanguage
    started_at: dt.datetime
    seed: str = Field(description="From which the order was made; empty until the line-up is closed, and for others")
    order: list[int] = Field(description="`ordinal` of the photo at each position; empty where the seed is")
    commitment: str = Field(description="SHA-256 of seed, order, photos and suspect, fixed before the first photo")
    ended_at: dt.datetime | None
    remarks: str
    seal: str | None = Field(description="SHA-256 of all that was recorded")
    positions: list[int] = Field(description="Of the photos that the witness is shown now")
    answers: list[WitnessAnswerOut]


class LineupOut(Schema):
    """A line-up. It is an investigative aid, and no test identification parade (BNSS, section 54)."""

    id: int
    owner: str
    owner_name: Annotated[str, NameOf("owner")] = ""
    unit: UnitPath
    fir_number: str
    description: str
    sought: Sought
    presentation: Presentation
    greyscale: bool
    state: LineupState
    created_at: dt.datetime
    ready_at: dt.datetime | None
    commitment: str | None = Field(description="SHA-256 of the six photos, fixed before any viewing")
    closed_at: dt.datetime | None
    closed_because: str | None
    seal: str | None
    members: list[LineupMemberOut] = Field(
        description="For the maker; for a supervisor of cases once it is closed; empty for all others"
    )
    stands_out: list[str] | None = Field(
        description="In what the suspect is the only one of the six, as far as is known; null if it could not be read"
    )
    viewings: list[ViewingOut]

    @classmethod
    def of(cls, lineup: Lineup, stands_out: Sequence[str] | None = ()) -> LineupOut:
        """Show a line-up as its reader may see it."""
        viewings = [
            ViewingOut.showing(viewing, positions=list(viewing.positions(lineup.presentation)))
            for viewing in lineup.viewings
        ]
        return cls.showing(lineup, stands_out=None if stands_out is None else list(stands_out), viewings=viewings)


class LineupPageOut(PageOut):
    """A page of line-ups, newest first."""

    lineups: list[LineupOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


class FillerOut(FromAttributes):
    """A person who can be a filler."""

    record_id: str
    band: Band
    shared: list[str] = Field(description="Traits in which both are known to be alike")


class FillersOut(Schema):
    """Who may take the place of a filler, the best first."""

    fillers: list[FillerOut]
