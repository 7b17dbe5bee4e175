"""The shapes of inspections: what files are worth before anybody is enrolled."""

from __future__ import annotations

from pydantic import Field

from api.http.schemas import Schema
from api.modalities import ModalityName
from api.v1.inspected_files import FileKind, FilePart, Inspected, Inspection, original, preview
from api.v1.sample_details import POSITION
from biometrics.kernel.errors import InvalidInput
from biometrics.kernel.people.encounter import MissingFinger
from biometrics.kernel.recognition.body_marks import PhotographedMark
from biometrics.kernel.recognition.capture import Impression, PhotoView, Position
from biometrics.kernel.recognition.types import QualityFault


class BoxOut(Schema):
    """A turned rectangle, in pixels of the file's image, y down."""

    x: float = Field(description="Of its centre")
    y: float
    width: float = Field(description="Of the finger when upright")
    height: float
    angle: float = Field(description="Degrees by which the finger is turned counter-clockwise from upright, as seen")


class RefusalOut(Schema):
    """Why a sample cannot be used for recognition."""

    code: str
    detail: str


class CutImageOut(Schema):
    """An image file."""

    media_type: str
    base64: str


class OriginalOut(CutImageOut):
    """The file of a record, byte for byte; uncompressed pixels have a header that makes them a file."""

    filename: str

    @classmethod
    def of(cls, inspected: Inspected) -> OriginalOut | None:
        """Show the file that a transaction's record holds."""
        file = original(inspected)
        return cls(media_type=file[0], base64=file[1], filename=file[2]) if file else None


class InspectedOut(Schema):
    """One print or photo; the fields of its quality are those of a stored sample."""

    modality: ModalityName
    position: Position | None = Field(description=POSITION)
    impression: Impression | None
    quality: int | None = Field(description="0 to 100; null if it cannot be measured")
    quality_faults: list[QualityFault]
    quality_advice: list[str]
    quality_parts: dict[str, int]
    acceptable: bool = Field(description="It can be enrolled without a reason")
    refusal: RefusalOut | None = Field(description="Why it cannot be enrolled; null if it can")
    box: BoxOut | None = Field(description="Where it was cut from; null if the file shows nothing else")
    ppi: float | None = Field(description="Resolution of a print's image; null if unknown, and for a photo")
    view: PhotoView | None = Field(description="Direction from which a photo shows the face, as a transaction says")
    mark: PhotographedMark | None = Field(description="The mark that a photo shows, as a transaction says")
    image: CutImageOut | None = Field(
        description="What to show of it, and to enrol of a slap or a card; null where that is the file itself"
    )
    original: OriginalOut | None = Field(
        description="What to enrol of a transaction: the file of the sample's own record; null where it was cut, and "
        "of other files"
    )

    @classmethod
    def of(cls, inspected: Inspected, kind: FileKind) -> InspectedOut:
        """Show a part of a file with its quality."""
        sample, box, result = inspected.part.sample, inspected.part.box, inspected.result
        refused = result if isinstance(result, InvalidInput) else None
        assessment = None if isinstance(result, InvalidInput) else result.assessment
        faults = assessment.faults if assessment else ()
        return cls.showing(
            sample,
            quality=assessment.score if assessment else None,
            quality_faults=faults,
            quality_advice=[fault.advice for fault in faults],
            quality_parts=dict(assessment.parts) if assessment else {},
            acceptable=assessment is not None and assessment.acceptable,
            refusal=_refusal(inspected.part, refused) if refused else None,
            box=box,
            ppi=_ppi(inspected),
            image=_image(inspected, kind),
            original=OriginalOut.of(inspected),
        )


class InspectionOut(Schema):
    """What a file holds; nothing of it is stored."""

    samples: list[InspectedOut]
    missing_fingers: list[MissingFinger] = Field(
        description="Fingers that a transaction says could not be taken; to be enrolled with the encounter"
    )
    notes: list[str] = Field(description="A sentence for each thing in the file that was left out")

    @classmethod
    def of(cls, inspection: Inspection, kind: FileKind) -> InspectionOut:
        """Show what a file holds."""
        return cls(
            samples=[InspectedOut.of(part, kind) for part in inspection.parts],
            missing_fingers=list(inspection.missing),
            notes=list(inspection.notes),
        )


def _refusal(part: FilePart, error: InvalidInput) -> RefusalOut:
    """Show an error without the name of the sample, which is shown separately."""
    return RefusalOut(code=error.code, detail=error.message.removeprefix(f"{part.sample.label}: "))


def _ppi(inspected: Inspected) -> float | None:
    """Return the resolution that a print or palm is read with."""
    if not inspected.part.sample.modality.traits.has_ridges:
        return None
    return inspected.part.sample.ppi if isinstance(inspected.result, InvalidInput) else inspected.result.source.ppi


def _image(inspected: Inspected, kind: FileKind) -> CutImageOut | None:
    sent_alone = kind in (FileKind.FINGER, FileKind.PHOTO)
    sample = inspected.part.sample
    if sent_alone and sample.content.startswith((b"\x89PNG", b"\xff\xd8\xff")):
        return None
    image = preview(sample)
    return CutImageOut(media_type=image[0], base64=image[1]) if image else None
