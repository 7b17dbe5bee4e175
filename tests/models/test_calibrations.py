"""The calibrations that are shipped, and an operator's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from api.bootstrap.recognisers import calibrations_of, latent_scales_of, model_registry
from api.modalities import REGISTRATIONS
from api.settings import Settings
from biometrics.kernel.errors import CalibrationUnusable
from biometrics.kernel.recognition.modality import Modality
from biometrics.matching.calibration import Calibration
from biometrics.matching.latent_scale import FEW, MOST_OF_FEW
from biometrics.matching.ports import Recogniser
from face.modality import FACE
from fingerprint.recogniser import FingerprintRecogniser
from models import CALIBRATIONS
from palm.modality import PALM


@dataclass(frozen=True)
class Identity:
    """What a calibration is chosen by."""

    modality: Modality
    model: str


def of(modality: Modality, model: str) -> Recogniser:
    return cast("Recogniser", Identity(modality, model))


def test_the_first_file_of_an_operators_folder_is_in_use_and_the_others_are_kept(tmp_path: Path) -> None:
    shipped = CALIBRATIONS / "face.json"
    folder = tmp_path / "scales"
    folder.mkdir()
    own = folder / "a.json"
    own.write_text(shipped.read_text("utf-8") + "\n", "utf-8")
    identity = of(FACE, Calibration.load(shipped).model)
    settings = Settings(data_folder=tmp_path, calibration_folder=folder)
    current, *others = calibrations_of(identity, settings)
    assert current.digest == Calibration.load(own).digest
    assert Calibration.load(shipped).digest in {other.digest for other in others}


def test_the_shipped_scale_of_latents_is_of_the_model_and_the_network_in_use(tmp_path: Path) -> None:
    recogniser = FingerprintRecogniser(model_registry(Settings(data_folder=tmp_path)))
    [scale] = latent_scales_of(recogniser, Settings(data_folder=tmp_path)).values()
    assert (scale.model, scale.network) == (recogniser.model, recogniser.latent_network)
    assert {kind.marked for kind in scale.kinds} == {False, True}
    assert all((kind.bound <= MOST_OF_FEW) == (kind.least < FEW) for kind in scale.kinds)


def test_a_change_of_model_leaves_what_only_orders_as_it_is(tmp_path: Path) -> None:
    paths = {modality: REGISTRATIONS[modality].calibrations / "calibration.json" for modality in Modality.registered()}
    ordered = [modality for modality, path in paths.items() if path.exists()]
    assert PALM in ordered
    for modality in ordered:
        [calibration] = calibrations_of(of(modality, "0" * 64), Settings(data_folder=tmp_path))
        assert calibration.only_orders


def test_a_model_without_a_scale_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalibrationUnusable, match="no calibration"):
        calibrations_of(of(FACE, "0" * 64), Settings(data_folder=tmp_path))
