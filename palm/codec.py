"""The template of a palm as bytes.

Layout, little-endian: magic "PhPa" (4 bytes), version (uint16), width and height of the image at 500 ppi (uint16),
number of minutiae (uint16); then the minutiae, and the ridge map, as in the template of a finger (`fingerprint.codec`).
A palm of 500 minutiae and 2,000 tiles takes 20 kB.
"""

from __future__ import annotations

import struct

from biometrics.kernel.errors import InvalidTemplate
from fingerprint.codec import decode_content, encode_content
from palm.template import PalmTemplate

MAGIC = b"PhPa"
VERSION = 1
_HEADER = struct.Struct("<4sHHHH")


def encode(template: PalmTemplate) -> bytes:
    """Write a template; the same one always gives the same bytes, and bytes survive decoding and encoding."""
    return _HEADER.pack(MAGIC, VERSION, template.width, template.height, len(template)) + encode_content(template)


def decode(data: bytes) -> PalmTemplate:
    """Read a template from untrusted bytes.

    Raises:
        InvalidTemplate: not such bytes, of another version, cut short or too long, or with values out of range.
    """
    if len(data) < _HEADER.size or not data.startswith(MAGIC):
        raise InvalidTemplate("These bytes are not a template of a palm.")
    _, version, width, height, count = _HEADER.unpack_from(data)
    if version != VERSION:
        raise InvalidTemplate(f"The template of a palm has version {version}; this program reads version {VERSION}.")
    try:
        return decode_content(data[_HEADER.size :], (width, height), count, PalmTemplate)
    except ValueError as error:
        raise InvalidTemplate(
            f"The template of a palm is damaged: {error}. Extract it again from its image."
        ) from error
