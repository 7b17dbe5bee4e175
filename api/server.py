"""Serving the application until interrupted."""

from __future__ import annotations

import uvicorn

from api.app import create_app
from api.settings import Settings


def run_server(settings: Settings, host: str, port: int) -> None:
    """Serve HTTP on one address."""
    uvicorn.run(create_app(settings), host=host, port=port)
