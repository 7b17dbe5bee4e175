"""A latent as probes: its orientation is unknown, and an examiner may have marked it as well."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from api.itl.samples import Latent
from biometrics.kernel.errors import UnusableSample
from biometrics.kernel.reading import Reading
from biometrics.kernel.record import EnrolledSample
from biometrics.kernel.types import UPSIDE_DOWN, Impression, Sample, Source, Template
from biometrics.use_cases.engine import Engine
from fingerprint.latents.marked import MarkedPrint
from fingerprint.latents.region import Polygon
from fingerprint.modality import FINGERPRINT

if TYPE_CHECKING:  # commands that only read need no recogniser, which takes a second to import
    from fingerprint.recogniser import FingerprintRecogniser

_NAME = 200  # code points of a file's name that are shown, with the orientation
_MARKED_TYPE = "application/x-ansi-nist-itl-type9"


def latent_probes(engine: Engine, latent: Latent, *, with_suggested_region: bool = False) -> list[EnrolledSample]:
    """Return the ways to see a latent: by its image, by its marks, each upright and turned by half a circle.

    A comparison allows for a quarter of a turn to either side, so that the two cover the whole circle. With
    `with_suggested_region` an image without a region is seen a second time, by the region that is suggested for it.

    Raises:
        UnusableSample: neither the image nor the marks hold enough.
    """
    recogniser = fingerprints(engine)
    refusals: list[UnusableSample] = []
    both_ways: dict[str, dict[bool, Template]] = {}  # by what ends the name of each
    placed_by = latent.marked.placed_by if latent.marked else None
    readings = {", marked": Reading(latent=True, marked=True, placed_by=placed_by)}
    for name, region in _regions(recogniser, latent, with_suggested_region=with_suggested_region):
        try:
            if latent.image:
                both_ways[name] = recogniser.extract_latent_both_ways(latent.image, region)
                readings[name] = _reading(latent.image.ppi, region, recogniser.latent_network)
        except UnusableSample as error:
            refusals.append(error)
    try:
        if latent.marked:
            both_ways[", marked"] = recogniser.marked_both_ways(latent.marked.template())
    except UnusableSample as error:
        refusals.append(error)
    if not both_ways:
        first = refusals[0]
        raise type(first)(f"The latent of {latent.label}: {first.message}")
    return [
        _probe(latent, name, by_way[turned], replace(readings[name], turned=turned))
        for turned in (False, True)
        for name, by_way in both_ways.items()
    ]


def _reading(ppi: float | None, region: Polygon | None, network: str) -> Reading:
    corners = None if region is None else tuple((float(x), float(y)) for x, y in region)
    return Reading(ppi, Impression.LATENT_IMPRESSION, latent=True, region=corners, network=network)


def _probe(latent: Latent, name: str, template: Template, reading: Reading) -> EnrolledSample:
    sample = _sample(latent, f"{name}{UPSIDE_DOWN if reading.turned else ''}")
    return EnrolledSample(sample, _source(latent), template, read_as=reading)


def _regions(
    recogniser: FingerprintRecogniser, latent: Latent, *, with_suggested_region: bool
) -> list[tuple[str, Polygon | None]]:
    """Return the regions of the image to search by, with what ends the names of their probes; None: all of it."""
    drawn = latent.marked.region if latent.marked else None
    suggested = None
    if with_suggested_region and latent.image and drawn is None:
        suggested = recogniser.suggested_region(latent.image)
    return [("", drawn), *([(", suggested region", suggested)] if suggested else [])]


def marked_probe(engine: Engine, number: int, marked: MarkedPrint, content: bytes) -> EnrolledSample:
    """Return the minutiae of a known finger as a probe.

    Raises:
        TooFewMinutiae: fewer than four.
    """
    template = fingerprints(engine).of_marked(marked.template())
    sample = Sample(FINGERPRINT, content, f"record {number}", marked.position, Impression.UNKNOWN, marked.ppi)
    source = Source(_MARKED_TYPE, marked.width, marked.height, marked.ppi)
    return EnrolledSample(sample, source, template, read_as=Reading(marked=True, placed_by=marked.placed_by))


def fingerprints(engine: Engine) -> FingerprintRecogniser:
    """Return the recogniser of fingerprints."""
    return cast("FingerprintRecogniser", engine.channels[FINGERPRINT].recogniser)


def _sample(latent: Latent, way: str) -> Sample:
    name, impression = f"{latent.label[:_NAME]}{way}", Impression.LATENT_IMPRESSION
    return Sample(FINGERPRINT, latent.content, name, latent.position, impression, None)


def _source(latent: Latent) -> Source:
    if latent.image:
        return latent.image.source
    assert latent.marked is not None
    return Source(_MARKED_TYPE, latent.marked.width, latent.marked.height, latent.marked.ppi)
