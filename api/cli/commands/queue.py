"""`pehchan queue`: enrolments that a station collects while it is offline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from api.bootstrap.store import master_keys
from api.cli.arguments import AcceptPoorQuality, AsJson
from api.cli.manifest import entered, read_person
from api.cli.terminal import ResultTable, print_result
from api.client.form_fields import sample_details
from api.http.schemas import STORED
from api.offline.queue import StationQueue
from api.offline.sender import Sender
from api.settings import Settings
from biometrics.kernel.errors import DecryptionFailed, NoSamples
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Sample
from biometrics.kernel.technique.clock import latest_day
from biometrics.kernel.technique.text import printable
from biometrics.matching.extraction import extract_one, refuse_repeated_fingers
from biometrics.use_cases.enrolment.enrol import apply_quality_policy

app = typer.Typer(help="The queue of an offline station: add, list, send, remove.", no_args_is_help=True)


@app.command()
def add(
    folder: Annotated[list[Path], typer.Argument(help="A person's folder: person.json and images, as for import.")],
    accept_poor_quality: AcceptPoorQuality = "",
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Do not check the images' quality here.")] = False,
    as_json: AsJson = False,
) -> None:
    """Queue enrolments. What the server would refuse is refused here, while the person is still present."""
    settings = Settings()
    queue = _queue(settings)
    keys = []
    for path in folder:
        described = read_person(path)
        samples = described.samples
        entered(Person, described.record)
        arrest = _checked_encounter(described.encounter)
        if not samples:
            raise NoSamples(f"There is no print and no photo in {path}; put at least one there.")
        refuse_repeated_fingers(samples)
        arrest.refuse_prints_of_missing(samples)
        if not unchecked:
            _check_samples(settings, samples, accept_poor_quality)
        fields = {
            "record": described.record,
            "encounter": described.encounter,
            "samples": [_described(index, sample) for index, sample in enumerate(samples)],
            "accept_poor_quality": accept_poor_quality,
        }
        keys.append(queue.add(fields, [(sample.filename, sample.content) for sample in samples]))
        if not as_json:
            typer.echo(keys[-1])  # at once: a later folder may be refused
    print_result(keys, as_json)


@app.command("list")
def list_items(as_json: AsJson = False) -> None:
    """List the items: waiting, refused with the reason, and enrolled."""
    queue = _queue(Settings())
    answers = queue.answers()
    table = ResultTable("key", "FIR", "state", "the server's answer")
    item_states = []
    for key in sorted({*queue.unfinished(), *answers}):
        answer = answers.get(key)
        state = "waiting" if answer is None else "taken" if answer["status"] == 201 else "refused"
        item_states.append({"key": key, "state": state, "answer": answer})
        text = "" if answer is None else answer["national_number"] or _sentence(answer)
        table.add_row(key, "" if state == "taken" else printable(_fir(queue, key)), state, printable(text))
    print_result(item_states, as_json, table)


@app.command()
def send(
    refused: Annotated[bool, typer.Option("--refused", help="Send refused items again, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send the queue to PEHCHAN_SERVER_URL. Exit code 0: all were taken, 2: some were not, 1: it could not be sent."""
    settings = Settings()
    queue = _queue(settings)
    queue.sweep()
    keys = queue.unfinished() if refused else queue.waiting()
    console = Console(stderr=True)
    sender = Sender(queue, settings, lambda line: console.print(printable(line), markup=False, highlight=False))
    sender.send(keys)
    answers = queue.answers()
    accepted = sum(key in answers and answers[key]["status"] == 201 for key in keys)
    result = {"taken": accepted, "not_taken": len(keys) - accepted}
    print_result(result, as_json, f"{accepted} taken, {len(keys) - accepted} not")
    raise typer.Exit(0 if accepted == len(keys) else 2)


@app.command()
def remove(
    key: Annotated[list[str] | None, typer.Argument(help="Keys of items; items that were not taken are lost.")] = None,
    taken: Annotated[bool, typer.Option("--taken", help="Remove all items that were taken.")] = False,
) -> None:
    """Remove items from the queue."""
    queue = _queue(Settings())
    finished = [name for name, answer in queue.answers().items() if answer["status"] == 201] if taken else []
    for name in [*(key or ()), *finished]:
        queue.remove(name)


def _queue(settings: Settings) -> StationQueue:
    return StationQueue(settings.data_folder / "queue", master_keys(settings))


def _checked_encounter(content: Any) -> Encounter:
    """Check everything but a future date: this machine's clock may be wrong, so the server decides that."""
    date, now = entered(Encounter, content, STORED).date, latest_day()
    if date > now:
        Console(stderr=True).print(
            f"{date} is in the future by this machine's clock; check both. It is queued unchanged.",
            highlight=False,
        )
    return entered(Encounter, content | {"date": min(date, now)})


def _check_samples(settings: Settings, samples: Sequence[Sample], reason: str) -> None:
    from api.bootstrap.recognisers import open_recogniser  # imported late: not needed to list and send

    used = {modality: open_recogniser(settings, modality) for modality in {sample.modality for sample in samples}}
    apply_quality_policy([extract_one(used[sample.modality], sample, True) for sample in samples], reason)


def _described(index: int, sample: Sample) -> dict[str, Any]:
    described: dict[str, Any] = {"file": index} | sample_details(sample)
    if sample.position is not None:
        described["position"] = sample.position
    if sample.modality is not Modality.of(sample.position):
        described["modality"] = sample.modality
    return described


def _fir(queue: StationQueue, key: str) -> str:
    try:
        return str(queue.item(key).fields["encounter"]["fir_number"])
    except DecryptionFailed as error:
        return error.code


def _sentence(answer: dict[str, dict[str, str]]) -> str:
    return f"{answer['problem']['code']}: {answer['problem']['detail']}"
