"""Train the network that sees the ridges of latents.

    python -m benchmarks.training.latents prepare POOL [DIR[:PPI] ...] --generated 800
    python -m benchmarks.training.latent_ridges train POOL RUN [--steps 6000] [--resume]
    python -m benchmarks.training.latent_ridges export RUN models/trained/ridges.npz

The pool of clean prints is that of the network for minutiae. `train` lays them on surfaces, new ones in every step; the
truth is what `fingerprint.extraction.ridges` draws of the clean print. It may be ended at any moment and goes on with
--resume. `export` writes the mean of the weights, and prints the SHA-256. docs/latents.md says how to install PyTorch.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.training.interruptible import CHECKPOINT
from benchmarks.training.latent_ridges.training import Training, run
from benchmarks.training.latents.pool import Pool


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train")
    training.add_argument("pool", type=Path)
    training.add_argument("run", type=Path)
    training.add_argument("--steps", type=int, default=6000)
    training.add_argument("--resume", action="store_true", help="go on from the checkpoint in RUN")
    training.add_argument("--seed", type=int, default=1)
    exporting = commands.add_parser("export")
    exporting.add_argument("run", type=Path)
    exporting.add_argument("file", type=Path)
    chosen = parser.parse_args()
    checkpoint = chosen.run / CHECKPOINT
    if chosen.command == "export":
        Training.load(checkpoint).export(chosen.file)
        return
    if checkpoint.exists() and not chosen.resume:
        raise SystemExit(f"{checkpoint} is there; go on with --resume, or remove it.")
    chosen.run.mkdir(parents=True, exist_ok=True)
    begun = Training.load(checkpoint) if chosen.resume else Training(chosen.seed, chosen.steps)
    run(begun, Pool(chosen.pool), chosen.run)


if __name__ == "__main__":
    main()
