"""Answers as tables for a terminal, be they of this station or of a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.cli.terminal import ResultTable, moment

if TYPE_CHECKING:
    from api.v1.records_schemas import RecordOut, RecordPage
    from api.v1.searches_schemas import CandidateOut, SearchOut, SearchPageOut, StatesSearchedOut
    from api.v1.verification_schemas import PeopleVerificationOut, SamplesComparisonOut, VerificationOut
    from biometrics.kernel.recognition.evidence import Evidence


def record(record_out: RecordOut) -> ResultTable:
    """Show a record with its samples."""
    columns = ("encounter", "sample", "kind", "file", "size", "ppi", "quality", "faults")
    table = ResultTable(*columns, drop=("file", "size", "ppi"))
    table.title = (
        f"{record_out.name}, national number {record_out.national_number}, "
        f"record {record_out.id}, version {record_out.version}"
    )
    for encounter in record_out.encounters:
        for missing in encounter.missing_fingers:
            table.add_row(encounter.fir_number, "-", missing.position.label, missing.reason)
        for sample in encounter.samples:
            kind = sample.modality.traits.name_of(sample.position)
            if sample.view:
                kind = f"{kind}, {sample.view.label}"
            size = f"{sample.width} x {sample.height}"
            ppi = f"{sample.ppi:g}" if sample.ppi else "-"
            quality = "-" if sample.quality is None else str(sample.quality)
            faults = ", ".join(fault.replace("_", " ") for fault in sample.quality_faults)
            if sample.accepted_because:
                faults = f"{faults} (accepted: {sample.accepted_because})".strip()
            row = (encounter.fir_number, str(sample.id), kind, sample.filename, size, ppi, quality, faults)
            table.add_row(*row)
    table.caption = "\n".join(f"Breaks a rule, correct it: {problem.message}" for problem in record_out.problems)
    return table


def records(page: RecordPage) -> ResultTable:
    """Show the records that were found."""
    columns = ("national number", "name", "aliases", "sex", "born", "FIR", "record")
    table = ResultTable(*columns, drop=("record", "aliases"))
    for record in page.records:
        born, firs = str(record.birth_year or "-"), ", ".join(record.fir_numbers)
        table.add_row(record.national_number, record.name, ", ".join(record.aliases), record.sex, born, firs, record.id)
    return table


def searches(page: SearchPageOut) -> ResultTable:
    """Show the searches that were made."""
    columns = ("search", "made", "by", "purpose", "case", "with", "candidates", "above the threshold")
    table = ResultTable(*columns, drop=("above the threshold", "with", "purpose", "by", "candidates"))
    for search in page.searches:
        created, kinds = moment(search.created_at), ", ".join(search.modalities)
        candidates = "hidden until your opinion" if search.candidates is None else str(search.candidates)
        names_somebody = "-" if search.names_somebody is None else "yes" if search.names_somebody else "no"
        by = search.officer or search.searched_by_name
        table.add_row(
            search.id,
            created,
            by,
            search.purpose,
            search.case_number,
            f"{kinds}: {search.files}",
            candidates,
            names_somebody,
        )
    return table


def search(search_out: SearchOut) -> list[ResultTable | str]:
    """Show a search's candidates, and what was found in other states if they were searched too."""
    return [candidates(search_out), *(_other_states(search_out.national) if search_out.national else [])]


def _other_states(answer: StatesSearchedOut) -> list[ResultTable | str]:
    if answer.failure:
        return [f"Other states: {answer.without_hits}"]
    hits = ResultTable("state", "call this unit", "reference for the unit", title="Other states: above the threshold")
    for hit in answer.hits:
        hits.add_row(hit.state, hit.unit.contact, hit.reference)
    states = ResultTable("state", "coverage", "changes until", "failure", "modalities not searched")
    for state in answer.states:
        until = "-" if state.read_until is None else moment(state.read_until)
        without = ", ".join(state.without)
        coverage = state.coverage.replace("_", " ")
        states.add_row(f"{state.name} ({state.state})", coverage, until, state.failure, without)
    return [hits if answer.hits else f"Other states: {answer.without_hits}", states]


def candidates(search: SearchOut, replayed_candidates: Sequence[CandidateOut] | None = None) -> ResultTable:
    """Show a search's candidates with what each score is made of; or those of its replay."""
    candidate_list = search.candidates if replayed_candidates is None else replayed_candidates
    columns = ("rank", "national number", "name", "FIR", "decibans", "interval", "gap", "hint", "by sample")
    table = ResultTable(*columns, drop=("by sample", "gap", "interval", "FIR"))
    for candidate in candidate_list:
        table.add_row(*_candidate(candidate))
    table.title = f"{len(candidate_list)} candidates of {search.gallery_size} records; " + (
        "an investigation, without a threshold" if search.threshold is None else f"target FPIR {search.target_fpir:g}"
    )
    has_scale = any(candidate.score and not candidate.score.evidence.orders_only for candidate in candidate_list)
    scale = "; 20 decibans: one non-mated comparison in 100 scores this high" if has_scale else ""
    table.caption = f"search {search.id}{scale}" + _beyond(candidate_list) + _lead_text(candidate_list)
    return table


def _candidate(candidate: CandidateOut) -> tuple[str, ...]:
    rank, record, score = str(candidate.rank), candidate.record, candidate.score
    if candidate.elsewhere is not None:
        return rank, "-", f"a hit; call {candidate.elsewhere.contact}"
    assert score is not None, "only people of other units have no score"
    if record is None:
        return rank, "-", "record removed since", "", _figure(score.evidence)
    return (
        rank,
        record.national_number,
        record.name,
        ", ".join(record.fir_numbers),
        _figure(score.evidence),
        "" if score.capped or score.evidence.orders_only else f"{score.low:.0f} to {score.high:.0f}",
        "" if candidate.gap is None or score.evidence.orders_only else f"{candidate.gap:.1f}",
        f"{candidate.decision_hint}{', above threshold' * bool(candidate.above_threshold)}",
        ", ".join(
            f"{sample.probe.partition(' (')[0]} {_figure(sample.score.evidence)}".rstrip()
            for sample in candidate.samples
        ),
    )


def _figure(evidence: Evidence) -> str:
    """Return a score in decibans; empty where it only puts candidates in an order."""
    return "" if evidence.orders_only else evidence.figure


def _lead_text(candidate_list: Sequence[CandidateOut]) -> str:
    """Return a sentence about the lead of the first candidate."""
    return "".join(
        f"; lead of the first: {candidate.lead.lead.sentence}" for candidate in candidate_list if candidate.lead
    )


def _beyond(candidate_list: Sequence[CandidateOut]) -> str:
    """Return the notes on the scores in a table: beyond the data, or for ordering only."""
    scores = [candidate.score.evidence for candidate in candidate_list if candidate.score]
    capped = [score for score in scores if score.capped and not score.orders_only]
    limits = [
        f"> {score.decibans:.1f}: {score.sentence}" for score in {score.bound: score for score in capped}.values()
    ]
    return "".join(f"; {words}" for words in [*limits, *{score.sentence for score in scores if score.orders_only}])


def verification(verified: VerificationOut) -> ResultTable:
    """Show a verification's outcome."""
    table = ResultTable("sample", "decibans")
    outcome = "MATCH" if verified.match else "NO MATCH"
    table.title = (
        f"{outcome} with {verified.record.name} at target FMR {verified.target_fmr:g}: "
        f"{verified.score.evidence.figure} decibans, {verified.score.evidence.sentence}"
    )
    for sample in verified.samples:
        table.add_row(sample.probe, sample.score.evidence.figure)
    return table


def people_verification(verified: PeopleVerificationOut) -> ResultTable:
    """Show the outcome of a verification against a few people."""
    table = ResultTable("person", "national number", "outcome", "decibans", "evidence")
    table.title = f"{len(verified.people)} people compared, at target FMR {verified.target_fmr:g} for all of them"
    for person in verified.people:
        one, evidence = person.verification, person.verification.score.evidence
        outcome = "MATCH" if one.match else "no match"
        table.add_row(one.record.name, one.record.national_number, outcome, evidence.figure, evidence.sentence)
    for record in verified.not_compared:
        table.add_row(record.name, record.national_number, "not compared", "-", "no sample of the kinds that were sent")
    return table


def samples_comparison(compared: SamplesComparisonOut) -> ResultTable:
    """Show what may be stated of two sets of samples."""
    table = ResultTable("sample", "other", "decibans")
    table.title = f"{compared.score.evidence.figure} decibans, {compared.score.evidence.sentence}"
    for sample in compared.samples:
        table.add_row(sample.sample, sample.other, sample.score.evidence.figure)
    return table
