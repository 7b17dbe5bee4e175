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
from biometrics.kernel.errors import InvalidInput
from biometrics.kernel.recognition.capture import EyePosition, Position
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
class _SbiDevice:
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
        self._devices: dict[str, _SbiDevice] = {}

    async def devices(self) -> Sequence[Device]:
        """Look on all ports for devices for registration.

        Raises:
            DeviceUntrusted, DeviceFailed: there is one, but none that is trusted and whose answer can be read.
        """
        async with self._client(_QUICK) as client:
            by_port = await asyncio.gather(*(self._devices_at(client, port) for port in self._ports))
        usable = [result for of_port in by_port for result in of_port if isinstance(result, _SbiDevice)]
        faults = [result for of_port in by_port for result in of_port if isinstance(result, CaptureFault)]
        for fault in faults:
            log.warning("A device is left out: %s", fault)
        if faults and not usable:
            raise faults[0]
        self._devices = {connected.device.id: connected for connected in usable}
        return [connected.device for connected in usable]

    async def frames(self, request: CaptureRequest) -> AsyncGenerator[bytes, None]:
        """Yield the pictures of the device's stream.

        Raises:
            UnknownDevice, NotCapturable, DeviceUnreachable, DeviceFailed: as for `capture`.
        """
        device, mode = self._device_and_mode(request)
        body = {"deviceId": device.own_id, "deviceSubId": device.sensors[mode], "timeout": _milliseconds(request)}
        async with self._client(httpx.Timeout(request.seconds + _LONGER, connect=1.0)) as client:
            try:
                async with client.stream("STREAM", f"{device.url}/stream", json=body) as answer:
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
        device, mode = self._device_and_mode(request)
        transaction = str(uuid.uuid4())
        body = _capture_body(device, mode, request, transaction)
        async with self._client(httpx.Timeout(request.seconds + _LONGER, connect=1.0)) as client:
            answer = await call(client, "RCAPTURE", f"{device.url}/capture", body)
        blocks = answer.get("biometrics") if isinstance(answer, dict) else None
        if not isinstance(blocks, list) or not blocks:
            raise DeviceFailed("The device's answer holds no capture.")
        files: dict[Position, CapturedFile] = {}
        for block in blocks:
            file = self._file(device, block, transaction)
            if file.position not in request.positions or file.position in files:
                raise DeviceFailed(f"The device sent a {file.position.label} that was not asked for, or sent it twice.")
            files[file.position] = file
        if missing := [position.label for position in request.positions if position not in files]:
            raise DeviceFailed(f"The device did not capture: {', '.join(missing)}.")
        return list(files.values())

    def _client(self, timeout: httpx.Timeout) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=timeout, trust_env=False)  # no proxy: it is this computer

    def _device_and_mode(self, request: CaptureRequest) -> tuple[_SbiDevice, CaptureMode]:
        if (device := self._devices.get(request.device)) is None:
            raise UnknownDevice("This device is not connected any more.")
        return device, request.mode_of(device.device)

    async def _devices_at(self, client: httpx.AsyncClient, port: int) -> list[_SbiDevice | CaptureFault]:
        url = f"http://127.0.0.1:{port}"
        try:
            discovered = await call(client, "MOSIPDISC", f"{url}/device", {"type": "Biometric Device"})
            if not isinstance(discovered, list):
                return []  # another program listens there
            infos = await call(client, "MOSIPDINFO", f"{url}/info", None)
        except DeviceUnreachable:
            return []
        except CaptureFault as fault:
            return [fault]
        return [device for info in (infos if isinstance(infos, list) else []) if (device := self._device(url, info))]

    def _device(self, url: str, info_token: object) -> _SbiDevice | CaptureFault | None:
        """Read a service's description of a device; None if it does not register, such as one for authentication."""
        try:
            info = self._trust.content_of(info_token.get("deviceInfo") if isinstance(info_token, dict) else None)
            identity = self._trust.content_of(info.get("digitalId"))
            status = str(info.get("deviceStatus"))
            if status.lower() not in ("ready", "busy"):
                return DeviceFailed(f"A device is not ready: {status[:40]}.")
            return _sbi_device(url, info, identity)
        except CaptureFault as fault:
            return fault

    def _file(self, device: _SbiDevice, block: object, transaction: str) -> CapturedFile:
        if not isinstance(block, dict):
            raise DeviceFailed("The device's capture cannot be read.")
        check_error(block)
        data = self._trust.content_of(block.get("data"))
        identity = self._trust.content_of(data.get("digitalId"))
        if (
            any(identity.get(name) != device.identity.get(name) for name in _SAME)
            or data.get("deviceCode") != device.code
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


def _sbi_device(url: str, info: Mapping[str, Any], identity: Mapping[str, Any]) -> _SbiDevice | None:
    kind = str(identity.get("type"))
    sensor_ids = info.get("deviceSubId")
    sensors = modes_of(kind, str(identity.get("deviceSubType")), [str(sensor_id) for sensor_id in sensor_ids or ()])
    versions = [version for version in VERSIONS if version in (info.get("specVersion") or ())]
    if not sensors or str(info.get("purpose")).lower() != "registration":
        return None
    if not versions:
        raise DeviceFailed(f"The device speaks no version of SBI that is known here ({', '.join(VERSIONS)}).")
    make, model, serial = (str(identity.get(name, ""))[:60] for name in ("make", "model", "serialNo"))
    own_id, code = str(info.get("deviceId")), str(info.get("deviceCode"))
    device = Device(f"{code} {own_id}", make, model, serial, tuple(sensors))
    return _SbiDevice(
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


def _capture_body(device: _SbiDevice, mode: CaptureMode, request: CaptureRequest, transaction: str) -> dict[str, Any]:
    left_out = [SUBTYPES[position] for position in mode.positions if position not in request.positions]
    return {
        "env": device.env,
        "purpose": "Registration",
        "specVersion": device.version,
        "timeout": _milliseconds(request),
        "captureTime": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "transactionId": transaction,
        "bio": [
            {
                "type": device.kind,
                "count": len(request.positions),
                "bioSubType": [SUBTYPES[position] for position in request.positions],
                "exception": left_out,
                "requestedScore": REQUESTED_SCORE,
                "deviceId": device.own_id,
                "deviceSubId": device.sensors[mode],
                "previousHash": sha256(b"").hexdigest(),  # each capture is a transaction of its own
            }
        ],
        "customOpts": None,
    }


def _milliseconds(request: CaptureRequest) -> str:
    return str(round(request.seconds * 1000))


def _check_moment(timestamp: object) -> None:
    try:
        moment = datetime.fromisoformat(str(timestamp))
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
