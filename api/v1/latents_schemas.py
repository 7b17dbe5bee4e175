"""Latents as JSON: images and what is marked on them. Places are pixels of the image, y down from its upper left."""

from __future__ import annotations

import base64
from math import degrees
from typing import Literal, cast

from pydantic import Field

from api.http.schemas import Schema
from biometrics.imaging.image import grey_png
from biometrics.kernel.recognition.reading import PlacedBy
from fingerprint.latents.layers import LatentLayers
from fingerprint.latents.marked import MarkedMinutia, MarkedPrint
from fingerprint.parameters import PPI
from fingerprint.template import FingerprintTemplate

Kind = Literal["ending", "bifurcation", "other"]


class MinutiaOut(Schema):
    """A point where a ridge ends or parts."""

    x: float
    y: float
    direction: float = Field(
        description="Degrees, counter-clockwise from the x axis: from an ending along its ridge, from a bifurcation "
        "into the valley between its branches"
    )
    type: Kind
    quality: int = Field(description="0 to 100: confidence of the examiner or algorithm that marked it")
    placed_by: PlacedBy | None = Field(
        description="`software`: a suggestion, also one that the examiner accepted. Null where the file does not say"
    )

    @classmethod
    def of(cls, mark: MarkedMinutia) -> MinutiaOut:
        """Show a minutia."""
        return cls(
            x=round(mark.x, 2),
            y=round(mark.y, 2),
            direction=round(degrees(mark.direction) % 360, 2),
            type=cast(Kind, mark.type.name.lower()),
            quality=round(100 * mark.quality),
            placed_by=mark.placed_by,
        )


class MinutiaeOut(Schema):
    """What a program sees in a print."""

    width: int
    height: int
    ppi: float = Field(description="Resolution that was taken for the image's")
    network: str = Field(description="SHA-256 that names the weights of what found them")
    minutiae: list[MinutiaOut]

    @classmethod
    def of(cls, template: FingerprintTemplate, network: str, width: int, height: int, ppi: float | None) -> MinutiaeOut:
        """Show a template, which has 500 ppi, in pixels of its image; the surest minutiae come first."""
        scale = (ppi or PPI) / PPI
        marks = [
            MarkedMinutia(
                minutia.x * scale,
                minutia.y * scale,
                minutia.direction,
                minutia.type,
                minutia.quality,
                PlacedBy.SOFTWARE,
            )
            for minutia in sorted(template.minutiae(), key=lambda minutia: -minutia.quality)
        ]
        minutiae = [MinutiaOut.of(mark) for mark in marks]
        return cls(width=width, height=height, ppi=ppi or PPI, network=network, minutiae=minutiae)


class LayersOut(Schema):
    """What can be laid over a latent's image; all of it is the software's reading, none of it evidence."""

    width: int
    height: int
    ppi: float = Field(description="Resolution that was taken for the image's")
    network: str = Field(description="SHA-256 of the weights of the network that `clarity` and `region` are from")
    side: float = Field(description="Pixels of the image along the side of a square of `clarity`")
    clarity: list[list[int]] = Field(
        description="Rows of squares from the upper left corner on, levels of ANSI/NIST-ITL's ridge quality map: "
        "0 background, 1 ridge flow debatable, 2 minutiae debatable, 3 minutiae definitive, 4 ridge edges definitive"
    )
    region: list[tuple[float, float]] | None = Field(
        description="Corners of the suggested region of interest; null where no print can be seen"
    )
    ridges: str = Field(
        description="A PNG, base64, of the whole image at 500 ppi: its ridges as the software draws them, white where "
        "`clarity` is 0"
    )

    @classmethod
    def of(cls, layers: LatentLayers, width: int, height: int, ppi: float | None) -> LayersOut:
        """Show the layers of an image."""
        return cls(
            width=width,
            height=height,
            ppi=ppi or PPI,
            network=layers.network,
            side=layers.side,
            clarity=layers.clarity.tolist(),
            region=None if layers.region is None else [(round(x, 2), round(y, 2)) for x, y in layers.region],
            ridges=base64.b64encode(grey_png(layers.ridges)).decode("ascii"),
        )


class LatentOut(Schema):
    """A latent as in its file."""

    width: int
    height: int
    ppi: float | None = Field(description="Null if neither the file nor the caller gives it")
    position: int = Field(
        description="ANSI/NIST-ITL position: 0 a finger, 1 to 10 which one; 20 a palm, 21 to 38 which part; 18: either"
    )
    rendering: str | None = Field(description="A PNG, base64, for a browser to show; null without an image")
    original: str | None = Field(
        description="The image's own file, base64, where it came within another: to search with"
    )
    region: list[tuple[float, float]] | None = Field(description="Corners of the region of interest")
    minutiae: list[MinutiaOut] = Field(description="What was marked")

    @classmethod
    def of(
        cls,
        size: tuple[int, int],
        ppi: float | None,
        position: int,
        rendering: bytes | None,
        original: bytes | None,
        marked: MarkedPrint | None,
    ) -> LatentOut:
        """Show a latent; `rendering` is a PNG, `original` the image as it came within another file."""
        return cls(
            width=size[0],
            height=size[1],
            ppi=ppi,
            position=position,
            rendering=_text(rendering),
            original=_text(original),
            region=list(marked.region) if marked and marked.region else None,
            minutiae=[MinutiaOut.of(mark) for mark in marked.minutiae] if marked else [],
        )


def _text(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode("ascii")
