"""Errors about images, prints, photos and the records and templates made of them."""

from __future__ import annotations

from biometrics.kernel.errors.base import Conflict, InvalidInput, NotFound


class BadImage(InvalidInput):
    """The bytes are not a usable image file."""

    code = "bad_image"


class EmptyImage(BadImage):
    """No bytes at all."""

    code = "empty_image"


class UnsupportedImage(BadImage):
    """Not one of the formats read here."""

    code = "unsupported_image"


class UndecodableImage(BadImage):
    """A known format, but truncated or corrupt."""

    code = "undecodable_image"


class ImageTooLarge(BadImage):
    """More bytes or pixels than allowed."""

    code = "image_too_large"


class UnusableSample(InvalidInput):
    """A proper image that holds nothing to recognise a person by."""

    code = "unusable_sample"


class NoFace(UnusableSample):
    """No face found."""

    code = "no_face"


class SeveralFaces(UnusableSample):
    """More than one face where one is wanted."""

    code = "several_faces"


class FaceTooSmall(UnusableSample):
    """A face with too few pixels to be compared."""

    code = "face_too_small"


class SeveralPrints(UnusableSample):
    """More than one print where one is wanted: too large for a finger, too dense, or several side by side."""

    code = "several_prints"


class TooFewMinutiae(UnusableSample):
    """Not enough ridge detail to be compared."""

    code = "too_few_minutiae"


class PoorQuality(UnusableSample):
    """A sample below the quality floor, to be enrolled without a reason."""

    code = "poor_quality"


class SlapNotSegmented(UnusableSample):
    """A slap whose fingers cannot be separated, or are not as many as expected."""

    code = "slap_not_segmented"


class UnsupportedRecord(InvalidInput):
    """A record of something else than finger minutiae, or of a version that is not read here."""

    code = "unsupported_record"


class InvalidRecord(InvalidInput):
    """A finger minutiae record that is cut short, damaged, or contradicts itself."""

    code = "invalid_record"


class InvalidResolution(InvalidInput):
    """A ppi outside what fingerprint scanners have."""

    code = "invalid_resolution"


class NoSamples(InvalidInput):
    """Neither a print nor a photo was given."""

    code = "no_samples"


class RepeatedFinger(InvalidInput):
    """One finger position was given twice."""

    code = "repeated_finger"


class UnknownSample(NotFound):
    """No such sample."""

    code = "unknown_sample"


class NothingToCompare(Conflict):
    """The record holds no sample of the kind that was given."""

    code = "nothing_to_compare"
