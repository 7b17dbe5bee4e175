"""The kinds of value that fields.toml can name for a field, each with its test and its description.

-             anything
bytes         anything but nothing
int           a whole number, zeros before it or not; int:A-B from A to B; int:A-B|C|D-E of several ranges
idc           a whole number from 0 to 99
chars:A-B     A to B characters; text:A-B the same, of an item
degrees:N     a whole number from -N to N
decimal:A-B   a number from A to B, with decimals or not
hex:N         N hexadecimal digits; hex:A-B from A to B of them
zone          a zone of the UTM grid with its band, such as 43Q
device        the identifier of a device: M with a MAC address, or P with 12 to 15 characters
path          points of a polygon, such as 0,0-10,0-10,10
code:X|Y      one of these
date          YYYYMMDD; also with zeros for a day or month that is not known
utc           YYYYMMDDHHMMSSZ
tcn           INTERPOL's control number: year, twelve digits, and their check character; tolerated: others
version       of the standard, such as 0502
resolution    pixels a millimetre, such as 19.69
scale         pixels in the scale unit, from 1; tolerated: zeros, where no scale is known
depth         bits a pixel, 8 to 16; tolerated: other depths
compression   NONE, WSQ20, JPEGB and so on
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

_COMPRESSIONS = ("NONE", "WSQ20", "WSQ", "JPEGB", "JPEGL", "JP2", "JP2L", "PNG")
_CHECKS = "ZABCDEFGHJKLMNPQRTUVWXY"  # by the remainder of the number divided by 23
_DIGITS = re.compile(r"[0-9]{1,10}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,5}(\.[0-9]{1,9})?")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]+")
_ZONE = re.compile(r"(0?[1-9]|[1-5][0-9]|60)[CDEFGHJKLMNPQRSTUVWX]")
_DEVICE = re.compile(r"M[0-9A-Fa-f]{12}|P\S{12,15}")
_PATH = re.compile(r"[0-9]{1,5},[0-9]{1,5}(-[0-9]{1,5},[0-9]{1,5}){2,98}")


def _integer(text: str, bounds: str) -> bool:
    if not _DIGITS.fullmatch(text.strip(" ")):
        return False
    return not bounds or any(low <= int(text) <= high for low, high in map(bounds_of, bounds.split("|")))


def bounds_of(bounds: str) -> tuple[int, int]:
    """Return the ends of a range, such as 4-9, or twice the only number."""
    low, _, high = bounds.partition("-")
    return int(low), int(high or low)


def _degrees(text: str, limit: str) -> bool:
    """Return whether a text is a number of at most `limit`, positive or negative, with decimals or not."""
    return bool(_DECIMAL.fullmatch(text)) and abs(float(text)) <= int(limit)


def _decimal(text: str, bounds: str) -> bool:
    low, high = bounds_of(bounds)
    return bool(_DECIMAL.fullmatch(text)) and low <= float(text) <= high


def _hexadecimal(text: str, lengths: str) -> bool:
    low, high = bounds_of(lengths)
    return bool(_HEXADECIMAL.fullmatch(text)) and low <= len(text) <= high


def _date(text: str, _: str) -> bool:
    if re.fullmatch(r"[0-9]{4}(00){2}|[0-9]{6}00", text):
        return True
    return _moment(text, "%Y%m%d", 8)


def _moment(text: str, form: str, length: int) -> bool:
    if len(text) != length or not text.isascii():
        return False
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def check_character(digits: str) -> str:
    """Return the check character of INTERPOL's control number (1.009), which follows `digits`."""
    return _CHECKS[int(digits) % len(_CHECKS)]


def _control_number(text: str, _: str) -> bool:
    return bool(re.fullmatch("[0-9]{14}[A-Z]", text)) and text[-1] == check_character(text[:-1])


_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "int": _integer,
    "idc": lambda text, _: _integer(text, "0-99"),
    "chars": lambda text, bounds: _integer(str(len(text)), bounds),
    "text": lambda text, bounds: _integer(str(len(text)), bounds),
    "degrees": _degrees,
    "decimal": _decimal,
    "hex": _hexadecimal,
    "zone": lambda text, _: bool(_ZONE.fullmatch(text)),
    "device": lambda text, _: bool(_DEVICE.fullmatch(text)),
    "path": lambda text, _: bool(_PATH.fullmatch(text)),
    "code": lambda text, codes: text in codes.split("|"),
    "date": _date,
    "utc": lambda text, _: _moment(text, "%Y%m%d%H%M%SZ", 15),
    "tcn": _control_number,
    "version": lambda text, _: bool(re.fullmatch("[0-9]{1,4}", text)),
    "scale": lambda text, _: _integer(text, "1-99999"),
    "depth": lambda text, _: _integer(text, "8-16"),
    "resolution": lambda text, _: bool(re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,4})?", text)),
    "compression": lambda text, _: text.upper() in _COMPRESSIONS,
}
# What real files have in place of what belongs there, and is understood all the same.
_TOLERATED: Mapping[str, Callable[[str], bool]] = {
    "scale": lambda text: _integer(text, "0-0"),
    "depth": lambda text: _integer(text, "1-48"),
    "tcn": bool,
}
_WORDS = {
    "zone": "a zone of the UTM grid, such as 43Q",
    "device": "M and a MAC address, or P and 12 to 15 characters",
    "path": "points of a polygon, such as 0,0-10,0-10,10",
    "int": "a whole number",
    "idc": "a whole number from 0 to 99",
    "date": "a date YYYYMMDD",
    "utc": "a time YYYYMMDDHHMMSSZ",
    "tcn": "14 digits and their check character",
    "version": "a version of the standard, such as 0502",
    "scale": "a whole number from 1 to 99999",
    "depth": "a whole number from 8 to 16",
    "resolution": "pixels a millimetre, such as 19.69",
    "compression": f"one of {', '.join(_COMPRESSIONS)}",
}


def meets(kind: str, text: str) -> bool:
    """Say whether an item is of a kind."""
    name, _, detail = kind.partition(":")
    return name not in _TESTS or _TESTS[name](text, detail)


def is_tolerated(kind: str, text: str) -> bool:
    """Return whether an item is not of a kind, but understood; this is reported as a warning and not refused."""
    return kind in _TOLERATED and _TOLERATED[kind](text)


def words(kind: str) -> str:
    """Return the description of a kind for error messages."""
    name, _, detail = kind.partition(":")
    if name == "int" and detail:
        return f"a whole number from {' or '.join(' to '.join(part.split('-')) for part in detail.split('|'))}"
    if name == "degrees":
        return f"degrees from -{detail} to {detail}"
    if name == "decimal":
        return f"a number from {' to '.join(detail.split('-'))}"
    if name == "hex":
        return f"{' to '.join(detail.split('-'))} hexadecimal digits"
    if name in ("chars", "text"):
        return f"{' to '.join(detail.split('-'))} characters"
    if name == "code":
        return f"one of {', '.join(detail.split('|'))}"
    return _WORDS.get(name, "a value")
