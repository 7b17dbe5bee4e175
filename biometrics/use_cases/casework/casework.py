"""Use cases of examiners and supervisors: the steps of a case. Each is one transaction, and checked in it once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from biometrics.cases.case import Case
from biometrics.cases.reader import CaseReader
from biometrics.cases.report import CaseReport
from biometrics.cases.repository import CaseRepository
from biometrics.cases.view import CaseView, load_case
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.casework.annotations import WorkingMarks
from biometrics.kernel.casework.cases import Side
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft
from biometrics.kernel.errors import NothingToCompare, UnknownSample
from biometrics.matching.channel import Channel
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action
from biometrics.use_cases.casework.case_templates import models_for, template_named
from biometrics.use_cases.search.blinded_images import has_searched_alike

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

    def __init__(self, store: RecordStore, channels: Mapping[str, Channel]) -> None:
        """Use a store that acts for a person, and for one request; `channels`, by model, compare the images of cases.

        Images without a template of these models are not compared.
        """
        assert store.act is not None, "casework is a person's"
        super().__init__(store.database, store.act)
        self._records = store
        self._channels = channels

    def for_actor(self, act: Act) -> Casework:
        """Return the same cases for another actor."""
        return Casework(self._records.for_actor(act).for_request(None), self._channels)

    def take(self, case_id: str) -> CaseView:
        """Take the open part of a case."""
        informed = self._is_informed(case_id)
        supervises = self._act.actor.may(Scope.CASE_SUPERVISE)
        return self._step(
            case_id,
            Action.CASE_TAKEN,
            lambda case, who, at: case.take(who, at, supervises=supervises, informed=informed),
        )

    def assign(self, case_id: str, examiner: str) -> CaseView:
        """Give the open part of a case to an examiner, by id or login, who is notified.

        Raises:
            UnknownAccount: the caller may not give the case to such an account.
        """
        chosen = self.examiner(case_id, examiner)
        informed = self.for_actor(replace(self._act, actor=chosen))._is_informed(case_id)

        def hold(cases: CaseRepository, case_id: str) -> Case:
            case = cases.hold_to_supervise(case_id)
            cases.examiner(case, chosen.id)
            return case

        return self._step(
            case_id,
            Action.CASE_ASSIGNED,
            lambda case, who, at: case.assign(
                chosen.id, who, at, supervises=chosen.may(Scope.CASE_SUPERVISE), informed=informed
            ),
            hold=hold,
            examiner=chosen.id,
        )

    def comment(self, case_id: str, text: str) -> CaseView:
        """Write a comment on an open case; it is never evidence."""
        informed = self._is_informed(case_id)
        return self._step(
            case_id,
            Action.CASE_COMMENTED,
            lambda case, who, at: case.comment(who, text, at, informed=informed),
        )

    def give_back(self, case_id: str) -> CaseView:
        """Return a case to the queue, even if the caller's unit may no longer examine it."""
        return self._step(
            case_id,
            Action.CASE_GIVEN_BACK,
            lambda case, who, at: case.give_back(who),
            hold=CaseRepository.hold_to_give_back,
        )

    def analyse(self, case_id: str, draft: AnalysisDraft) -> CaseView:
        """Store an analysis of the probe."""
        return self._step(case_id, Action.CASE_ANALYSED, lambda case, who, at: case.analyse(who, draft, at))

    def mark(self, case_id: str, work: WorkingMarks) -> WorkingMarks:
        """Store the caller's marks at work in the place of those of their version; the entry tells nothing of them.

        Raises:
            MarksChanged: another computer of the caller has changed them since that version.
        """
        with self._records.begin() as unit:
            case = unit.cases.hold(case_id)
            saved = unit.cases.mark(case, work)
            unit.audit(Action.CASE_MARKED, case.id)
            return saved

    def look(self, case_id: str, side: Side, image: str) -> RecordedLook:
        """Keep that an image is shown, before it is; whatever gives out the image asks for the return value."""
        view = self._step(
            case_id,
            Action.CASE_IMAGE_VIEWED,
            lambda case, who, at: case.look(who, side, image, at),
            side=side,
            image=image,
        )
        return RecordedLook(view, side, image, _LOOK)

    def preview(self, case_id: str, choose: Callable[[CaseView], str]) -> RecordedLook:
        """Record in the audit log that a thumbnail of the probe is shown, as in a list; `choose` names the image.

        It is not kept in the case: no opinion can rest on a picture of that size.
        """
        view = self.previewed(case_id)
        return RecordedLook(view, Side.PROBE, choose(view), _LOOK)

    def report(self, case_id: str) -> tuple[CaseReport, dict[str, RecordedLook]]:
        """Return what the report of a closed case states, with a recorded look at each of its images, by name.

        The entry of the report in the audit log names the images.
        """
        report = self.reported(case_id)
        looks = {name: RecordedLook(report.view, side, name, _LOOK) for name, side in report.images.items()}
        return report, looks

    def decide(self, case_id: str, draft: OpinionDraft) -> CaseView:
        """Give an opinion.

        Raises:
            PairNotOpened, GroundsMissing, BasisContradicts, InvalidField: as for `given_opinion`.
            PairNotComparable, CorrespondencesMissing, BasisMissing: as for `require_stored_images`.
        """
        unit, ratio = self._act.actor.unit.path, self._ratio_of(case_id, draft)
        return self._step(
            case_id,
            Action.CASE_DECIDED,
            lambda case, who, at: case.decide(who, draft, at, unit=unit, ratio=ratio),
        )

    def supersede(self, case_id: str, draft: OpinionDraft) -> CaseView:
        """Put another opinion in the place of one's own; it raises what `decide` does."""
        unit, ratio = self._act.actor.unit.path, self._ratio_of(case_id, draft)
        return self._step(
            case_id,
            Action.CASE_SUPERSEDED,
            lambda case, who, at: case.supersede(who, draft, at, unit=unit, ratio=ratio),
        )

    def withdraw(self, case_id: str, because: str) -> CaseView:
        """End a case without an answer."""
        return self._step(
            case_id,
            Action.CASE_WITHDRAWN,
            lambda case, who, at: case.withdraw(who, because, at),
            hold=CaseRepository.hold_to_supervise,
        )

    def _ratio_of(self, case_id: str, draft: OpinionDraft) -> float | None:
        """Return the likelihood ratio of the pair that an opinion names, as a power of ten; None without one."""
        pair = draft.pair
        if not (draft.identifies or draft.excludes) or pair is None:
            return None
        with self._database.reading() as connection:
            question = load_case(connection, case_id).question
        store = self._records.as_system("compares the images of a case")
        try:
            models = models_for(store, self._channels, question.search_id)
            probe, candidate = (template_named(store, models, question, name)[0] for name in pair)
        except (NothingToCompare, UnknownSample):
            return None
        if probe.model != candidate.model:
            return None
        channel = self._channels[probe.model]
        score = channel.calibration.score(float(channel.recogniser.compare(probe, [candidate])[0]))
        return score.of_samples([probe], [candidate]).evidence.ratio

    def _is_informed(self, case_id: str) -> bool:
        """Return whether the actor knows of a score of a case, of its files or of files like them."""
        if self.is_informed(case_id):
            return True
        with self._database.reading() as connection:
            case = load_case(connection, case_id)
        if case.question.candidate_search_id:  # no search compares two latents
            return False
        return has_searched_alike(self._records, self._channels, self._act, case.id)

    def _step(
        self,
        case_id: str,
        action: Action,
        step: Step,
        side: Side | None = None,
        hold: Hold = CaseRepository.hold,
        **detail: str,
    ) -> CaseView:
        """Carry out a step once; `detail` is added to what its audit entry says."""
        with self._records.begin(STEP) as work:
            before = hold(work.cases, case_id)
            if not work.is_first:
                return work.cases.view(before)
            view, audit_detail = work.cases.save(before, step(before, self._act.actor.id, datetime.now(UTC)), side)
            work.audit(action, view.id, **audit_detail, **detail)
            work.remember(view.id)
            return view
