"""Cases, and what leads to them: one router for all."""

from __future__ import annotations

from fastapi import APIRouter

from api.v1 import (
    case_images,
    cases,
    clearances,
    lineups,
    notifications,
    papers,
    standing,
    subscriptions,
    unsolved_latents,
)

router = APIRouter()
for routes in (
    *(cases, case_images, papers, standing, unsolved_latents),
    *(subscriptions, clearances, lineups, notifications),
):
    router.include_router(routes.router)
