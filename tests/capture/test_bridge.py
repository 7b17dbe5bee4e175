"""The bridge serves only pages of its service that know its token, and says what each captured finger is worth."""

from __future__ import annotations

import asyncio
import base64
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from capturing import NONCE, ORIGIN, BridgedPage, page_of, proof, proven, write_prints, write_slaps
from inputs import blank
from made_up_eyes import photo
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from biometrics.imaging.image import decode, png_of
from capture.bridge import NOT_PROVEN, Bridge
from capture.pairing import token_in
from capture.scanner import Scanner
from capture.simulator import Simulator

RIGHT_INDEX, RIGHT_MIDDLE, LEFT_INDEX = 2, 3, 7


def ran(bridge: Bridge, act: Callable[[BridgedPage, dict[str, Any]], Any]) -> Any:
    async def run() -> Any:
        async with page_of(bridge) as (page, devices):
            return await act(page, devices)

    return asyncio.run(run())


def refused(bridge: Bridge, **options: Any) -> int:
    async def run() -> int:
        async with await bridge.start(0) as server:
            port = server.sockets[0].getsockname()[1]
            headers = {"Host": options.pop("host").format(port=port)} if "host" in options else {}
            with pytest.raises(InvalidStatus) as refusal:
                await connect(f"ws://127.0.0.1:{port}", additional_headers=headers, proxy=None, **options)
            return refusal.value.response.status_code

    return asyncio.run(run())


def told(bridge: Bridge, *texts: str | bytes) -> tuple[list[dict[str, Any]], int]:
    """Send texts over a new connection; return the answers, and the code with which it is closed."""

    async def run() -> tuple[list[dict[str, Any]], int]:
        answers = []
        async with await bridge.start(0) as server:
            port = server.sockets[0].getsockname()[1]
            async with connect(f"ws://127.0.0.1:{port}", origin=bridge.origin, proxy=None) as connection:
                for text in texts:
                    await connection.send(text)
                    answers.append(json.loads(await connection.recv()))
                await connection.wait_closed()
                return answers, connection.close_code or 0

    return asyncio.run(run())


@pytest.mark.parametrize("origin", [None, "https://elsewhere.example", f"{ORIGIN}.elsewhere.example", "null"])
def test_a_page_of_another_site_is_refused(simulated: Bridge, origin: Any) -> None:
    assert refused(simulated, origin=origin) == 403


@pytest.mark.parametrize("host", ["elsewhere.example:{port}", "elsewhere.example", "127.0.0.1"])
def test_a_name_that_leads_here_is_refused(simulated: Bridge, host: str) -> None:
    assert refused(simulated, origin=ORIGIN, host=host) == 421


def test_a_page_that_does_not_know_the_token_learns_nothing(simulated: Bridge) -> None:
    hello = json.dumps({"type": "hello", "nonce": base64.b64encode(NONCE).decode()})
    wrong = json.dumps({"type": "prove", "proof": proof("another token", "page", NONCE, NONCE)})
    (challenge, answer), code = told(simulated, hello, wrong)
    assert (challenge["type"], answer["code"], code) == ("challenge", "page_not_proven", NOT_PROVEN)
    reflected = json.dumps({"type": "prove", "proof": challenge["proof"]})
    assert told(simulated, hello, reflected)[1] == NOT_PROVEN


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ('{"type": "devices"}', "page_not_proven"),
        ('{"type": "hello", "nonce": "AAAA"}', "malformed_request"),
        ('{"type": "hello"}', "malformed_request"),
        ("[]", "malformed_request"),
        ("[" * 10_000, "malformed_request"),
        (b"{}", "malformed_request"),
    ],
)
def test_nothing_is_answered_before_a_page_is_proven(simulated: Bridge, first: str | bytes, code: str) -> None:
    answers, closed = told(simulated, first)
    assert ([answer["code"] for answer in answers], closed) == ([code], NOT_PROVEN)


def test_the_token_is_kept_for_its_owner_alone_and_can_be_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "station"
    token = token_in(folder)
    [file] = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token_in(folder) == token != token_in(folder, new=True)
    assert len(token) >= 43  # 256 bits


def test_ten_fingers_of_three_slaps_are_captured_and_are_worth_something(simulated: Bridge, tmp_path: Path) -> None:
    write_slaps(tmp_path, 301)

    async def act(page: BridgedPage, listed: dict[str, Any]) -> list[dict[str, Any]]:
        [device] = listed["devices"]
        return [await page.capture(mode["positions"]) for mode in device["modes"]]

    answers = ran(simulated, act)
    samples = [sample for answer in answers for sample in answer["samples"]]
    assert sorted(sample["position"] for sample in samples) == list(range(1, 11))
    assert all(sample["quality"] is not None and sample["refusal"] is None for sample in samples)
    assert all(decode(base64.b64decode(sample["content"])).ppi == pytest.approx(500, abs=0.1) for sample in samples)
    assert [finding for answer in answers for finding in answer["findings"]] == []


def test_a_finger_that_is_captured_twice_is_found_at_once(simulated: Bridge, tmp_path: Path) -> None:
    write_prints(tmp_path, 302, {"right_index": "right_index", "rolled_right_index": "right_index"})
    write_prints(tmp_path, 302, {"right_middle": "right_index", "rolled_right_middle": "right_middle"}, impression=1)

    async def act(page: BridgedPage, _: dict[str, Any]) -> list[list[tuple[str, int, int]]]:
        rolled = [await page.capture([finger], impression=1) for finger in (RIGHT_INDEX, RIGHT_MIDDLE)]
        plain = [await page.capture([finger]) for finger in (RIGHT_INDEX, RIGHT_MIDDLE)]
        answers = [*rolled, *plain]
        return [[(each["verdict"], each["finger"], each["other"]) for each in one["findings"]] for one in answers]

    *right, wrong = ran(simulated, act)
    assert right == [[], [], []]
    assert wrong == [("elsewhere", RIGHT_MIDDLE, RIGHT_INDEX), ("repeated", RIGHT_INDEX, RIGHT_MIDDLE)]


def test_a_finger_that_is_captured_again_replaces_the_one_before(simulated: Bridge, tmp_path: Path) -> None:
    write_prints(tmp_path, 303, {"right_index": "right_index", "right_middle.1": "right_index"})
    write_prints(tmp_path, 303, {"right_middle.2": "right_middle"})

    async def act(page: BridgedPage, _: dict[str, Any]) -> list[int]:
        return [len((await page.capture([finger]))["findings"]) for finger in (2, RIGHT_MIDDLE, RIGHT_MIDDLE)]

    assert ran(simulated, act) == [0, 1, 0]


def test_a_capture_that_fails_says_why_and_can_be_repeated(simulated: Bridge, tmp_path: Path) -> None:
    (tmp_path / "right_index.1.txt").write_text("capture_timed_out\n")
    (tmp_path / "right_index.2.png").write_bytes(blank())
    write_prints(tmp_path, 304, {"right_index.3": "right_index"})

    async def act(page: BridgedPage, _: dict[str, Any]) -> list[dict[str, Any]]:
        return [await page.capture([RIGHT_INDEX]) for _ in range(3)]

    late, empty, good = ran(simulated, act)
    assert (late["type"], late["id"], late["code"]) == ("error", 7, "capture_timed_out")
    [sample] = empty["samples"]
    assert (sample["acceptable"], sample["refusal"]["code"]) == (False, "too_few_minutiae")
    assert good["samples"][0]["acceptable"]


def test_missing_fingers_are_left_out_of_a_slap(simulated: Bridge, tmp_path: Path) -> None:
    write_prints(tmp_path, 305, {name: name for name in ("right_thumb", "left_thumb")})

    async def act(page: BridgedPage, listed: dict[str, Any]) -> dict[str, Any]:
        assert [1, 6] in [sorted(mode["positions"]) for mode in listed["devices"][0]["modes"]]
        return await page.capture([6])

    assert [sample["position"] for sample in ran(simulated, act)["samples"]] == [6]


def test_both_eyes_are_captured(simulated: Bridge, tmp_path: Path) -> None:
    for eye, name in enumerate(("right_eye", "left_eye")):
        (tmp_path / f"{name}.png").write_bytes(png_of(photo(eye)))

    async def act(page: BridgedPage, listed: dict[str, Any]) -> dict[str, Any]:
        [device] = listed["devices"]
        return await page.capture(device["modes"][0]["positions"], device["id"], None)

    samples = ran(simulated, act)["samples"]
    assert [(sample["position"], sample["modality"]) for sample in samples] == [(101, "iris"), (102, "iris")]
    assert all(sample["quality"] is not None for sample in samples)


def test_the_live_picture_comes_while_a_capture_runs(bridge_of: Callable[[Scanner], Bridge], tmp_path: Path) -> None:
    write_prints(tmp_path, 306, {"right_index": "right_index"})

    async def act(page: BridgedPage, _: dict[str, Any]) -> list[bytes]:
        await page.capture([RIGHT_INDEX])
        return page.frames

    frames = ran(bridge_of(Simulator(tmp_path, 0.5)), act)
    assert frames
    assert all(decode(frame).media_type == "image/jpeg" for frame in frames)


def test_a_scanner_captures_for_one_page_at_a_time_until_that_cancels(
    bridge_of: Callable[[Scanner], Bridge], tmp_path: Path
) -> None:
    write_prints(tmp_path, 307, {"right_index": "right_index"})
    bridge = bridge_of(Simulator(tmp_path, 60))

    async def act() -> list[str]:
        async with await bridge.start(0) as server:
            port = server.sockets[0].getsockname()[1]
            async with proven(bridge, port) as (first, _), proven(bridge, port) as (second, _):
                await first.send("capture", id=1, device="fingers", positions=[2], impression=0, seconds=120)
                assert json.loads(await first.connection.recv())["type"] == "frame"  # it runs
                busy = await second.capture([RIGHT_INDEX])
                await first.send("cancel")
                await first.send("devices")
                assert (await first.answer())["type"] == "devices"  # it has ended
                late = await second.capture([RIGHT_INDEX], seconds=0.1)
                return [busy["code"], late["code"]]

    assert asyncio.run(act()) == ["device_busy", "capture_timed_out"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"positions": []}, "malformed_request"),
        ({"positions": [0]}, "malformed_request"),
        ({"positions": [2, 2]}, "malformed_request"),
        ({"positions": [2, 101]}, "malformed_request"),
        ({"positions": [True]}, "malformed_request"),
        ({"positions": "2"}, "malformed_request"),
        ({"impression": None}, "malformed_request"),
        ({"impression": 99}, "malformed_request"),
        ({"seconds": 0}, "malformed_request"),
        ({"seconds": True}, "malformed_request"),
        ({"id": "7"}, "malformed_request"),
        ({"device": "another"}, "unknown_device"),
        ({"positions": [LEFT_INDEX]}, "not_capturable"),
        ({"positions": [RIGHT_INDEX], "impression": 1}, "not_capturable"),
    ],
)
def test_a_capture_that_cannot_be_is_refused_with_a_code(
    simulated: Bridge, tmp_path: Path, changed: dict[str, Any], code: str
) -> None:
    write_prints(tmp_path, 308, {"right_index": "right_index"})

    async def act(page: BridgedPage, _: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        answer = await page.capture(**{"positions": [RIGHT_INDEX], **changed})
        await page.send("nonsense")
        return answer, await page.answer()

    answer, after = ran(simulated, act)
    assert (answer["type"], answer["code"]) == ("error", code)
    assert (after["type"], after["code"]) == ("error", "malformed_request")  # it is still served
