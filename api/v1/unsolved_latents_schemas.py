"""Unsolved latents and linked offences as JSON."""

from __future__ import annotations

from pydantic import Field

from api.http.schemas import PageOut, Schema
from api.v1.watchlist_schemas import StandingOut
from biometrics.watchlist.links import LatentLink, LinkedOffences, UnsolvedLatent


class UnsolvedLatentOut(Schema):
    """A latent with a standing search, in which no person was identified."""

    standing: StandingOut
    fir_number: str
    links: list[LatentLink]

    @classmethod
    def of(cls, latent: UnsolvedLatent) -> UnsolvedLatentOut:
        """Show an unsolved latent."""
        return cls.showing(latent, standing=StandingOut.of(latent.standing))


class UnsolvedLatentPageOut(PageOut):
    """A page of unsolved latents, oldest first."""

    latents: list[UnsolvedLatentOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


class LinkedOffencesPageOut(PageOut):
    """A page of linked offences, in the order of their cases."""

    offences: list[LinkedOffences]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")
