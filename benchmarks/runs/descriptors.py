"""Data sets by a small file instead of options: which folders there are, and what must be known about their images.

A TOML file, all of whose parts are optional:

    root = "../data"                  # folders below are relative to it, it to this file; else they are to this file

    [[prints]]                        # named <finger>_<impression>.<ext>
    folder = "FVC2002/DB2_B"
    ppi = 569                         # else 500

    [same_fingers]                    # one finger under two names, each <folder>/<folder>/<finger>
    "FVC2004/DB3_B/102" = "FVC2002/DB3_B/108"

    [people]                          # prints named as SOCOFing's, for groups by sex
    folder = "SOCOFing"
    leave_out = ["64__M_Left_little_finger"]

    [faces]                           # photos that lie as <person>/<image>
    folder = "lfw"
    pairs = "lfw/pairsDevTest.txt"    # in LFW's form
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from benchmarks.runs.datasets import UnusableDataset

SUFFIX: Final = ".toml"


@dataclass(frozen=True)
class DataSets:
    """The folders of a descriptor; `prints` are as `fingerprints.read_folders` takes them, `DIR` or `DIR:PPI`."""

    prints: tuple[str, ...] = ()
    same_fingers: Mapping[str, str] = field(default_factory=dict)
    people: Path | None = None
    leave_out: tuple[str, ...] = ()
    faces: Path | None = None
    pairs: Path | None = None


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Prints(_Table):
    folder: str
    ppi: int | None = Field(default=None, gt=0)


class _People(_Table):
    folder: str
    leave_out: tuple[str, ...] = ()


class _Faces(_Table):
    folder: str
    pairs: str | None = None


class _Descriptor(_Table):
    root: str = ""
    prints: tuple[_Prints, ...] = ()
    same_fingers: Mapping[str, str] = {}
    people: _People | None = None
    faces: _Faces | None = None


def read_descriptor(path: Path) -> DataSets:
    """Read a descriptor; folders are made relative to it.

    Raises:
        UnusableDataset: it cannot be read, is not TOML, or has an unknown key or a value of another kind.
    """
    try:
        described = _Descriptor.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnusableDataset(f"The descriptor {path} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        location = ".".join(map(str, first["loc"]))
        raise UnusableDataset(
            f"{path}: {location}: {first['msg']}. docs/file-formats.md describes the form."
        ) from error
    root, people, faces = path.parent / described.root, described.people, described.faces
    return DataSets(
        tuple(
            f"{root / print_set.folder}" + (f":{print_set.ppi}" if print_set.ppi else "")
            for print_set in described.prints
        ),
        described.same_fingers,
        root / people.folder if people else None,
        people.leave_out if people else (),
        root / faces.folder if faces else None,
        root / faces.pairs if faces and faces.pairs else None,
    )
