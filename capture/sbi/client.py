"""The client of SBI's device services: discovery, device information, stream, registration capture.

A device service listens on a port of 127.0.0.1 from 4501 to 4600 and answers HTTP requests of methods of its own.
What it says of a device and what it captures is used only if a trusted device has signed it (`capture.sbi.trust`), for
the capture that was asked for, now. Its hash chain is not checked: the specification does not say clearly what is
hashed. The signature and the transaction id are checked instead.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import uuid
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from biometrics.imaging.image_records import RecordedImage, read_images
from biometrics.kernel.capture import EyePosition, Position
from biometrics.kernel.errors import InvalidInput
from capture.errors import (
    CaptureFault,
    DeviceFailed,
    DeviceUnreachable,
    DeviceUntrusted,
    UnknownDevice,
)
from capture.sbi.calls import call, pictures
from capture.sbi.trust import TrustStore
from capture.sbi.values import POSITIONS, SUBTYPES, check_error, modes_of
from capture.scanner import CapturedFile, CaptureMode, CaptureRequest, Device

PORTS: Final = range(4501, 4601)
VERSIONS: Final = ("1.0.0", "0.9.5")  # of the specification, the one to ask for first
REQUESTED_SCORE: Final = 60  # of 100: where a device takes the print by itself; what it is worth is measured here
CLOCKS_DIFFER: Final = timedelta(minutes=5)  # at most, between the device and this computer
_QUICK: Final = httpx.Timeout(5.0, connect=1.0)
_LONGER: Final = 5.0  # seconds that an answer may take beyond the time of the capture
_SAME: Final = ("serialNo", "make", "model", "deviceProviderId")

log = logging.getLogger("pehchan.capture")


@dataclass(frozen=True)
class _Known:
    """A device that a service reports, and what a capture by it needs."""

    device: Device
    url: str
    own_id: str
    code: str
    kind: str
    env: str
    version: str
    identity: Mapping[str, Any]
    sensors: Mapping[CaptureMode, str]


class SbiScanner:
    """`capture.scanner.Scanner` of all device services on this computer."""

    def __init__(self, trust: TrustStore, ports: Iterable[int] = PORTS) -> None:
        self._trust = trust
        self._ports = tuple(ports)
        self._known: dict[str, _Known] = {}

    async def devices(self) -> Sequence[Device]:
        """Look on all ports for devices for registration.

        Raises:
            DeviceUntrusted, DeviceFailed: there is one, but none that is trusted and whose answer can be read.
        """
        async with self._client(_QUICK) as client:
            found = await asyncio.gather(*(self._devices_at(client, port) for port in self._ports))
        known = [each for of_port in found for each in of_port if isinstance(each, _Known)]
        faults = [each for of_port in found for each in of_port if isinstance(each, CaptureFault)]
        for fault in faults:
            log.warning("A device is left out: %s", fault)
        if faults and not known:
            raise faults[0]
        self._known = {each.device.id: each for each in known}
        return [each.device for each in known]

    async def frames(self, request: CaptureRequest) -> AsyncGenerator[bytes, None]:
        """Yield the pictures of the device's stream.

        Raises:
            UnknownDevice, NotCapturable, DeviceUnreachable, DeviceFailed: as for `capture`.
        """
        known, mode = self._of(request)
        asked = {"deviceId": known.own_id, "deviceSubId": known.sensors[mode], "timeout": _milliseconds(request)}
        async with self._client(httpx.Timeout(request.seconds + _LONGER, connect=1.0)) as client:
            try:
                async with client.stream("STREAM", f"{known.url}/stream", json=asked) as answer:
                    if "multipart" not in answer.headers.get("Content-Type", ""):
                        raise DeviceFailed("The device sends no live picture.")
                    async for jpeg in pictures(answer):
                        yield jpeg
            except httpx.HTTPError as error:
                raise DeviceUnreachable("The device's live picture ended.") from error

    async def capture(self, request: CaptureRequest) -> Sequence[CapturedFile]:
        """Have a device capture, and check what it signed.

        Raises:
            UnknownDevice, NotCapturable, DeviceBusy, CaptureTimedOut, DeviceFailed, DeviceUnreachable, DeviceUntrusted:
                see `capture.errors`.
        """
        known, mode = self._of(request)
        transaction = str(uuid.uuid4())
        asked = _capture_body(known, mode, request, transaction)
        async with self._client(httpx.Timeout(request.seconds + _LONGER, connect=1.0)) as client:
            answer = await call(client, "RCAPTURE", f"{known.url}/capture", asked)
        blocks = answer.get("biometrics") if isinstance(answer, dict) else None
        if not isinstance(blocks, list) or not blocks:
            raise DeviceFailed("The device's answer holds no capture.")
        files: dict[Position, CapturedFile] = {}
        for block in blocks:
            file = self._file(known, block, transaction)
            if file.position not in request.positions or file.position in files:
                raise DeviceFailed(f"The device sent a {file.position.label} that was not asked for, or sent it twice.")
            files[file.position] = file
        if missing := [position.label for position in request.positions if position not in files]:
            raise DeviceFailed(f"The device did not capture: {', '.join(missing)}.")
        return list(files.values())

    def _client(self, timeout: httpx.Timeout) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=timeout, trust_env=False)  # no proxy: it is this computer

    def _of(self, request: CaptureRequest) -> tuple[_Known, CaptureMode]:
        if (known := self._known.get(request.device)) is None:
            raise UnknownDevice("This device is not connected any more.")
        return known, request.mode_of(known.device)

    async def _devices_at(self, client: httpx.AsyncClient, port: int) -> list[_Known | CaptureFault]:
        url = f"http://127.0.0.1:{port}"
        try:
            listed = await call(client, "MOSIPDISC", f"{url}/device", {"type": "Biometric Device"})
            if not isinstance(listed, list):
                return []  # another program listens there
            infos = await call(client, "MOSIPDINFO", f"{url}/info", None)
        except DeviceUnreachable:
            return []
        except CaptureFault as fault:
            return [fault]
        return [known for each in (infos if isinstance(infos, list) else []) if (known := self._device(url, each))]

    def _device(self, url: str, listed: object) -> _Known | CaptureFault | None:
        """Read what a service says of a device; None of one that is of no use here, such as one for authentication."""
        try:
            info = self._trust.content_of(listed.get("deviceInfo") if isinstance(listed, dict) else None)
            identity = self._trust.content_of(info.get("digitalId"))
            status = str(info.get("deviceStatus"))
            if status.lower() not in ("ready", "busy"):
                return DeviceFailed(f"A device is not ready: {status[:40]}.")
            return _known(url, info, identity)
        except CaptureFault as fault:
            return fault

    def _file(self, known: _Known, block: object, transaction: str) -> CapturedFile:
        if not isinstance(block, dict):
            raise DeviceFailed("The device's capture cannot be read.")
        check_error(block)
        data = self._trust.content_of(block.get("data"))
        identity = self._trust.content_of(data.get("digitalId"))
        if (
            any(identity.get(name) != known.identity.get(name) for name in _SAME)
            or data.get("deviceCode") != known.code
        ):
            raise DeviceUntrusted("Another device has captured this than the one that was asked.")
        if data.get("transactionId") != transaction or str(data.get("purpose")).lower() != "registration":
            raise DeviceUntrusted("The device sent another capture than the one that was asked for.")
        _check_moment(data.get("timestamp"))
        position = POSITIONS.get(str(data.get("bioSubType")))
        if position is None:
            raise DeviceFailed(f"The device does not say what it captured: {str(data.get('bioSubType'))[:40]!r}.")
        image = _image_of(_decoded(data.get("bioValue")), position)
        return CapturedFile(position, image.content, position.name.lower(), image.ppi)


def _known(url: str, info: Mapping[str, Any], identity: Mapping[str, Any]) -> _Known | None:
    kind = str(identity.get("type"))
    listed = info.get("deviceSubId")
    sensors = modes_of(kind, str(identity.get("deviceSubType")), [str(each) for each in listed or ()])
    versions = [each for each in VERSIONS if each in (info.get("specVersion") or ())]
    if not sensors or str(info.get("purpose")).lower() != "registration":
        return None
    if not versions:
        raise DeviceFailed(f"The device speaks no version of SBI that is known here ({', '.join(VERSIONS)}).")
    make, model, serial = (str(identity.get(name, ""))[:60] for name in ("make", "model", "serialNo"))
    own_id, code = str(info.get("deviceId")), str(info.get("deviceCode"))
    device = Device(f"{code} {own_id}", make, model, serial, tuple(sensors))
    return _Known(
        device,
        _base(url, info.get("callbackId")),
        own_id,
        code,
        kind,
        str(info.get("env")),
        versions[0],
        identity,
        sensors,
    )


def _base(url: str, callback: object) -> str:
    """Return where a device is called: where its service was found, or elsewhere on this computer, as it says."""
    if not callback:
        return url
    parts = urlsplit(str(callback))
    if (parts.scheme.lower(), parts.hostname) != ("http", "127.0.0.1") or parts.port is None:
        raise DeviceUntrusted("The device wants to be called on another computer.")
    return f"http://127.0.0.1:{parts.port}"


def _capture_body(known: _Known, mode: CaptureMode, request: CaptureRequest, transaction: str) -> dict[str, Any]:
    left_out = [SUBTYPES[position] for position in mode.positions if position not in request.positions]
    return {
        "env": known.env,
        "purpose": "Registration",
        "specVersion": known.version,
        "timeout": _milliseconds(request),
        "captureTime": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "transactionId": transaction,
        "bio": [
            {
                "type": known.kind,
                "count": len(request.positions),
                "bioSubType": [SUBTYPES[position] for position in request.positions],
                "exception": left_out,
                "requestedScore": REQUESTED_SCORE,
                "deviceId": known.own_id,
                "deviceSubId": known.sensors[mode],
                "previousHash": sha256(b"").hexdigest(),  # each capture is a transaction of its own
            }
        ],
        "customOpts": None,
    }


def _milliseconds(request: CaptureRequest) -> str:
    return str(round(request.seconds * 1000))


def _check_moment(stated: object) -> None:
    try:
        moment = datetime.fromisoformat(str(stated))
    except ValueError as error:
        raise DeviceUntrusted("The device does not say when it captured.") from error
    if moment.tzinfo is None or abs(datetime.now(UTC) - moment) > CLOCKS_DIFFER:
        raise DeviceUntrusted("The capture is not of now: the device repeats one, or its clock or this one is wrong.")


def _image_of(record: bytes, position: Position) -> RecordedImage:
    """Return the one image of an ISO/IEC 19794 record of a finger or an eye."""
    try:
        images = read_images(record)
    except InvalidInput as error:
        raise DeviceFailed(f"The device's capture cannot be read: {error.message}") from error
    if len(images) != 1 or images[0].position not in (position, 0, EyePosition.UNKNOWN):
        raise DeviceFailed(f"The device's record is of something else than a {position.label}.")
    return images[0]


def _decoded(value: object) -> bytes:
    text = str(value or "").rstrip("=")
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise DeviceFailed("The device's capture cannot be read.") from error
    if not content:
        raise DeviceFailed("The device's capture is empty.")
    return content
