"""Serving the application until interrupted."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from types import FrameType
from typing import Final, cast

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import STARTUP_FAILURE

from api.app import create_app
from api.bootstrap.compilation import compile_matcher
from api.http.connections import timed
from api.observability import logs
from api.services import Services
from api.settings import Settings
from biometrics.backup.restore import require_restored
from biometrics.kernel.errors import InvalidField, PehchanError

log = logging.getLogger("pehchan")

_NARROWEST: Final = {4: 16, 6: 48}  # bits of the widest network of proxies, by the version of IP


def run_server(
    settings: Settings,
    host: str,
    port: int,
    certificate: Path | None = None,
    key: Path | None = None,
    extend: Callable[[FastAPI], None] | None = None,
    demo_page: str = "",
) -> None:
    """Serve HTTP on one address until SIGTERM or SIGINT, or HTTPS where there is a certificate and its key.

    What runs by then is finished, what waits is handed back, and the index snapshots are written. `extend` adds
    routes to the application, `demo_page` is the path of a demo's front page.

    Raises:
        InvalidField: the certificate or its key cannot be used, or all clients are trusted to forward addresses.
        RestoreUnfinished: the station is being restored.
        SystemExit: it did not start; the log says why.
    """
    _check_forwarding(os.environ.get("FORWARDED_ALLOW_IPS", ""))
    logs.configure(settings.log_format, settings.log_level)
    require_restored(settings.data_folder, settings.resolved_database_url)
    log.info("Compiling the matcher; once after an installation this takes a minute, in which prints are refused.")
    compile_matcher()
    app = create_app(settings, demo_page=demo_page)
    if extend is not None:
        extend(app)
    config = uvicorn.Config(
        _brief_at_start(app),
        host=host,
        port=port,
        http=timed(settings.header_seconds),
        ws="none",  # a connection that is upgraded would escape the protocol's bound
        log_config=None,
        server_header=False,
        access_log=False,  # it would contain query strings with people's names
        timeout_graceful_shutdown=settings.stop_seconds,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    try:
        config.load()
    except OSError as error:  # of which ssl.SSLError is one
        raise InvalidField(
            "The certificate or its key cannot be used; give two PEM files that belong together."
        ) from error
    # uvicorn sends the signal that ended it once more when it has stopped; the default handler would make of a clean
    # stop a death by that signal.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _do_nothing)
    server = _Server(config, app)
    server.run()
    if not server.started:
        raise SystemExit(STARTUP_FAILURE)


class _Server(uvicorn.Server):
    """Passes a stop on to the application at once; uvicorn waits until the last request is answered."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop."""
        super().handle_exit(sig, frame)
        if services := cast(Services | None, getattr(self._app.state, "services", None)):  # it has started
            asyncio.get_running_loop().call_soon_threadsafe(services.work.stop)


def _brief_at_start(app: ASGIApp) -> ASGIApp:
    """Return the application, which reports an error of ours at its start by the sentence, without a traceback."""

    async def brief(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_brief(message: Message) -> None:
            error = sys.exception()  # which Starlette is handling
            if message["type"] == "lifespan.startup.failed" and isinstance(error, PehchanError):
                message = {"type": message["type"], "message": error.message}
            await send(message)

        await app(scope, receive, send_brief if scope["type"] == "lifespan" else send)

    return brief


def _check_forwarding(trusted: str) -> None:
    """Check the proxies whose X-Forwarded-For is trusted: of a wide network, clients could choose their own."""
    for address in (part.strip() for part in trusted.split(",")):
        if address == "*" or _is_wide(address):
            raise InvalidField(
                f"FORWARDED_ALLOW_IPS has {address}, so any client there could forge its address; give the proxy's "
                f"address, or a network of at most /{_NARROWEST[4]} (IPv6: /{_NARROWEST[6]})."
            )


def _is_wide(address: str) -> bool:
    try:
        network = ip_network(address, strict=False)
    except ValueError:
        return False  # a name, which matches no address
    return network.prefixlen < _NARROWEST[network.version]


def _do_nothing(number: int, frame: FrameType | None) -> None:
    """Ignore the signal; the process ends on its own."""
