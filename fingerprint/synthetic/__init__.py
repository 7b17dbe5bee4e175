"""Generated fingerprints for tests, the demo and large galleries."""

from fingerprint.synthetic.generator import Finger
from fingerprint.synthetic.impressions import Capture
from fingerprint.synthetic.orientation import NATURAL_PROPORTIONS, Pattern

__all__ = ["NATURAL_PROPORTIONS", "Capture", "Finger", "Pattern"]
