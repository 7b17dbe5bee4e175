"""The prints, photos and latents of a transaction, as samples to enrol and to search with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.itl.body_marks import IMAGE_TYPE, read_mark
from api.itl.irises import IRIS_IMAGE, missing_eye, read_irises
from api.itl.palms import read_palms
from api.itl.photos import photo_content
from api.latent_probes import Latent
from biometrics.imaging.image import Image, decode, png_of
from biometrics.itl import DATA, IDC, ItlRecord
from biometrics.kernel.errors import BadImage, FieldFault, InvalidInput, MalformedTransaction, SlapNotSegmented
from biometrics.kernel.people.encounter import MissingFinger, MissingReason
from biometrics.kernel.recognition.capture import FingerPosition, Impression, PhotoView, Position, known_position
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Sample
from fingerprint.cards.positions import SlapPosition
from fingerprint.itl import LATENT, TENPRINT, TENPRINT_BINARY, RidgeImage, missing_fingers, ridge_images
from fingerprint.latents.marked import MarkedPrint
from fingerprint.latents.positions import position_of_codes
from fingerprint.latents.type9 import MINUTIAE, marked_prints
from fingerprint.modality import FINGERPRINT

PHOTO = 10
_POSE = 20
# Subject pose (10.020); D, determined by angles, is none of these.
VIEWS: Final = {
    "F": PhotoView.FRONTAL,
    "L": PhotoView.LEFT_PROFILE,
    "R": PhotoView.RIGHT_PROFILE,
    "A": PhotoView.ANGLED,
}
_REASONS = {"XX": MissingReason.AMPUTATED, "MA": MissingReason.AMPUTATED}  # UP and UC are of bandages and all else
_ROLLED = (Impression.ROLLED_LIVE_SCAN, Impression.ROLLED_NONLIVE)
_NOT_COMPARED = {
    3: "low-resolution fingerprints",
    5: "low-resolution binary fingerprints",
    6: "binary fingerprints",
    18: "DNA",
    19: "plantar prints",
}


@dataclass(frozen=True)
class TransactionSamples:
    """The samples of a person's transaction.

    Attributes:
        samples: one print of each finger, rolled rather than plain; those of unknown fingers; photos; irises; palms.
        cut: the fingers whose print was cut from a slap; every other sample is the file of a record of its own.
        missing: the fingers and eyes that could not be taken.
        notes: a sentence for each record that is left out.
    """

    samples: tuple[Sample, ...]
    cut: frozenset[FingerPosition]
    missing: tuple[MissingFinger, ...]
    notes: tuple[str, ...]


def read_card(
    records: Sequence[ItlRecord], faults: list[FieldFault], missing_by_text: Sequence[MissingFinger] = ()
) -> TransactionSamples:
    """Collect the fingerprints and photos of a file; violations of the standard are added to `faults`.

    `missing_by_text` are the fingers that its texts report as not taken.
    """
    notes: list[str] = []
    images = list(_ridge_images(records, (TENPRINT_BINARY, TENPRINT), faults))
    missing = _missing(records, faults, missing_by_text)
    prints: dict[tuple[FingerPosition, bool], Sample] = {}
    cut: dict[FingerPosition, Sample] = {}
    unknown: list[Sample] = []
    slaps: list[tuple[RidgeImage, Image]] = []
    for image in images:
        decoded = _decoded(image, faults)
        if decoded is None:
            continue
        notes += image.warnings
        if image.position in set(SlapPosition):
            slaps.append((image, decoded))
        elif image.position in set(FingerPosition):
            sample = _print(image)
            if image.position:
                prints.setdefault((FingerPosition(image.position), image.impression in _ROLLED), sample)
            else:
                unknown.append(sample)
        else:
            notes.append(f"Record {image.record.place}: position {image.position} is not a finger's; left out.")
    for image, decoded in slaps:
        from fingerprint.cards.slap import cut_slap  # imported here: it takes a second, and few commands need it

        position = SlapPosition(image.position)
        expected = position.expected(missing)
        if all(finger in cut or any((finger, rolled) in prints for rolled in (True, False)) for finger in expected):
            continue
        try:
            for finger in cut_slap(decoded, position, missing).fingers:
                cut.setdefault(finger.position, _cut(image, finger.position, finger.image))
        except SlapNotSegmented as error:
            notes.append(f"Record {image.record.place}: {error.message}")
    # A rolled print of a finger comes last, and replaces a plain one.
    single_prints = {finger: prints[finger, rolled] for finger, rolled in sorted(prints)}
    chosen = cut | single_prints
    one_each = [chosen[finger] for finger in sorted(chosen)]
    photos = [photo for record in records if (photo := _photo(record, faults, notes))]
    photos += _one_of_each(read_irises(records, faults, notes), notes)
    photos += _one_of_each(read_palms(records, faults, notes), notes)
    notes += [
        f"Record {record.place}: {_NOT_COMPARED[record.type]} are not compared here; left out."
        for record in records
        if record.type in _NOT_COMPARED
    ]
    samples = (*one_each, *unknown, *photos)
    without = _without_sample(missing, {sample.position for sample in samples})
    return TransactionSamples(samples, frozenset(cut.keys() - single_prints.keys()), without, tuple(notes))


def read_latents(records: Sequence[ItlRecord], faults: list[FieldFault]) -> list[Latent]:
    """Collect the latents of a file, an image and minutiae of one IDC together; faults are added to `faults`."""
    latents: list[tuple[int, Latent]] = []
    images = {_idc(image.record): image for image in _ridge_images(records, (LATENT,), faults)}
    tenprints = [record for record in records if record.type in (TENPRINT, TENPRINT_BINARY)]
    for record, marked in _marked(records, faults):
        image = images.pop(_idc(record), None)
        if image is None and any(_idc(other) == _idc(record) for other in tenprints):
            continue  # the minutiae of a known print
        decoded = _decoded(image, faults) if image else None
        content = image.content if image else b"".join(field.value for field in record.fields)
        position = position_of_codes(image.positions) if image else marked.position
        warnings = image.warnings if image else ()
        latents.append((record.place, Latent(_label(record), decoded, content, marked, position, warnings)))
    for image in images.values():
        decoded = _decoded(image, faults)
        if decoded is not None:
            position = position_of_codes(image.positions)
            latent = Latent(_label(image.record), decoded, image.content, None, position, image.warnings)
            latents.append((image.record.place, latent))
    return [latent for _, latent in sorted(latents, key=lambda each: each[0])]


def single_samples(records: Sequence[ItlRecord], faults: list[FieldFault]) -> Iterator[tuple[ItlRecord, Sample]]:
    """Yield all but slaps of a file, each sample with its record; faults are added to `faults`."""
    for image in _ridge_images(records, (TENPRINT_BINARY, LATENT, TENPRINT), faults):
        if image.position in set(FingerPosition):
            yield image.record, _print(image)
    for record in records:
        if photo := _photo(record, faults, []):
            yield record, photo
    yield from read_irises(records, faults, [])
    yield from read_palms(records, faults, [])


def read_marked(records: Sequence[ItlRecord], faults: list[FieldFault]) -> list[tuple[ItlRecord, MarkedPrint]]:
    """Collect the minutiae of a file's Type-9 records; faults are added to `faults`."""
    return list(_marked(records, faults))


def _missing(
    records: Sequence[ItlRecord], faults: list[FieldFault], missing_by_text: Sequence[MissingFinger]
) -> dict[Position, MissingReason]:
    """Return the fingers and eyes that a file reports as not taken, in its texts or its image records."""
    missing = {finger.position: finger.reason for finger in missing_by_text}
    readers: dict[int, Callable[[ItlRecord], Mapping[Any, str]]] = {TENPRINT: missing_fingers, IRIS_IMAGE: missing_eye}
    for record in records:
        if record.type in readers:
            try:
                codes = readers[record.type](record)
            except MalformedTransaction as error:
                _add(faults, error)
            else:
                missing |= {position: _REASONS.get(code, MissingReason.UNABLE) for position, code in codes.items()}
    return missing


def _without_sample(
    missing: Mapping[Position, MissingReason], present: Collection[Position | None]
) -> tuple[MissingFinger, ...]:
    """Return the missing fingers and eyes as they are stored.

    The stump of a finger may be printed and still be marked as amputated, and a finger that could not be captured in a
    slap may have been rolled.
    """
    return tuple(
        MissingFinger(position, MissingReason.DAMAGED if position in present else reason)
        for position, reason in sorted(missing.items())
        if position not in present or reason is not MissingReason.UNABLE
    )


def _ridge_images(records: Sequence[ItlRecord], types: Sequence[int], faults: list[FieldFault]) -> Iterator[RidgeImage]:
    for record in records:
        if record.type in types:
            try:
                images = ridge_images([records[0], record])
            except MalformedTransaction as error:
                _add(faults, error)
            else:
                yield from images


def _marked(records: Sequence[ItlRecord], faults: list[FieldFault]) -> Iterator[tuple[ItlRecord, MarkedPrint]]:
    """Yield the Type-9 records with their minutiae; forms that need the size of the image get it."""
    pictures = [record for record in records if record.type in (LATENT, TENPRINT, TENPRINT_BINARY)]
    for record in records:
        if record.type != MINUTIAE:
            continue
        try:
            image = [picture for picture in pictures if _idc(picture) == _idc(record)][:1]
            yield record, marked_prints([records[0], record, *image])[0]
        except MalformedTransaction as error:
            _add(faults, error, record)


def _idc(record: ItlRecord) -> str:
    """Return the IDC without zeros before it."""
    return (record.get(IDC) or b"").decode("latin-1").lstrip("0")


def _add(faults: list[FieldFault], error: MalformedTransaction, record: ItlRecord | None = None) -> None:
    new_faults = error.faults or (FieldFault(record.place if record else 0, "", "", "", error.message),)
    faults += [fault for fault in new_faults if fault not in faults]


def _decoded(image: RidgeImage, faults: list[FieldFault]) -> Image | None:
    try:
        decoded = decode(image.content, image.ppi)
    except InvalidInput as error:
        number = 9 if image.record.type == TENPRINT_BINARY else DATA
        size = f"{len(image.content):,} bytes"
        faults.append(image.record.fault(number, f"holds no image: {error.message.rstrip('.')}", "an image", size))
        return None
    return decoded


def _label(record: ItlRecord) -> str:
    return f"record {record.place}"


def _print(image: RidgeImage) -> Sample:
    return Sample(
        FINGERPRINT,
        image.content,
        _label(image.record),
        FingerPosition(image.position),
        image.impression if image.impression is not None else Impression.UNKNOWN,
        image.ppi,
    )


def _cut(image: RidgeImage, finger: FingerPosition, cut: Image) -> Sample:
    impression = image.impression if image.impression is not None else Impression.PLAIN_LIVE_SCAN
    return Sample(FINGERPRINT, png_of(cut), f"record {image.record.place}", finger, impression, image.ppi)


def _one_of_each(samples: Iterable[tuple[ItlRecord, Sample]], notes: list[str]) -> list[Sample]:
    """Return the first sample of each known eye or part of a palm; others are noted."""
    chosen: dict[Position | int, Sample] = {}
    for record, sample in samples:
        position = known_position(sample.position) or -record.place
        if chosen.setdefault(position, sample) is not sample:
            notes.append(f"Record {record.place}: another image of the {sample.label}; left out.")
    return list(chosen.values())


def _photo(record: ItlRecord, faults: list[FieldFault], notes: list[str]) -> Sample | None:
    if record.type != PHOTO:
        return None
    try:
        kind = record.text(IMAGE_TYPE)
        modalities = (
            modality for modality in Modality.registered() if kind.upper() in modality.traits.interchange.itl_images
        )
        if (modality := next(modalities, None)) is None:
            notes.append(f"Record {record.place}: an image of {kind[:20]} is not compared here; left out.")
            return None
        content = photo_content(record)
        view = VIEWS.get(record.text(_POSE).strip().upper()) if modality.traits.has_views else None
        mark = read_mark(record) if modality.traits.shows_marks else None
        decode(content)
    except MalformedTransaction as error:
        _add(faults, error)
        return None
    except BadImage as error:
        size = f"{len(record.get(DATA) or b''):,} bytes"
        faults.append(record.fault(DATA, f"holds no photo: {error.message.rstrip('.')}", "an image", size))
        return None
    return Sample(modality, content, f"record {record.place}", view=view, mark=mark)
