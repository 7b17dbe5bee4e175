"""People from real data, over HTTP, with a real server that is killed: all are found first."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
from inputs import form
from server import Server, running

from biometrics.imaging.image import decode
from biometrics.kernel.errors import UnusableSample
from face.recogniser import FaceRecogniser
from models.registry import ModelRegistry

pytestmark = pytest.mark.reach

DATABASES = [(year, f"DB{number}_B") for year in ("FVC2002", "FVC2004") for number in (1, 2, 3, 4)]
PPI = {("FVC2002", "DB2_B"): "569", ("FVC2004", "DB3_B"): "512"}
# The same finger as FVC2002 DB3_B 108: 14 of 16 comparisons of their impressions score above 100 decibans.
SAME_FINGER = ("FVC2004", "DB3_B", "102")
PEOPLE = 100
SECONDS = 120
CLIENTS = 2  # at a time


@dataclass(frozen=True)
class Subject:
    """A chimeric person: a finger of FVC where there is one left, else of SOCOFing (no mate), and a face of LFW."""

    name: str
    prints: tuple[Path, Path | None]
    photos: tuple[Path, Path]
    ppi: str


def photo_pairs(shared_data: Path, recogniser: FaceRecogniser) -> Iterator[tuple[Path, Path]]:
    """Yield two photos a person; those that show several people are refused at a station, and left out here."""
    for folder in sorted((shared_data / "face" / "lfw").iterdir()):
        pair = sorted(folder.glob("*.jpg"))[:2]
        if len(pair) == 2:
            with suppress(UnusableSample):
                for path in pair:
                    recogniser.extract(decode(path.read_bytes()))
                yield pair[0], pair[1]


def subjects(shared_data: Path, recogniser: FaceRecogniser) -> list[Subject]:
    fingers: list[tuple[Path, Path | None, str]] = []
    for year, database in DATABASES:
        folder = shared_data / "fingerprint" / year / database
        for finger in sorted({path.stem.rsplit("_", 1)[0] for path in folder.iterdir()}):
            if (year, database, finger) == SAME_FINGER:
                continue
            enrolment, probe = (next(folder.glob(f"{finger}_{impression}.*")) for impression in (1, 2))
            fingers.append((enrolment, probe, PPI.get((year, database), "500")))
    socofing = sorted((shared_data / "fingerprint" / "SOCOFing").glob("*Right_index*"))
    fingers += [(path, None, "") for path in socofing[: PEOPLE - len(fingers)]]
    pairs = islice(photo_pairs(shared_data, recogniser), PEOPLE)
    return [
        Subject(f"Subject {number}", finger[:2], pair, finger[2])
        for number, (finger, pair) in enumerate(zip(fingers, pairs, strict=True))
    ]


def resolution(ppi: str) -> dict[str, str]:
    """Return the form field; SOCOFing's resolution is not told, so that its ridges tell it."""
    return {"ppi": ppi} if ppi else {}


def enrol(server: Server, subject: Subject) -> str:
    files = {"right_index": subject.prints[0].read_bytes(), "photo": subject.photos[0].read_bytes()}
    data = form(name=subject.name) | resolution(subject.ppi) | {"accept_poor_quality": "FVC made some poor on purpose"}
    answer = server.http.post(f"{server.url}/enrolments", data=data, files=files, timeout=SECONDS)
    assert answer.status_code == 201, (subject, answer.text)
    return str(answer.json()["id"])


def first(server: Server, files: dict[str, bytes], ppi: str) -> dict[str, object]:
    answer = server.http.post(f"{server.url}/identify", data=resolution(ppi), files=files, timeout=SECONDS)
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["candidates"][0])


def test_all_people_are_found_first_and_survive_a_kill(shared_data: Path, tmp_path: Path) -> None:
    people = subjects(shared_data, FaceRecogniser(ModelRegistry(tmp_path / "models")))
    assert len(people) == PEOPLE
    folder = tmp_path / "data"
    ids: dict[str, str] = {}
    with ThreadPoolExecutor(CLIENTS) as clients:
        for half in (people[: PEOPLE // 2], people[PEOPLE // 2 :]):
            with running(folder) as server:
                enrolled = clients.map(partial(enrol, server), half)
                ids |= {subject.name: record_id for subject, record_id in zip(half, enrolled, strict=True)}
                server.kill()
        with running(folder) as server:
            wrong = [error for errors in clients.map(partial(not_first, server, ids), people) for error in errors]
    assert not wrong


def not_first(server: Server, ids: dict[str, str], subject: Subject) -> list[str]:
    """Search by the other photo, and the other print where there is one; tell where somebody else is first."""
    probes = [{"photo": subject.photos[1].read_bytes()}]
    if subject.prints[1]:
        probes.append({"right_index": subject.prints[1].read_bytes()})
    wrong = []
    for files in probes:
        candidate = first(server, files, subject.ppi)
        if candidate["record"]["id"] != ids[subject.name]:  # type: ignore[index]
            score = candidate["score"]["decibans"]  # type: ignore[index]
            wrong.append(f"{subject.prints[0]} by {list(files)}: another first, {score:.1f} decibans")
    return wrong
