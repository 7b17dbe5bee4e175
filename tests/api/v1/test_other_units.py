"""What a unit learns of another unit's people: one bit a search, and the unit to call, whatever it asks for.

Four services differ in one person, whom another unit keeps. In two of them that person is below the default threshold,
in the other two above it; score, sex, year of birth, national number, kind of encounter and galleries all differ. Each
parameter of each interface is walked: the two services below must answer alike, and so must the two above.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pytest
from acting import HERE
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import print_of, thumb
from made_up_transactions import file, fingerprint, text
from mosip_client import MosipClient, person
from officers import WHY, new_key
from osia_client import OsiaClient, finger, key_of, serving, settings_of
from receiver import Receiver, receiving
from records_examples import encounter

from api.accounts.accounts import Accounts
from biometrics import itl
from biometrics.imaging.image import decode
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import EnrolledSample
from biometrics.matching.calibration import threshold_for_fpir
from biometrics.osia.model import ClientData
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import store_person
from fingerprint.codec import decode as decode_minutiae
from fingerprint.codec import encode as encode_minutiae
from fingerprint.modality import FINGERPRINT
from fingerprint.template import FingerprintTemplate

pytestmark = pytest.mark.slow

PROBE = print_of(0, "right_thumb", 1)
PEOPLE = 4  # on record in each service
DEFAULT = threshold_for_fpir(0.001, PEOPLE)
V1 = "/api/v1"


@dataclass(frozen=True)
class Foreigner:
    """The person whom another unit keeps: how alike, and all that filters ask for."""

    least: float  # decibans
    most: float
    person: Person
    kind: EncounterKind
    galleries: tuple[str, ...]


MAN = Person("A", Sex.MALE, 1980, (), "2799999991")
WOMAN = Person("B", Sex.FEMALE, 1999, (), "2799999992")
FOREIGNERS = {
    "far below": Foreigner(0.0, 5.0, MAN, EncounterKind.ARREST, ("MOSIP",)),
    "just below": Foreigner(12.0, DEFAULT - 1, WOMAN, EncounterKind.WANTED, ("ELSEWHERE",)),
    "just above": Foreigner(DEFAULT + 1, DEFAULT + 40, MAN, EncounterKind.MISSING, ("MOSIP",)),
    "far above": Foreigner(DEFAULT + 60, 1000.0, WOMAN, EncounterKind.ARREST, ("ELSEWHERE",)),
}

# What is asked of identify, group and latent searches; each value in turn.
PARAMETERS: dict[str, list[Any]] = {
    "target_fpir": ["0.000001", "0.01", "0.5"],
    "mode": ["investigation"],
    "max_candidates": ["1", "100"],
    "sex": ["male", "female"],
    "born_from": ["1990"],
    "born_to": ["1985"],
    "kind": ["arrest", "wanted", "missing"],
    "state_code": ["27", "28"],
    "district_code": ["519", "520"],
    "station_code": ["27519004", "27520001"],
    "mark_kind": ["tattoo"],
    "body_part": ["forearm"],
    "body_side": ["left"],
    "mark_colour": ["red"],
    "tattoo_class": ["animal"],
    "mark_words": ["lotus"],
    "exclude": [MAN.national_number, WOMAN.national_number],
    "officer": ["SI"],
    "reason": ["as told"],
    "purpose": ["arrest"],
    "case_number": ["7/2026"],
}
OF_LATENTS: dict[str, list[Any]] = {  # of a latent's search, besides
    "with_suggested_region": ["false", "true"],
    "position": ["18", "0"],
}
STANDING: dict[str, list[str]] = {  # of a search that every enrolment makes again
    "kind": ["latent", "wanted"],
    "expires_on": ["2036-01-31"],
    "officer": ["SI"],
    "case_number": ["7/2026"],
}
OSIA_QUERIES: list[dict[str, Any]] = [
    {},
    {"threshold": -1000},
    {"threshold": 45.5},
    {"threshold": 10_000},
    {"maxNbCand": 1},
]
OSIA_FILTERS: list[dict[str, Any]] = [
    {"gender": "M"},
    {"gender": "F"},
    {"encounterType": "wanted"},
    {"yearOfBirthMin": 1990},
    {"yearOfBirthMax": 1985},
    {"dateOfBirthMin": "1990-01-01"},
    {"dateOfBirthMax": "1985-01-01"},
    {"biometricType": ["FINGER"]},
]
MOSIP_FIELDS: list[dict[str, Any]] = [
    {},
    {"flags": {"targetFPIR": "4"}},
    {"flags": {"targetFPIR": "60"}},
    {"flags": {"maxResults": "1"}},
    *({"gallery": {"referenceIds": [{"referenceId": item}]}} for item in ("OWN", "FOREIGN", "UNKNOWN")),
]


class Service:
    """A service with four people on record, one of them another unit's, and officers and clients of a station."""

    def __init__(self, client: TestClient, shares: Receiver, foreigner: Foreigner) -> None:
        self.client = client
        self.engine = cast(Engine, cast(FastAPI, client.app).state.services.engine).as_system("a test")
        accounts = cast(Accounts, cast(FastAPI, client.app).state.services.accounts)
        self.headers = {"Authorization": new_key(accounts, unit=HERE)}
        self.osia = OsiaClient(client, key_of(accounts, HERE))
        self.mosip = MosipClient(client, shares, HERE)
        self._enrol(foreigner)

    def _enrol(self, foreigner: Foreigner) -> None:
        (probe,) = self.engine.extract([thumb(0, 1)])
        mate, other, another = (self.engine.extract([thumb(item, 0)])[0] for item in range(3))

        def add(who: Person, sample: EnrolledSample, reference: str, galleries: tuple[str, ...], **place: Any) -> None:
            data = ClientData(reference, galleries[0], galleries, active=True, content=None)
            made = store_person(self.engine.store, who, encounter(**place), [sample], data, reference)
            self.theirs = made.sample_ids[0]  # in the end that of the foreigner

        add(Person("Own", Sex.MALE, 1970), self._part(probe, mate, 8.0, 30.0), "OWN", ("MOSIP",))
        add(Person("Other", Sex.FEMALE, 1991), other, "OTHER", ("CRIMINAL",))
        add(Person("Another"), another, "ANOTHER", ("CRIMINAL",))
        alike = self._part(probe, mate, foreigner.least, foreigner.most)
        where = {"district_code": "520", "station_code": "27520001", "kind": foreigner.kind}
        add(foreigner.person, alike, "FOREIGN", foreigner.galleries, **where)

    def _part(self, probe: EnrolledSample, mate: EnrolledSample, least: float, most: float) -> EnrolledSample:
        """Return the mate with as many of its minutiae as give it a score between two, in decibans."""
        whole = decode_minutiae(mate.template.data)
        for count in range(len(whole), 3, -1):
            template = replace(mate.template, data=encode_minutiae(first_minutiae(whole, count)))
            stored = replace(mate, template=template)
            raw = self.engine.channels[FINGERPRINT].recogniser.compare(probe.template, [template])
            decibans = self.engine.channels[FINGERPRINT].calibration.score(float(raw[0])).decibans
            if least <= decibans <= most:
                return stored
        raise AssertionError(f"no part of the print scores {least} to {most}")

    def post(self, path: str, data: Mapping[str, Any], **files: bytes) -> Any:
        return self.client.post(V1 + path, data=data, files=files, headers=self.headers)

    def answers(self, *, all_latents: bool) -> dict[str, str]:
        """Return the answer to everything that can be asked, without ids and times, by what was asked.

        A search for a latent takes ten times as long as another one, and reads the parameters of both by the same code.
        """
        result: dict[str, Any] = {}
        for name, values in [("nothing", [""]), *PARAMETERS.items()]:
            for value in values:
                arguments = WHY | ({} if name == "nothing" else {name: value})
                result[f"identify {name} {value}"] = self.post("/identify", arguments, right_thumb=PROBE)
        result["latent"] = self.post("/identify/latent", WHY, image=PROBE)
        for name, values in (PARAMETERS | OF_LATENTS if all_latents else {"sex": PARAMETERS["sex"]}).items():
            result[f"latent {name}"] = self.post("/identify/latent", WHY | {name: values[-1]}, image=PROBE)
        result["standing"] = self.post("/standing-searches", {"case_number": "1/2026"}, right_thumb=PROBE)
        for name, values in STANDING.items():
            for value in values:
                arguments = {"case_number": "1/2026"} | {name: value}
                result[f"standing {name} {value}"] = self.post("/standing-searches", arguments, right_thumb=PROBE)
        repeated = {"case_number": "1/2026", "search_id": result["identify nothing "].json()["id"]}
        result["standing of a search"] = self.post("/standing-searches", repeated)
        compared = f"/searches/{result['identify nothing '].json()['id']}/comparisons"
        for whose, sample_id in {"theirs": self.theirs, "nobody's": 1_000_000}.items():
            for more in ({}, {"ordinal": "0"}):
                arguments = {"sample_id": str(sample_id)} | more
                result[f"compared with {whose} {more}"] = self.post(compared, arguments, image=PROBE)
        for what, answer in {name: result[name] for name in ("identify nothing ", "identify target_fpir 0.5")}.items():
            again = f"{V1}/searches/{answer.json()['id']}"
            result[f"{what} read"] = self.client.get(again, headers=self.headers)
            result[f"{what} replayed"] = self.client.post(f"{again}/replay", headers=self.headers)
        result["searches"] = self.client.get(f"{V1}/searches", params={"limit": 200}, headers=self.headers)
        result |= self._through_osia() | self._through_mosip() | self._through_itl()
        return {name: plain(answer) for name, answer in result.items()}

    def _through_osia(self) -> dict[str, Any]:
        body = {"filter": {}, "biometricData": [finger(0, impression=1)]}
        response = {f"osia {query}": self.osia.post("/identify/ALL", body, **query) for query in OSIA_QUERIES}
        for where in OSIA_FILTERS:
            response[f"osia {where}"] = self.osia.post("/identify/ALL", body | {"filter": where})
        for gallery in ("MOSIP", "CRIMINAL", "ELSEWHERE", "wanted", "NOBODY"):
            response[f"osia in {gallery}"] = self.osia.post(f"/identify/{gallery}", body)
        response["osia by a person"] = self.osia.post("/identify/ALL/OWN", {}, threshold=-1000)
        response["osia galleries"] = self.osia.get("/galleries")
        return response

    def _through_mosip(self) -> dict[str, Any]:
        url = self.mosip.share(person(0, impression=1))
        result = {f"mosip {fields}": self.mosip.ask("identify", referenceURL=url, **fields) for fields in MOSIP_FIELDS}
        for reference in ("OWN", "FOREIGN", "UNKNOWN"):
            result[f"mosip by {reference}"] = self.mosip.ask("identify", referenceId=reference)
        result["mosip count"] = self.mosip.ask("referenceCount")
        return result

    def _through_itl(self) -> dict[str, Any]:
        image = decode(PROBE)
        content = file("TPIS", text(f9="32/2026"), fingerprint(1, 1, PROBE, (image.width, image.height)), f9="TCN-1")
        headers = self.headers | {"Content-Type": "application/octet-stream"}
        answer = self.client.post(f"{V1}/itl/transactions", content=content, headers=headers)
        assert answer.status_code == 200, answer.text
        return {"itl": [(field.number, field.value.decode()) for field in itl.parse(answer.content)[1].fields]}


def first_minutiae(whole: FingerprintTemplate, count: int) -> FingerprintTemplate:
    order = np.argsort(-whole.quality, kind="stable")[:count]
    parts = {name: getattr(whole, name)[order] for name in ("x", "y", "direction", "quality", "type")}
    return FingerprintTemplate(whole.width, whole.height, **parts)


def plain(answer: Any) -> str:
    """Return an answer as text, with a mark in the place of every id and time."""
    message = answer if isinstance(answer, list | dict) else [answer.status_code, answer.json()]
    shown = json.dumps(message, indent=1, sort_keys=True)
    shown = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "ID", shown)
    shown = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|\+00:00)", "TIME", shown)
    shown = re.sub(r'"number": \d+', "NUMBER", shown)  # of a standing search: how many there are in all
    return re.sub(
        r'"(searched_by|owner|wanted_by)": "[^"]*"', "WHO", re.sub(r"test-[0-9a-f]{12}|client\d+", "LOGIN", shown)
    )


@pytest.fixture(
    scope="module",
    params=[pytest.param(False, id="a latent"), pytest.param(True, id="all of latents", marks=pytest.mark.reach)],
)
def answers_by_service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, str]]:
    here = {"mosip_hosts": frozenset({"127.0.0.1"}), "mosip_networks": frozenset({"127.0.0.0/8"})}
    answers = {}
    with receiving() as shares:
        for name, foreigner in FOREIGNERS.items():
            with ExitStack() as opened:
                settings = settings_of(tmp_path_factory.mktemp("units"), "", check_at_once=False, **here)
                client = opened.enter_context(serving(settings))
                answers[name] = Service(client, shares, foreigner).answers(all_latents=request.param)
    return answers


@pytest.mark.parametrize(("first", "other"), [("far below", "just below"), ("just above", "far above")])
def test_no_parameter_discloses_more_than_one_bit_of_another_unit_s_person(
    answers_by_service: dict[str, dict[str, str]], first: str, other: str
) -> None:
    for request, answer in answers_by_service[first].items():
        assert answer == answers_by_service[other][request], request


def test_a_hit_elsewhere_is_reported_with_every_parameter(answers_by_service: dict[str, dict[str, str]]) -> None:
    silent = ("nothing read", "compared", "osia in", "osia by", "osia galleries", "mosip by", "mosip count", "searches")
    for request, answer in answers_by_service["far above"].items():
        if not request.startswith(silent):
            assert "27520001" in answer, request
            assert "27520001" not in answers_by_service["far below"][request] or "station_code" in request, request


def test_a_gallery_that_holds_only_others_is_as_unknown_as_any(answers_by_service: dict[str, dict[str, str]]) -> None:
    for answers in answers_by_service.values():
        assert answers["osia in ELSEWHERE"] == answers["osia in NOBODY"] == answers["osia in wanted"]
        assert answers["mosip by FOREIGN"] == answers["mosip by UNKNOWN"]
        assert "ELSEWHERE" not in answers["osia galleries"]


def test_another_unit_s_sample_is_answered_as_one_that_does_not_exist(
    answers_by_service: dict[str, dict[str, str]],
) -> None:
    for answers in answers_by_service.values():
        theirs, nobodys = (
            {
                request: re.sub(r"sample \d+", "SAMPLE", answer)
                for request, answer in answers.items()
                if whose in request
            }
            for whose in ("with theirs", "with nobody's")
        )
        assert len(theirs) == len(nobodys) == 2
        assert list(theirs.values()) == list(nobodys.values())
        assert all("unknown_sample" in answer for answer in theirs.values())


def test_every_parameter_of_every_search_is_walked(tmp_path: Any) -> None:
    """A new parameter of a search must be added to those above."""
    from api.app import create_app
    from api.settings import Settings
    from api.v1.samples_form import FILE_FIELDS

    document = create_app(Settings(data_folder=tmp_path, _env_file=None)).openapi()
    for path in ("/identify", "/identify/group", "/identify/latent"):
        body = document["paths"][f"{V1}{path}"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
        named = document["components"]["schemas"][body["$ref"].rpartition("/")[2]]["properties"]
        samples = FILE_FIELDS.keys() | {"image", "marked", "ppi", "details", "impression"}
        samples |= {"exhibit_number", "seizure_memo", "scene", "lifted_by", "lifted_on"}  # only for a court's report
        samples |= {"national_basis"}  # asks other states, not other units: test_national_index.py
        assert set(named) - samples <= set(PARAMETERS) | (set(OF_LATENTS) if path == "/identify/latent" else set()), (
            path
        )
    known = {
        "/standing-searches": {*STANDING, "search_id"},
        "/searches/{search_id}/comparisons": {"sample_id", "ordinal"},
    }
    for path, walked in known.items():
        (body,) = document["paths"][f"{V1}{path}"]["post"]["requestBody"]["content"].values()
        named = document["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]["properties"]
        assert set(named) - samples <= walked, path
