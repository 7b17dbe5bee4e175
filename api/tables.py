"""Answers as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Column, Table

from biometrics.candidates import shown
from biometrics.records.store import RecordStore
from biometrics.records.values import Elsewhere, Record, SearchCandidate, StoredSearch
from biometrics.verify import Verification


def record(shown: Record) -> Table:
    """Show a record with its samples."""
    table = Table("encounter", "sample", "kind", "file", "size", "ppi", "quality", "faults")
    table.title = (
        f"{shown.person.name}, national number {shown.national_number}, record {shown.id}, version {shown.version}"
    )
    for stored in shown.encounters:
        for sample in stored.samples:
            kind = "photo" if sample.position is None else sample.position.label
            size = f"{sample.width} x {sample.height}"
            ppi = f"{sample.ppi:g}" if sample.ppi else "-"
            quality = "-" if sample.quality is None else str(sample.quality)
            faults = ", ".join(fault.replace("_", " ") for fault in sample.quality_faults)
            if sample.accepted_because:
                faults = f"{faults} (accepted: {sample.accepted_because})".strip()
            row = (stored.encounter.fir_number, str(sample.id), kind, sample.filename, size, ppi, quality, faults)
            table.add_row(*row)
    return table


def candidates(stored: StoredSearch, store: RecordStore, again: Sequence[SearchCandidate] | None = None) -> Table:
    """Show a search's candidates with what each score is made of; or those of its replay."""
    search = stored.search
    listed = search.candidates if again is None else again
    number = Column("national number", no_wrap=True, min_width=10)
    table = Table("rank", number, "name", "FIR", "decibans", "95 %", "gap", "hint", "by sample")
    table.title = f"{len(listed)} candidates of {search.gallery_size} records; " + (
        "an investigation, without a threshold"
        if search.threshold is None
        else f"threshold {search.threshold:.1f} decibans (target FPIR {search.settings['target_fpir']:g})"
    )
    table.caption = (
        f"search {stored.id}; 40 decibans: one non-mated comparison in 10,000 scores this high; * extrapolated"
    )
    for rank, line in enumerate(shown(store, search, listed), start=1):
        candidate, found = line.candidate, line.person
        if isinstance(found, Elsewhere):
            table.add_row(str(rank), "-", f"a hit; call {found.contact}")
            continue
        if found is None:
            table.add_row(str(rank), "-", "record removed since", "", f"{candidate.score:.1f}")
            continue
        firs = ", ".join(dict.fromkeys(encounter.encounter.fir_number for encounter in found.encounters))
        above = search.threshold is not None and candidate.score >= search.threshold
        samples, score, gap = (candidate.detail[name] for name in ("samples", "score", "gap"))
        parts = ", ".join(f"{one['probe'].partition(' (')[0]} {one['score']['decibans']:.1f}" for one in samples)
        table.add_row(
            str(rank),
            found.national_number,
            found.person.name,
            firs,
            f"{candidate.score:.1f}{'*' * score['extrapolated']}",
            f"{score['low']:.0f} to {score['high']:.0f}",
            "" if gap is None else f"{gap:.1f}",
            f"{candidate.detail['hint']}{', above threshold' * above}",
            parts,
        )
    return table


def verification(verified: Verification) -> Table:
    """Show a verification's outcome."""
    table = Table("sample", "decibans")
    outcome = "MATCH" if verified.match else "NO MATCH"
    table.title = (
        f"{outcome} with {verified.record.person.name}: {verified.result.score.decibans:.1f} decibans, "
        f"threshold {verified.threshold:.1f} (target FMR {verified.target_fmr:g})"
    )
    for sample in verified.result.samples:
        table.add_row(sample.probe.label, f"{sample.score.decibans:.1f}")
    return table
