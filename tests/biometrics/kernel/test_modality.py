"""What a modality must say of itself before the service starts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from biometrics.kernel.recognition.capture import EyePosition, Position
from biometrics.kernel.recognition.modality import Modality, ModalityTraits
from iris.modality import IRIS


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
