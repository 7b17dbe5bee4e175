"""A latent as probes: of a finger or a palm, its orientation unknown, and an examiner may have marked it as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias, cast

from biometrics.imaging.image import Image
from biometrics.kernel.errors import ImageTooLarge, InvalidInput, UnusableSample
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.capture import Impression, finger_of
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.reading import Reading
from biometrics.kernel.recognition.types import UPSIDE_DOWN, Sample, Source, Template
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.identify import SearchRequest
from fingerprint.latents.marked import MarkedPrint
from fingerprint.latents.positions import RidgePosition
from fingerprint.latents.region import Polygon
from fingerprint.modality import FINGERPRINT

if TYPE_CHECKING:  # commands that only read need no recogniser, which takes a second to import
    from fingerprint.recogniser import FingerprintRecogniser
    from palm.recogniser import PalmRecogniser

    LatentReader: TypeAlias = FingerprintRecogniser | PalmRecogniser

_NAME = 200  # code points of a file's name that are shown, with the orientation
_MARKED_TYPE = "application/x-ansi-nist-itl-type9"


@dataclass(frozen=True)
class Latent:
    """One latent: its image, its marked minutiae, or both; `label` names it in messages, `content` is its file.

    `position` None: it may be of a finger or a palm. `warnings` are sentences about what its record lacks.
    """

    label: str
    image: Image | None
    content: bytes
    marked: MarkedPrint | None
    position: RidgePosition | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class LatentProbes:
    """The probes of a latent; `not_searched` says why it cannot be compared with fingers, or with palms.

    `left_out` are sentences on what else of it takes no part, and why.
    """

    probes: list[EnrolledSample]
    not_searched: Mapping[Modality, str] = field(default_factory=dict)
    left_out: Sequence[str] = ()

    def stated_in(self, request: SearchRequest) -> SearchRequest:
        """Return a search with the probes, any of which may count, that states what of the latent takes no part."""
        return replace(request, is_latent=True, not_searched=self.not_searched, left_out=self.left_out)


def kinds_of(position: RidgePosition | None) -> tuple[Modality, ...]:
    """Return what a latent of a position is compared with: fingers, palms, or both if it may be of either."""
    if position is not None:
        return (Modality.of(position),)
    return tuple(modality for modality in Modality.registered() if modality.traits.has_ridges)


def latent_probes(engine: Engine, latent: Latent, *, with_suggested_region: bool = False) -> LatentProbes:
    """Return the ways to see a latent: by its image, by its marks, each upright and turned by half a circle.

    A comparison allows for a quarter of a turn to either side, so that the two cover the whole circle. One of a finger
    or a palm is seen as either. With `with_suggested_region` an image without a region is seen a second time as a
    finger, by the region that is suggested for it.

    Raises:
        UnusableSample, ImageTooLarge: neither the image nor the marks can be compared.
    """
    probes: list[EnrolledSample] = []
    refused: dict[Modality, InvalidInput] = {}
    left_out = [] if latent.marked is None else _outside_region(latent.marked)
    for modality in kinds_of(latent.position):
        try:
            view_probes, refusals = _probes_of(engine, latent, modality, with_suggested_region=with_suggested_region)
            probes += view_probes
            left_out += [
                f"{modality.traits.samples_label}: {part} took no part. {why}" for part, why in refusals.items()
            ]
        except (UnusableSample, ImageTooLarge) as error:
            refused[modality] = error
    if not probes:
        first = next(iter(refused.values()))
        raise type(first)(f"The latent of {latent.label}: {first.message}")
    return LatentProbes(probes, {modality: error.message for modality, error in refused.items()}, left_out)


def _outside_region(marked: MarkedPrint) -> list[str]:
    total, left_out = len(marked.minutiae), marked.outside_region
    return [f"{left_out} of {total} marked minutiae took no part. They lie outside the region."] if left_out else []


def _probes_of(
    engine: Engine, latent: Latent, modality: Modality, *, with_suggested_region: bool
) -> tuple[list[EnrolledSample], dict[str, str]]:
    """Return the probes that are compared with one modality; and what of the latent gave none, with the reason of each.

    Raises:
        UnusableSample, ImageTooLarge: there is none.
    """
    reader = latent_reader(engine, modality)
    refusals: dict[str, InvalidInput] = {}
    both_ways: dict[str, dict[bool, Template]] = {}  # by what ends the name of each
    placed_by = latent.marked.placed_by if latent.marked else None
    readings = {", marked": Reading(latent=True, marked=True, placed_by=placed_by)}
    for name, region in _regions(engine, latent, suggested=with_suggested_region and modality.traits.has_fingers):
        try:
            if latent.image:
                both_ways[name] = reader.extract_latent_both_ways(latent.image, region)
                readings[name] = _reading(latent.image.ppi, region, reader.latent_network)
        except (UnusableSample, ImageTooLarge) as error:
            refusals["the suggested region" if name else "the image"] = error
    try:
        if latent.marked and (latent.marked.minutiae or not both_ways):  # a region alone is no marks
            both_ways[", marked"] = reader.marked_both_ways(latent.marked)
    except UnusableSample as error:
        refusals["what is marked"] = error
    if not both_ways:
        raise next(iter(refusals.values()))
    probes = [
        _probe(latent, modality, name, by_way[turned], replace(readings[name], turned=turned))
        for turned in (False, True)
        for name, by_way in both_ways.items()
    ]
    return probes, {part: error.message for part, error in refusals.items()}


def _reading(ppi: float | None, region: Polygon | None, network: str) -> Reading:
    corners = None if region is None else tuple((float(x), float(y)) for x, y in region)
    return Reading(ppi, Impression.LATENT_IMPRESSION, latent=True, region=corners, network=network)


def _probe(latent: Latent, modality: Modality, name: str, template: Template, reading: Reading) -> EnrolledSample:
    name = f"{latent.label[:_NAME]}{name}{UPSIDE_DOWN if reading.turned else ''}"
    position = modality.traits.unknown_position if latent.position is None else latent.position
    sample = Sample(modality, latent.content, name, position, Impression.LATENT_IMPRESSION, None)
    return EnrolledSample(sample, _source(latent), template, read_as=reading)


def _regions(engine: Engine, latent: Latent, *, suggested: bool) -> list[tuple[str, Polygon | None]]:
    """Return the regions of the image to search by, with what ends the names of their probes; None: all of it.

    Raises:
        ImageTooLarge: far larger than a finger, so that no region of one is suggested.
    """
    drawn = latent.marked.region if latent.marked else None
    region = None
    if suggested and latent.image and drawn is None:
        region = fingerprints(engine).suggested_region(latent.image)
    return [("", drawn), *([(", suggested region", region)] if region else [])]


def marked_probe(engine: Engine, number: int, marked: MarkedPrint, content: bytes) -> EnrolledSample:
    """Return the minutiae of a known finger as a probe.

    Raises:
        TooFewMinutiae: fewer than four.
    """
    template = fingerprints(engine).of_marked(marked.template())
    position = finger_of(marked.position)
    sample = Sample(FINGERPRINT, content, f"record {number}", position, Impression.UNKNOWN, marked.ppi)
    source = Source(_MARKED_TYPE, marked.width, marked.height, marked.ppi)
    return EnrolledSample(sample, source, template, read_as=Reading(marked=True, placed_by=marked.placed_by))


def fingerprints(engine: Engine) -> FingerprintRecogniser:
    """Return the recogniser of fingerprints."""
    return cast("FingerprintRecogniser", engine.channels[FINGERPRINT].recogniser)


def latent_reader(engine: Engine, modality: Modality) -> LatentReader:
    """Return the recogniser of fingerprints or palms, which reads latents of them."""
    return cast("LatentReader", engine.channels[modality].recogniser)


def _source(latent: Latent) -> Source:
    if latent.image:
        return latent.image.source
    assert latent.marked is not None
    return Source(_MARKED_TYPE, latent.marked.width, latent.marked.height, latent.marked.ppi)
