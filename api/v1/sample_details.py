"""The details of one file, apart from its finger, and the form fields of prints and photos."""

from __future__ import annotations

from typing import Final, Self

from pydantic import Field

from api.http.schemas import RequestBody
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.types import FingerPosition, Impression, Modality, PhotoView, Sample

PHOTO: Final = "photo"
UNKNOWN_FINGER: Final = "unknown_finger"


class SampleDetailsIn(RequestBody):
    """Details of one file. Missing or null values fall back to the form's."""

    impression: Impression | None = Field(default=None, description="Of a print: ANSI/NIST impression type code")
    ppi: float | None = Field(default=None, description="Of an image of a print: its resolution")
    view: PhotoView | None = Field(default=None, description="Of a photo: from where it shows the face")

    def otherwise(self, others: SampleDetailsIn) -> Self:
        """Return these details, completed by others where these are empty."""
        own = {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}
        return self.model_copy(update=others.model_dump() | own)

    def sample(self, position: FingerPosition | None, filename: str, content: bytes) -> Sample:
        """Return a file as the domain's value: a print of a finger, or, for None, a photo.

        Raises:
            InvalidField: the details do not fit this kind of file.
        """
        if position is not None:
            return Sample(Modality.FINGERPRINT, content, filename, position, self.impression, self.ppi, self.view)
        if self.impression is not None or self.ppi is not None:
            raise InvalidField(f"photo ({filename}): a photo has no impression and no ppi; give only its view.")
        return Sample(Modality.FACE, content, filename, view=self.view)


def field_of(position: FingerPosition | None) -> str:
    """Return the form field of a finger's prints, or, for None, that of photos."""
    if position is None:
        return PHOTO
    return UNKNOWN_FINGER if position is FingerPosition.UNKNOWN else position.name.lower()
