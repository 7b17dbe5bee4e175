"""What only people of a unit know, and a court asks for: the computer, who is in charge of it, how it was validated."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.entry import Entered
from biometrics.kernel.technique.json_fields import about
from biometrics.kernel.technique.text import NAME_LENGTH, assign, clean_text

DEVICE_LENGTH: Final = 100
TEXT_LENGTH: Final = 500


class DeviceKind(StrEnum):
    """What a record was produced from, in the order of the Schedule of the Bharatiya Sakshya Adhiniyam 2023."""

    COMPUTER = "computer"
    DVR = "dvr"
    MOBILE = "mobile"
    FLASH_DRIVE = "flash_drive"
    DISC = "disc"
    SERVER = "server"
    CLOUD = "cloud"
    OTHER = "other"


class Control(StrEnum):
    """How the person in charge holds the device, in the order of the Schedule."""

    OWNED = "owned"
    MAINTAINED = "maintained"
    MANAGED = "managed"
    OPERATED = "operated"


@dataclass(frozen=True)
class CourtDetails(Entered):
    """What a unit states once, for its certificates and reports; what is empty is filled in by hand on each paper.

    Raises:
        InvalidField: a text breaks its rule, or a day is in the future.
    """

    device: DeviceKind | None = field(default=None, metadata=about("Source of the electronic records"))
    make_and_model: str = field(default="", metadata=about("Of the device"))
    colour: str = ""
    serial_number: str = ""
    identifier: str = field(default="", metadata=about("MAC address, IMEI, UIN or cloud ID"))
    control: tuple[Control, ...] = field(
        default=(), metadata=about("How the person in charge holds the device; several are possible")
    )
    used_since: dt.date | None = field(default=None, metadata=about("First day of the regular use of the device"))
    in_charge: str = field(default="", metadata=about("Name of the person in charge of the device, who signs Part A"))
    relative: str = field(default="", metadata=about("Of whom that person is son, daughter or spouse"))
    address: str = field(default="", metadata=about("Where that person resides or is employed"))
    validation: str = field(
        default="",
        metadata=about("How this laboratory validated the software (ISO/IEC 17025): report, date, scope"),
    )

    def _clean(self) -> None:
        for name, called, length in _TEXTS:
            assign(self, name, clean_text(called, getattr(self, name), length, required=False))
        assign(self, "control", tuple(control for control in Control if control in self.control))

    def _check_days(self, latest: dt.date) -> None:
        if self.used_since and self.used_since > latest:
            raise InvalidField(f"The first day of use is {self.used_since}, which is in the future; correct it.")


_TEXTS: Final = (
    ("make_and_model", "make and model", DEVICE_LENGTH),
    ("colour", "colour", DEVICE_LENGTH),
    ("serial_number", "serial number", DEVICE_LENGTH),
    ("identifier", "MAC address or other identifier", DEVICE_LENGTH),
    ("in_charge", "name of the person in charge", NAME_LENGTH),
    ("relative", "relative's name", NAME_LENGTH),
    ("address", "address", TEXT_LENGTH),
    ("validation", "validation of the software", TEXT_LENGTH),
)
