"""The details of one file, apart from its position."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Final, Self

from pydantic import Field, PlainSerializer, PlainValidator

from api.http.schemas import RequestBody
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.recognition.body_marks import PhotographedMark
from biometrics.kernel.recognition.capture import CropBox, Impression, PhotoView, Position, position_of
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Sample

POSITION: Final = (
    "Of a print the ANSI/NIST finger position code, 0 unknown; of an iris 101 right eye, 102 left eye, 100 unknown; "
    "of a palm its code, 20 to 38, 20 unknown; null for others"
)

# A part of a photo, in JSON.
Box = Annotated[
    list[int],
    Field(min_length=4, max_length=4, description="Left, top, right and bottom edge in pixels, the last two excluded"),
]


class SampleDetailsIn(RequestBody):
    """Details of one file. Missing or null values fall back to the form's."""

    impression: Impression | None = Field(default=None, description="Of a print: ANSI/NIST impression type code")
    ppi: float | None = Field(default=None, description="Of an image of a print or palm: its resolution")
    view: PhotoView | None = Field(default=None, description="Of a photo: from where it shows the face")
    box: Box | None = Field(default=None, description="Of a photo: the part of it that shows the face or the mark")
    mark: PhotographedMark | None = Field(default=None, description="Of a photo of a mark: which mark it shows")

    def otherwise(self, defaults: SampleDetailsIn) -> Self:
        """Return these details, completed by others where these are empty."""
        filled = {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}
        return self.model_copy(update=defaults.model_dump() | filled)

    def fitting(self, modality: Modality) -> Self:
        """Return these details but for impression and resolution where the modality has none."""
        has = {"impression": modality.traits.has_fingers, "ppi": modality.traits.has_ridges}
        return self.model_copy(update={name: None for name, has_it in has.items() if not has_it})

    def sample(self, modality: Modality, position: Position | None, filename: str, content: bytes) -> Sample:
        """Return a file as the domain's value.

        Raises:
            InvalidField: the details do not fit this kind of file.
        """
        traits = modality.traits
        for value, detail, has_it in (
            (self.impression, "impression", traits.has_fingers),
            (self.ppi, "ppi", traits.has_ridges),
        ):
            if value is not None and not has_it:
                raise InvalidField(f"{traits.noun} ({filename}): a {traits.noun} has no {detail}; leave it out.")
        box = None if self.box is None else CropBox(*self.box)
        return Sample(modality, content, filename, position, self.impression, self.ppi, self.view, box, self.mark)


def _content(sample: Sample) -> dict[str, Any]:
    return {field.name: getattr(sample, field.name) for field in fields(Sample)}


def _sample(content: dict[str, Any]) -> Sample:
    names = SampleDetailsIn.model_fields.keys() & content.keys()  # a request may wait while the service is upgraded
    details = SampleDetailsIn.model_validate({name: content[name] for name in names})
    position = position_of(content["position"])
    return details.sample(Modality.named(content["modality"]), position, content["filename"], content["content"])


# A sample within the input of an operation.
StoredSample = Annotated[Sample, PlainValidator(_sample), PlainSerializer(_content)]
