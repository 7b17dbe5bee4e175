"""Generated fingerprints for tests, the demo and large galleries."""

from fingerprint.synthetic.finger.orientation import NATURAL_PROPORTIONS, Pattern
from fingerprint.synthetic.generator import Finger
from fingerprint.synthetic.impressions import Capture
from fingerprint.synthetic.mates import mate
from fingerprint.synthetic.sensors import SENSORS, Sensor
from fingerprint.synthetic.templates import synthetic_template

__all__ = ["NATURAL_PROPORTIONS", "SENSORS", "Capture", "Finger", "Pattern", "Sensor", "mate", "synthetic_template"]
