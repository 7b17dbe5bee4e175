"""Biometric data of OSIA's interface to samples, and the client's data that are kept with them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from api.standards.osia.schemas import BiometricData
from api.standards.osia.vocabulary import EYES, IMPRESSIONS, READ_FORMATS, REASONS, SLAPS, finger_of
from biometrics.imaging.image import Image, decode, png_of
from biometrics.kernel.errors import InvalidField, InvalidInput, SlapNotSegmented, UndecodableImage
from biometrics.kernel.people.encounter import MissingFinger, MissingReason
from biometrics.kernel.recognition.capture import FingerPosition, Impression, PhotoView, Position, known_position
from biometrics.kernel.recognition.types import Sample
from biometrics.kernel.technique.limits import MAX_FILE_BYTES
from face.modality import FACE
from fingerprint.cards.slap import Slap, cut_slap
from fingerprint.modality import FINGERPRINT
from iris.modality import IRIS

Fetch = Callable[[str], bytes]  # what is at an address

# Of an item as it is kept: the places of its samples among the encounter's, and the header that made raw pixels a file.
SAMPLES, HEADER = "_samples", "_header"

_PORTRAITS = (None, "UNKNOWN", "PORTRAIT")
_PROFILES = ("LEFT_PROFILE", "RIGHT_PROFILE")
_CHANNELS = {1: b"P5", 3: b"P6"}
_ROLLED = (Impression.ROLLED_LIVE_SCAN, Impression.ROLLED_NONLIVE)


@dataclass(frozen=True)
class SampleSet:
    """What was made of a list of biometric data.

    Attributes:
        samples: the prints, irises and photos to compare.
        missing: the fingers and eyes that could not be taken.
        items: each item as JSON, but for an image that a sample holds.
        notes: a sentence for each item that has no part in comparisons.
    """

    samples: tuple[Sample, ...]
    missing: tuple[MissingFinger, ...]
    items: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]


def read_sample_set(items: Sequence[BiometricData], fetch: Fetch) -> SampleSet:
    """Read biometric data.

    Raises:
        InvalidField: an image is not in base64, encrypted, or of something that its subtype contradicts.
        BadImage, SlapNotSegmented, AddressRefused: the first item at fault is named.
    """
    samples: list[Sample] = []
    stored_items: list[dict[str, Any]] = []
    notes: list[str] = []
    for number, item in enumerate(items, start=1):
        content = item.model_dump(exclude_none=True)
        try:
            samples_found, note = _samples_of(item, fetch, _missing(items), content, f"item {number}")
        except InvalidInput as error:
            raise type(error)(f"biometricData item {number}: {error.message}") from error
        if samples_found:
            content[SAMPLES] = list(range(len(samples), len(samples) + len(samples_found)))
        if note:
            notes.append(f"biometricData item {number}: {note}")
        samples += samples_found
        stored_items.append(content)
    return SampleSet(tuple(samples), _missing_fingers(items), tuple(stored_items), tuple(notes))


def rounds(samples: Iterable[Sample]) -> list[list[Sample]]:
    """Part samples so that no part has a finger or an eye twice, in their order as far as that goes."""
    parts: list[list[Sample]] = []
    for sample in samples:
        position = known_position(sample.position)
        free = (part for part in parts if position is None or all(position != other.position for other in part))
        part = next(free, None)
        if part is None:
            parts.append(part := [])
        part.append(sample)
    return parts


def one_of_each(samples: Iterable[Sample]) -> list[Sample]:
    """Return the samples with one of each known finger and eye, a rolled print where there is one."""
    chosen: dict[object, Sample] = {}
    for number, sample in enumerate(samples):
        key = known_position(sample.position) or number - 1000
        if key not in chosen or (sample.impression in _ROLLED and chosen[key].impression not in _ROLLED):
            chosen[key] = sample
    return list(chosen.values())


def _samples_of(
    item: BiometricData, fetch: Fetch, missing: dict[Position, str], content: dict[str, Any], name: str
) -> tuple[list[Sample], str]:
    """Return the samples of an item and a note; `content` loses an image that a sample holds."""
    _check_kind(item)
    if item.encryption is not None:
        raise InvalidField("It is encrypted; send it in the clear, over TLS.")
    if item.image is None and item.imageRef is None and item.template is None:
        return [], "" if item.missing else "there is neither an image nor a template; kept."
    position = finger_of(item.biometricSubType) if item.biometricType == "FINGER" else None
    is_face = item.biometricType == "FACE" and item.biometricSubType in _PORTRAITS
    is_slap = item.biometricType == "FINGER" and item.biometricSubType in SLAPS
    eye = EYES.get(item.biometricSubType or "UNKNOWN") if item.biometricType == "IRIS" else None
    if position is None and eye is None and not is_face and not is_slap:
        return [], f"{item.biometricSubType or item.biometricType} is not compared here; kept."
    if item.image is None and item.imageRef is None:
        return _of_template(item, position, content, name)
    data = _base64(item.image, "image") if item.image is not None else fetch(item.imageRef or "")
    if is_slap:
        content["image"] = base64.b64encode(data).decode("ascii")
        return _cut(item, _as_file(item, data)[0], missing, name), ""
    file, header = _as_file(item, data)
    content.pop("image", None)
    if header:
        content[HEADER] = header
    if is_face:
        decode(file)
        view = PhotoView.FRONTAL if item.biometricSubType == "PORTRAIT" else None
        return [Sample(FACE, file, name, view=view)], ""
    if eye is not None:
        decode(file)
        return [Sample(IRIS, file, name, eye)], ""
    ppi = None if item.resolution is None else float(item.resolution)
    return [Sample(FINGERPRINT, file, name, position, _impression(item), ppi)], ""


def _check_kind(item: BiometricData) -> None:
    """Refuse a subtype of another characteristic."""
    subtype = item.biometricSubType
    if subtype is None or subtype == "UNKNOWN":
        return
    is_face, is_eye = subtype == "PORTRAIT" or subtype in _PROFILES, subtype.startswith("EYE_")
    expected = {"FACE": is_face, "IRIS": is_eye, "FINGER": not is_face and not is_eye, "SIGNATURE": False}
    if not expected.get(item.biometricType, True):
        raise InvalidField(f"{subtype} is not of a {item.biometricType}; correct the type or the subtype.")


def _of_template(
    item: BiometricData, position: FingerPosition | None, content: dict[str, Any], name: str
) -> tuple[list[Sample], str]:
    if position is None or (item.templateFormat or "ISO_19794_2") not in READ_FORMATS:
        return [], f"a template of the format {item.templateFormat} is not compared here; kept."
    data = _base64(item.template or "", "template")
    content.pop("template")
    return [Sample(FINGERPRINT, data, name, position, _impression(item))], ""


def _cut(item: BiometricData, data: bytes, missing: dict[Position, str], name: str) -> list[Sample]:
    image = decode(data, None if item.resolution is None else float(item.resolution))
    fingers = _slap(item, image, missing).fingers
    return [
        Sample(FINGERPRINT, png_of(finger.image), name, finger.position, _impression(item), image.ppi)
        for finger in fingers
    ]


def _slap(item: BiometricData, image: Image, missing: dict[Position, str]) -> Slap:
    """Cut a slap; a damaged finger may show or not."""
    position, fingers = SLAPS[str(item.biometricSubType)]
    absent = {*(set(position.fingers) - fingers), *(finger for finger, why in missing.items() if why != "DAMAGED")}
    try:
        return cut_slap(image, position, absent)
    except SlapNotSegmented:
        damaged = {finger for finger in fingers if missing.get(finger) == "DAMAGED"}
        if not damaged:
            raise
        return cut_slap(image, position, absent | damaged)


def _missing(items: Sequence[BiometricData]) -> dict[Position, str]:
    """Return the fingers and eyes that any item says are missing, and why."""
    presences: dict[Position, str] = {}
    for item in items:
        for entry in item.missing or ():
            position = finger_of(entry.biometricSubType) or EYES.get(entry.biometricSubType or "")
            if position is not None and position.is_known:
                presences[position] = entry.presence or ""
    return presences


def _missing_fingers(items: Sequence[BiometricData]) -> tuple[MissingFinger, ...]:
    presences = _missing(items)
    return tuple(MissingFinger(position, REASONS.get(why, MissingReason.UNABLE)) for position, why in presences.items())


def _as_file(item: BiometricData, data: bytes) -> tuple[bytes, str]:
    """Return an image as a file, and in base64 the header that raw pixels needed to be one."""
    if item.compression != "NONE" or item.width is None or item.height is None:
        return data, ""
    pixels = item.width * item.height
    channels = len(data) // pixels if pixels > 0 else 0
    if channels not in _CHANNELS or len(data) != channels * pixels or (item.bitdepth or 8) not in (8, 8 * channels):
        try:
            decode(data)
        except InvalidInput:
            raise UndecodableImage(
                f"{len(data):,} bytes are not {item.width} x {item.height} pixels of 8 bits, grey or RGB; "
                "correct width and height, or the compression."
            ) from None
        return data, ""  # a file all the same
    header = _CHANNELS[channels] + b" %d %d 255\n" % (item.width, item.height)
    return header + data, base64.b64encode(header).decode("ascii")


def _impression(item: BiometricData) -> Impression:
    if item.impressionType is None:
        return Impression.UNKNOWN
    return IMPRESSIONS.get(item.impressionType, Impression.OTHER)


def _base64(text: str, noun: str) -> bytes:
    if len(text) > 2 * MAX_FILE_BYTES:
        raise InvalidField(f"The {noun} is too large; at most {MAX_FILE_BYTES:,} bytes are accepted.")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidField(f"The {noun} is not in base64.") from error
