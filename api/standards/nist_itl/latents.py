"""A latent as probes: its orientation is unknown, and an examiner may have marked it as well."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np

from api.standards.nist_itl.samples import Latent
from biometrics.domain.errors import UnusableSample
from biometrics.domain.types import UPSIDE_DOWN, Impression, Modality, Sample, Source, Template
from biometrics.imaging.image import Image
from biometrics.matching.engine import Engine
from biometrics.records.values import EnrolledSample
from fingerprint.latents.marked import MarkedPrint
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.template import FingerprintTemplate

_NAME = 200  # code points of a file's name that are shown, with the orientation
_MARKED_TYPE = "application/x-ansi-nist-itl-type9"


def latent_probes(engine: Engine, latent: Latent) -> list[EnrolledSample]:
    """Return the ways to see a latent: by its image, by its marks, each upright and turned by half a circle.

    A comparison allows for a quarter of a turn to either side, so that the two cover the whole circle.

    Raises:
        UnusableSample: neither the image nor the marks hold enough.
    """
    recogniser = fingerprints(engine)
    templates: list[tuple[str, Template]] = []  # with what ends the name of each
    refusals: list[UnusableSample] = []
    region = latent.marked.region if latent.marked else None
    for turned in (False, True):
        way = UPSIDE_DOWN if turned else ""
        try:
            if latent.image:
                image = _turned_image(latent.image) if turned else latent.image
                templates.append((way, recogniser.extract_latent(image, _turned_region(region, latent.image, turned))))
        except UnusableSample as error:
            refusals.append(error)
        try:
            if latent.marked:
                marks = latent.marked.template()
                templates.append((f", marked{way}", recogniser.of_marked(_turned(marks) if turned else marks)))
        except UnusableSample as error:
            refusals.append(error)
    if not templates:
        first = refusals[0]
        raise type(first)(f"The latent of {latent.label}: {first.message}")
    source = _source(latent)
    return [EnrolledSample(_sample(latent, way), source, template) for way, template in templates]


def marked_probe(engine: Engine, place: int, marked: MarkedPrint, content: bytes) -> EnrolledSample:
    """Return the minutiae of a known finger as a probe.

    Raises:
        TooFewMinutiae: fewer than four.
    """
    template = fingerprints(engine).of_marked(marked.template())
    sample = Sample(Modality.FINGERPRINT, content, f"record {place}", marked.position, Impression.UNKNOWN, marked.ppi)
    return EnrolledSample(sample, Source(_MARKED_TYPE, marked.width, marked.height, marked.ppi), template)


def fingerprints(engine: Engine) -> FingerprintRecogniser:
    """Return the recogniser of fingerprints."""
    recogniser = engine.channels[Modality.FINGERPRINT].recogniser
    assert isinstance(recogniser, FingerprintRecogniser)
    return recogniser


def _sample(latent: Latent, way: str) -> Sample:
    name, impression = f"{latent.label[:_NAME]}{way}", Impression.LATENT_IMPRESSION
    return Sample(Modality.FINGERPRINT, latent.content, name, latent.position, impression, None)


def _source(latent: Latent) -> Source:
    if latent.image:
        return latent.image.source
    assert latent.marked is not None
    return Source(_MARKED_TYPE, latent.marked.width, latent.marked.height, latent.marked.ppi)


def _turned_image(image: Image) -> Image:
    pixels = np.ascontiguousarray(image.pixels[::-1, ::-1])
    pixels.setflags(write=False)
    return replace(image, pixels=pixels)


def _turned_region(
    region: tuple[tuple[float, float], ...] | None, image: Image, turned: bool
) -> list[tuple[float, float]] | None:
    if region is None:
        return None
    return [(image.width - x, image.height - y) if turned else (x, y) for x, y in region]


def _turned(marks: FingerprintTemplate) -> FingerprintTemplate:
    return FingerprintTemplate(
        width=marks.width,
        height=marks.height,
        x=marks.width - marks.x,
        y=marks.height - marks.y,
        direction=np.remainder(marks.direction + pi, 2 * pi),
        quality=marks.quality,
        type=marks.type,
    )
