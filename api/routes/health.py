"""Health: is the service up, and what does it serve?"""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter

from api.dependencies import EngineDependency
from api.schemas import Health, ModelOut

router = APIRouter(tags=["health"])


@router.get("/health", summary="Say whether the service works")
def read_health(engine: EngineDependency) -> Health:
    """Answer from the database and the indexes, so that an answer means that both are there."""
    return Health(
        status="ok",
        version=version("pehchan"),
        records=engine.store.record_count(),
        sequence=engine.store.last_sequence(),
        models=[
            ModelOut(modality=modality, model=channel.recogniser.model, searchable=len(channel.gallery))
            for modality, channel in engine.channels.items()
        ],
    )
