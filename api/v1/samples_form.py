"""Multipart forms to samples: the form fields of all modalities, such as `right_thumb` and `photo`, and their details.

A print is an image or a finger minutiae record (ISO/IEC 19794-2, ANSI INCITS 378).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, Final

from fastapi import Depends, File, Form, UploadFile
from pydantic import Json

from api.http.errors import declares
from api.modalities import file_fields
from api.v1.sample_details import SampleDetailsIn
from biometrics.kernel.errors import ImageTooLarge, InvalidField
from biometrics.kernel.recognition.capture import Impression
from biometrics.kernel.recognition.types import Sample
from biometrics.kernel.technique.limits import MAX_FILE_BYTES

Files = Annotated[list[UploadFile] | None, File()]


FILE_FIELDS: Final = file_fields()
Details = dict[str, list[SampleDetailsIn]]
_OTHER: Final = "other_"  # before the name of each field of a second set


@declares(415)
def read_samples(
    impression: Annotated[
        Impression, Form(description="ANSI/NIST impression type code of the prints")
    ] = Impression.PLAIN_LIVE_SCAN,
    ppi: Annotated[
        float | None,
        Form(description="Resolution of the images of prints and palms; overrides the files' own; default 500"),
    ] = None,
    details: Annotated[
        Json[Details] | None,
        Form(
            description="Details of each file, by form field: a list with an entry for each of the field's files, in "
            "their order, of `impression` (prints), `ppi` (prints, palms), `view` (photos), `box` (photos) and `mark` "
            "(photos of marks). They override those of the whole form"
        ),
    ] = None,
    **files: list[UploadFile] | None,
) -> list[Sample]:
    """Collect the samples of a request, in the order of the modalities and of the fingers.

    Raises:
        InvalidField: `details` does not fit the files.
        ImageTooLarge: a file has more bytes than an image may have.
    """
    sent = {field: files.get(field) or [] for field in FILE_FIELDS}
    by_field = _details_of(details or {}, {field: len(uploads) for field, uploads in sent.items()})
    whole = SampleDetailsIn(impression=impression, ppi=ppi)
    return [
        file_details.otherwise(whole.fitting(modality)).sample(
            modality, position, upload.filename or "", read_upload(upload)
        )
        for field, (modality, position) in FILE_FIELDS.items()
        for upload, file_details in zip(sent[field], by_field[field], strict=True)
    ]


def take_file_fields(read: Callable[..., object], fields: Iterable[str], annotation: object, at: int = 0) -> None:
    """Give a function that takes `**files` a parameter for each field, which FastAPI makes the form of."""
    *parameters, _ = (option.replace(kind=Parameter.KEYWORD_ONLY) for option in signature(read).parameters.values())
    files = [Parameter(field, Parameter.KEYWORD_ONLY, default=None, annotation=annotation) for field in fields]
    read.__signature__ = Signature([*parameters[:at], *files, *parameters[at:]])  # type: ignore[attr-defined]


take_file_fields(read_samples, FILE_FIELDS, Files)


@declares(415)
def _read_other_samples(**files: Any) -> list[Sample]:
    """Collect a second set of samples, from the same fields with the prefix `other_`."""
    return read_samples(**{name.removeprefix(_OTHER): value for name, value in files.items()})


_read_other_samples.__signature__ = Signature(  # type: ignore[attr-defined]
    [
        parameter.replace(name=_OTHER + name, kind=Parameter.KEYWORD_ONLY)
        for name, parameter in signature(read_samples).parameters.items()
    ]
)


def _details_of(details: Details, counts: Mapping[str, int]) -> dict[str, Sequence[SampleDetailsIn]]:
    """Return the details of each file of each field."""
    for name, entries in details.items():
        if name not in counts:
            raise InvalidField(
                f"details: {name[:40]!r} is no field for prints or photos; use one of {', '.join(counts)}."
            )
        if len(entries) != counts[name]:
            raise InvalidField(
                f"details: {name} has {len(entries)} entries, and {counts[name]} files were sent in that field; "
                "give one entry for each file, in their order."
            )
    return {name: details.get(name, [SampleDetailsIn()] * count) for name, count in counts.items()}


def read_upload(upload: UploadFile) -> bytes:
    """Return the bytes of an uploaded file.

    Raises:
        ImageTooLarge: there are more than an image may have.
    """
    if upload.size is not None and upload.size > MAX_FILE_BYTES:
        raise ImageTooLarge(f"{upload.filename} has {upload.size:,} bytes; at most {MAX_FILE_BYTES:,} are accepted.")
    return upload.file.read()


AcceptPoorQuality = Annotated[
    str,
    Form(description="Reason for enrolling samples of poor quality, or that may show two prints; stored with each"),
]
UploadedSamples = Annotated[list[Sample], Depends(read_samples)]
UploadedOtherSamples = Annotated[list[Sample], Depends(_read_other_samples)]
