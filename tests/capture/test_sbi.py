"""SBI's devices are found and used only if a trusted device has signed what they say, for this capture and now."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from capturing import BridgedPage, page_of
from inputs import photo_of, print_of
from mosip_client import finger_record
from sbi_device import DOUBLE_IRIS, FACE, SINGLE, SLAP, SbiDevice, Signer, root, serving

from biometrics.kernel.recognition.capture import EyePosition, FingerPosition, Impression
from capture.bridge import Bridge
from capture.errors import CaptureFault
from capture.sbi.client import SbiScanner
from capture.sbi.trust import TrustStore
from capture.scanner import CapturedFile, CaptureRequest, Device, Scanner

RECORDS = Path("standards/iso19794/mosip-bio-utils")
RIGHT_HAND = {"Right IndexFinger": 2, "Right MiddleFinger": 3, "Right RingFinger": 4, "Right LittleFinger": 5}
RIGHT_FOUR = tuple(FingerPosition(code) for code in RIGHT_HAND.values())


@pytest.fixture(scope="module")
def authority() -> Signer:
    return root("Adopter")


@pytest.fixture(scope="module")
def key(authority: Signer) -> Signer:
    """Return a device's key, under its provider's, under the adopter's."""
    return authority.issue("Provider", ca=True).issue("Device")


@pytest.fixture
def scanner_at(authority: Signer, key: Signer) -> Callable[..., SbiScanner]:
    """Return a scanner that trusts the adopter and knows the provider's certificate."""
    return lambda *ports: SbiScanner(TrustStore((authority.chain[0], key.chain[1])), ports)


@pytest.fixture
def slaps(key: Signer) -> SbiDevice:
    return SbiDevice(key, SLAP, {name: finger_record(_print(code), code) for name, code in RIGHT_HAND.items()})


def _print(code: int) -> bytes:
    return print_of(321, FingerPosition(code).name.lower(), 0)


def found(device: SbiDevice, scanner_at: Callable[..., SbiScanner]) -> Device:
    with serving(device) as port:
        [one] = asyncio.run(scanner_at(port).devices())
    return one


def request_for(device: Device, *positions: Any, impression: Any = Impression.PLAIN_LIVE_SCAN) -> CaptureRequest:
    return CaptureRequest(device.id, positions, impression, 30)


def captured(
    device: SbiDevice, scanner_at: Callable[..., SbiScanner], *positions: Any, **options: Any
) -> list[CapturedFile]:
    """Find a device, and capture positions with it; the capture is what fails or not."""

    async def run(port: int) -> list[CapturedFile]:
        scanner = scanner_at(port)
        [one] = await scanner.devices()
        return [*await scanner.capture(request_for(one, *positions, **options))]

    with serving(device) as port:
        return asyncio.run(run(port))


def refusal(device: SbiDevice, scanner_at: Callable[..., SbiScanner]) -> str:
    """Return the code with which a capture of the right hand fails."""
    with pytest.raises(CaptureFault) as fault:
        captured(device, scanner_at, *RIGHT_FOUR)
    return fault.value.code


def test_a_slap_scanner_is_found_with_what_it_captures(slaps: SbiDevice, scanner_at: Any) -> None:
    device = found(slaps, scanner_at)
    assert device.name == "Ridge R4 1234567890"
    assert [sorted(mode.positions) for mode in device.modes] == [[2, 3, 4, 5], [7, 8, 9, 10], [1, 6]]
    assert found(replace(slaps, about=SLAP | {"sensors": ["2"]}), scanner_at).modes == device.modes[:1]


@pytest.mark.parametrize(
    ("about", "count", "largest"), [(SINGLE, 10, (1,)), (DOUBLE_IRIS, 3, (EyePosition.RIGHT_EYE, EyePosition.LEFT_EYE))]
)
def test_other_devices_capture_in_their_own_ways(
    key: Signer, scanner_at: Any, about: dict[str, Any], count: int, largest: tuple[int, ...]
) -> None:
    modes = found(SbiDevice(key, about), scanner_at).modes
    assert (len(modes), modes[0].positions) == (count, largest)


@pytest.mark.parametrize("changed", [{"about": FACE}, {"purpose": "Auth"}])
def test_devices_for_something_else_are_left_out(slaps: SbiDevice, scanner_at: Any, changed: dict[str, Any]) -> None:
    with serving(replace(slaps, **changed)) as port, serving(slaps) as other:
        assert len(asyncio.run(scanner_at(port, other).devices())) == 1


def test_ports_where_nothing_or_another_program_listens_are_passed_over(slaps: SbiDevice, scanner_at: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = free.getsockname()[1]
    with serving(slaps) as port:
        assert len(asyncio.run(scanner_at(nobody, port).devices())) == 1
    assert asyncio.run(scanner_at(nobody).devices()) == []


def test_the_image_that_a_device_captures_comes_out_byte_for_byte(slaps: SbiDevice, scanner_at: Any) -> None:
    files = captured(slaps, scanner_at, *RIGHT_FOUR)
    assert {file.position: file.content for file in files} == {code: _print(code) for code in RIGHT_FOUR}
    assert {file.ppi for file in files} == {500.0}
    [asked] = [body for what, body in slaps.requests if what == "RCAPTURE /capture"]
    assert (asked["purpose"], asked["env"], asked["specVersion"], asked["timeout"]) == (
        "Registration",
        "Staging",
        "1.0.0",
        "30000",
    )
    [bio] = asked["bio"]
    assert (bio["count"], bio["deviceSubId"], bio["exception"]) == (4, "2", [])


def test_a_missing_finger_is_an_exception(slaps: SbiDevice, scanner_at: Any) -> None:
    files = captured(slaps, scanner_at, *RIGHT_FOUR[:3])
    assert [file.position for file in files] == [2, 3, 4]
    [bio] = slaps.requests[-1][1]["bio"]
    assert (bio["count"], bio["exception"]) == (3, ["Right LittleFinger"])


def test_a_real_iso_record_of_mosip_is_captured_and_judged(
    key: Signer, scanner_at: Any, bridge_of: Callable[[Scanner], Bridge], shared_data: Path
) -> None:
    record = (shared_data / RECORDS / "Finger" / "info_left_index_registration_jp2000.iso").read_bytes()
    device = SbiDevice(key, SINGLE, {"Left IndexFinger": record}, frames=(photo_of(0), photo_of(1)))

    async def run(port: int) -> dict[str, Any]:
        async with page_of(bridge_of(scanner_at(port))) as (page, listed):
            [one] = listed["devices"]
            return await BridgedPage.capture(page, [7], one["id"])

    with serving(device) as port:
        [sample] = asyncio.run(run(port))["samples"]
    assert (sample["position"], sample["filename"], sample["refusal"]) == (7, "left_index", None)
    assert sample["quality"] is not None


def test_the_stream_shows_each_picture(slaps: SbiDevice, scanner_at: Any) -> None:
    pictures = (photo_of(0), photo_of(1), b"\xff\xd8 Content-Length:99\r\n\r\n")

    async def run(port: int) -> list[bytes]:
        scanner = scanner_at(port)
        [one] = await scanner.devices()
        return [jpeg async for jpeg in scanner.frames(request_for(one, *RIGHT_FOUR))]

    with serving(replace(slaps, frames=pictures)) as port:
        assert tuple(asyncio.run(run(port))) == pictures


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (("101", "Unable to detect a biometric object"), "capture_timed_out"),
        (("701", "Timed out"), "capture_timed_out"),
        (("111", "Busy"), "device_busy"),
        (("103", "Device tamper detected"), "device_failed"),
    ],
)
def test_what_a_device_reports_has_a_code_here(
    slaps: SbiDevice, scanner_at: Any, error: tuple[str, str], code: str
) -> None:
    assert refusal(replace(slaps, error=error), scanner_at) == code


def _earlier(data: dict[str, Any]) -> None:
    data["timestamp"] = (datetime.now(UTC) - timedelta(minutes=6)).isoformat()


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(transactionId="00000000-0000-0000-0000-000000000000"),
        lambda data: data.update(purpose="Auth"),
        lambda data: data.update(deviceCode="another"),
        lambda data: data.update(timestamp="yesterday"),
        lambda data: data.update(digitalId="e30"),
        _earlier,
    ],
)
def test_another_capture_than_the_one_asked_for_is_not_trusted(slaps: SbiDevice, scanner_at: Any, change: Any) -> None:
    assert refusal(replace(slaps, change_data=change), scanner_at) == "device_untrusted"


def test_a_capture_by_another_device_is_not_trusted(slaps: SbiDevice, scanner_at: Any) -> None:
    changed = replace(slaps, change_identity=lambda identity: identity.update(serialNo="2"))
    assert refusal(changed, scanner_at) == "device_untrusted"


def _flipped(token: str) -> str:
    head, payload, signature = token.split(".")
    return f"{head}.{payload[:200]}{'A' if payload[200] != 'A' else 'B'}{payload[201:]}.{signature}"


@pytest.mark.parametrize(
    "change", [_flipped, lambda token: token.rsplit(".", 1)[0] + ".", lambda token: token.split(".")[1], lambda _: ""]
)
def test_a_capture_that_was_changed_on_its_way_is_not_trusted(slaps: SbiDevice, scanner_at: Any, change: Any) -> None:
    assert refusal(replace(slaps, change_token=change), scanner_at) == "device_untrusted"


def test_a_token_without_an_algorithm_is_not_trusted(slaps: SbiDevice, scanner_at: Any, key: Signer) -> None:
    unsigned = replace(slaps, change_token=lambda token: key.sign({}, alg="none").rsplit(".", 1)[0] + ".")
    assert refusal(unsigned, scanner_at) == "device_untrusted"
    shared = replace(slaps, change_token=lambda token: key.sign({}, alg="HS256"))
    assert refusal(shared, scanner_at) == "device_untrusted"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(bioSubType="Left Thumb"),
        lambda data: data.update(bioSubType="Right IndexFinger"),
        lambda data: data.update(bioSubType="UNKNOWN"),
        lambda data: data.update(bioValue=""),
        lambda data: data.update(bioValue="not base64!"),
        lambda data: data.update(bioValue="bm8gcmVjb3Jk"),
        lambda data: data.update(bioValue=base64.urlsafe_b64encode(finger_record(_print(7), 7)).decode()),
    ],
)
def test_a_capture_of_something_else_fails(slaps: SbiDevice, scanner_at: Any, change: Any) -> None:
    assert refusal(replace(slaps, change_data=change), scanner_at) == "device_failed"


def test_a_finger_that_is_left_out_of_the_answer_fails(slaps: SbiDevice, scanner_at: Any) -> None:
    three = dict(list(slaps.records.items())[:3])
    assert refusal(replace(slaps, records=three), scanner_at) == "device_failed"


def test_only_devices_under_the_operators_certificates_are_trusted(
    slaps: SbiDevice, scanner_at: Any, authority: Signer, key: Signer
) -> None:
    signers = {
        "of another authority": root("Another").issue("Device"),
        "of no authority": root("Device"),
        "of an authority of the same name": _impostor(),
        "issued by a device": key.issue("Device of a device"),
        "expired": authority.issue("Old device", expired=True),
        "of a short key": authority.issue("Short device", bits=1024),
        "issued by a short key": authority.issue("Short provider", ca=True, bits=1024).issue("Device"),
    }
    for what, signer in signers.items():
        for x5c in (1, len(signer.chain)):
            with serving(replace(slaps, signer=signer, x5c=x5c)) as port, pytest.raises(CaptureFault) as fault:
                asyncio.run(scanner_at(port).devices())
            assert fault.value.code == "device_untrusted", what


def _impostor() -> Signer:
    """Return a device's key under certificates of the same names, but of other keys."""
    return root("Adopter", key="1").issue("Provider", ca=True, key="2").issue("Device")


@pytest.mark.parametrize("anchor", [0, 1, 2])
def test_a_chain_may_come_with_the_answer_and_end_at_any_certificate_of_the_operator(
    slaps: SbiDevice, key: Signer, anchor: int
) -> None:
    device = replace(slaps, x5c=3)
    with serving(device) as port:
        assert asyncio.run(SbiScanner(TrustStore((key.chain[anchor],)), [port]).devices())


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"callback": "http://elsewhere.example:4501/"}, "device_untrusted"),
        ({"callback": "http://localhost:4501/"}, "device_untrusted"),
        ({"versions": ("0.8",)}, "device_failed"),
        ({"status": "Not Ready"}, "device_failed"),
    ],
)
def test_a_device_that_cannot_be_used_says_why(
    slaps: SbiDevice, scanner_at: Any, changed: dict[str, Any], code: str
) -> None:
    with serving(replace(slaps, **changed)) as port, pytest.raises(CaptureFault) as fault:
        asyncio.run(scanner_at(port).devices())
    assert fault.value.code == code
