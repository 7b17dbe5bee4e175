"""What callers of each role and unit can learn and do by searches, cases and enrolments, told by the effect.

Each search row has a generated person of its own, so that what it finds are the row's own victims.
"""

from __future__ import annotations

import contextvars
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from acting import act_of
from effects import (
    ANOTHER_STATE,
    BY_ROLES,
    SIBLING,
    STATION,
    V1,
    Effect,
    Send,
    Victim,
    World,
    check_elsewhere,
    check_who_has_the_right,
    check_who_lacks_the_right,
    filled,
    mosip,
    native,
    osia,
    running,
    scopes,
    succeeded,
)
from inputs import ENCOUNTER, photo_of, print_of
from made_up_transactions import file, fingerprint, taking_poor_prints, text
from mosip_client import person as mosip_person
from officers import WHY
from osia_client import encounter as osia_encounter
from osia_client import finger
from receiver import content as content_of
from receiver import receiving
from records_examples import encounter as a_visit
from sqlalchemy import select

from api.cli.app import main
from biometrics.imaging.image import decode
from biometrics.kernel.access import Role, Scope
from biometrics.kernel.types import Sample
from biometrics.storage.tables.osia import osia_encounters
from biometrics.storage.tables.people import encounters
from biometrics.use_cases.enrol import store_encounter
from biometrics.use_cases.examine import open_case
from biometrics.use_cases.identify import SearchRequest, search
from face.modality import FACE

READ, WRITE, IMAGE = Scope.ENCOUNTER_READ, Scope.ENCOUNTER_WRITE, Scope.IMAGE_READ
IDENTIFY, VERIFY, SEARCH_READ = Scope.IDENTIFY, Scope.VERIFY, Scope.SEARCH_READ
CASE_READ, EXAMINE, SUPERVISE = Scope.CASE_READ, Scope.CASE_EXAMINE, Scope.CASE_SUPERVISE
SCORE = '"decibans":'
PHOTO = (-1, 0)  # the place of a photo among the samples of a world
MOST = 50  # candidates: more than there are victims of one print
MANY = WHY | {"max_candidates": str(MOST)}
GOOD_ENOUGH = "a generated finger, dry for good"


def probe(person: int) -> bytes:
    """Return another impression of the victim's print."""
    return print_of(person, "right_thumb", 1)


def searched(world: World, victim: Victim, person: int) -> None:
    """Have somebody at the station search, and find the victim."""
    engine = world.engine.for_actor(act_of(STATION, actor="searcher"))
    victim.search_id = search(engine, SearchRequest((), MOST), [world.sample(person, 1)]).id


def photographed(world: World, victim: Victim, person: int) -> None:
    """Add an encounter with a photo, which all victims of the row share."""
    if PHOTO not in world.samples:
        (world.samples[PHOTO],) = world.engine.extract([Sample(FACE, photo_of(0), "a.png")], assess=True)
    store_encounter(world.engine.store.as_system("a test"), victim.record_id, a_visit(), [world.samples[PHOTO]])
    world.waive_checks()


def case_opened(world: World, victim: Victim, person: int) -> None:
    """Have somebody at the station put the victim to examiners."""
    searched(world, victim, person)
    engine = world.engine.for_actor(act_of(STATION, actor="searcher"))
    view = open_case(engine, victim.search_id, victim.record_id, [world.sample(person, 1).sample])
    victim.case_id = view.id


def itl(kind: str, person: int | None = None, **words: str) -> Send:
    """Send an ANSI/NIST-ITL transaction, with a print of a person."""

    def send(world: World, victim: Victim, header: dict[str, str]) -> Any:
        prints = []
        if person is not None:
            image = decode(probe(person))
            prints = [fingerprint(1, 1, probe(person), (image.width, image.height))]
        sent = file(kind, text(**{name: filled(value, victim) for name, value in words.items()}), *prints)
        headers = header | {"Content-Type": "application/octet-stream"}
        return world.client.post(f"{V1}/itl/transactions", content=sent, headers=headers)

    return send


def shared(operation: str, person: int, **fields: Any) -> Send:
    """Ask MOSIP's interface about the print of a person at a data share."""

    def send(world: World, victim: Victim, header: dict[str, str]) -> Any:
        with receiving() as shares:
            shares.paths["/share"] = content_of(mosip_person(person, impression=1))
            return mosip(operation, referenceURL=f"{shares.url}/share", **fields)(world, victim, header)

    return send


def steps(*sent: Send) -> Send:
    """Do one thing after the other; the answer is that of the last."""

    def send(world: World, victim: Victim, header: dict[str, str]) -> Any:
        answers = [step(world, victim, header) for step in sent]
        return answers[-1]

    return send


def command(*arguments: str, person: int = 0) -> Send:
    """Run `pehchan --server` with the caller's key; `<file>` is a file with a print of a person."""

    def send(world: World, victim: Victim, header: dict[str, str]) -> Any:
        image = world.folder / f"probe-{person}.png"
        image.write_bytes(probe(person))
        filled_arguments = [filled(argument, victim).replace("<file>", str(image)) for argument in arguments]
        argv = ["pehchan", "--server", str(world.client.base_url).rstrip("/"), *filled_arguments]
        key = header["Authorization"].removeprefix("Bearer ")
        output = io.StringIO()
        with (
            patch.object(sys, "argv", argv),
            patch.dict(os.environ, PEHCHAN_API_KEY=key, COLUMNS="300"),
            redirect_stdout(output),
            redirect_stderr(output),
            pytest.raises(SystemExit) as ended,
        ):
            contextvars.copy_context().run(main)
        request = httpx.Request("POST", "http://pehchan/", content=" ".join(argv).encode())
        return httpx.Response(400 if ended.value.code else 200, text=output.getvalue(), request=request)

    return send


SEARCHES = [
    # Whoever searches learns who it is, and how alike.
    Effect(
        "search, native",
        scopes(IDENTIFY),
        native("POST", "/identify", data=MANY, files={"right_thumb": probe(1)}),
        lambda victim: (victim.record_id, SCORE),
        person=1,
    ),
    Effect(
        "search without a threshold, native",
        scopes(IDENTIFY),
        native("POST", "/identify", data=MANY | {"mode": "investigation"}, files={"right_thumb": probe(1)}),
        lambda victim: (victim.record_id,),
        person=1,
    ),
    Effect(
        "search with a latent, native",
        scopes(IDENTIFY),
        native("POST", "/identify/latent", data=MANY, files={"image": probe(3)}),
        lambda victim: (victim.record_id,),
        person=3,
    ),
    Effect(
        "search with a group photo, native",
        scopes(IDENTIFY),
        native("POST", "/identify/group", data=MANY, files={"photo": photo_of(0)}),
        lambda victim: (victim.record_id,),
        person=16,
        prepare=photographed,
    ),
    Effect(
        "standing search, native",
        scopes(Scope.WATCH_MANAGE),
        native("POST", "/standing-searches", data={"case_number": "1/2026"}, files={"right_thumb": probe(4)}),
        lambda victim: (victim.record_id,),
        person=4,
    ),
    Effect(
        "search, OSIA",
        scopes(IDENTIFY),
        osia("POST", "/identify/ALL", {"filter": {}, "biometricData": [finger(5, impression=1)]}, maxNbCand=str(MOST)),
        lambda victim: (victim.person_id,),
        person=5,
    ),
    Effect(
        "search with a person's samples, OSIA",
        scopes(IDENTIFY),
        osia("POST", "/identify/ALL/<person_id>", {}),
        lambda victim: ("[",),
        person=5,
    ),
    Effect(
        "search, MOSIP",
        scopes(IDENTIFY),
        shared("identify", 6, flags={"maxResults": str(MOST)}),
        lambda victim: (victim.client_id,),
        person=6,
    ),
    Effect(
        "search with a reference, MOSIP",
        scopes(IDENTIFY),
        mosip("identify", referenceId="<client_id>"),
        lambda victim: ('"candidateList"',),
        person=6,
    ),
    Effect("search, ITL", scopes(IDENTIFY), itl("TPIS", 7, f9="32/2026"), lambda victim: (victim.number,), person=7),
    Effect(
        "search, command line",
        scopes(IDENTIFY),
        command(
            "identify",
            "--purpose",
            "investigation",
            "--case",
            "1/2026",
            "--print",
            "<file>",
            "--candidates",
            str(MOST),
            person=8,
        ),
        lambda victim: (victim.number,),
        person=8,
    ),
    # Whoever verifies learns how alike one person is.
    Effect(
        "verify, native",
        scopes(VERIFY),
        native("POST", "/verify", data={"record_id": "<record_id>"}, files={"right_thumb": probe(9)}),
        lambda victim: (SCORE,),
        person=9,
    ),
    Effect(
        "verify, OSIA",
        scopes(VERIFY),
        osia("POST", "/verify/ALL/<person_id>", {"biometricData": [finger(9, impression=1)]}),
        lambda victim: ('"score":',),
        person=9,
    ),
    Effect(
        "verify, command line",
        scopes(VERIFY),
        command("verify", "<record_id>", "--print", "<file>", person=9),
        lambda victim: ("decibans",),
        person=9,
    ),
    # A search that the station has made is read.
    Effect(
        "read a search, native",
        scopes(SEARCH_READ),
        native("GET", "/searches/<search_id>"),
        lambda victim: (victim.record_id, SCORE),
        person=13,
        prepare=searched,
    ),
    Effect(
        "list searches, native",
        scopes(SEARCH_READ),
        native("GET", "/searches", params={"limit": 200}),
        lambda victim: (victim.search_id,),
        person=13,
        prepare=searched,
    ),
    Effect(
        "list searches, command line",
        scopes(SEARCH_READ),
        command("search", "list", "--limit", "200"),
        lambda victim: (victim.search_id,),
        person=12,
        prepare=searched,
    ),
    Effect(
        "searches that named a person, native",
        scopes(SEARCH_READ),
        native("GET", "/records/<record_id>/searches"),
        lambda victim: (victim.search_id,),
        person=13,
        prepare=searched,
    ),
    Effect(
        "replay a search, native",
        scopes(SEARCH_READ),
        native("POST", "/searches/<search_id>/replay"),
        lambda victim: (victim.record_id,),
        person=12,
        prepare=searched,
    ),
    Effect(
        "compare by a search, native",
        scopes(SEARCH_READ, IMAGE),
        native("POST", "/searches/<search_id>/comparisons", data={"sample_id": "<sample_id>"}),
        lambda victim: ('"pairs":',),
        person=13,
        prepare=searched,
    ),
]

ANALYSE = native("POST", "/cases/<case_id>/analyses", json={"of_value": True, "notes": "ulnar loop"})
TAKE = native("POST", "/cases/<case_id>/take")
OPEN_PROBE = native("GET", "/cases/<case_id>/images/probe-0")
OPEN_SAMPLE = native("GET", "/cases/<case_id>/images/sample-<sample_id>")
DECIDE = native("POST", "/cases/<case_id>/opinions", json={"conclusion": "exclusion", "notes": "no point agrees"})

CASES = [
    Effect(
        "open a case, native",
        scopes(CASE_READ),
        native(
            "POST",
            "/cases",
            data={"search_id": "<search_id>", "record_id": "<record_id>"},
            files={"right_thumb": probe(14)},
        ),
        person=14,
        prepare=searched,
    ),
    Effect(
        "open a case by a rank, native",
        scopes(CASE_READ),
        native("POST", "/cases", data={"search_id": "<search_id>", "rank": "1"}, files={"right_thumb": probe(15)}),
        person=15,
        prepare=searched,
    ),
    Effect(
        "read a case, native",
        scopes(CASE_READ),
        native("GET", "/cases/<case_id>"),
        lambda victim: (victim.search_id,),
        person=10,
        prepare=case_opened,
    ),
    Effect(
        "list cases, native",
        scopes(CASE_READ),
        native("GET", "/cases", params={"limit": 200}),
        lambda victim: (victim.case_id,),
        person=14,
        prepare=case_opened,
    ),
    Effect(
        "candidate's image of a case, native",
        scopes(EXAMINE),
        steps(TAKE, ANALYSE, OPEN_SAMPLE),
        lambda victim: ("PNG",),
        person=14,
        prepare=case_opened,
    ),
    Effect(
        "comparison in a case, native",
        scopes(EXAMINE),
        steps(TAKE, ANALYSE, native("GET", "/cases/<case_id>/comparisons/probe-0/sample-<sample_id>")),
        lambda victim: ('"pairs":',),
        person=15,
        prepare=case_opened,
    ),
    Effect(
        "decide a case, native",
        scopes(EXAMINE),
        steps(TAKE, ANALYSE, OPEN_PROBE, OPEN_SAMPLE, DECIDE),
        person=10,
        prepare=case_opened,
    ),
    Effect(
        "score of a case, native",
        scopes(EXAMINE),
        steps(TAKE, ANALYSE, OPEN_PROBE, OPEN_SAMPLE, DECIDE),
        lambda victim: ('"score":',),
        person=14,
        prepare=case_opened,
    ),
    Effect(
        "withdraw a case, native",
        scopes(SUPERVISE),
        native("POST", "/cases/<case_id>/withdrawal", json={"because": "asked by mistake"}),
        person=15,
        prepare=case_opened,
    ),
]

PERSON = {"name": "Asha Verma"}
VISIT = ENCOUNTER | {"fir_number": "<sample_id>/2026"}  # of each victim another one: nobody is taken for sent again
ARREST = {"encounter": json.dumps(VISIT), "accept_poor_quality": GOOD_ENOUGH}
HERE = {"stateCode": "27", "districtCode": "519", "stationCode": "27519004"}
ITEM = {
    "key": "<client_id>",
    "record": PERSON,
    "encounter": VISIT,
    "samples": [{"file": 0, "position": 1}],
    "accept_poor_quality": GOOD_ENOUGH,
}
BOOKED = {"f9": "0123/2026", "f18": "VERMA, ASHA", "f24": "F", "f73": "27519004"}
PLACE = ("--fir", "1/2026", "--station", "27519004", "--district", "519", "--state", "27", "--officer", "SI R. Patil")

ENROLMENTS = [
    # Somebody is enrolled in the station's name.
    Effect(
        "enrol, native",
        scopes(WRITE),
        native("POST", "/enrolments", data=ARREST | {"record": json.dumps(PERSON)}, files={"right_thumb": probe(11)}),
    ),
    Effect(
        "enrol in a batch",
        scopes(WRITE),
        native("POST", "/batches", data={"items": json.dumps([ITEM])}, files={"files": probe(11)}),
    ),
    Effect(
        "enrol, OSIA",
        scopes(WRITE),
        osia("POST", "/persons", osia_encounter(finger(11), contextualData=HERE)),
    ),
    Effect("enrol, ITL", scopes(WRITE), itl("CNA", 11, **BOOKED)),
    Effect(
        "enrol, command line",
        scopes(WRITE),
        command(
            "enrol",
            "--name",
            "Asha",
            *PLACE,
            "--print",
            "right_thumb=<file>",
            "--accept-poor-quality",
            "dry",
            person=11,
        ),
    ),
    # An encounter is added to a person.
    Effect(
        "add an encounter, native",
        scopes(WRITE),
        native("POST", "/records/<record_id>/encounters", data=ARREST, files={"right_thumb": probe(11)}),
    ),
    Effect(
        "add an encounter in a batch",
        scopes(WRITE),
        native(
            "POST",
            "/batches",
            data={"items": json.dumps([ITEM | {"record": PERSON | {"national_number": "<number>"}}])},
            files={"files": probe(11)},
        ),
    ),
    Effect("add an encounter, ITL", scopes(WRITE), itl("CNA", 11, f14="<number>", **BOOKED)),
    Effect(
        "add an encounter, command line",
        scopes(WRITE),
        command(
            "enrol", "--record", "<record_id>", *PLACE, "--print", "<file>", "--accept-poor-quality", "dry", person=11
        ),
    ),
    # A record without an encounter is of a state.
    Effect(
        "create a record, native",
        scopes(WRITE),
        native("POST", "/records", json=PERSON | {"state_code": "27"}),
        elsewhere=ANOTHER_STATE,
    ),
    Effect("delete a person, ITL", scopes(Scope.RECORD_EXPUNGE), itl("DEL", f14="<number>")),
    # What the command line reads.
    Effect(
        "read, command line",
        scopes(READ),
        command("record", "show", "<record_id>"),
        lambda victim: (victim.name,),
    ),
    Effect(
        "find, command line",
        scopes(READ),
        command("record", "list", "--number", "<number>"),
        lambda victim: (victim.name,),
    ),
]

EFFECTS = [*SEARCHES, *CASES, *ENROLMENTS]
INSERT = Effect("enrol, MOSIP", scopes(WRITE), shared("insert", 11, referenceId="<client_id>-new"))  # from any unit


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    local = {"mosip_hosts": frozenset({"127.0.0.1"}), "mosip_networks": frozenset({"127.0.0.0/8"})}
    data = tmp_path_factory.mktemp("data")
    with running(data, check_at_once=False, itl_table=taking_poor_prints(data), **local) as opened:
        yield opened


@pytest.mark.sampled
@BY_ROLES
@pytest.mark.parametrize("effect", [*EFFECTS, INSERT], ids=lambda effect: effect.name)
def test_a_role_without_the_right_has_no_effect_and_learns_nothing(
    world: World, effect: Effect, most: int | None
) -> None:
    check_who_lacks_the_right(world, effect, most)


@pytest.mark.sampled
@BY_ROLES
@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.name)
def test_the_right_elsewhere_has_no_effect_and_discloses_nothing(
    world: World, effect: Effect, most: int | None
) -> None:
    check_elsewhere(world, effect, most)


@pytest.mark.sampled
@BY_ROLES
@pytest.mark.parametrize("effect", [*EFFECTS, INSERT], ids=lambda effect: effect.name)
def test_the_right_at_the_station_or_above_has_the_effect(world: World, effect: Effect, most: int | None) -> None:
    check_who_has_the_right(world, effect, most)


def test_a_record_that_mosip_inserts_is_filed_at_the_unit_of_the_client(world: World) -> None:
    """It names no station: the usual one is taken only where the client's unit covers it."""
    victim = world.victim()
    assert succeeded(INSERT.send(world, victim, world.header(Role.STATION_OFFICER, SIBLING)))
    query = select(encounters.c.station_code).join(osia_encounters)
    with world.engine.store.database.reading() as connection:
        filed = connection.execute(query.where(osia_encounters.c.client_id == f"{victim.client_id}-new")).scalars()
        assert [f"27/519/{code}" for code in filed] == [SIBLING]
