"""Unsolved latents and linked offences as JSON."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from api.http.schemas import FromAttributes, PageOut, Schema
from api.v1.searches_schemas import ElsewhereOut
from api.v1.watchlist_schemas import StandingOut
from biometrics.kernel.casework.cases import Conclusion
from biometrics.watchlist.links import UnsolvedLatent


class LinkedLatentOut(FromAttributes):
    """A latent at one end of a link. Of another unit's you see which unit to call."""

    contact: ElsewhereOut
    standing_id: str | None = Field(description="Its standing search; null if another unit keeps it")
    number: int | None = Field(description="The number of its standing search")
    search_id: str | None
    fir_number: str | None
    solved: bool = Field(description="Examiners have identified a person in it since")


class LatentLinkOut(FromAttributes):
    """Another unsolved latent that may be of the same finger."""

    id: str
    other: LinkedLatentOut
    found_at: dt.datetime
    case_number: str | None = Field(description="The case about the link; null if there is none that you may know of")
    outcome: Conclusion | None = Field(description="The outcome of the case, once it is closed")
    decibans: float | None = Field(
        description="Similarity, which gives the order and no rarity; null in lists, which inform no examiner, and of "
        "another unit's latent"
    )


class UnsolvedLatentOut(Schema):
    """A latent with a standing search, in which no person was identified."""

    standing: StandingOut
    fir_number: str
    links: list[LatentLinkOut]

    @classmethod
    def of(cls, latent: UnsolvedLatent) -> UnsolvedLatentOut:
        """Show an unsolved latent."""
        return cls.showing(
            latent, standing=StandingOut.of(latent.standing), links=[LatentLinkOut.of(link) for link in latent.links]
        )


class UnsolvedLatentPageOut(PageOut):
    """A page of unsolved latents, oldest first."""

    latents: list[UnsolvedLatentOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


class LinkedOffencesOut(FromAttributes):
    """Two offences of one unknown person, by the latents that examiners identified as one finger's."""

    case_number: str
    ended_at: dt.datetime
    latents: tuple[LinkedLatentOut, LinkedLatentOut]


class LinkedOffencesPageOut(PageOut):
    """A page of linked offences, in the order of their cases."""

    offences: list[LinkedOffencesOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")
