"""Labels of the images of a case or comparison, by what they show; the same on pages and papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from api.localisation.value_labels import sample_word
from biometrics.kernel.casework.annotations import Adjustment, Drawing, DrawingKind, ImageSetting
from biometrics.kernel.casework.cases import Side
from biometrics.kernel.recognition.capture import Position
from biometrics.kernel.recognition.modality import Modality


class NamedImage(Protocol):
    """An image with a name for the API, and what it shows."""

    @property
    def name(self) -> str:
        """Its name for the API, such as probe-0."""

    @property
    def modality(self) -> Modality:
        """Of what it is."""

    @property
    def position(self) -> Position | None:
        """The finger or eye; None for a modality without positions."""


def image_labels(images: Iterable[NamedImage], _: Callable[[str], str]) -> dict[str, str]:
    """Return by their names what to call the images of one side: those that show the same are numbered.

    `_` translates a text.
    """
    words = {image.name: _(sample_word(image.modality, image.position)) for image in images}
    total, numbered = Counter(words.values()), Counter[str]()
    for name, word in words.items():
        numbered[word] += 1
        if total[word] > 1:
            words[name] = f"{word} ({numbered[word]})"
    return words


def look_text(look: str, labels: Mapping[str, str], _: Callable[[str], str]) -> str:
    """Return which image an examiner opened: a look as a case keeps it, such as `candidate sample-7 with probe-0`."""
    side, name, *compared = look.split(" ")
    sides = {Side.PROBE: _("Probe"), Side.CANDIDATE: _("Candidate")}
    text = f"{sides[Side(side)]}: {label_of(name, labels, _)}"
    return f"{text} {_('with corresponding minutiae')}" if compared else text


def label_of(name: str, labels: Mapping[str, str], _: Callable[[str], str]) -> str:
    """Return what an image is called, also one that was removed."""
    return labels.get(name) or _("an image that was removed since")


def adjustment_text(adjustment: Adjustment, labels: Mapping[str, str], _: Callable[[str], str]) -> str:
    """Return how an examiner displayed images from one moment on, such as `brightness 120 %`."""
    value = f"{adjustment.value:g}"
    match adjustment.setting:
        case ImageSetting.BRIGHTNESS:
            text = _("brightness {percent} %").format(percent=value)
        case ImageSetting.CONTRAST:
            text = _("contrast {percent} %").format(percent=value)
        case ImageSetting.GAMMA:
            text = _("gamma {percent} %").format(percent=value)
        case ImageSetting.SHARPNESS:
            text = _("sharpened by {percent} %").format(percent=value)
        case ImageSetting.RIDGES:
            text = _("ridges as the software draws them") if adjustment.value else _("the image itself")
        case ImageSetting.INVERSION:
            text = _("inverted") if adjustment.value else _("not inverted")
        case ImageSetting.ROTATION:
            text = _("rotated clockwise by {degrees}°").format(degrees=value)
    return f"{label_of(adjustment.image, labels, _)}: {text}" if adjustment.image else text


def drawing_lines(drawings: Iterable[Drawing], labels: Mapping[str, str], _: Callable[[str], str]) -> Iterator[str]:
    """Yield what an examiner drew on images: each ridge count by its number, then how many ridges were followed."""
    followed = Counter[str]()
    for number, drawing in enumerate(drawings, start=1):
        image = label_of(drawing.image, labels, _)
        if drawing.kind is DrawingKind.TRACING:
            followed[image] += 1
            continue
        count = _("not counted") if drawing.counted is None else f"{drawing.counted:,}"
        text = _("Ridge count R{number}, {image}, stated by the examiner: {count}")
        yield text.format(number=number, image=image, count=count)
    for image, ridges in followed.items():
        yield _("Ridges followed, {image}: {number}").format(image=image, number=f"{ridges:,}")
