"""Train the network that describes the ridges around minutiae, by which a latent and a print can be compared.

    python -m benchmarks.training.latents prepare POOL [DIR[:PPI] ...] --generated 800
    python -m benchmarks.training.descriptors make POOL EXAMPLES [--count 2000]
    python -m benchmarks.training.descriptors train EXAMPLES RUN [--steps 10000] [--resume]
    python -m benchmarks.training.descriptors export RUN models/trained/surroundings.npz

The pool of clean prints is that of the network for minutiae. `make` lays them on surfaces, as the network for ridges of
latents sees them, and makes prints of the same fingers, with points that both show. `train` may be ended at any moment
and goes on with --resume. `export` writes the mean of the weights, and prints the SHA-256. docs/latents.md says how to
install PyTorch.
"""

from __future__ import annotations

import argparse
from hashlib import sha256
from pathlib import Path

import cv2

from benchmarks.training.descriptors.examples import load, make
from benchmarks.training.descriptors.training import Training, run
from benchmarks.training.interruptible import CHECKPOINT
from benchmarks.training.latents.pool import Pool
from fingerprint.latents.network import RIDGES
from models.ridge_unet import ridge_unet
from models.session import ModelSession
from models.trained import trained_content


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make")
    making.add_argument("pool", type=Path)
    making.add_argument("examples", type=Path)
    making.add_argument("--count", type=int, default=2000)
    making.add_argument("--seed", type=int, default=1)
    training = commands.add_parser("train")
    training.add_argument("examples", type=Path)
    training.add_argument("run", type=Path)
    training.add_argument("--steps", type=int, default=10_000)
    training.add_argument("--resume", action="store_true", help="go on from the checkpoint in RUN")
    training.add_argument("--seed", type=int, default=1)
    exporting = commands.add_parser("export")
    exporting.add_argument("run", type=Path)
    exporting.add_argument("file", type=Path)
    chosen = parser.parse_args()
    if chosen.command == "make":
        cv2.setNumThreads(1)
        make(Pool(chosen.pool), _ridges(), chosen.examples, chosen.seed, chosen.count)
    elif chosen.command == "train":
        chosen.run.mkdir(parents=True, exist_ok=True)
        run(_training(chosen), load(chosen.examples), chosen.run)
    else:
        Training.load(chosen.run / CHECKPOINT).export(chosen.file)


def _ridges() -> ModelSession:
    content = trained_content(RIDGES)
    return ModelSession.open(RIDGES, sha256(content).hexdigest(), ridge_unet(content), threads=1)


def _training(chosen: argparse.Namespace) -> Training:
    checkpoint = chosen.run / CHECKPOINT
    if chosen.resume:
        return Training.load(checkpoint)
    if checkpoint.exists():
        raise SystemExit(f"{checkpoint} is there; go on with --resume, or remove it.")
    return Training(chosen.seed, chosen.steps)


if __name__ == "__main__":
    main()
