"""`pehchan enrol`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from api.cli import tables
from api.cli.arguments import (
    AcceptPoorQuality,
    AsJson,
    IdempotencyKeyOption,
    json_of,
    parse_date,
    parse_missing,
    parse_section,
    parse_time,
)
from api.cli.commands.record import ParticularsFile
from api.cli.operator import service
from api.cli.sample_options import takes_samples
from api.cli.terminal import print_result
from api.http.schemas import adapter_of
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import Encounter, EncounterKind, LegalBasis
from biometrics.kernel.people.particulars import Particulars
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.recognition.types import Sample

app = typer.Typer()


@app.command("enrol")
@takes_samples
def enrol_person(
    fir: Annotated[str, typer.Option(help="FIR number.")],
    station: Annotated[str, typer.Option(help="Police station code.")],
    district: Annotated[str, typer.Option(help="District code.")],
    state: Annotated[str, typer.Option(help="State code, two digits.")],
    officer: Annotated[str, typer.Option(help="Officer who enrols.")],
    name: Annotated[str, typer.Option(help="Name of the person; not needed with --record.")] = "",
    record: Annotated[str, typer.Option(help="Id or national number of the record to add the encounter to.")] = "",
    number: Annotated[str | None, typer.Option(help="National number, ten digits; assigned if left out.")] = None,
    alias: Annotated[list[str] | None, typer.Option(help="Another name; may be repeated.")] = None,
    sex: Annotated[Sex, typer.Option(help="Sex as on the arrest form.")] = Sex.UNKNOWN,
    birth_year: Annotated[int | None, typer.Option(help="Year of birth.")] = None,
    date: Annotated[str, typer.Option(help="Day of the encounter, YYYY-MM-DD; default today.")] = "",
    section: Annotated[list[str] | None, typer.Option(help="ACT:SECTION, such as 'BNS 2023:303(2)'.")] = None,
    kind: Annotated[EncounterKind, typer.Option(help="Why biometrics were taken.")] = EncounterKind.ARREST,
    fir_year: Annotated[int | None, typer.Option(help="Year of the FIR, if its number does not end in it.")] = None,
    time: Annotated[str, typer.Option(help="Local time of the encounter, HH:MM.")] = "",
    place: Annotated[str, typer.Option(help="Place of the encounter.")] = "",
    device: Annotated[str, typer.Option(help="Capture device of the prints and photos.")] = "",
    legal_basis: Annotated[LegalBasis, typer.Option(help="Legal basis of the capture.")] = LegalBasis.UNSTATED,
    particulars: ParticularsFile = None,
    missing: Annotated[
        list[str] | None,
        typer.Option(
            help="FINGER:REASON of a finger or eye that could not be taken: right_middle:amputated, left_eye:unable; "
            "the reason is amputated, bandaged, damaged or unable; may be repeated."
        ),
    ] = None,
    *,
    samples: list[Sample],
    accept_poor_quality: AcceptPoorQuality = "",
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Create a record with its first encounter, or add an encounter to a record."""
    sections = tuple(parse_section(text) for text in section or ())
    without = tuple(parse_missing(text) for text in missing or ())
    event_details = (kind, fir_year, parse_time(time), place, device, legal_basis, without)
    encounter = Encounter(fir, station, district, state, parse_date(date), officer, sections, *event_details)
    with service("records") as client:
        if record:
            enrolment = client.add_encounter(record, encounter, samples, accept_poor_quality, idempotency_key)
        else:
            person = Person(name, sex, birth_year, tuple(alias or ()), number, _read_particulars(particulars))
            enrolment = client.enrol(person, encounter, samples, accept_poor_quality, idempotency_key)
    numbers = enrolment.duplicate_case_numbers
    sentences = [f"A record matches; examiners decide: case {number}" for number in numbers]
    print_result(enrolment, as_json, tables.record(enrolment), *sentences)


def _read_particulars(path: Path | None) -> Particulars:
    """Read a JSON file with further data of the arrest form; empty without a file.

    Raises:
        InvalidField: the file cannot be read, or a value is not valid.
    """
    try:
        return adapter_of(Particulars).validate_python(json_of(path)) if path else Particulars()
    except ValidationError as error:
        raise InvalidField(f"{path} is not valid: {error}") from error
