"""`pehchan enrol`."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli import tables
from api.cli.arguments import (
    AcceptPoorQuality,
    AsJson,
    IdempotencyKeyOption,
    Photos,
    Ppi,
    Prints,
    key_of,
    parse_date,
    parse_missing,
    parse_section,
    parse_time,
    read_samples,
)
from api.cli.commands.record import ParticularsFile, named, read_particulars
from api.cli.operator import operated_engine
from api.cli.remote import server
from api.cli.terminal import print_result
from api.settings import Settings
from api.v1.encounters_schemas import EncounterIn
from api.v1.records_schemas import EnrolmentOut, RecordIn
from biometrics.kernel.encounter import Encounter, EncounterKind, LegalBasis
from biometrics.kernel.person import Person, Sex
from biometrics.kernel.types import Impression

app = typer.Typer()


@app.command("enrol")
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
            help="FINGER:REASON of a finger that could not be taken, as in right_middle:amputated; "
            "the reason is amputated, bandaged, damaged or unable; may be repeated."
        ),
    ] = None,
    prints: Prints = None,
    photo: Photos = None,
    impression: Annotated[int, typer.Option(help="ANSI/NIST impression type code of the prints.")] = 0,
    ppi: Ppi = None,
    accept_poor_quality: AcceptPoorQuality = "",
    idempotency_key: IdempotencyKeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Create a record with its first encounter, or add an encounter to a record."""
    sections = tuple(parse_section(text) for text in section or ())
    without = tuple(parse_missing(text) for text in missing or ())
    more = (kind, fir_year, parse_time(time), place, device, legal_basis, without)
    encounter = Encounter(fir, station, district, state, parse_date(date), sections, officer, *more)
    samples = read_samples(prints, photo, ppi, Impression(impression))
    person = (
        None if record else Person(name, sex, birth_year, tuple(alias or ()), number, read_particulars(particulars))
    )
    if client := server():
        encounter_in = EncounterIn.model_validate(encounter)
        with client:
            if person is None:
                shown = client.add_encounter(record, encounter_in, samples, accept_poor_quality, idempotency_key)
            else:
                new = RecordIn.model_validate(person)
                shown = client.enrol(new, encounter_in, samples, accept_poor_quality, idempotency_key)
        print_result(shown, as_json, tables.record(shown))
        return
    request = key_of(idempotency_key, "enrol", record, person, encounter, samples, accept_poor_quality)
    from biometrics.cases.repository import CaseReader  # imported late: not needed with --server
    from biometrics.use_cases.enrol import add_encounter, enrol

    with operated_engine(Settings(), idempotency_key=request) as engine:
        if person is None:
            enrolment = add_encounter(engine, named(engine.store, record).id, encounter, samples, accept_poor_quality)
        else:
            enrolment = enrol(engine, person, encounter, samples, accept_poor_quality)
        shown = EnrolmentOut.after(enrolment.record or engine.store.people.get(enrolment.record_id), enrolment)
        assert engine.store.act is not None, "an operator enrols"
        numbers = CaseReader(engine.store.database, engine.store.act).numbers(enrolment.cases)
    cases = [numbers.get(case_id, case_id) for case_id in enrolment.cases]
    sentences = [f"A record or standing search matches; examiners decide: case {number}" for number in cases]
    print_result(shown, as_json, tables.record(shown), *sentences)
