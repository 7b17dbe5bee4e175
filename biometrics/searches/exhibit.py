"""What an officer states of the exhibit that a search was made with: where it comes from, and who lifted it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.entry import Entered
from biometrics.kernel.technique.json_fields import about
from biometrics.kernel.technique.text import NAME_LENGTH, assign, clean_text

REFERENCE_LENGTH: Final = 100
SCENE_LENGTH: Final = 300


@dataclass(frozen=True)
class SeizedExhibit(Entered):
    """An exhibit, as the seizure memo has it; what is empty was not stated.

    Raises:
        InvalidField: a text breaks its rule, or the day is in the future.
    """

    number: str = field(default="", metadata=about("Number of the exhibit or lift"))
    seizure_memo: str = field(default="", metadata=about("Number of the seizure memo"))
    scene: str = field(default="", metadata=about("Scene, and the object or surface that the print was on"))
    lifted_by: str = field(default="", metadata=about("Who lifted or photographed it"))
    lifted_on: dt.date | None = field(default=None, metadata=about("Day on which it was lifted"))

    def _clean(self) -> None:
        for name, called, length in (
            ("number", "number of the exhibit", REFERENCE_LENGTH),
            ("seizure_memo", "seizure memo", REFERENCE_LENGTH),
            ("scene", "scene and surface", SCENE_LENGTH),
            ("lifted_by", "name of who lifted it", NAME_LENGTH),
        ):
            assign(self, name, clean_text(called, getattr(self, name), length, required=False))

    def _check_days(self, latest: dt.date) -> None:
        if self.lifted_on and self.lifted_on > latest:
            raise InvalidField(f"The exhibit was lifted on {self.lifted_on}, which is in the future; correct the day.")
