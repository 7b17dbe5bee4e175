"""Which weight files, their hashes and licences, and how a session on them is opened."""

from pathlib import Path

CALIBRATIONS = Path(__file__).parent / "calibration"
