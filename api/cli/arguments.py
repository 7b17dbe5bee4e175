"""Arguments of the command line, and their conversion to values of the domain."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from api.v1.sample_details import SampleDetailsIn
from biometrics.kernel.access import Purpose
from biometrics.kernel.clock import today
from biometrics.kernel.encounter import MissingFinger, MissingReason, Section
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.types import EyePosition, FingerPosition, Impression, Modality, PhotoView, Sample
from face.modality import FACE
from fingerprint.modality import FINGERPRINT
from iris.modality import IRIS
from marks.modality import MARK

_REASONS = ", ".join(MissingReason)

Prints = Annotated[
    list[str] | None,
    typer.Option(
        "--print",
        "-p",
        help="FINGER=FILE, as in right_thumb=a.png or 1=a.png; FILE alone: unknown finger. "
        "An image, or a finger minutiae record (ISO/IEC 19794-2, ANSI INCITS 378).",
    ),
]
Photos = Annotated[
    list[Path] | None,
    typer.Option(
        "--photo",
        "-f",
        help="A photo of the face; VIEW=FILE, as in left_profile=side.jpg, gives its view: "
        "frontal, left_profile, right_profile or angled.",
    ),
]
Marks = Annotated[
    list[str] | None,
    typer.Option(
        "--mark",
        help="A photo of a scar, mark or tattoo; FILE;NAME=VALUE;... says more of it, as in "
        "'arm.jpg;box=40,60,300,280;kind=tattoo;part=forearm'. Names: box (left,top,right,bottom edge in pixels); kind "
        "and part, and with these side, code (NCIC), colours (black,red), designs (animal/snake,plant), description, "
        "height_cm, width_cm.",
    ),
]
RightIris = Annotated[
    Path | None, typer.Option("--iris-right", help="A photo of the right eye, in near-infrared light.")
]
LeftIris = Annotated[Path | None, typer.Option("--iris-left", help="A photo of the left eye, in near-infrared light.")]
Ppi = Annotated[float | None, typer.Option(help="Resolution of the prints; overrides the files' own; default 500.")]
ForPurpose = Annotated[Purpose, typer.Option("--purpose", help="Purpose of the search.")]
ForCase = Annotated[str, typer.Option("--case", help="Case or FIR number of the search.")]
Reason = Annotated[str, typer.Option(help="Further reasons in your own words; kept with the search.")]
AcceptPoorQuality = Annotated[
    str, typer.Option(help="Reason for enrolling samples of poor quality; stored with each of them.")
]


IdempotencyKeyOption = Annotated[
    str, typer.Option(help="A new key for each request; repeating a command with its key does nothing twice.")
]


AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def given(**values: Any) -> dict[str, Any]:
    """Return the values that are given, without those that are None."""
    return {name: value for name, value in values.items() if value is not None}


def read_samples(
    prints: list[str] | None,
    photos: list[Path] | None,
    ppi: float | None,
    impression: Impression | None = None,
    marks: list[str] | None = None,
    irises: tuple[Path | None, Path | None] = (None, None),
) -> list[Sample]:
    """Read the files named on the command line; `irises` are of the right and of the left eye.

    Raises:
        InvalidField: a file cannot be read, a finger is unknown, or the description of a mark is not valid.
    """
    samples = []
    for text in prints or ():
        finger, _, name = text.rpartition("=")
        samples.append(print_sample(parse_finger(finger), Path(name), ppi, impression))
    samples += [_photo(str(path)) for path in photos or ()]
    eyes = zip((EyePosition.RIGHT_EYE, EyePosition.LEFT_EYE), irises, strict=True)
    samples += [Sample(IRIS, read_file(path), path.name, eye) for eye, path in eyes if path is not None]
    return samples + [_mark(text) for text in marks or ()]


def print_sample(finger: FingerPosition, path: Path, ppi: float | None, impression: Impression | None) -> Sample:
    """Read one print; see `read_samples`."""
    return Sample(FINGERPRINT, read_file(path), path.name, finger, impression, ppi)


def photo_sample(path: Path, view: PhotoView | None = None) -> Sample:
    """Read one photo; see `read_samples`."""
    return Sample(FACE, read_file(path), path.name, view=view)


def _photo(text: str) -> Sample:
    """Read a photo named as VIEW=FILE or FILE; a file's own name may hold a `=`."""
    view, _, name = text.partition("=")
    return photo_sample(Path(name), PhotoView(view)) if view in set(PhotoView) else photo_sample(Path(text))


def _mark(text: str) -> Sample:
    """Read a photo named as FILE;NAME=VALUE;...

    Raises:
        InvalidField: the installation cannot recognise marks, or the description of the mark is not valid.
    """
    if MARK not in Modality.registered():
        raise InvalidField("This installation does not recognise photos of marks; docs/marks.md says what it needs.")
    name, *stated = text.split(";")
    mark: dict[str, Any] = dict(pair.partition("=")[::2] for pair in stated)
    try:
        box = [int(edge) for edge in mark.pop("box").split(",")] if "box" in mark else None
        for size in mark.keys() & {"height_cm", "width_cm"}:
            mark[size] = int(mark[size])
        for several in mark.keys() & {"colours", "designs"}:
            mark[several] = mark[several].split(",")
        details = SampleDetailsIn.model_validate({"box": box, "mark": mark or None})
    except ValueError as error:
        raise InvalidField(f"{text!r} is not a photo of a mark with what is known of it: {error}") from error
    return details.sample(MARK, None, Path(name).name, read_file(Path(name)))


def read_file(path: Path) -> bytes:
    """Read a file.

    Raises:
        InvalidField: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidField(f"{path} cannot be read: {error.strerror}.") from error


def write_file(path: Path, content: bytes) -> None:
    """Write a file, and the folder that it is in.

    Raises:
        InvalidField: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise InvalidField(f"{path} cannot be written: {error.strerror}.") from error


def parse_finger(text: str) -> FingerPosition:
    """Read a finger's name, such as `right_thumb` or `right thumb`, or its code; empty is an unknown finger.

    Raises:
        InvalidField: it is neither.
    """
    word = text.strip().upper().replace(" ", "_") or "0"
    for position in FingerPosition:
        if word in (position.name, str(position.value)):
            return position
    names = ", ".join(position.name.lower() for position in FingerPosition)
    raise InvalidField(f"{text!r} is not a finger; use one of {names}, or its code 0 to 10.")


def parse_missing(text: str) -> MissingFinger:
    """Read FINGER:REASON, such as `right_middle:amputated` or `3:amputated`.

    Raises:
        InvalidField: it is not such a pair.
    """
    finger, _, reason = text.rpartition(":")
    word = reason.strip().lower()
    if not finger.strip() or word not in set(MissingReason):
        raise InvalidField(
            f"{text!r} is not a missing finger; write FINGER:REASON, the reason being one of {_REASONS}."
        )
    return MissingFinger(parse_finger(finger), MissingReason(word))


def parse_view(text: str) -> PhotoView | None:
    """Read a photo's view; empty is None.

    Raises:
        InvalidField: it is not a view.
    """
    word = text.strip().lower()
    if word and word not in set(PhotoView):
        raise InvalidField(f"{text!r} is no view of a photo; use one of {', '.join(PhotoView)}.")
    return PhotoView(word) if word else None


def parse_date(text: str) -> dt.date:
    """Read YYYY-MM-DD; empty is today.

    Raises:
        InvalidField: it is not such a date.
    """
    try:
        return dt.date.fromisoformat(text) if text else today()
    except ValueError as error:
        raise InvalidField(f"{text!r} is not a date; write it as YYYY-MM-DD.") from error


def parse_time(text: str) -> dt.time | None:
    """Read HH:MM; empty is None.

    Raises:
        InvalidField: it is not such a time.
    """
    try:
        return dt.time.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidField(f"{text!r} is not a time of day; write it as HH:MM.") from error


def parse_section(text: str) -> Section:
    """Read ACT:SECTION, such as `BNS 2023:303(2)`.

    Raises:
        InvalidField: a part is missing.
    """
    act, _, section = text.rpartition(":")
    return Section(act, section)
