"""The options of commands that take samples: one a form field, but one for all fingers and one for all palms."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from api.cli.arguments import Ppi, parse_finger, parse_palm, read_file
from api.modalities import file_fields
from api.v1.sample_details import SampleDetailsIn
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.recognition.capture import PhotoView, Position
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Sample

_SETS: Final = {"samples": "", "other_samples": "other_"}  # parameters of a command, and the prefix of their options
_SHORT: Final = {"print": "-p", "photo": "-f"}
_IMPRESSION = Annotated[int, typer.Option(help="ANSI/NIST impression type code of the prints.")]
_FINGERS_HELP = (
    "FINGER=FILE, as in right_thumb=a.png or 1=a.png; FILE alone: unknown finger. "
    "An image, or a finger minutiae record (ISO/IEC 19794-2, ANSI INCITS 378)."
)
_PALMS_HELP = (
    "PART=FILE, as in right_full=a.png or 21=a.png; FILE alone: unknown part. Parts, after right_ or left_: full, "
    "writers, lower, upper, interdigital, thenar, hypothenar, grasp, other."
)
_VIEW_HELP = " VIEW=FILE, as in left_profile=side.jpg, gives its view: " + ", ".join(PhotoView) + "."
_MARK_HELP = (
    " FILE;NAME=VALUE;... says more of it, as in 'arm.jpg;kind=tattoo;part=forearm'. Names: box "
    "(left,top,right,bottom edge in pixels); kind and part, and with these side, code (NCIC), colours (black,red), "
    "designs (animal/snake,plant), description, height_cm, width_cm."
)


def takes_samples(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of the files of every registered modality, with `--impression` and `--ppi`.

    The command takes `samples`; where it takes `other_samples` too, a second set has the same options after `--other-`.
    """
    parameters = signature(command, eval_str=True).parameters
    options: list[Parameter] = []
    for name, parameter in parameters.items():
        options += _options(_SETS[name]) if name in _SETS else [parameter.replace(kind=Parameter.KEYWORD_ONLY)]
        if name == "samples":
            options.append(Parameter("impression", Parameter.KEYWORD_ONLY, default=0, annotation=_IMPRESSION))
            options.append(Parameter("ppi", Parameter.KEYWORD_ONLY, default=None, annotation=Ppi))

    @wraps(command)
    def run(**values: Any) -> None:
        of_prints = {"impression": values.pop("impression"), "ppi": values.pop("ppi")}
        for name in _SETS.keys() & parameters:
            files = {field: values.pop(_SETS[name] + field) or () for field in _fields()}
            values[name] = [_sample(field, text, of_prints) for field, texts in files.items() for text in texts]
        command(**values)

    run.__signature__ = Signature(options)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in options}
    return run


def _fields() -> dict[str, tuple[Modality, Position | None]]:
    """Return what each option is of: form fields, but one for all fingers, or palms, whose position the value names."""
    return {
        modality.traits.noun if modality.traits.has_ridges else field: (modality, position)
        for field, (modality, position) in file_fields().items()
    }


def _options(prefix: str) -> list[Parameter]:
    parameters = []
    for field, (modality, position) in _fields().items():
        flags = [
            "--" + (prefix + field).replace("_", "-"),
            *([_SHORT[field]] if field in _SHORT and not prefix else []),
        ]
        option = typer.Option(*flags, help=_help(modality, position), metavar="FILE")
        annotation = Annotated[list[str] | None, option]
        parameters.append(Parameter(prefix + field, Parameter.KEYWORD_ONLY, default=None, annotation=annotation))
    return parameters


def _help(modality: Modality, position: Position | None) -> str:
    traits = modality.traits
    if traits.has_ridges:
        return _FINGERS_HELP if traits.has_fingers else _PALMS_HELP
    help_text = f"{traits.caption}, {position.label}." if position else f"{traits.caption}."
    return help_text + _VIEW_HELP * traits.has_views + _MARK_HELP * traits.shows_marks


def _sample(field: str, text: str, of_prints: dict[str, Any]) -> Sample:
    """Read a file that is named on the command line.

    Raises:
        InvalidField: it cannot be read, or its details are not valid.
    """
    modality, position = _fields()[field]
    if modality.traits.has_fingers:
        finger, _, text = text.rpartition("=")
        position, details = parse_finger(finger), of_prints
    elif modality.traits.has_ridges:
        part, _, text = text.rpartition("=")
        position, details = parse_palm(part), {"ppi": of_prints["ppi"]}
    elif modality.traits.shows_marks:
        text, *mark_texts = text.split(";")
        details = _mark_details(dict(pair.partition("=")[::2] for pair in mark_texts))
    else:
        view, _, name = text.partition("=")  # a file's own name may hold a `=`
        is_view = modality.traits.has_views and view in set(PhotoView)
        text, details = (name, {"view": PhotoView(view)}) if is_view else (text, {})
    try:
        checked = SampleDetailsIn.model_validate(details)
    except ValueError as error:
        raise InvalidField(f"{text}: what is said of the file is not valid: {error}") from error
    return checked.sample(modality, position, Path(text).name, read_file(Path(text)))


def _mark_details(texts: dict[str, Any]) -> dict[str, Any]:
    """Return what texts say of a photo of a mark, as JSON has it; what is no number stays, and is refused later."""
    mark = {name: value.split(",") if name in {"box", "colours", "designs"} else value for name, value in texts.items()}
    mark |= {name: int(mark[name]) for name in mark.keys() & {"height_cm", "width_cm"} if mark[name].isdecimal()}
    box = [int(edge) if edge.isdecimal() else edge for edge in mark.pop("box", ())] or None
    return {"box": box, "mark": mark or None}
