"""NFIQ 2, the quality of a print by NIST's own code (ISO/IEC 29794-4), in helper processes.

The code comes with `nbis-python`, which finds minutiae with NIST's mindtct along the way; a hostile image keeps that
busy without end, and a police server must outlive it. A process loads its forest once, 0.4 s, and takes 0.1 to 0.2 s
for a print, as long as all the rest of an enrolment of it: a fifth for mindtct, and the rest for NFIQ 2, whose features
`nbis-python` computes twice.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.helper_process import HelperPool

SECONDS = 120  # until an answer, many times the processor time that a print may take: a machine may be busy

# For each block of a few pixels OpenCV's IPP asks the processor for its maker, which is slow in a virtual machine, and
# blocks are too small for its threads. The bindings copy an image byte by byte, but read a file at once.
_WORKER = """
import json, os, resource, signal, sys, time
os.environ.update(OPENCV_IPP="disabled", OPENCV_FOR_THREADS_NUM="1", OPENCV_LOG_LEVEL="ERROR")
signal.signal(signal.SIGTERM, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import nbis
from biometrics.kernel.technique.sandbox import enter_sandbox
settings = nbis.NbisExtractorSettings(
    min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=True, ppi=500.0
)
extractor = nbis.new_nbis_extractor(settings)
source, target = sys.stdin.buffer, sys.stdout.buffer
file = os.fdopen(os.memfd_create("print"), "wb", buffering=0)
path = f"/proc/self/fd/{file.fileno()}"
enter_sandbox()
target.write(b"R")
target.flush()
while length := source.read(8):
    file.truncate(0)
    file.seek(0)
    file.write(source.read(int.from_bytes(length, "big")))
    allowed = int(time.process_time()) + 20
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    try:
        found = extractor.extract_minutiae_from_image_file(path).quality()
        features = {one.name: one.value for one in [*found.actionable, *found.features]}
        answer = json.dumps({"score": found.score, "features": features}).encode()
    except nbis.NbisError:
        answer = b'{"score": 0, "features": {}}'
    target.write(len(answer).to_bytes(8, "big") + answer)
    target.flush()
"""


@dataclass(frozen=True)
class Nfiq2Quality:
    """The unified quality score, 0 to 100, and NFIQ 2's own features by their names; none where it finds no print."""

    score: int
    features: Mapping[str, float]


NO_PRINT = Nfiq2Quality(0, {})


class Nfiq2:
    """NFIQ 2 in as many processes as threads measure at once."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """Start nothing yet; a print that takes longer than `seconds` gets NO_PRINT."""
        self._helpers = HelperPool([sys.executable, "-I", "-c", _WORKER], seconds)

    def measure(self, pixels: NDArray[np.uint8]) -> Nfiq2Quality:
        """Measure a grey image of one finger at 500 ppi, shape (height, width); NO_PRINT where it has no end."""
        height, width = pixels.shape
        answer = self._helpers.ask(b"P5 %d %d 255\n" % (width, height) + pixels.tobytes())
        if answer is None:
            return NO_PRINT
        measured = json.loads(answer)
        return Nfiq2Quality(int(measured["score"]), measured["features"])
