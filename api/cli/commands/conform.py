"""`pehchan conform`: whether files and other systems speak the standards."""

from __future__ import annotations

import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from api.cli.arguments import AsJson, read_file
from api.cli.terminal import print_result
from api.standards import conformance
from biometrics import itl
from biometrics.itl.validation import all_faults
from biometrics.kernel.errors import FieldFault, MalformedTransaction
from biometrics.kernel.technique.text import printable
from fingerprint.synthetic.files import FingerOrder, write_fingers
from fingerprint.synthetic.finger.orientation import NATURAL_PROPORTIONS
from fingerprint.synthetic.sensors import OPTICAL

app = typer.Typer(
    help="Check whether files and other systems conform to the standards. Exit code 3: one does not.",
    no_args_is_help=True,
)

_Address = Annotated[str, typer.Argument(metavar="URL", help="The interface's address; its key: PEHCHAN_API_KEY.")]
_SHOWN = 5  # faults of a file; --json has all


@dataclass(frozen=True)
class _File:
    file: str
    conforms: bool
    errors: tuple[FieldFault, ...]


@app.command("itl")
def check_files(
    files: Annotated[list[Path], typer.Argument(help="ANSI/NIST-ITL files (.an2, .eft, .nst, .xml).")],
    as_json: AsJson = False,
) -> None:
    """Check ANSI/NIST-ITL files against ANSI/NIST-ITL 1-2011 update 2015."""
    results = [_checked(path) for path in track(files, "Files", transient=True, disable=as_json)]
    sentences = []
    for result in results:
        faults = [fault for fault in result.errors if not fault.warning]
        sentences.append(printable(f"{'conforms' if result.conforms else 'does not conform'}: {result.file}"))
        sentences += [printable(f"    {fault.message}") for fault in faults[:_SHOWN]]
        if len(faults) > _SHOWN:
            sentences.append(f"    and {len(faults) - _SHOWN} more")
    conforming = sum(result.conforms for result in results)
    print_result(results, as_json, *sentences, f"{conforming} of {len(results)} files conform.")
    raise typer.Exit(0 if conforming == len(results) else 3)


def _checked(path: Path) -> _File:
    try:
        faults = all_faults(itl.read(read_file(path)))
    except MalformedTransaction as error:
        faults = list(error.faults) or [FieldFault(0, "", "", "an ANSI/NIST-ITL file", str(error))]
    return _File(str(path), all(fault.warning for fault in faults), tuple(faults))


@app.command("osia")
def ask_osia(
    url: _Address,
    prints: Annotated[
        Path | None,
        typer.Option(help="Folder with 1_1.png, 1_2.png and 2_1.png: two prints of a finger and one of another."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask a system's OSIA interface what the standard wants. It enrols two people without names and deletes them."""
    _report(url, conformance.osia(_prints(prints)), {"transactionId": "conformance"}, as_json)


@app.command("mosip")
def ask_mosip(
    url: _Address,
    share: Annotated[str, typer.Option(help="Address of a person's CBEFF data, which the system can fetch.")] = "",
    mate: Annotated[str, typer.Option(help="Address of other CBEFF data of the same person.")] = "",
    as_json: AsJson = False,
) -> None:
    """Ask a system's MOSIP interface over HTTP what is specified. With --share it inserts a person and deletes them."""
    _report(url, conformance.mosip(share, mate), {}, as_json)


def _prints(folder: Path | None) -> conformance.Prints:
    names = ("1_1.png", "1_2.png", "2_1.png")
    if folder:
        return conformance.Prints(*(read_file(folder / name) for name in names))
    with tempfile.TemporaryDirectory() as made:
        order = FingerOrder(2, 2, Path(made), 1, OPTICAL, False, NATURAL_PROPORTIONS)
        list(track(write_fingers(order, 1), "Generating prints", total=2, transient=True))
        return conformance.Prints(*(read_file(Path(made) / name) for name in names))


def _report(url: str, steps: tuple[conformance.Step, ...], query: dict[str, str], as_json: bool) -> None:
    with conformance.connected(url, os.environ.get("PEHCHAN_API_KEY", "")) as client:
        steps_taken = conformance.run(client, steps, query)
    sentences = []
    for step in steps_taken:
        sentences.append(f'{"as specified" if step.passed else "deviates"}: {step.name}: "{step.quote}"')
        if not step.passed:
            sentences.append(printable(f"    {step.request} returned {step.status}: {step.response}"))
    passed = sum(step.passed for step in steps_taken)
    result = {"passed": passed, "steps": [asdict(step) for step in steps_taken]}
    print_result(result, as_json, *sentences, f"{passed} of {len(steps_taken)} responses are as specified.")
    raise typer.Exit(0 if passed == len(steps_taken) else 3)
