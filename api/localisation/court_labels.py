"""Words of what a unit states for courts, as the Schedule of the Bharatiya Sakshya Adhiniyam 2023 has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from api.localisation.translatable import N_
from biometrics.access.court_details import Control, DeviceKind

DEVICES: Final[Mapping[DeviceKind, str]] = {
    DeviceKind.COMPUTER: N_("Computer / Storage media"),
    DeviceKind.DVR: N_("DVR"),
    DeviceKind.MOBILE: N_("Mobile"),
    DeviceKind.FLASH_DRIVE: N_("Flash drive"),
    DeviceKind.DISC: N_("CD/DVD"),
    DeviceKind.SERVER: N_("Server"),
    DeviceKind.CLOUD: N_("Cloud"),
    DeviceKind.OTHER: N_("Other"),
}
CONTROLS: Final[Mapping[Control, str]] = {
    Control.OWNED: N_("Owned"),
    Control.MAINTAINED: N_("Maintained"),
    Control.MANAGED: N_("Managed"),
    Control.OPERATED: N_("Operated"),
}
