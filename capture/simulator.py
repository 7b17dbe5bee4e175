"""A scanner made of files, with the time and the failures of a real one, for trials, training and tests.

Files are named after their positions, `right_index.png`, or after those that lie on the scanner together:
`right_four.png`, `left_four.png`, `both_thumbs.png`; rolled prints begin with `rolled_`, eyes are `right_eye.png` and
`left_eye.png`. Each capture takes the next attempt, `right_four.1.png`, `right_four.2.png` and so on; after the last
one, the last one again. An attempt that is a text file (`right_four.1.txt`) fails with the code that it holds, one of
`capture.errors`.
"""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Final

from PIL import Image as Pillow
from PIL import ImageOps

from biometrics.imaging.image import decode, png_of
from biometrics.kernel.errors import BadImage, SlapNotSegmented
from biometrics.kernel.recognition.capture import Impression
from capture.errors import BY_CODE, DeviceFailed, NotCapturable, UnknownDevice
from capture.scanner import EACH_FINGER, EYES, SLAPS, CapturedFile, CaptureMode, CaptureRequest, Device
from fingerprint.cards.slap import cut_slap

_MODES: Final = {
    "fingers": (
        *(CaptureMode(slap, Impression.PLAIN_LIVE_SCAN) for slap in SLAPS),
        *(CaptureMode(finger, Impression.ROLLED_LIVE_SCAN) for finger in EACH_FINGER),
        *(CaptureMode(finger, Impression.PLAIN_LIVE_SCAN) for finger in EACH_FINGER),
    ),
    "eyes": (CaptureMode(EYES, None), *(CaptureMode((eye,), None) for eye in EYES)),
}
FRAME_SIDE: Final = 400  # pixels of the longer side
FRAMES_PER_SECOND: Final = 4


class Simulator:
    """`capture.scanner.Scanner` of a folder; each capture takes `seconds`."""

    def __init__(self, folder: Path, seconds: float = 1.0) -> None:
        self._folder = folder
        self._seconds = seconds
        self._attempts: Counter[str] = Counter()

    async def devices(self) -> Sequence[Device]:
        """Return a scanner of fingers and one of eyes, each where there are files for it."""
        modes = {name: tuple(mode for mode in modes if self._names(mode)) for name, modes in _MODES.items()}
        return [
            Device(name, "Simulator", name, "0", device_modes) for name, device_modes in modes.items() if device_modes
        ]

    async def frames(self, request: CaptureRequest) -> AsyncGenerator[bytes, None]:
        """Yield what the next capture will show, ever clearer, as a finger that is put down."""
        name = self._names(await self._mode(request))[0]
        path = self._attempt(name)
        if path.suffix == ".txt":
            return
        picture = Pillow.fromarray(decode(path.read_bytes()).grey())
        picture.thumbnail((FRAME_SIDE, FRAME_SIDE))
        for clearness in (0.3, 0.6, 1.0):
            file = io.BytesIO()
            Pillow.blend(Pillow.new("L", picture.size, 255), ImageOps.autocontrast(picture), clearness).save(
                file, "JPEG"
            )
            yield file.getvalue()
            await asyncio.sleep(1 / FRAMES_PER_SECOND)

    async def capture(self, request: CaptureRequest) -> Sequence[CapturedFile]:
        """Take the next attempt at these positions from the folder.

        Raises:
            UnknownDevice, NotCapturable: as for `Scanner.capture`.
            CaptureFault: the one that a text file names.
            DeviceFailed: a file cannot be used.
        """
        mode = await self._mode(request)
        await asyncio.sleep(self._seconds)
        paths = {name: self._attempt(name) for name in self._names(mode)}
        self._attempts.update(list(paths))
        for path in paths.values():
            if path.suffix == ".txt":
                code = path.read_text().strip()
                raise BY_CODE.get(code, DeviceFailed)(f"{path.name} simulates {code}.")
        files = [file for path in paths.values() for file in await asyncio.to_thread(_files, path, mode, request)]
        return [file for file in files if file.position in request.positions]

    async def _mode(self, request: CaptureRequest) -> CaptureMode:
        for device in await self.devices():
            if device.id == request.device:
                return request.mode_of(device)
        raise UnknownDevice(f"The simulator's folder has no files for {request.device!r}.")

    def _names(self, mode: CaptureMode) -> list[str]:
        """Return the names without endings of the files for a mode: one of all positions, or one of each."""
        rolled = "rolled_" if mode.impression is Impression.ROLLED_LIVE_SCAN else ""
        if mode.positions in SLAPS and self._files_named(slap := SLAPS[mode.positions].name.lower()):
            return [slap]
        names = [rolled + position.name.lower() for position in mode.positions]
        return names if all(self._files_named(name) for name in names) else []

    def _files_named(self, name: str) -> list[Path]:
        """Return the attempts of a name in their order."""
        attempts = [path for path in self._folder.glob(f"{name}.*") if path.name.split(".", 1)[0] == name]
        return sorted(attempts, key=lambda path: [int(part) for part in path.name.split(".")[1:-1] if part.isdigit()])

    def _attempt(self, name: str) -> Path:
        attempts = self._files_named(name)
        if not attempts:
            raise NotCapturable(f"The simulator's folder has no file {name}.")
        return attempts[min(self._attempts[name], len(attempts) - 1)]


def _files(path: Path, mode: CaptureMode, request: CaptureRequest) -> list[CapturedFile]:
    """Return the fingers of a slap, or the one file as it is; fingers that were not asked for are missing."""
    content = path.read_bytes()
    name = path.name.split(".", 1)[0]
    if name not in {slap.name.lower() for slap in SLAPS.values()}:
        return [CapturedFile(type(mode.positions[0])[name.removeprefix("rolled_").upper()], content, path.name)]
    missing = [position for position in mode.positions if position not in request.positions]
    try:
        cut = cut_slap(decode(content), SLAPS[mode.positions], missing)
    except (BadImage, SlapNotSegmented) as error:
        raise DeviceFailed(f"{path.name}: {error.message}") from error
    return [
        CapturedFile(finger.position, png_of(finger.image), f"{finger.position.name.lower()}.png")
        for finger in cut.fingers
    ]
