"""The words of the domain, as frozen values (ISO/IEC 2382-37; codes of ANSI/NIST-ITL 1-2011)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Final

from biometrics.kernel.errors import InvalidField, ModelMismatch
from biometrics.kernel.recognition.body_marks import PhotographedMark
from biometrics.kernel.recognition.capture import (
    CropBox,
    Impression,
    PhotoView,
    Position,
)
from biometrics.kernel.recognition.modality import Modality


class QualityFault(StrEnum):
    """What is wrong with a sample, in words that an officer can act on."""

    NO_PRINT = "no_print"
    TOO_SMALL = "too_small"
    TOO_DRY = "too_dry"
    TOO_WET = "too_wet"
    LOW_CONTRAST = "low_contrast"
    MOVED = "moved"
    BLURRED = "blurred"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    FAR_AWAY = "far_away"
    TURNED_ASIDE = "turned_aside"
    PROFILE = "profile"
    LOOKS_UP_OR_DOWN = "looks_up_or_down"
    EYES_COVERED = "eyes_covered"
    BUSY_BACKGROUND = "busy_background"
    UNSURE_FACE = "unsure_face"
    PICTURE_OF_A_PICTURE = "picture_of_a_picture"
    SMALL_MARK = "small_mark"
    BLURRED_MARK = "blurred_mark"
    FAINT_MARK = "faint_mark"
    COVERED_IRIS = "covered_iris"
    FAINT_IRIS = "faint_iris"
    FAINT_PUPIL = "faint_pupil"
    ODD_PUPIL = "odd_pupil"
    BLURRED_IRIS = "blurred_iris"
    CUT_OFF_IRIS = "cut_off_iris"
    LOOKS_ASIDE = "looks_aside"
    SMALL_IRIS = "small_iris"
    SMALL_PALM = "small_palm"
    UNCLEAR_PALM = "unclear_palm"
    SEVERAL_PRINTS = "several_prints"

    @property
    def advice(self) -> str:
        """What is wrong and what to do."""
        return _ADVICE[self]


_ADVICE = {
    QualityFault.NO_PRINT: "there is no print; place the finger in the middle of the glass",
    QualityFault.TOO_SMALL: "too little of the finger shows; lay it down flat, not only its tip",
    QualityFault.TOO_DRY: "the finger is too dry; moisten it, or press harder",
    QualityFault.TOO_WET: "the finger is too wet or has too much ink; dry it, or press less",
    QualityFault.LOW_CONTRAST: "the print is faint; clean the glass and press harder",
    QualityFault.MOVED: "the print is smudged; hold the finger still",
    QualityFault.BLURRED: "the face is blurred; hold the camera still and focus on the eyes",
    QualityFault.TOO_DARK: "parts of the face are too dark to see; light it from the front",
    QualityFault.TOO_BRIGHT: "parts of the face are burnt out; use less light, or none that shines on the skin",
    QualityFault.FAR_AWAY: "the face is small in the photo; come closer, or use a larger photo",
    QualityFault.TURNED_ASIDE: "the head is turned aside; let the person look into the camera",
    QualityFault.PROFILE: "the face is seen from the side, which finds people less surely; take one from the front too",
    QualityFault.LOOKS_UP_OR_DOWN: "the head looks up or down; hold the camera at the height of the eyes",
    QualityFault.EYES_COVERED: "the eyes seem to be behind dark glasses, or in the dark; take glasses off",
    QualityFault.BUSY_BACKGROUND: "the background is not plain; put the person before an even wall",
    QualityFault.PICTURE_OF_A_PICTURE: "this may be a photo of a screen or of a print; photograph the person",
    QualityFault.UNSURE_FACE: "it is not certain that this is a face; look at the photo before trusting what it finds",
    QualityFault.SMALL_MARK: "the mark is small in the photo; come closer, or use a larger photo",
    QualityFault.BLURRED_MARK: "the mark is blurred; hold the camera still and focus on it",
    QualityFault.FAINT_MARK: "the mark is faint in the photo; use more light, from one side",
    QualityFault.COVERED_IRIS: "lids, lashes or glints cover much of the iris; open the eye wide, or lift the lid",
    QualityFault.FAINT_IRIS: "the iris hardly differs from the white of the eye; use light of 700 to 900 nm",
    QualityFault.FAINT_PUPIL: "the pupil hardly differs from the iris; use near-infrared light, and avoid other light",
    QualityFault.ODD_PUPIL: "the pupil is very wide or very small; change the light in the room",
    QualityFault.BLURRED_IRIS: "the iris is blurred; keep still at the distance of the camera's focus",
    QualityFault.CUT_OFF_IRIS: "the iris is cut off by the edge of the photo; centre the eye",
    QualityFault.LOOKS_ASIDE: "the eye looks aside; look straight into the camera",
    QualityFault.SMALL_IRIS: "the iris is small in the photo; come closer",
    QualityFault.SMALL_PALM: "too little of the palm shows; lay the whole hand down flat",
    QualityFault.UNCLEAR_PALM: "the ridges of the palm are not clear; clean glass and hand, and press the hollow down",
    QualityFault.SEVERAL_PRINTS: "the image may show more than one print; send each finger alone",
}


@dataclass(frozen=True)
class Sample:
    """One captured file as it came in, before anything was read from it: an image, or another system's template.

    `position` is None for a modality without positions, `impression` of all but prints. `ppi` is the resolution that
    the caller states; it wins over that of the file. `view` is for photos of a face, `mark` for photos of marks on the
    body; `box` is the part of the photo that is the sample. Each is None if not stated.

    Raises:
        InvalidField: the modality has no views, boxes or marks, and one is stated.
    """

    modality: Modality
    content: bytes
    filename: str = ""
    position: Position | None = None
    impression: Impression | None = None
    ppi: float | None = None
    view: PhotoView | None = None
    box: CropBox | None = None
    mark: PhotographedMark | None = None

    def __post_init__(self) -> None:
        """Check."""
        traits = self.modality.traits
        for value, noun, has_it in (
            (self.view, "view", traits.has_views),
            (self.box, "box", traits.has_boxes),
            (self.mark, "mark", traits.shows_marks),
        ):
            if value is not None and not has_it:
                raise InvalidField(f"{self.label}: a {noun} is stated, and a {traits.noun} has none; leave it out.")

    @cached_property
    def image_sha256(self) -> str:
        """SHA-256 (hex) of the file."""
        return sha256(self.content).hexdigest()

    @property
    def label(self) -> str:
        """What to call this sample in a message to an officer."""
        name = self.modality.traits.name_of(self.position)
        return f"{name} ({self.filename})" if self.filename else name


@dataclass(frozen=True)
class Source:
    """The source file of a sample: its media type, and the size and resolution of its image, in pixels.

    For a template of another system, the image is the one that it was made from.
    """

    media_type: str
    width: int
    height: int
    ppi: float | None


@dataclass(frozen=True)
class Assessment:
    """How good a sample is: 0 (useless) to 100 (best), None if not measured, and its faults.

    One that is not `acceptable` is enrolled only with a reason. `parts` are the measures that ISO/IEC 29794
    names, each 0 to 100, as (name, value).
    """

    score: int | None
    faults: tuple[QualityFault, ...] = ()
    acceptable: bool = True
    parts: tuple[tuple[str, int], ...] = ()


UNASSESSED = Assessment(None)


@dataclass(frozen=True)
class Template:
    """What a recogniser extracted from one image: its own bytes, valid only under the model that made them.

    `model` is the SHA-256 (hex) of the weights and, through it, the identity of the feature space: templates of
    two models are never compared. `quality` is that of `Assessment`.
    """

    modality: Modality
    model: str
    data: bytes
    quality: int | None

    @property
    def is_too_poor(self) -> bool:
        """Whether its sample is too poor to exclude anybody: those of one person then score as low as strangers'."""
        return self.quality is not None and self.quality < self.modality.traits.excluding_quality

    def data_for(self, model: str) -> bytes:
        """Return its bytes, to be read by a model.

        Raises:
            ModelMismatch: another model made them.
        """
        if self.model != model:
            noun = self.modality.traits.noun
            raise ModelMismatch(f"The template of a {noun} was made by another model; extract it again from its image.")
        return self.data


UPSIDE_DOWN: Final = ", upside down"  # ends the name of a latent that was turned for a search


@dataclass(frozen=True)
class Probe:
    """A template to search or verify with; `position` is as in `Sample`."""

    template: Template
    position: Position | None = None
    label: str = ""

    @property
    def is_upside_down(self) -> bool:
        """Whether the template is of the print turned by half a circle, which its sample's name then ends in."""
        return self.label.endswith(f"{UPSIDE_DOWN})")
