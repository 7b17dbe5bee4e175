"""Modalities: what a package registers of the biometric characteristic that it recognises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from biometrics.kernel.recognition.capture import Position, register_positions


class IndexKind(StrEnum):
    """What a modality's templates are searched by."""

    VECTORS = "vectors"  # one vector of unit length each, compared by the inner product
    MINUTIAE = "minutiae"  # a set of local features each
    OWN = "own"  # an index of the modality's own package


@dataclass(frozen=True)
class Interchange:
    """What other systems' formats call a modality; None or empty where they do not know it, and it is left out there.

    Attributes:
        osia_type: OSIA's `biometricType`.
        osia_quality: OSIA's `qualityFormat` of its quality.
        cbeff_types: types of a CBEFF document, in lower case.
        mosip_type: modality in MOSIP's answers.
        itl_record: ANSI/NIST-ITL record type of its images.
        itl_images: image types (field 10.003) of its Type-10 records.
    """

    osia_type: str | None = None
    osia_quality: str | None = None
    cbeff_types: tuple[str, ...] = ()
    mosip_type: str | None = None
    itl_record: int | None = None
    itl_images: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModalityTraits:
    """What distinguishes one modality from others.

    Attributes:
        label: its name on the pages, in English, such as "Face".
        samples_label: the heading of its part of the enrolment page, such as "Photos".
        noun: what one sample is called in a sentence, such as "photo".
        caption: what one sample is called on a page where no position says so, such as "Photo of a face".
        fields: the form fields of its files, and the position that each means; None without positions.
        positions: the class of its positions; each has a form field.
        page_part: names its part of the enrolment page, `enrol_<page_part>.html`, if it has a template of its own.
        index: what its templates are searched by.
        copy_score: raw score that copies of one image reach, and hardly any two images of one source.
        compared_at_once: templates that a thread compares at a time, at most.
        quality_measure: what measures its quality, as the pages name it.
        has_fingers: whether each sample is a print of a finger, with an impression type and a resolution.
        has_ridges: whether each sample shows friction ridges: it has a resolution, and minutiae that an examiner marks.
        has_views: whether a sample may state its view.
        has_boxes: whether a sample may be the part of a photo within a box.
        shows_marks: whether a sample may say which mark on the body it shows.
        is_one_source: whether all samples of a person are of one source, as photos of their face are. Without positions
            each sample of another modality is a source of its own.
        excluding_quality: the quality from which a sample can support that two people are two; below it none of its
            comparisons does, since those of one person score as low.
        field_samples: samples that a field check takes, at most.
        interchange: what other systems call it.
    """

    label: str
    samples_label: str
    noun: str
    caption: str
    fields: Mapping[str, Position | None]
    page_part: str
    index: IndexKind
    copy_score: float
    compared_at_once: int
    quality_measure: str
    positions: type[Position] | None = None
    has_fingers: bool = False
    has_ridges: bool = False
    has_views: bool = False
    has_boxes: bool = False
    shows_marks: bool = False
    is_one_source: bool = False
    excluding_quality: int = 0
    field_samples: int = 0
    interchange: Interchange = Interchange()

    @property
    def unknown_position(self) -> Position | None:
        """The position of a sample that may be of any; None without positions."""
        return None if self.positions is None else self.positions["UNKNOWN"]

    def name_of(self, position: Position | None) -> str:
        """Return the name of a sample in a message to an officer."""
        return self.noun if position is None else position.label

    def field_of(self, position: Position | None) -> str:
        """Return the form field of the files of a position."""
        return next(field for field, meant in self.fields.items() if meant is position)


class Modality(str):
    """A biometric characteristic that an installation can compare: its name, which is stored, and its traits.

    A registered one is found by its name. It is always the same object, also in a copy and in another process: the
    constant of its name in capitals of the module that makes it.
    """

    traits: ModalityTraits
    _registered: ClassVar[dict[str, Modality]] = {}

    def __new__(cls, name: str, traits: ModalityTraits, module: str) -> Self:
        """Make the constant of a module; it is known by its name once it is registered."""
        modality = super().__new__(cls, name)
        modality.traits = traits
        modality.__module__ = module
        return modality

    def __reduce__(self) -> str:
        """Return the constant's name, by which it is copied and unpickled."""
        return self.upper()

    def register(self) -> None:
        """Make it, and its positions, known by name and number.

        Raises:
            ValueError: its name, a form field or a position is another's, or a position has no word or no form field.
        """
        fields = {field for modality in self._registered.values() for field in modality.traits.fields}
        if self in self._registered or fields & self.traits.fields.keys():
            raise ValueError(f"the modality {self!s}, or a form field of it, is registered already")
        if set(self.traits.fields.values()) != set(self.traits.positions or (None,)):
            raise ValueError(f"the form fields of {self!s} must be those of its positions")
        if self.traits.positions:
            register_positions(self.traits.positions)
        self._registered[self] = self

    @classmethod
    def of(cls, position: Position | None) -> Modality:
        """Return the modality of a sample by its position alone; None is the position of a sample without one."""
        return next(modality for modality in cls._registered.values() if position in modality.traits.fields.values())

    @classmethod
    def registered(cls) -> tuple[Modality, ...]:
        """Return all registered modalities, in the order of their registration."""
        return tuple(cls._registered.values())

    @classmethod
    def named(cls, name: str) -> Modality:
        """Return a registered modality.

        Raises:
            ValueError: none of this name is registered.
        """
        if name not in cls._registered:
            raise ValueError(f"{name!r} is not a registered modality")
        return cls._registered[name]
