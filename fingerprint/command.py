"""`pehchan-fingerprint`: minutiae of prints as records of ISO/IEC 19794-2, and the similarity of two prints."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from biometrics.imaging.image import decode
from biometrics.kernel.errors import PehchanError
from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.extraction.extractor import extract
from fingerprint.identity import NETWORK
from fingerprint.interchange.codec import is_record, read_record, write_record
from fingerprint.interchange.conversion import to_record, to_template
from fingerprint.matching.cylinders import prepare
from fingerprint.matching.matcher import match
from fingerprint.template import FingerprintTemplate
from models.registry import ModelRegistry

_PREPARED = Path.home() / ".cache" / "pehchan"  # where the network's weights are kept in the form that runs


def template_of(content: bytes, ppi: float | None = None) -> FingerprintTemplate:
    """Return the template of an image of one finger, or of the first view of a minutiae record.

    Raises:
        InvalidInput: neither can be read, or there is too little of a print.
    """
    if is_record(content):
        record = read_record(content)
        return to_template(record.views[0], record.format)
    return extract(decode(content, ppi), ModelRegistry(_PREPARED).open_session(NETWORK))


def similarity(probe: FingerprintTemplate, candidates: Sequence[FingerprintTemplate]) -> list[float]:
    """Return the similarity of a probe to each candidate, 0 to 1."""
    return [float(score) for score in match(prepare(probe), [prepare(candidate) for candidate in candidates])]


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="pehchan-fingerprint", description=__doc__)
    parser.add_argument("--ppi", type=float, help="resolution of the images; default: their own, or 500")
    commands = parser.add_subparsers(dest="command", required=True)
    extraction = commands.add_parser("extract", help="write the minutiae of a print (ISO/IEC 19794-2:2011)")
    extraction.add_argument("image", type=Path)
    extraction.add_argument("out", type=Path)
    comparison = commands.add_parser("compare", help="print the similarity of two images or records, 0 to 1")
    comparison.add_argument("probe", type=Path)
    comparison.add_argument("candidate", type=Path)
    given = parser.parse_args()
    try:
        if given.command == "extract":
            template = template_of(given.image.read_bytes(), given.ppi)
            given.out.write_bytes(write_record(to_record(template, FingerPosition.UNKNOWN)))
            sys.stdout.write(f"{given.out}: {len(template.minutiae())} minutiae\n")
        else:
            probe, candidate = (template_of(path.read_bytes(), given.ppi) for path in (given.probe, given.candidate))
            sys.stdout.write(f"{similarity(probe, [candidate])[0]:.6f}\n")
    except (PehchanError, OSError) as error:
        sys.exit(str(error))
