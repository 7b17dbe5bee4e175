"""`pehchan itl`: ANSI/NIST-ITL transactions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text
from rich.tree import Tree

from api.bootstrap.recognisers import open_recogniser
from api.cli.arguments import AsJson, read_file, write_file
from api.cli.operator import service
from api.cli.terminal import print_result
from api.itl.quality import measured
from api.itl.submission import refusal
from api.itl.table import TransactionTable
from api.settings import Settings
from biometrics import itl
from biometrics.itl.describing import DescribedField, DescribedRecord, content, describe
from biometrics.itl.validation import all_faults
from biometrics.kernel.errors import FieldFault, MalformedTransaction
from biometrics.kernel.technique.text import printable

_SHOWN = 160  # characters of a value in the tree; --json has all of it

app = typer.Typer(help="ANSI/NIST-ITL transactions: show, submit and convert.", no_args_is_help=True)

_File = Annotated[Path, typer.Argument(help="An ANSI/NIST-ITL file (.an2, .eft, .nst, .xml).")]


@app.command()
def show(
    file: _File,
    quality: Annotated[bool, typer.Option("--quality", help="Measure prints and photos; takes a second each.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 3 if it does not conform.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a transaction: its records, fields by name, images and faults."""
    reading = itl.read(read_file(file))
    faults = all_faults(reading)
    described = describe(reading.records)
    measurements = measured(reading.records, cache(partial(open_recogniser, Settings()))) if quality else {}
    records = [record | {"measured": measurements.get(record["record"])} for record in content(described)]
    sentences = [printable(f"{_grade(fault)}: {fault.message}") for fault in faults]
    tree = _tree(file.name, described, len(reading.rest), measurements)
    print_result({"records": records, "errors": faults}, as_json, tree, *sentences)
    raise typer.Exit(3 if strict and not all(fault.warning for fault in faults) else 0)


@app.command()
def submit(
    file: _File,
    out: Annotated[Path | None, typer.Option(help="File for the answer, itself a transaction.")] = None,
    candidate: Annotated[
        int, typer.Option(min=1, max=99, help="Which candidate an answer to INTERPOL has, as it can have only one.")
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Carry out a transaction (booking, search, deletion) and show its answer. Exit code 2: it was refused."""
    settings = Settings()
    question = read_file(file)
    table = TransactionTable.load(settings.itl_table, settings.itl_interpol_table)
    with service("transactions") as client:
        try:
            answer = client.answer("POST", "itl", "transactions", params={"candidate": candidate}, content=question)
        except MalformedTransaction as error:
            if out and (refused := refusal(question, table, error)):
                write_file(out, refused)
            raise
    if out:
        write_file(out, answer.content)
    described = describe(itl.parse(answer.content))
    print_result({"records": content(described)}, as_json, _tree(out.name if out else "answer", described))
    raise typer.Exit(2 if answer.headers["X-Transaction-Type"] in table.refusals else 0)


@app.command()
def convert(
    file: _File,
    to: Annotated[itl.Encoding, typer.Option("--to", help="The encoding to write.")],
    out: Annotated[Path, typer.Option(help="File to write.")],
    leave_out: Annotated[
        bool, typer.Option("--leave-out-unknown", help="Convert an XML file with elements that no field takes.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a transaction in the other encoding: the same records, traditional or XML (NIEM)."""
    reading = itl.read(read_file(file))
    if reading.faults or (reading.notes and not leave_out):
        raise MalformedTransaction.of([*reading.faults, *reading.notes])
    write_file(out, itl.serialise(reading.records, to))
    sentences = [printable(f"note: {note.message}") for note in reading.notes]
    print_result({"records": len(reading.records), "errors": reading.notes}, as_json, *sentences)


def _grade(fault: FieldFault) -> str:
    return "error" if fault.fatal else "note" if fault.warning else "fault"


def _tree(
    name: str, described: list[DescribedRecord], rest: int = 0, measurements: Mapping[int, str] | None = None
) -> Tree:
    tree = Tree(Text(printable(name)))
    for record in described:
        idc = f", IDC {printable(record.idc)}" if record.idc else ""
        branch = tree.add(Text(f"{record.place}  Type-{record.type}  {record.name}{idc}"))
        for field in record.fields:
            branch.add(Text(_line(record, field)))
        if measurements and record.place in measurements:
            branch.add(Text(measurements[record.place]))
    if rest:
        tree.add(Text(f"{rest:,} bytes that could not be read"))
    return tree


def _line(record: DescribedRecord, field: DescribedField) -> str:
    head = f"{field.number}  {field.mnemonic or '?'}  {field.name or 'unknown field'}: "
    if field.value is None:
        return head + (str(record.picture) if record.picture else f"{field.bytes:,} bytes")
    value = printable("; ".join(" | ".join(items) for items in field.value))
    if len(value) > _SHOWN:
        value = f"{value[:_SHOWN]}… ({field.bytes:,} bytes)"
    return head + value + (f"  ({field.meaning})" if field.meaning else "")
