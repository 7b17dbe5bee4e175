"""`pehchan calibrate status`, `learn`, `approve` and `decline`: the scales of this station's scores."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.arguments import AsJson
from api.cli.operator import operated_engine, service
from api.cli.terminal import ResultTable, moment, print_result
from api.settings import Settings
from api.v1.scales_schemas import ScalesOut
from biometrics.matching.teaching import NotLearnable
from biometrics.scales.repository import ScaleStore
from biometrics.use_cases.learn_scales import learn_scale
from biometrics.use_cases.scale_report import CLAIMED


def status(as_json: AsJson = False) -> None:
    """Show which scales state the scores of this station, from how many comparisons, and how far they reach."""
    with service("scales") as client:
        answer = client.send(ScalesOut, "GET", "scales")
    scales = answer.scales
    table = ResultTable("modality", "scale", "people", "compared", "bound", *(f"at {claimed:g}" for claimed in CLAIMED))
    for scale in scales:
        learned = scale.learned
        table.add_row(
            scale.modality,
            "shipped" if learned is None else f"learned {moment(learned.made_at)}",
            "" if learned is None else f"{learned.people:,}",
            "" if learned is None else f"{learned.comparisons:,}",
            f"{scale.bound:.1f}",
            *(f"{each.in_force:.1f}" for each in scale.differences),
        )
    notes = ["'at 20': the decibans in force where the shipped scale says 20. Nothing above the bound is shown."]
    for scale in scales:
        if scale.waiting is not None:
            notes.append(
                f"A learned scale of {scale.modality} differs much and waits for a decision: "
                f"'pehchan calibrate approve {scale.waiting.digest}', or decline."
            )
        elif scale.refusal is not None:
            notes.append(f"{scale.modality}: no scale was learned. {scale.refusal.text}")
    if any(scale.pinned for scale in scales):
        notes.append("The shipped scales are pinned: PEHCHAN_LEARNED_SCALES is false.")
    print_result(answer, as_json, table, *notes)


def learn(as_json: AsJson = False) -> None:
    """Learn the scales from the people on record now, and put them in force. The server does so on its own."""
    outcomes = {}
    with operated_engine(Settings()) as engine:
        for modality, channel in engine.channels.items():
            newest = ScaleStore(engine.store.database).newest(channel.scale_key)
            try:
                scale = learn_scale(engine, modality, newest)
            except NotLearnable as error:
                outcomes[modality] = str(error)
            else:
                outcomes[modality] = "learned" if scale else "unchanged"
    print_result(outcomes, as_json, *(f"{modality}: {outcome}" for modality, outcome in outcomes.items()))


Digest = Annotated[str, typer.Argument(help="SHA-256 of the scale, as 'calibrate status' shows it.")]
Because = Annotated[str, typer.Option(help="The reason, for the audit log.")]


def approve(digest: Digest, because: Because, as_json: AsJson = False) -> None:
    """Put a learned scale in force that waits, since it differs much from the one in force."""
    _decide(digest, because, as_json, approve=True)


def decline(digest: Digest, because: Because, as_json: AsJson = False) -> None:
    """Decline a learned scale that waits; the one in force stays."""
    _decide(digest, because, as_json, approve=False)


def _decide(digest: str, because: str, as_json: bool, *, approve: bool) -> None:
    with service("scales") as client:
        client.answer("POST", "scales", digest, "decision", json={"approve": approve, "because": because})
    print_result({"approved": approve}, as_json, "approved" if approve else "declined")
