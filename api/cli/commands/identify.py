"""`pehchan identify`, `pehchan verify` and `pehchan compare`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from api.cli import tables
from api.cli.arguments import AsJson, ForCase, ForPurpose, Reason
from api.cli.operator import service
from api.cli.sample_options import takes_samples
from api.cli.terminal import ResultTable, print_result
from api.v1.searches_schemas import GroupMemberOut, ReplayOut
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.person import Sex
from biometrics.kernel.recognition.body_marks import BodyMarkKind, BodyPart, BodySide, MarkColour, TattooClass
from biometrics.kernel.recognition.types import Sample

app = typer.Typer()


@app.command("identify")
@takes_samples
def identify_person(
    purpose: ForPurpose,
    case: ForCase,
    samples: list[Sample],
    candidates: Annotated[int, typer.Option(help="Maximum number of candidates.")] = 10,
    fpir: Annotated[
        float, typer.Option(help="Accepted chance that a search for a person not on record returns a hit.")
    ] = 1e-3,
    investigation: Annotated[
        bool, typer.Option("--investigation", help="List the highest scores, without a threshold.")
    ] = False,
    group: Annotated[bool, typer.Option("--group", help="Search for each person in one photo.")] = False,
    reason: Reason = "",
    officer: Annotated[str, typer.Option(help="Who searches.")] = "",
    national_basis: Annotated[
        str, typer.Option(help="Search other states too: legal basis. Leave out to search this state only.")
    ] = "",
    sex: Annotated[list[Sex] | None, typer.Option(help="Only people of this or unknown sex.")] = None,
    born_from: Annotated[int | None, typer.Option(help="Only people born in this year or later, or unknown.")] = None,
    born_to: Annotated[int | None, typer.Option(help="Only people born in this year or earlier, or unknown.")] = None,
    kind: Annotated[list[EncounterKind] | None, typer.Option(help="Only samples of this kind of encounter.")] = None,
    state: Annotated[list[str] | None, typer.Option(help="Only samples taken in the state with this code.")] = None,
    district: Annotated[
        list[str] | None, typer.Option(help="Only samples taken in the district with this code.")
    ] = None,
    station: Annotated[list[str] | None, typer.Option(help="Only samples taken at the station with this code.")] = None,
    mark_kind: Annotated[list[BodyMarkKind] | None, typer.Option(help="Only marks of this or no kind.")] = None,
    body_part: Annotated[
        list[BodyPart] | None, typer.Option(help="Only marks on this part of the body, around or in it.")
    ] = None,
    body_side: Annotated[list[BodySide] | None, typer.Option(help="Only marks of this or no side.")] = None,
    mark_colour: Annotated[
        list[MarkColour] | None, typer.Option(help="Only marks of this colour, or of none that is known.")
    ] = None,
    tattoo_class: Annotated[
        list[TattooClass] | None, typer.Option(help="Only marks that show this, or nothing that is known.")
    ] = None,
    mark_words: Annotated[
        str | None, typer.Option(help="Only people with a mark whose description has these words.")
    ] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="National number of a person to leave out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Search all records with prints, photos, irises, palms and photos of marks.

    Palms and photos of marks give an order of candidates for an examiner, and no verdict.
    """
    from api.v1.search_terms import Mode, SearchTerms  # imported late: FastAPI takes most of a second

    terms = SearchTerms(
        purpose=purpose,
        case_number=case,
        reason=reason,
        target_fpir=fpir,
        mode=Mode.INVESTIGATION if investigation else Mode.IDENTIFICATION,
        max_candidates=candidates,
        officer=officer,
        national_basis=national_basis,
        sex=sex,
        born_from=born_from,
        born_to=born_to,
        kind=kind,
        state_code=state,
        district_code=district,
        station_code=station,
        mark_kind=mark_kind,
        body_part=body_part,
        body_side=body_side,
        mark_colour=mark_colour,
        tattoo_class=tattoo_class,
        mark_words=mark_words or "",
        exclude=exclude,
    )
    with service("identification") as client:
        if group:
            _show_group(client.identify_group(_photo(samples), terms), as_json)
        else:
            search = client.identify(samples, terms)
            print_result(search, as_json, *tables.search(search))


def _photo(samples: Sequence[Sample]) -> Sample:
    if len(samples) != 1:
        raise InvalidField("A search for each person in a photo takes one photo and nothing else.")
    return samples[0]


def _show_group(members: Sequence[GroupMemberOut], as_json: bool) -> None:
    parts: list[ResultTable | str] = []
    for member in members:
        heading = "Face at {:.0f}, {:.0f}, {:.0f} x {:.0f} pixels".format(*member.box)
        parts += [heading, *tables.search(member.search)]
    print_result(members, as_json, *parts)


@app.command("replay")
def replay_search(search_id: Annotated[str, typer.Argument(metavar="SEARCH_ID")], as_json: AsJson = False) -> None:
    """Repeat a stored search on the gallery as it was. Exit code 1: the list differs."""
    with service("searches") as client:
        replayed = client.send(ReplayOut, "POST", "searches", search_id, "replay")
    parts: list[ResultTable | str] = [tables.candidates(replayed.search, replayed.candidates)]
    if replayed.removed:
        parts.append(f"{replayed.removed} templates of then have been removed since.")
    if replayed.meanwhile:
        parts.append(f"{replayed.meanwhile} templates were enrolled while the search ran.")
    if replayed.index_differs and not replayed.same:
        parts.append("The index selects candidates differently now: those near the end of the list may be others.")
    parts.append("The list is the same." if replayed.same else "The list is NOT the same as it was.")
    print_result(replayed, as_json, *parts)
    raise typer.Exit(0 if replayed.same else 1)


@app.command("verify")
@takes_samples
def verify_person(
    people: Annotated[
        list[str], typer.Argument(metavar="RECORD...", help="Ids of records, or national numbers; a few at most.")
    ],
    purpose: ForPurpose,
    case: ForCase,
    samples: list[Sample],
    reason: Reason = "",
    fmr: Annotated[float, typer.Option(help="Accepted chance that another person's samples match any of them.")] = 1e-3,
    as_json: AsJson = False,
) -> None:
    """Compare samples with the person on a record, or each of a few. Exit code 3: no match."""
    with service("records", "verification") as client:
        if len(people) == 1:
            one = client.verify(people[0], samples, purpose, case, reason=reason, target_fmr=fmr)
            print_result(one, as_json, tables.verification(one))
            matches = one.match
        else:
            comparison = client.verify_people(people, samples, purpose, case, reason=reason, target_fmr=fmr)
            print_result(comparison, as_json, tables.people_verification(comparison))
            matches = any(person.verification.match for person in comparison.people)
    raise typer.Exit(0 if matches else 3)


@app.command("compare")
@takes_samples
def compare(
    purpose: ForPurpose,
    case: ForCase,
    samples: list[Sample],
    other_samples: list[Sample],
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Compare two sets of prints and photos, each of one person. No record is read, and nothing is kept."""
    with service("verification") as client:
        compared = client.compare(samples, other_samples, purpose, case, reason=reason)
    print_result(compared, as_json, tables.samples_comparison(compared))
