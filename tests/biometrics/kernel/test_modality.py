"""What a modality must say of itself before the service starts, and who may know of one by name."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import api
from biometrics.kernel.recognition.capture import EyePosition, Position
from biometrics.kernel.recognition.modality import Modality, ModalityTraits
from iris.modality import IRIS

ROOT = Path(api.__file__).parents[1]
BRANCH = re.compile(
    r"isinstance\([^#\n]*(Finger|Eye|Palm)Position"
    r"|\b(is|is not|==|!=) (FACE|FINGERPRINT|IRIS|PALM|MARK|FingerPosition|EyePosition|PalmPosition)\b"
    r"|in set\((Finger|Eye|Palm)Position|\(\*(Finger|Eye|Palm)Position|\[\*FingerPosition|^ +(FINGERPRINT|PALM): ",
    re.MULTILINE,
)
# What a format or a task says of fingers, eyes or palms alone.
BRANCHING = {
    "api/itl/latent_files.py",
    "api/itl/palms.py",
    "api/itl/samples.py",
    "api/v1/latents.py",
    "api/v1/samples.py",
    "biometrics/kernel/recognition/capture.py",
    "biometrics/use_cases/casework/examine.py",
    "capture/messages.py",
}


class Toe(Position):
    UNKNOWN = 210, "Unknown toe"
    BIG = 211, "Big toe"


class Nameless(Position):
    UNKNOWN = 212, "Unknown nail"
    BIG = 213


class Taken(Position):
    UNKNOWN = int(EyePosition.UNKNOWN), "Unknown lid"


class TooHigh(Position):
    UNKNOWN = 255, "Unknown lip"


class Sure(Position):
    LEFT = 214, "Left lobe"


def traits(positions: type[Position], *, prefix: str = "new_") -> ModalityTraits:
    fields = {prefix + position.name.lower(): position for position in positions}
    return replace(IRIS.traits, fields=fields, positions=positions)


@pytest.mark.parametrize("positions", [Nameless, Taken, TooHigh, Sure])
def test_positions_need_words_numbers_of_their_own_and_an_unknown_one(positions: type[Position]) -> None:
    with pytest.raises(ValueError, match=positions.__name__):
        Modality("new", traits(positions), __name__).register()
    assert "new" not in Modality.registered()


def test_names_and_form_fields_of_another_modality_are_refused() -> None:
    for name, of_toes in (
        ("iris", traits(Toe)),
        ("new", replace(traits(Toe), fields=IRIS.traits.fields)),
        ("new", replace(traits(Toe), fields={"big_toe": Toe.BIG})),
    ):
        with pytest.raises(ValueError, match="form field"):
            Modality(name, of_toes, __name__).register()


def test_only_what_is_of_one_modality_branches_on_it() -> None:
    """Elsewhere a trait says it (`ModalityTraits`), so that a new modality needs no change."""
    modules = [path for package in ("api", "biometrics", "capture") for path in (ROOT / package).rglob("*.py")]
    branching = {str(path.relative_to(ROOT)) for path in modules if BRANCH.search(path.read_text("utf-8"))}
    assert {name for name in branching if not name.startswith("api/demo/")} == BRANCHING
