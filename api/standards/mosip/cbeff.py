"""MOSIP's CBEFF: an XML document of biometric information records, and the prints, irises and photos in it.

Source: MOSIP's page on its CBEFF XML, after ISO/IEC 19785-3. A document is read as it streams by; no tree of it is
made. Document types, and with them entities, are refused, and what is nested deeper or is more than any such document.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from api.standards.mosip.reasons import Reason, Refused
from biometrics.imaging.image_records import RecordedImage, is_image_record, read_images
from biometrics.kernel.recognition.capture import Impression, Position, known_position, position_of
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Sample
from biometrics.kernel.technique.limits import MAX_FILE_BYTES

MAX_DOCUMENT: Final = 40_000_000  # bytes: ten prints, irises and a face as raw pixels in base64
MAX_DEPTH: Final = 20
MAX_RECORDS: Final = 200
MAX_ELEMENTS: Final = 20_000  # elements and their attributes; a record that MOSIP writes has about 30
_MAX_WORD = 200  # characters of a type or subtype

_TYPES: Final = {
    name: modality for modality in Modality.registered() for name in modality.traits.interchange.cbeff_types
}
_NOT_SAID = re.compile("finger|iris|eye|_| ")  # of a subtype: Left IndexFinger, Left
_URL_SAFE = str.maketrans("-_", "+/")


@dataclass(frozen=True)
class CbeffRecord:
    """One biometric information record: what it is of, as the document names it, and the biometric data."""

    kind: str
    subtype: str
    content: bytes


def read(document: bytes) -> list[CbeffRecord]:
    """Return the records of a document that hold data.

    Raises:
        Refused: it is no such document, or a hostile one.
    """
    if len(document) > MAX_DOCUMENT:
        raise Refused(Reason.INVALID_CBEFF, f"The CBEFF has more than {MAX_DOCUMENT:,} bytes.")
    records = _Records()
    parser = DefusedXMLParser(target=records, forbid_dtd=True)
    try:
        parser.feed(document)
        parser.close()
    except DefusedXmlException as error:
        raise Refused(Reason.INVALID_CBEFF, "The CBEFF declares a document type or entities.") from error
    except (ParseError, ValueError, LookupError) as error:
        raise Refused(Reason.INVALID_CBEFF, "The CBEFF is not well-formed XML.") from error
    return records.collected


def samples_of(records: Sequence[CbeffRecord]) -> list[Sample]:
    """Return the prints, irises and photos of records, those of other kinds left out.

    Raises:
        Refused: there is none.
        InvalidInput: an image record cannot be read.
    """
    samples = [
        sample
        for number, record in enumerate(records, start=1)
        if (modality := _TYPES.get(record.kind.lower()))
        for sample in _samples_of(record, modality, f"record {number}")
    ]
    if not samples:
        raise Refused(Reason.NO_DATA, "The CBEFF holds no print of a finger, no iris and no photo of a face.")
    return samples


def _samples_of(record: CbeffRecord, modality: Modality, name: str) -> Iterator[Sample]:
    position = _position(modality, record.subtype, name) if modality.traits.positions else None
    if not is_image_record(record.content):
        impression = Impression.UNKNOWN if modality.traits.has_fingers else None
        yield Sample(modality, record.content, name, position, impression)
        return
    images: dict[int | None, RecordedImage] = {}
    for image in read_images(record.content):
        if (image.position is not None) != bool(modality.traits.positions):
            raise Refused(Reason.INVALID_CBEFF, f"The CBEFF's {name} has another type than its image.")
        images.setdefault(image.position, image)
    if known := known_position(position):
        images = {code: image for code, image in images.items() if code in (known, known.unknown)}
    if not images:
        raise Refused(Reason.INVALID_CBEFF, f"The CBEFF's {name} has another finger or eye than its image.")
    for code, image in images.items():
        if code not in modality.traits.fields.values():
            raise Refused(
                Reason.INVALID_CBEFF, f"The CBEFF's {name} is not of one finger or eye; send each in its own BIR."
            )
        yield Sample(modality, image.content, name, known or position_of(code), image.impression, image.ppi)


def _position(modality: Modality, subtype: str, name: str) -> Position:
    """Return the finger or eye that a subtype names, unknown where it names none."""
    word = _NOT_SAID.sub("", subtype.lower()) or "unknown"
    for position in modality.traits.fields.values():
        if position is not None and _NOT_SAID.sub("", position.name.lower()) == word:
            return position
    raise Refused(Reason.INVALID_CBEFF, f"The CBEFF's {name} has a subtype that is not one finger's or eye's.")


class _Records:
    """Collects the records that the parser reports, innermost first."""

    def __init__(self) -> None:
        self.collected: list[CbeffRecord] = []
        self._path: list[str] = []
        self._open: list[dict[str, list[str]]] = []
        self._text: list[str] | None = None
        self._elements = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._elements += 1 + len(attributes)
        if self._elements > MAX_ELEMENTS:
            raise Refused(Reason.INVALID_CBEFF, f"The CBEFF has more than {MAX_ELEMENTS:,} elements and attributes.")
        name = tag.rpartition("}")[2]
        if not self._path and name != "BIR":
            raise Refused(Reason.INVALID_CBEFF, "The CBEFF's outermost element is not BIR.")
        self._path.append(name)
        if len(self._path) > MAX_DEPTH:
            raise Refused(Reason.INVALID_CBEFF, f"The CBEFF is nested deeper than {MAX_DEPTH}.")
        if name == "BIR":
            self._open.append({})
        self._text = None
        if (where := "/".join(self._path[-2:])) in ("BIR/BDB", "BDBInfo/Type", "BDBInfo/Subtype"):
            self._text = self._open[-1].setdefault(where, [])
            self._text.append(" ")

    def data(self, text: str) -> None:
        """A piece of text."""
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        self._text = None
        if self._path.pop() == "BIR":
            self._close(self._open.pop())

    def close(self) -> None:
        """The document ends."""

    def _close(self, parts: dict[str, list[str]]) -> None:
        content = "".join(parts.get("BIR/BDB", ()))
        if content.strip():
            kind, subtype = ("".join(parts.get(f"BDBInfo/{name}", ())).strip() for name in ("Type", "Subtype"))
            if max(len(kind), len(subtype)) > _MAX_WORD:
                raise Refused(Reason.INVALID_CBEFF, "The CBEFF has a type or a subtype that is too long.")
            self.collected.append(CbeffRecord(kind, subtype, _base64(content)))
        if len(self.collected) > MAX_RECORDS:
            raise Refused(Reason.INVALID_CBEFF, f"The CBEFF has more than {MAX_RECORDS} records.")


def _base64(text: str) -> bytes:
    plain = "".join(text.split()).translate(_URL_SAFE).rstrip("=")
    try:
        content = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(Reason.INVALID_CBEFF, "The CBEFF holds data that are not in base64.") from error
    if len(content) > MAX_FILE_BYTES:
        raise Refused(Reason.INVALID_CBEFF, f"The CBEFF holds an image of more than {MAX_FILE_BYTES:,} bytes.")
    return content
