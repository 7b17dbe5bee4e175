"""NFIQ 2, the quality of a print by NIST's own code (ISO/IEC 29794-4), in processes of its own.

The code comes with `nbis-python`, which finds minutiae with NIST's mindtct along the way; a hostile image keeps that
busy without end, and a police server must outlive it. A process loads its forest once, 0.4 s, and takes 0.15 to 0.3 s
for a print: as long as all the rest of an enrolment of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Timer
from typing import Any

import numpy as np
from numpy.typing import NDArray

SECONDS = 20  # that a print may take
_LENGTH_BYTES = 8

_WORKER = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
import nbis
settings = nbis.NbisExtractorSettings(
    min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=True, ppi=500.0
)
extractor = nbis.new_nbis_extractor(settings)
while length := sys.stdin.buffer.read(8):
    try:
        found = extractor.extract_minutiae(sys.stdin.buffer.read(int.from_bytes(length, "big"))).quality()
        features = {one.name: one.value for one in [*found.actionable, *found.features]}
        answer = {"score": found.score, "features": features}
    except nbis.NbisError:
        answer = {"score": 0, "features": {}}
    print(json.dumps(answer), flush=True)
"""


@dataclass(frozen=True)
class Nfiq2Quality:
    """The unified quality score, 0 to 100, and NFIQ 2's own features by their names; none where it finds no print."""

    score: int
    features: Mapping[str, float]


NO_PRINT = Nfiq2Quality(0, {})


class Nfiq2:
    """NFIQ 2 in as many processes as threads measure at once, each started when it is first needed."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """Start nothing yet; a print that takes longer than `seconds` gets NO_PRINT."""
        self._seconds = seconds
        self._idle: SimpleQueue[_Process] = SimpleQueue()

    def measure(self, pixels: NDArray[np.uint8]) -> Nfiq2Quality:
        """Measure a grey image of one finger at 500 ppi, shape (height, width); NO_PRINT where it has no end."""
        height, width = pixels.shape
        image = b"P5 %d %d 255\n" % (width, height) + pixels.tobytes()
        try:
            process = self._idle.get_nowait()
        except Empty:
            process = _Process()
        answer = process.ask(image, self._seconds)
        if answer is None:
            return NO_PRINT
        self._idle.put(process)
        return Nfiq2Quality(int(answer["score"]), answer["features"])


class _Process:
    """One process, for one thread at a time; it ends with its owner."""

    def __init__(self) -> None:
        self._worker = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-I", "-c", _WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # Ctrl-C in the terminal reaches the service only, which finishes its work first
        )
        self._stop = weakref.finalize(self, _stop, self._worker)

    def ask(self, image: bytes, seconds: float) -> dict[str, Any] | None:
        """Return the process's answer; None where it gave none, and then it has ended."""
        worker = self._worker
        assert worker.stdin is not None
        assert worker.stdout is not None
        too_late = Timer(seconds, worker.kill)
        too_late.start()
        try:
            worker.stdin.write(len(image).to_bytes(_LENGTH_BYTES, "big") + image)
            worker.stdin.flush()
            line = worker.stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            too_late.cancel()
        if line:
            return dict(json.loads(line))
        self._stop()
        return None


def _stop(worker: subprocess.Popen[bytes]) -> None:
    """End the process and close its pipes, whatever its state."""
    worker.kill()
    worker.communicate()
