"""Reads the sources of `pehchan import`: CSV manifests (a line a sample), folders (one a person), ITL files.

CSV: a header line with the columns below (those in OPTIONAL may be left out), then one line per sample. Neighbouring
lines that agree in all of PERSON_COLUMNS are one encounter. `finger` is a finger's name or code, or `photo`. `file` is
relative to the manifest. The parts of `aliases`, `sections` (ACT:SECTION) and `missing_fingers` (FINGER:REASON) are
separated by `;`.

Folder: each folder in it holds `person.json` with the objects `record` and `encounter` of the HTTP API, and images
named after the finger or its code (`right_thumb.png`, `1.png`) or `photo`, then anything after a hyphen
(`photo-left.jpg`). The optional object `details` has an entry for a file's name, as `details` of the HTTP API. A folder
without `person.json` and without transactions is refused.

ANSI/NIST-ITL: files with these suffixes, named directly or in a folder; each is a booking.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from api.cli.arguments import (
    parse_date,
    parse_finger,
    parse_missing,
    parse_section,
    parse_view,
    read_file,
)
from api.http.schemas import adapter_of
from api.itl.bookings import read_booking
from api.itl.table import TransactionTable
from api.modalities import file_fields
from api.v1.sample_details import SampleDetailsIn
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import Encounter, EncounterKind
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.recognition.capture import Impression, Position
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Sample
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.kernel.technique.text import refuse_unfit_texts
from biometrics.use_cases.enrolment.batch_enrolment import Arrival
from fingerprint.modality import FINGERPRINT

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
    "missing_fingers",
)
SAMPLE_COLUMNS = ("finger", "file", "impression", "ppi", "view")
OPTIONAL = {
    "national_number",
    "aliases",
    "sex",
    "birth_year",
    "sections",
    "kind",
    "missing_fingers",
    "impression",
    "ppi",
    "view",
}
PERSON_FILE = "person.json"
TRANSACTIONS = (".an2", ".eft", ".nst", ".xml")

Row = dict[str, str]
Value = TypeVar("Value")
IsDone = Callable[[IdempotencyKey], bool]


@dataclass(frozen=True)
class Item:
    """One person's encounter, not read yet; `where` names it in messages.

    `read` takes a function that checks whether an item with a key is enrolled, and returns None if it is. It raises
    InvalidInput for a faulty item.
    """

    where: str
    read: Callable[[IsDone], Arrival | None]


def items(sources: Sequence[Path], table: TransactionTable, accept_poor_quality: str = "") -> list[Item]:
    """List the items to import; only manifests are read yet.

    `table` defines the transactions, `accept_poor_quality` is the reason for enrolling samples of poor quality.

    Raises:
        InvalidField: a source has none of these formats, or its header lacks a column.
    """
    sourced_items = [(source, item) for source in sources for item in _items(source, table, accept_poor_quality)]
    if len(sources) == 1:
        return [item for _, item in sourced_items]
    return [replace(item, where=f"{source}: {item.where}") for source, item in sourced_items]


def _items(source: Path, table: TransactionTable, reason: str) -> list[Item]:
    if source.suffix.lower() in TRANSACTIONS:
        return [Item(source.name, partial(_read_transaction, source, table, reason))]
    if source.is_file():
        return _csv_items(source, reason)
    if (source / "manifest.csv").is_file():
        return _csv_items(source / "manifest.csv", reason)
    folders = [path for path in sorted(source.glob("*/")) if not path.name.startswith(".")]
    files = sorted(path for path in source.rglob("*") if path.suffix.lower() in TRANSACTIONS)
    # A folder with neither PERSON_FILE nor transactions is refused when it is read, so that nobody is lost silently.
    people = [
        Item(folder.name, partial(_read_folder, folder, reason))
        for folder in folders
        if (folder / PERSON_FILE).exists() or not any(file.is_relative_to(folder) for file in files)
    ]
    bookings = [Item(str(path.relative_to(source)), partial(_read_transaction, path, table, reason)) for path in files]
    if not bookings and not any((folder / PERSON_FILE).exists() for folder in folders):
        raise InvalidField(
            f"{source} is no CSV manifest, and holds no manifest.csv, no folders with {PERSON_FILE} and no "
            f"transactions ({', '.join(TRANSACTIONS)})."
        )
    return people + bookings


def _read_transaction(path: Path, table: TransactionTable, reason: str, is_done: IsDone) -> Arrival | None:
    return read_booking(read_file(path), table, reason, is_done)


def _arrival(
    person: Person, encounter: Encounter, samples: Sequence[Sample], reason: str, is_done: IsDone
) -> Arrival | None:
    """Return an item that was read, with an idempotency key made of its content."""
    digest = IdempotencyKey.of("import", [person, encounter, samples]).digest
    idempotency_key = IdempotencyKey(f"import-{digest}", digest)
    return None if is_done(idempotency_key) else Arrival(person, encounter, samples, idempotency_key, reason)


def _csv_items(path: Path, reason: str) -> list[Item]:
    """List the items of a manifest, each with the text of its lines: the rows of a million people would take 15 GB."""
    person_items: list[Item] = []
    lines: list[str] = []  # that were read since the row before
    try:
        # A line that is not UTF-8 is refused alone, when its texts are checked.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            reader = csv.DictReader(_noted(file, lines))
            names = list(reader.fieldnames or ())
            missing = {*PERSON_COLUMNS, *SAMPLE_COLUMNS} - OPTIONAL - set(names)
            if missing:
                raise InvalidField(f"{path} lacks the columns {', '.join(sorted(missing))}.")
            lines.clear()
            numbered = ((reader.line_num, _person_columns(row), _drain(lines)) for row in reader)
            for _, group in itertools.groupby(numbered, lambda row: row[1]):
                rows = list(group)
                text = "".join(text for *_, text in rows)
                person_items.append(Item(f"line {rows[0][0]}", partial(_read_rows, path.parent, names, text, reason)))
    except (OSError, csv.Error) as error:
        raise InvalidField(f"{path} cannot be read as CSV in UTF-8: {error}") from error
    return person_items


def _noted(file: Iterable[str], lines: list[str]) -> Iterator[str]:
    """Yield the lines of a file, and append each to `lines`."""
    for line in file:
        lines.append(line)
        yield line


def _drain(lines: list[str]) -> str:
    text = "".join(lines)
    lines.clear()
    return text


def _person_columns(row: Mapping[str, str | None]) -> tuple[str, ...]:
    return tuple(row.get(column) or "" for column in PERSON_COLUMNS)


def _texts(row: Mapping[str, str | None]) -> Row:
    return {key: value or "" for key, value in row.items() if key}


def _read_rows(folder: Path, names: list[str], text: str, reason: str, is_done: IsDone) -> Arrival | None:
    rows = [_texts(row) for row in csv.DictReader(io.StringIO(text, newline=""), names)]
    for row in rows:
        refuse_unfit_texts("The line", row)
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
            first["officer"],
            tuple(parse_section(part) for part in _parts(first["sections"])),
            EncounterKind(first["kind"] or EncounterKind.ARREST),
            missing_fingers=tuple(parse_missing(part) for part in _parts(first["missing_fingers"])),
        )
        samples = [_row_sample(folder, row) for row in rows]
    except ValueError as error:
        raise InvalidField(f"A value is not what its column takes: {error}.") from error
    return _arrival(person, encounter, samples, reason, is_done)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _row_sample(folder: Path, row: Row) -> Sample:
    path = folder / row["file"]
    modality, position = _meant(row["finger"])
    impression = Impression(int(row["impression"])) if row.get("impression") else None
    ppi = float(row["ppi"]) if row.get("ppi") else None
    details = SampleDetailsIn(impression=impression, ppi=ppi, view=parse_view(row.get("view", "")))
    return details.fitting(modality).sample(modality, position, path.name, read_file(path))


@dataclass(frozen=True)
class PersonFolder:
    """A person's folder: what its file says of the person and the encounter, not checked yet, and its samples."""

    record: Any
    encounter: Any
    samples: list[Sample]


def entered(kind: type[Value], content: object, context: object = None) -> Value:
    """Return a value of PERSON_FILE.

    Raises:
        InvalidField: it breaks a rule; with the context STORED only where its types are wrong.
    """
    try:
        return adapter_of(kind).validate_python(content, context=context)
    except ValidationError as error:
        raise InvalidField(f"{PERSON_FILE} is not as it should be: {error}") from error


def read_person(folder: Path) -> PersonFolder:
    """Read a person's folder.

    Raises:
        InvalidField: its description is not as it should be, or a file in it is named after no finger.
    """
    if not (folder / PERSON_FILE).exists():
        raise InvalidField(
            f"The folder {folder} has no {PERSON_FILE}; add it (docs/import.md), or move the folder away."
        )
    try:
        described = json.loads(read_file(folder / PERSON_FILE))
        refuse_unfit_texts(PERSON_FILE, described)
        record, encounter = described["record"], described["encounter"]
        details = {name: entered(SampleDetailsIn, entry) for name, entry in described.get("details", {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidField(f"{PERSON_FILE} is not as it should be: {error}") from error
    images = sorted(path for path in folder.iterdir() if path.name != PERSON_FILE and not path.name.startswith("."))
    if unknown := sorted(details.keys() - {path.name for path in images}):
        raise InvalidField(
            f"{PERSON_FILE} has details of {unknown[0]!r}, but there is no such image; correct its name."
        )
    samples = [_named_sample(path, details.get(path.name, SampleDetailsIn())) for path in images]
    return PersonFolder(record, encounter, samples)


def _read_folder(folder: Path, reason: str, is_done: IsDone) -> Arrival | None:
    described = read_person(folder)
    person, encounter = entered(Person, described.record), entered(Encounter, described.encounter)
    return _arrival(person, encounter, described.samples, reason, is_done)


def _named_sample(path: Path, details: SampleDetailsIn) -> Sample:
    name = path.stem.split("-")[0]
    modality, position = _meant(name)
    return details.sample(modality, position, path.name, read_file(path))


def _meant(name: str) -> tuple[Modality, Position | None]:
    """Return what a name is of: that of a form field, or of a finger in other words."""
    return file_fields().get(name.strip().lower()) or (FINGERPRINT, parse_finger(name))
