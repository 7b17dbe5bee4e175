"""Use cases of examiners and supervisors: the steps of a case. Each is one transaction, and checked in it once more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from biometrics.cases.case import Case
from biometrics.cases.repository import CaseReader
from biometrics.cases.view import CaseView
from biometrics.cases.work import CaseRepository
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.cases import Conclusion, Pair, Side
from biometrics.kernel.marks import CaseMark
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action

STEP: Final = "case"  # the step of a request that carries out a step of a case

Hold = Callable[[CaseRepository, str], Case]
Step = Callable[[Case, str, datetime], Case]


@dataclass(frozen=True)
class RecordedLook:
    """The fact that a person viewed an image, stored in the case and the audit log; made by `Casework.look` only."""

    view: CaseView
    side: Side
    image: str
    maker: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse one that was made without its audit entry."""
        assert self.maker is _LOOK, "only Casework.look, which writes the audit entry, makes it"


_LOOK: Final = object()


class Casework(CaseReader):
    """The cases as the actor of a store sees them and works on them; a `case_id` is an id or a number.

    The steps raise OutOfJurisdiction for a case that is only referred to the actor's unit, UnknownCase for one that the
    unit may not know, and WrongStep, CaseTaken and NotIndependent as the steps of `Case` do.

    What a request with an idempotency key has done is not done again: the case is returned as it is by now. If the
    key was used for another request, KeyReused is raised.
    """

    def __init__(self, store: RecordStore) -> None:
        """Use a store that acts for a person, and for one request."""
        assert store.act is not None, "casework is a person's"
        super().__init__(store.database, store.act)
        self._records = store

    def for_actor(self, act: Act) -> Casework:
        """Return the same cases for another actor."""
        return Casework(self._records.for_actor(act).for_request(None))

    def take(self, case_id: str) -> CaseView:
        """Take the open part of a case."""
        informed, supervises = self.is_informed(case_id), self._act.actor.may(Scope.CASE_SUPERVISE)
        return self._step(
            case_id,
            Action.CASE_TAKEN,
            lambda case, who, at: case.take(who, at, supervises=supervises, informed=informed),
        )

    def give_back(self, case_id: str) -> CaseView:
        """Return a case to the queue, even if the caller's unit may no longer examine it."""
        return self._step(
            case_id,
            Action.CASE_GIVEN_BACK,
            lambda case, who, at: case.give_back(who),
            hold=CaseRepository.hold_to_give_back,
        )

    def analyse(self, case_id: str, of_value: bool, notes: str) -> CaseView:
        """Store an analysis of the probe."""
        return self._step(case_id, Action.CASE_ANALYSED, lambda case, who, at: case.analyse(who, of_value, notes, at))

    def look(self, case_id: str, side: Side, image: str) -> RecordedLook:
        """Keep that an image is shown, before it is; whatever gives out the image asks for the return value."""
        view = self._step(
            case_id, Action.CASE_LOOKED_AT, lambda case, who, at: case.look(who, side, image, at), side=side
        )
        return RecordedLook(view, side, image, _LOOK)

    def preview(self, case_id: str, choose: Callable[[CaseView], str]) -> RecordedLook:
        """Record in the audit log that a thumbnail of the probe is shown, as in a list; `choose` names the image.

        It is not kept in the case: no opinion can rest on a picture of that size.
        """
        view = self.previewed(case_id)
        return RecordedLook(view, Side.PROBE, choose(view), _LOOK)

    def decide(
        self,
        case_id: str,
        conclusion: Conclusion,
        notes: str,
        pair: Pair | None = None,
        marks: Sequence[CaseMark] = (),
    ) -> CaseView:
        """Give an opinion; `pair` names the images that it rests on, `marks` are minutiae marked on them.

        Raises:
            PairNotOpened: the caller has not opened them.
            InvalidField: an identification names none.
        """
        unit = self._act.actor.unit.path
        return self._step(
            case_id,
            Action.CASE_DECIDED,
            lambda case, who, at: case.decide(who, conclusion, notes, at, pair, unit, marks),
        )

    def supersede(
        self,
        case_id: str,
        conclusion: Conclusion,
        notes: str,
        because: str,
        pair: Pair | None = None,
        marks: Sequence[CaseMark] = (),
    ) -> CaseView:
        """Put another opinion in the place of one's own; it raises what `decide` does."""
        unit = self._act.actor.unit.path
        return self._step(
            case_id,
            Action.CASE_SUPERSEDED,
            lambda case, who, at: case.supersede(who, conclusion, notes, because, at, pair, unit, marks),
        )

    def withdraw(self, case_id: str, because: str) -> CaseView:
        """End a case without an answer."""
        return self._step(
            case_id,
            Action.CASE_WITHDRAWN,
            lambda case, who, at: case.withdraw(who, because, at),
            hold=CaseRepository.hold_to_withdraw,
        )

    def _step(
        self, case_id: str, action: Action, step: Step, side: Side | None = None, hold: Hold = CaseRepository.hold
    ) -> CaseView:
        with self._records.begin() as work:
            before = hold(work.cases, case_id)
            if work.answer(STEP) is not None:
                return work.cases.view(before)
            view, detail = work.cases.save(before, step(before, self._act.actor.id, datetime.now(UTC)), side)
            work.audit(action, view.id, **detail)
            work.remember(STEP, {})
            return view
