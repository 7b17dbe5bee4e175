"""Why a capture fails. The bridge sends the code to the page, which says it in the officer's language.

CaptureFault
├── MalformedRequest      a message that is not of the protocol
├── PageNotProven         the page does not know the bridge's token
├── UnknownDevice         no such device is connected
├── NotCapturable         the device cannot capture these positions, or not with this impression
├── DeviceBusy            it is capturing, perhaps for another page
├── CaptureTimedOut       nothing usable was put on it in time
├── DeviceFailed          it reports an error, or its answer cannot be read
├── DeviceUnreachable     its service does not answer
└── DeviceUntrusted       its answer is not signed by a device that the operator trusts, or was changed
"""

from __future__ import annotations

from typing import ClassVar


class CaptureFault(Exception):
    """Root of the bridge's errors; the text is for the officer, in English."""

    code: ClassVar[str] = "capture_failed"


class MalformedRequest(CaptureFault):
    """A message that is not of the protocol."""

    code = "malformed_request"


class PageNotProven(CaptureFault):
    """The page does not know the bridge's token."""

    code = "page_not_proven"


class UnknownDevice(CaptureFault):
    """No such device is connected."""

    code = "unknown_device"


class NotCapturable(CaptureFault):
    """The device cannot capture these positions, or not with this impression."""

    code = "not_capturable"


class DeviceBusy(CaptureFault):
    """The device is capturing already."""

    code = "device_busy"


class CaptureTimedOut(CaptureFault):
    """Nothing usable was put on the device in time."""

    code = "capture_timed_out"


class DeviceFailed(CaptureFault):
    """The device reports an error, or its answer cannot be read."""

    code = "device_failed"


class DeviceUnreachable(CaptureFault):
    """The service of the device does not answer."""

    code = "device_unreachable"


class DeviceUntrusted(CaptureFault):
    """An answer that no trusted device has signed, or that was changed."""

    code = "device_untrusted"


BY_CODE = {kind.code: kind for kind in CaptureFault.__subclasses__()}
