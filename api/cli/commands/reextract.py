"""`pehchan reextract`: extract the stored images by another model, and put it in force."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer

from api.bootstrap.engine_on_demand import engine_on_demand
from api.cli.arguments import AsJson
from api.cli.operator import operator
from api.cli.progress_bars import bars
from api.cli.remote import refuse_server
from api.cli.terminal import ResultTable, moment, print_result
from api.settings import Settings
from biometrics.kernel.people.templates import ModelInUse
from biometrics.kernel.recognition.modality import Modality
from biometrics.templates.leases import Held
from biometrics.templates.reextraction import ReextractionStore
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.models.compare_models import First, ModelComparison, compare_models
from biometrics.use_cases.models.model_changes import (
    KEPT_FOR,
    ModelState,
    default_names,
    go_back,
    model_named,
    model_states,
    probe_templates_of,
    put_in_force,
    remove_model,
    start,
)
from biometrics.use_cases.models.reextract import Reextraction

app = typer.Typer(
    help="Extract stored images by another model, and put it in force (docs/operations.md).", no_args_is_help=True
)

NICENESS = 10  # of `run`: a server on the same machine comes first

Name = Annotated[str, typer.Argument(help="Name of the model in the models manifest; see 'pehchan reextract status'.")]

Force = Annotated[
    bool, typer.Option("--force", help="Accept that running servers without the model refuse searches and enrolments.")
]


@app.command()
def status(
    limit: Annotated[int, typer.Option(min=0, help="Number of refused samples to list.")] = 20, as_json: AsJson = False
) -> None:
    """List the models: which is in force, how far extraction is, and the samples that a model refused."""
    with _engine() as engine:
        states = model_states(engine)
        models = [state.model for state in states]
        refused = ReextractionStore(engine.store.database, engine.store.keys, act=engine.store.act).refused(
            models, limit
        )
        refused_probes = probe_templates_of(engine).refused(models, limit)
    columns = ("modality", "model", "state", "to do", "refused", "not found", "a minute", "minutes left")
    table = ResultTable(*columns)
    for state in states:
        table.add_row(
            state.modality,
            state.name,
            _state(state),
            f"{state.pending + state.pending_probes:,}",
            f"{state.refused:,}",
            "" if state.unsearchable is None else f"{state.unsearchable:,}",
            "" if state.per_minute is None else f"{state.per_minute:,.0f}",
            "" if state.minutes_left is None else f"{state.minutes_left:,.0f}",
        )
    rows = [
        [str(sample.sample_id), sample.national_number, sample.modality.traits.name_of(sample.position), sample.detail]
        for sample in refused
    ]
    refused_table = ResultTable("sample", "person", "finger", "refused because")
    for row in rows:
        refused_table.add_row(*row)
    of_searches = ResultTable("search", "case or FIR", "probe", "refused because")
    for probe in refused_probes:
        of_searches.add_row(probe.search_id, probe.case_number, str(probe.ordinal + 1), probe.detail)
    note = "'to do' and 'refused': samples and kept probes. 'not found': people without a template of the model."
    tables = [part for part, lines in ((refused_table, refused), (of_searches, refused_probes)) if lines]
    result = {"models": states, "refused": refused, "refused_probes": refused_probes}
    print_result(result, as_json, table, note, *tables)


def _state(state: ModelState) -> str:
    if not state.installed:
        return "not installed"
    return "in force" if state.in_force else "in use" if state.in_use else "installed"


@app.command()
def run(
    name: Annotated[str, typer.Argument(help="Name of the model; the usual ones of the manifest if left out.")] = "",
    only_start: Annotated[bool, typer.Option("--only-start", help="Leave the work to the servers.")] = False,
    retry: Annotated[bool, typer.Option("--retry-refused", help="Try refused samples again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Extract all samples that have no template of a model. Exit code 1: some were refused, or are not done.

    If interrupted, run it again. Servers of the same database help; searches use the model in force until `switch`.
    """
    os.nice(NICENESS)
    extracted_count, held = 0, list[Held]()
    with _engine() as engine:
        names = [name] if name else default_names(engine)
        started_models = [start(engine, model_name, retry_refused=retry) for model_name in names]
        if not only_start:
            with bars() as show:

                def progress(model: ModelInUse, count: int) -> None:
                    show(model.name, count, max(model.to_do, count))

                work = Reextraction(engine.as_system("extracts samples again"))
                extracted_count = work.work_off(progress=progress)
                held = work.held_by_others([model for _, model in started_models])
        states = [state for state in model_states(engine) if (state.modality, state.model) in started_models]
    left = sum(state.pending for state in states)
    refused = sum(state.refused for state in states)
    sentence = (
        f"{extracted_count:,} samples and kept probes were extracted. Samples to do: {left:,}. Refused: {refused:,}."
    )
    of_others = [
        f"{part.holder} has {part.pieces:,} of these, until {moment(part.until + timedelta(minutes=1))} at most. If it "
        "was killed, run this command again then."
        for part in held
    ]
    result = {"extracted": extracted_count, "models": states, "held": held}
    print_result(result, as_json, sentence, *of_others)
    raise typer.Exit(1 if refused or (left and not only_start) else 0)


@app.command()
def compare(
    name: Name,
    people: Annotated[int, typer.Option(min=1, max=10_000, help="Number of people to search for.")] = 200,
    searches: Annotated[int, typer.Option(min=0, max=10_000, help="Number of stored searches to answer again.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Search by the model in force and by another one, and compare: with samples of people on record and kept probes.

    Of stored searches whose files are kept, it lists those in which the two name different people first.
    """
    with _engine() as engine:
        modality, model = model_named(engine, name)
        result = compare_models(engine, modality, model, people, searches)
    rows: list[list[str]] = [
        [kind, search.record_id, *(_answered(answer.rank, answer.mate) for answer in (search.before, search.after))]
        for kind, of_kind in (
            ("lost", [search for search in result.searches if search.lost]),
            ("won", [search for search in result.searches if search.won]),
            ("moved", [search for search in result.searches if search.moved and not (search.won or search.lost)]),
        )
        for search in of_kind
    ]
    mates, stored = ResultTable("mate", "record", "in force", name), ResultTable("search", "in force", name)
    for row in rows:
        mates.add_row(*row)
    for differing in result.stored.differing:
        stored.add_row(differing.search_id, *(_first_text(first) for first in (differing.before, differing.after)))
    tables = [table for table, lines in ((mates, rows), (stored, result.stored.differing)) if lines]
    print_result(result, as_json, *_summary(result, name), *tables)


def _summary(result: ModelComparison, name: str) -> Iterator[str]:
    yield f"{len(result.searches):,} searches, {len(result.mated):,} of them for people with another sample on record."
    if result.left_out:
        yield f"People left out, since one of the models has no template of a sample of theirs: {result.left_out:,}."
    before, after = result.named_first(after=False), result.named_first(after=True)
    yield f"Mates named first: {before:,} by the model in force, {after:,} by {name}."
    before, after = result.wrongly_named(after=False), result.wrongly_named(after=True)
    yield (
        f"Searches with a stranger at {result.threshold:.1f} decibans or above: {before:,} by the model in force, "
        f"{after:,} by {name}."
    )

    stored = result.stored
    yield f"Stored searches answered again: {len(stored.searches):,}. Another person first: {len(stored.differing):,}."
    if stored.left_out:
        yield (
            "Stored searches left out, since one of the models has no template of a probe or of the person named "
            f"first: {stored.left_out:,}."
        )


def _first_text(first: First) -> str:
    return "no one" if first.decibans is None else f"{first.record_id}, {first.decibans:.1f}"


def _answered(rank: int | None, decibans: float | None) -> str:
    return "not found" if rank is None or decibans is None else f"rank {rank}, {decibans:.1f}"


@app.command()
def switch(
    name: Name,
    accept_missing: Annotated[
        bool, typer.Option("--accept-missing", help="Accept that people without a template of it are not found.")
    ] = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Put a model in force: all servers search by it from then on. The templates of the one before are kept."""
    with _engine() as engine:
        put_in_force(engine, name, accept_missing=accept_missing, force=force)
    print_result({"in_force": name}, as_json, f"{name} is in force. 'pehchan reextract back' undoes this.")


@app.command()
def back(
    modality: Annotated[
        Modality,
        typer.Argument(
            parser=Modality.named, metavar="|".join(Modality.registered()), help="Modality whose model was switched."
        ),
    ],
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Put the model in force again that was replaced last."""
    with _engine() as engine:
        name = go_back(engine, modality, force=force)
    print_result({"in_force": name}, as_json, f"{name} is in force again.")


@app.command()
def remove(
    name: Name,
    at_once: Annotated[
        bool, typer.Option("--at-once", help=f"Also if it was in force within the last {KEPT_FOR.days} days.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a model that is not in force from use, with all its templates: there is no way back to it afterwards."""
    question = f"Remove {name} and all its templates? Searches that it answered can then no longer be repeated."
    if not yes:
        typer.confirm(question, abort=True, err=True)
    with _engine() as engine:
        removed = remove_model(engine, name, at_once=at_once)
    print_result({"removed": removed}, as_json, f"{removed:,} templates of {name} were removed.")


@contextmanager
def _engine() -> Iterator[Engine]:
    """Open the records; models and indexes follow where needed, even if people cannot be found: this is the way out."""
    refuse_server()
    with engine_on_demand(Settings(allow_unsearchable=True)) as engine:
        yield engine.for_actor(operator())
