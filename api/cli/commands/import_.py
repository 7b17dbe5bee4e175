"""`pehchan import`."""

from __future__ import annotations

import csv
import uuid
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Annotated, Protocol

import typer
from rich.console import Console
from rich.progress import track

from api.cli.arguments import AcceptPoorQuality, AsJson
from api.cli.manifest import Item, items
from api.cli.operator import operated_engine
from api.cli.pending_checks import check_pending
from api.cli.terminal import print_result
from api.http.errors import details_of_fault
from api.itl.table import TransactionTable
from api.settings import Settings
from biometrics.kernel.errors import InvalidField, PehchanError, StoreUnavailable
from biometrics.kernel.technique.text import printable
from biometrics.storage import commits
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.batch_enrolment import ExtractedArrival, find, prepare, take_in, taken_before

AHEAD = 2  # items read and extracted, for each thread, before the first of them is stored
REPORT_EVERY = 100  # items, where there is no terminal for a progress bar

app = typer.Typer()


@app.command("import")
def import_people(
    source: Annotated[
        list[Path], typer.Argument(help="CSV manifests, folders, ANSI/NIST-ITL files; see docs/import.md.")
    ],
    rejects: Annotated[Path | None, typer.Option(help="CSV file for the refused items and the reasons.")] = None,
    accept_poor_quality: AcceptPoorQuality = "",
    as_json: AsJson = False,
) -> None:
    """Enrol many people. If interrupted, run it again: it skips what is done. Exit code 2: some were refused."""
    settings = Settings()
    import_items = items(
        source, TransactionTable.load(settings.itl_table, settings.itl_interpol_table), accept_poor_quality
    )
    console = Console(stderr=True)
    outcomes: Counter[str] = Counter()
    began = monotonic()
    with _report(rejects) as report, operated_engine(settings) as opened:
        engine = replace(opened, rules=replace(opened.rules, at_once=False))
        with ThreadPoolExecutor(settings.threads) as threads:
            for item, ready in _progress(
                _ready(engine, threads, import_items, AHEAD * settings.threads), len(import_items), console
            ):
                commits.watch()
                try:
                    left_out = _import(engine, ready, outcomes)
                except StoreUnavailable:  # not the item's fault; the others would fail, too
                    raise
                except PehchanError as error:
                    outcomes["refused"] += 1
                    rows = [(item.where, error.code, error.message)]
                except Exception as error:  # noqa: BLE001 - it is logged, and the other items are imported
                    outcomes["refused"] += 1
                    problem = details_of_fault(error, uuid.uuid4().hex)
                    rows = [(item.where, problem["code"], problem["detail"])]
                else:
                    rows = [(item.where, "left_out", sentence) for sentence in left_out]
                for row in rows:
                    report(row)
                    console.print(printable(": ".join(row)), markup=False, highlight=False)
        spent = monotonic() - began
        check_pending(engine)
    counts = {outcome: outcomes[outcome] for outcome in ("enrolled", "skipped", "refused")}
    enrolled, skipped, refused = counts.values()
    console.print(f"{60 * enrolled / spent:.1f} enrolled a minute, {settings.threads} threads", highlight=False)
    print_result(counts, as_json, f"{enrolled} enrolled, {skipped} already there, {refused} refused")
    raise typer.Exit(2 if refused else 0)


def _ready(
    engine: Engine, threads: ThreadPoolExecutor, import_items: Iterable[Item], ahead_limit: int
) -> Iterator[tuple[Item, Future[ExtractedArrival | None]]]:
    """Read and extract items in parallel, at most `ahead_limit` ahead of the yielded one; yield them in order."""
    ahead: deque[tuple[Item, Future[ExtractedArrival | None]]] = deque()
    try:
        for item in import_items:
            ahead.append((item, threads.submit(_prepared, engine, item)))
            if len(ahead) > ahead_limit:
                yield ahead.popleft()
        while ahead:
            yield ahead.popleft()
    finally:
        for _, future in ahead:
            future.cancel()


def _prepared(engine: Engine, item: Item) -> ExtractedArrival | None:
    """Read and extract an item; None if it is already enrolled."""
    arrival = item.read(lambda idempotency_key: taken_before(engine, idempotency_key) is not None)
    return None if arrival is None or find(engine, arrival) else prepare(engine, arrival)


def _import(engine: Engine, ready: Future[ExtractedArrival | None], outcomes: Counter[str]) -> list[str]:
    """Store an item; return the parts that were left out."""
    extracted = ready.result()
    if extracted is None or not take_in(engine, extracted).is_new:
        outcomes["skipped"] += 1
        return []
    outcomes["enrolled"] += 1
    return list(extracted.left_out)


def _progress(
    ready: Iterator[tuple[Item, Future[ExtractedArrival | None]]], total: int, console: Console
) -> Iterator[tuple[Item, Future[ExtractedArrival | None]]]:
    """Show the progress: a bar on a terminal, else a line now and then."""
    if console.is_terminal:
        yield from track(ready, "Importing", total, console=console)
        return
    for number, item in enumerate(ready):
        if number and number % REPORT_EVERY == 0:
            console.print(f"{number:,} of {total:,}", highlight=False)
        yield item


class _ReportRow(Protocol):
    def __call__(self, row: tuple[str, str, str], /) -> object: ...


@contextmanager
def _report(path: Path | None) -> Iterator[_ReportRow]:
    """Open the report of refused items; each row is written at once."""
    if path is None:
        yield lambda row: None
        return
    try:
        file = path.open("w", encoding="utf-8", newline="", buffering=1)
    except OSError as error:
        raise InvalidField(f"{path} cannot be written: {error.strerror}.") from error
    with file:
        writer = csv.writer(file)
        writer.writerow(("item", "code", "message"))
        yield writer.writerow
