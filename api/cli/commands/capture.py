"""`pehchan capture`."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from api.settings import Settings
from biometrics.kernel.errors import InvalidField, StoreUnavailable

if TYPE_CHECKING:
    from capture.bridge import Bridge
    from capture.scanner import Scanner

app = typer.Typer()


@app.command()
def capture(
    service: Annotated[
        str, typer.Option(metavar="URL", help="Address of the service, such as https://pehchan.example.")
    ],
    trust: Annotated[
        Path | None, typer.Option(help="Certificates (PEM) whose SBI devices are trusted (docs/capture.md).")
    ] = None,
    simulate: Annotated[
        Path | None, typer.Option(help="Simulate a scanner from the files of this folder (docs/capture.md).")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0, max=60, help="Seconds that a simulated capture takes.")] = 1.0,
    port: Annotated[int | None, typer.Option(help="Port on this computer, else PEHCHAN_CAPTURE_PORT.")] = None,
    new_token: Annotated[
        bool,
        typer.Option("--new-token", help="Make a new token: browsers that were connected must be connected again."),
    ] = False,
) -> None:
    """Connect a scanner on this computer to the pages in its browser, until it is stopped. See docs/capture.md."""
    from capture.pairing import token_in

    settings = Settings()
    origin = _origin(service)
    scanner = _scanner(trust, simulate, seconds)
    token = token_in(settings.data_folder, new=new_token)
    listening = settings.capture_port if port is None else port
    bridge = _bridge(settings, scanner, origin, token)
    asyncio.run(_serve(bridge, listening))


def _origin(service: str) -> str:
    """Return the origin of a service's address, as browsers write it."""
    parts = urlsplit(service)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise InvalidField(f"{service!r} is no address of a service; write one such as https://pehchan.example.")
    port = "" if parts.port in (None, {"https": 443, "http": 80}[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"


def _scanner(trust: Path | None, simulate: Path | None, seconds: float) -> Scanner:
    from capture.sbi.client import SbiScanner
    from capture.sbi.trust import TrustStore
    from capture.simulator import Simulator

    if (trust is None) == (simulate is None):
        raise InvalidField("Give either --trust, for SBI devices, or --simulate.")
    if simulate is not None:
        if not simulate.is_dir():
            raise InvalidField(f"{simulate} is no folder of files to simulate a scanner from.")
        return Simulator(simulate, seconds)
    assert trust is not None
    try:
        return SbiScanner(TrustStore.load(trust))
    except (OSError, ValueError) as error:
        raise InvalidField(f"{trust} is no file of certificates in PEM.") from error


def _bridge(settings: Settings, scanner: Scanner, origin: str, token: str) -> Bridge:
    """Open the recognisers, compile the comparison, and return the bridge."""
    from api.bootstrap.recognisers import calibration_of, open_recogniser
    from capture.bridge import Bridge
    from capture.session import CaptureSession
    from fingerprint.compilation import compile_comparison
    from fingerprint.modality import FINGERPRINT
    from iris.modality import IRIS

    recognisers = {modality: open_recogniser(settings, modality) for modality in (FINGERPRINT, IRIS)}
    compile_comparison()
    calibration = calibration_of(recognisers[FINGERPRINT], settings)
    return Bridge(scanner, origin, token, partial(CaptureSession, recognisers, calibration))


async def _serve(bridge: Bridge, port: int) -> None:
    try:
        server = await bridge.start(port)
    except OSError as error:
        raise StoreUnavailable(
            f"Port {port} of this computer cannot be used ({error.strerror}); is another bridge running?"
        ) from error
    async with server:
        typer.echo("Open this address once in the browser of this computer; keep it to yourself:")
        typer.echo(f"{bridge.origin}/app/enrol#scanner={bridge.token}")
        await server.serve_forever()
