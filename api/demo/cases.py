"""Cases of the demo, one in each state, so that no list of cases is empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from api.demo.people import SOUGHT_FINGERS, DemoPerson
from biometrics.kernel.access import Act, Actor, Purpose
from biometrics.kernel.casework.cases import Conclusion, Side
from biometrics.kernel.casework.opinions import Agreement, AnalysisDraft, Basis, Differences, OpinionDraft
from biometrics.searches.listing import SearchQuery
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.casework.examine import images_of, open_case
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.identify import SearchRequest, identify

FIRST: Final = 3  # of the demo's people, the one whom the first case is about
STATES: Final = ("new", "assigned", "first_opinion", "verification", "conflict", "closed", "withdrawn")

_GROUNDS: Final = {
    Conclusion.IDENTIFICATION: Basis(Agreement.AGREES, Agreement.NOT_VISIBLE, Differences.NONE),
    Conclusion.EXCLUSION: Basis(Agreement.DIFFERS, Agreement.NOT_VISIBLE, Differences.NONE),
}


@dataclass(frozen=True)
class CaseWorkers:
    """The officer who asks, the two examiners, and the supervisor."""

    officer: Actor
    examiner: Actor
    second: Actor
    supervisor: Actor


def add_cases(engine: Engine, workers: CaseWorkers) -> None:
    """Search for seven people of the demo, and bring a case about each into one of STATES, those that are missing."""
    for number, state in enumerate(STATES, FIRST):
        fir = f"{700 + number:04d}/2026"
        asking = engine.for_actor(Act(workers.officer, Purpose.INVESTIGATION, fir))
        if not asking.store.searches.find(SearchQuery(fir), 1).items:
            _add_case(asking, workers, DemoPerson(number), state, fir)


def _add_case(engine: Engine, workers: CaseWorkers, person: DemoPerson, state: str, fir: str) -> None:
    samples = person.prints(1, SOUGHT_FINGERS)
    found = identify(engine, SearchRequest(samples, 5, case_number=fir, officer=workers.officer.name))
    case_id = open_case(engine, found.id, 1, samples).id
    first, second = (_casework(engine, examiner, fir) for examiner in (workers.examiner, workers.second))
    if state == "withdrawn":
        _casework(engine, workers.supervisor, fir).withdraw(case_id, "The person stated their name.")
    if state not in ("new", "withdrawn"):
        first.take(case_id)
    if state in ("first_opinion", "verification", "conflict", "closed"):
        _decide(engine, first, case_id, Conclusion.IDENTIFICATION)
    if state in ("verification", "conflict", "closed"):
        second.take(case_id)
    if state in ("conflict", "closed"):
        conclusion = Conclusion.EXCLUSION if state == "conflict" else Conclusion.IDENTIFICATION
        _decide(engine, second, case_id, conclusion)


def _casework(engine: Engine, actor: Actor, fir: str) -> Casework:
    acting = engine.for_actor(Act(actor, Purpose.INVESTIGATION, fir))
    return Casework(acting.store, {channel.recogniser.model: channel for channel in acting.channels.values()})


def _decide(engine: Engine, casework: Casework, case_id: str, conclusion: Conclusion) -> None:
    """Analyse the probe, open the pair of images of the first finger, and decide."""
    view = casework.analyse(case_id, AnalysisDraft(of_value=True, notes="Clear loop, core and delta visible."))
    images = images_of(engine.store, view)
    probe = next(image for image in images if image.side is Side.PROBE)
    candidate = next(image for image in images if image.side is Side.CANDIDATE and image.position is probe.position)
    casework.look(case_id, Side.PROBE, probe.name)
    casework.look(case_id, Side.CANDIDATE, candidate.name)
    casework.decide(
        case_id,
        OpinionDraft(
            conclusion,
            "Compared ridge flow and minutiae of the pair.",
            probe.name,
            candidate.name,
            basis=_GROUNDS[conclusion],
            unmarked_because="Made for the demonstration.",
        ),
    )
