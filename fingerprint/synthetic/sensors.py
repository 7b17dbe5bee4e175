"""The sensors whose looks generated impressions take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fingerprint.synthetic.impressions import Capture
from fingerprint.synthetic.look import LIVE_SCAN, ImpressionLook


@dataclass(frozen=True)
class Sensor:
    """A sensor: how fingers are put on it, and how it shows them."""

    name: str
    capture: Capture
    look: ImpressionLook


OPTICAL = Sensor("optical", Capture(), LIVE_SCAN)
CAPACITIVE_WET = Sensor(
    "capacitive-wet",
    Capture(moisture=0.7, grain=0.8, scratches=0.7),
    ImpressionLook(
        wetness=2.2,
        platen_grey=(195.0, 225.0),
        ridge_grey=(5.0, 40.0),
        valley_tint=0.25,
        shading=8.0,
        blur=(0.9, 1.3),
        noise=6.0,
    ),
)
OPTICAL_DRY = Sensor(
    "optical-dry",
    Capture(moisture=0.6, grain=1.15, scratches=3.0),
    ImpressionLook(wetness=-1.1, ridge_grey=(70.0, 130.0), valley_tint=0.02, blur=(0.4, 0.7)),
)
THERMAL_SWEEP = Sensor(
    "thermal-sweep",
    Capture(rotation=12.0, drag=9.0, twist=3.0),
    ImpressionLook(
        platen_grey=(160.0, 190.0),
        ridge_grey=(60.0, 95.0),
        valley_tint=-0.15,
        shading=10.0,
        blur=(0.8, 1.2),
        noise=7.0,
        slip=0.35,
    ),
)
INK = Sensor(
    "ink",
    Capture(rotation=6.0, pressure=1.4, moisture=1.3, grain=1.3, scratches=2.0),
    ImpressionLook(
        wetness=0.8,
        platen_grey=(205.0, 235.0),
        ridge_grey=(20.0, 60.0),
        valley_tint=0.12,
        shading=7.0,
        blur=(0.7, 1.1),
        noise=3.0,
        texture=5.0,
    ),
)

SENSORS: Mapping[str, Sensor] = MappingProxyType(
    {sensor.name: sensor for sensor in (OPTICAL, CAPACITIVE_WET, OPTICAL_DRY, THERMAL_SWEEP, INK)}
)
