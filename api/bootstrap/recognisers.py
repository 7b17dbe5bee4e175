"""The recognisers of this installation and their calibrations: settings to what the registered modalities open."""

from __future__ import annotations

from api.modalities import REGISTRATIONS, Registration
from api.settings import Settings
from biometrics.kernel.errors import CalibrationUnusable
from biometrics.kernel.recognition.modality import Modality
from biometrics.matching.calibration import Calibration
from biometrics.matching.latent_scale import LatentScale
from biometrics.matching.ports import LatentRecogniser, Recogniser
from models import CALIBRATIONS, LATENTS
from models.registry import ModelRegistry


def model_registry(settings: Settings) -> ModelRegistry:
    """Return the models of this installation."""
    return ModelRegistry(settings.resolved_models_folder, settings.operator_manifest)


def open_recogniser(settings: Settings, modality: Modality, name: str = "") -> Recogniser:
    """Open the recogniser of a modality, with the model of a name in the manifest or the usual one."""
    registration, registry = REGISTRATIONS[modality], model_registry(settings)
    model = [name or _versions(settings, registry, registration)[0]] if registration.model else []
    return registration.open_recogniser(registry, *model)


def installed_names(settings: Settings) -> dict[Modality, dict[str, str]]:
    """Return the names of the installed models by their digests, the usual one of each modality first.

    None is opened where its modality knows the digest without.
    """
    registry = model_registry(settings)
    names: dict[Modality, dict[str, str]] = {}
    for modality in Modality.registered():
        registration = REGISTRATIONS[modality]
        if registration.digest_of is None:
            names[modality] = {open_recogniser(settings, modality).model: str(modality)}
        else:
            versions = _versions(settings, registry, registration) if registration.model else [str(modality)]
            names[modality] = {registration.digest_of(registry, version): version for version in versions}
    return names


def _versions(settings: Settings, registry: ModelRegistry, registration: Registration) -> list[str]:
    """Return the names of a modality's installed models, the usual one first."""
    versions = registry.versions(registration.model)
    return [registration.fast, *versions] if registration.fast and settings.extractor == "fast" else versions


def open_versions(settings: Settings) -> dict[str, Recogniser]:
    """Open the recognisers of all versions of all models, by their names; of each modality the usual one first."""
    names = installed_names(settings)
    return {name: open_recogniser(settings, modality, name) for modality in names for name in names[modality].values()}


def calibration_of(recogniser: Recogniser, settings: Settings) -> Calibration:
    """Find the calibration of a recogniser's model, the operator's own first.

    Raises:
        CalibrationUnusable: there is none; a score without calibration is refused, not guessed.
    """
    return calibrations_of(recogniser, settings)[0]


def calibrations_of(recogniser: Recogniser, settings: Settings) -> list[Calibration]:
    """Return the calibrations of a recogniser's model: the one to use, then others that stored searches may name.

    Raises:
        CalibrationUnusable: as for `calibration_of`.
    """
    folders = [settings.calibration_folder] if settings.calibration_folder else []
    folders.append(REGISTRATIONS[recogniser.modality].calibrations)
    paths = [path for folder in folders for path in sorted(folder.glob("*.json"))]
    usable = [calibration for calibration in map(Calibration.load, paths) if _is_of(calibration, recogniser)]
    if usable:
        return usable
    raise CalibrationUnusable(
        f"There is no calibration for the {recogniser.modality} model {recogniser.model[:16]}; "
        "make one with 'pehchan calibrate' and name its folder in PEHCHAN_CALIBRATION_FOLDER."
    )


def latent_scales_of(recogniser: Recogniser, settings: Settings) -> dict[str, LatentScale]:
    """Return the scales of latents of a recogniser's model by their digests, the one to use first.

    That is one of the weights that it finds minutiae with: the operator's own, else the shipped one. Without one the
    scores of latents give the order only.

    Raises:
        CalibrationUnusable: a file is damaged.
    """
    if not isinstance(recogniser, LatentRecogniser):
        return {}
    folders = [settings.calibration_folder] if settings.calibration_folder else []
    paths = [path for folder in [*folders, CALIBRATIONS] for path in sorted((folder / LATENTS).glob("*.json"))]
    scales = [scale for scale in map(LatentScale.load, paths) if _is_of(scale, recogniser)]
    scales.sort(key=lambda scale: scale.network != recogniser.latent_network)
    return {scale.digest: scale for scale in scales}


def _is_of(calibration: Calibration | LatentScale, recogniser: Recogniser) -> bool:
    """Say whether a scale is of a recogniser's model; one that only puts scores in an order serves every model."""
    serves_all = isinstance(calibration, Calibration) and calibration.only_orders
    return calibration.modality == recogniser.modality and (serves_all or calibration.model == recogniser.model)
