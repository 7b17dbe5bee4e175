"""Dates in the query of a page's form: an empty field is no date."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from api.schemas.base import Day

OptionalDay = Annotated[Day | None, BeforeValidator(lambda value: value or None)]
