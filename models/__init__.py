"""Which weight files, their hashes and licences, and how a session on them is opened."""

import os
from pathlib import Path

CALIBRATIONS = Path(__file__).parent / "calibration"
LIKELIHOOD = "likelihood"  # folder in it: scales of likelihood ratios, for reports to a court
LATENTS = "latents"  # folder in it: scales of how rare the score of a latent is

# ONNX Runtime since 1.29 reports to Microsoft unless this is set before its import, which is in `models.session` alone.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
