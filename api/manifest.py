"""What `pehchan import` reads: a CSV manifest with one line a sample, or a folder with one folder a person.

CSV: a header line with the columns below (those in OPTIONAL may be left out), then one line a sample; neighbouring
lines that agree in all of PERSON_COLUMNS are one encounter. `finger` is a finger's name or code, or `photo`; `file` is
relative to the manifest; the parts of `aliases` and `sections` (ACT:SECTION) are parted by `;`.

Folder: each folder in it holds `person.json` with the objects `record` and `encounter` of the HTTP API, and images
named after the finger or its code (`right_thumb.png`, `1.png`) or `photo`, then anything after a hyphen
(`photo-left.jpg`).
"""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from api.commands.arguments import parse_date, parse_finger, parse_section, photo_sample, print_sample, read_file
from api.schemas import EncounterIn, RecordIn
from biometrics.errors import InvalidField
from biometrics.person import Encounter, EncounterKind, Person, Sex
from biometrics.types import Impression, Sample

PERSON_COLUMNS = (
    "national_number",
    "name",
    "aliases",
    "sex",
    "birth_year",
    "fir_number",
    "station_code",
    "district_code",
    "state_code",
    "date",
    "sections",
    "officer",
    "kind",
)
SAMPLE_COLUMNS = ("finger", "file", "impression", "ppi")
OPTIONAL = {"national_number", "aliases", "sex", "birth_year", "sections", "kind", "impression", "ppi"}
PERSON_FILE = "person.json"

Row = dict[str, str]


@dataclass(frozen=True)
class Content:
    """One person's encounter, read."""

    person: Person
    encounter: Encounter
    samples: Sequence[Sample]


@dataclass(frozen=True)
class Item:
    """One person's encounter, unread: `read` raises InvalidField, or what is wrong with it; `where` names it."""

    where: str
    read: Callable[[], Content]


def items(source: Path) -> list[Item]:
    """List what is to be imported.

    Raises:
        InvalidField: the source is neither form, or its header lacks a column.
    """
    if source.is_file():
        return _csv_items(source)
    if (source / "manifest.csv").is_file():
        return _csv_items(source / "manifest.csv")
    folders = sorted(path.parent for path in source.glob(f"*/{PERSON_FILE}"))
    if not folders:
        raise InvalidField(f"{source} is no CSV manifest and holds no manifest.csv or folders with {PERSON_FILE}.")
    return [Item(folder.name, partial(_read_folder, folder)) for folder in folders]


def _csv_items(path: Path) -> list[Item]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = {*PERSON_COLUMNS, *SAMPLE_COLUMNS} - OPTIONAL - set(reader.fieldnames or ())
            if missing:
                raise InvalidField(f"{path} lacks the columns {', '.join(sorted(missing))}.")
            rows = [(reader.line_num, {key: value or "" for key, value in row.items() if key}) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidField(f"{path} cannot be read as CSV in UTF-8: {error}") from error
    return list(_grouped(path, rows))


def _grouped(path: Path, rows: list[tuple[int, Row]]) -> Iterator[Item]:
    def person_of(numbered: tuple[int, Row]) -> tuple[str, ...]:
        return tuple(numbered[1].get(column, "") for column in PERSON_COLUMNS)

    for _, group in itertools.groupby(rows, person_of):
        lines = list(group)
        yield Item(f"line {lines[0][0]}", partial(_read_rows, path.parent, [row for _, row in lines]))


def _read_rows(folder: Path, rows: list[Row]) -> Content:
    first = {column: rows[0].get(column, "").strip() for column in PERSON_COLUMNS}
    try:
        person = Person(
            first["name"],
            Sex(first["sex"] or Sex.UNKNOWN),
            int(first["birth_year"]) if first["birth_year"] else None,
            tuple(_parts(first["aliases"])),
            first["national_number"] or None,
        )
        encounter = Encounter(
            first["fir_number"],
            first["station_code"],
            first["district_code"],
            first["state_code"],
            parse_date(first["date"]),
            tuple(parse_section(part) for part in _parts(first["sections"])),
            first["officer"],
            EncounterKind(first["kind"] or EncounterKind.ARREST),
        )
        return Content(person, encounter, [_row_sample(folder, row) for row in rows])
    except ValueError as error:
        raise InvalidField(f"A value is not what its column takes: {error}.") from error


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _row_sample(folder: Path, row: Row) -> Sample:
    path = folder / row["file"]
    if row["finger"].strip().lower() == "photo":
        return photo_sample(path)
    impression = Impression(int(row["impression"])) if row.get("impression") else None
    return print_sample(parse_finger(row["finger"]), path, float(row["ppi"]) if row.get("ppi") else None, impression)


def _read_folder(folder: Path) -> Content:
    try:
        described = json.loads(read_file(folder / PERSON_FILE))
        record = RecordIn.model_validate(described["record"])
        encounter = EncounterIn.model_validate(described["encounter"])
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise InvalidField(f"{PERSON_FILE} is not as it should be: {error}") from error
    images = sorted(path for path in folder.iterdir() if path.name != PERSON_FILE and not path.name.startswith("."))
    return Content(record.person(), encounter.encounter(), [_named_sample(path) for path in images])


def _named_sample(path: Path) -> Sample:
    name = path.stem.split("-")[0]
    return photo_sample(path) if name.lower() == "photo" else print_sample(parse_finger(name), path, None, None)
