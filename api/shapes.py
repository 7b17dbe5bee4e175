"""What all shapes of the HTTP API have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Schema(BaseModel):
    """Base of all: unknown fields are refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)
