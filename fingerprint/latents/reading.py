"""Whatever an examiner's tool wrote, to the minutiae to search with."""

from __future__ import annotations

from biometrics import itl
from biometrics.kernel.errors import InvalidField, MalformedTransaction
from fingerprint.latents.marked import MarkedPrint, read_json
from fingerprint.latents.type9 import marked_prints
from fingerprint.template import FingerprintTemplate

_JSON = b"{"


def is_marked(content: bytes) -> bool:
    """Say whether a file looks like marked minutiae, so that it is not taken for an image."""
    return itl.encoding_of(content) is not None or content.lstrip()[:1] == _JSON


def read_marked_print(content: bytes) -> MarkedPrint:
    """Read marked minutiae from our JSON file, or from an ANSI/NIST-ITL file with one Type-9 record.

    Raises:
        InvalidField: neither of the two, or the JSON file is not as it must be.
        MalformedTransaction: the ANSI/NIST-ITL file is not as it must be, or holds no Type-9 record, or several.
        InvalidResolution: as for `MarkedPrint`.
    """
    if itl.encoding_of(content) is not None:
        prints = marked_prints(itl.parse(content))
        if len(prints) != 1:
            raise MalformedTransaction(f"The file holds {len(prints)} Type-9 records of minutiae; send it with one.")
        return prints[0]
    if is_marked(content):
        return read_json(content)
    raise InvalidField("This is neither a JSON file of marked minutiae nor an ANSI/NIST-ITL file.")


def read_marked(content: bytes) -> FingerprintTemplate:
    """Read marked minutiae as a template at 500 ppi, those outside their region of interest left out.

    Raises:
        InvalidField, MalformedTransaction, InvalidResolution: as for `read_marked_print`.
        TooFewMinutiae: fewer than four are left.
    """
    return read_marked_print(content).template()
