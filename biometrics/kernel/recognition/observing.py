"""What operators may observe: the duration of each stage, the outcomes of searches and the quality of samples.

No person, record or file is ever identified here.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum

from biometrics.kernel.recognition.modality import Modality


class WorkStage(StrEnum):
    """A part of the work that takes time."""

    DECODE = "decode"  # an image file to pixels
    EXTRACT = "extract"  # pixels to a template
    ASSESS = "assess"  # the quality of a sample that is enrolled
    INDEX = "index"  # all probes of a search through the indexes, with what these had to catch up with
    MATCH = "match"  # the shortlist through the exact matcher
    SCORE = "score"  # the best people in full
    STORE = "store"  # the database transaction that keeps the outcome


class SearchOutcome(StrEnum):
    """How a search ended."""

    FOUND = "found"  # a candidate is above the threshold
    NONE = "none"  # no candidate is above the threshold
    LISTED = "listed"  # an investigation: the best candidates, without a threshold
    REFUSED = "refused"  # a sample is unusable


class Observer:
    """Receives observations; this one discards them. Called from many threads."""

    def stage(self, stage: WorkStage) -> AbstractContextManager[None]:
        """Return what is entered when a stage begins, and left when it ends."""
        return nullcontext()

    def searched(self, modalities: Collection[Modality], outcome: SearchOutcome) -> None:
        """Take note of a search by samples of these modalities."""

    def assessed(self, modality: Modality, quality: int) -> None:
        """Receive the quality, 0 to 100, of a sample to be enrolled."""


UNOBSERVED = Observer()
