"""Train the network that finds minutiae in latents, from LEADER's published weights.

    python -m benchmarks.training.latents prepare POOL [DIR[:PPI] ...] --generated 1400
    python -m benchmarks.training.latents train POOL RUN [--steps 15000] [--resume]
    python -m benchmarks.training.latents export RUN models/trained/latents.npz

`prepare` makes a pool of clean prints, generated ones and those of the folders, with what the published network reads
in them; `train` lays them on surfaces, new ones in every step, and writes checkpoints and progress to RUN. It may be
ended at any moment and goes on with --resume. `export` writes the mean of the weights, and prints its SHA-256.
docs/latents.md says how to install PyTorch for it.
"""

from __future__ import annotations

import argparse
from hashlib import sha256
from pathlib import Path

import numpy as np

from benchmarks.training.interruptible import CHECKPOINT
from benchmarks.training.latents.held_out import held_out
from benchmarks.training.latents.network import Leader, published_weights
from benchmarks.training.latents.pool import Pool
from benchmarks.training.latents.preparing import prepare
from benchmarks.training.latents.training import Plan, Training, run
from fingerprint.latents.network import MIN_QUALITY
from models.leader.weights import HEADS, read_weights


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("prepare")
    making.add_argument("pool", type=Path)
    making.add_argument("folders", nargs="*", metavar="DIR[:PPI]")
    making.add_argument("--generated", type=int, default=1400)
    making.add_argument("--workers", type=int, default=2)
    training = commands.add_parser("train")
    training.add_argument("pool", type=Path)
    training.add_argument("run", type=Path)
    training.add_argument("--steps", type=int, default=15_000)
    training.add_argument("--resume", action="store_true", help="go on from the checkpoint in RUN")
    training.add_argument("--from", dest="start", type=Path, help="begin with exported weights, with a new optimiser")
    training.add_argument("--published-head", action="store_true", help="with --from: the published head of places")
    training.add_argument("--rate", type=float, default=Plan.rate, help="size of a step, at most")
    training.add_argument("--seed", type=int, default=1)
    training.add_argument("--batch", type=int, default=12)
    training.add_argument("--whole", type=float, default=0.5, help="share of whole prints")
    training.add_argument("--float32", action="store_true", help="do not use half precision")
    exporting = commands.add_parser("export")
    exporting.add_argument("run", type=Path)
    exporting.add_argument("file", type=Path)
    exporting.add_argument("--min-quality", type=float, default=MIN_QUALITY, help="of a minutia that counts")
    chosen = parser.parse_args()
    if chosen.command == "prepare":
        prepare(chosen.pool, chosen.generated, chosen.folders, chosen.workers)
    elif chosen.command == "train":
        chosen.run.mkdir(parents=True, exist_ok=True)
        run(_training(chosen), Pool(chosen.pool), chosen.run, chosen.steps, list(held_out()))
    else:
        export(Training.load(chosen.run / CHECKPOINT), chosen.file, chosen.min_quality)


def _training(chosen: argparse.Namespace) -> Training:
    checkpoint = chosen.run / CHECKPOINT
    if chosen.resume:
        return Training.load(checkpoint)
    if checkpoint.exists():
        raise SystemExit(f"{checkpoint} is there; go on with --resume, or remove it.")
    plan = Plan(chosen.seed, chosen.batch, chosen.whole, not chosen.float32, chosen.rate)
    published = published_weights()
    if chosen.start is None:
        return Training(Leader(published), plan)
    layers = dict(read_weights(chosen.start.read_bytes()))
    if chosen.published_head:
        layers |= {name: layer for name, layer in published.items() if name.startswith(HEADS[0])}
    with np.load(chosen.start) as arrays:
        return Training(Leader(layers), plan, int(arrays["step"]))


def export(training: Training, file: Path, min_quality: float = MIN_QUALITY) -> None:
    """Write the mean of the weights, the least quality of a minutia that counts, and how many steps it took."""
    tensors = training.averaged().arrays.items()
    arrays = {name: tensor.detach().numpy().astype(np.float16) for name, tensor in tensors}
    np.savez_compressed(file, step=np.array(training.step), min_quality=np.array(min_quality), **arrays)
    print(sha256(file.read_bytes()).hexdigest())  # noqa: T201


if __name__ == "__main__":
    main()
