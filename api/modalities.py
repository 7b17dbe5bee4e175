"""The modalities of this installation: the only list. Each is registered here, by what its package says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, Union

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from biometrics.kernel.recognition.capture import Position
from biometrics.kernel.recognition.modality import Modality
from face.modality import FACE
from fingerprint.modality import FINGERPRINT
from iris.modality import CALIBRATIONS as SCALE_OF_IRISES
from iris.modality import IRIS
from marks.modality import CALIBRATIONS as ORDER_OF_MARKS
from marks.modality import MARK, is_installed
from models import CALIBRATIONS
from palm.modality import CALIBRATIONS as ORDER_OF_PALMS
from palm.modality import PALM

if TYPE_CHECKING:
    from biometrics.matching.ports import Recogniser, SearchIndex
    from models.registry import ModelRegistry

# How an empty index is made, and how one is made of a snapshot (`index.snapshot_file`) of each kind.
EmbeddedIndex: TypeAlias = "tuple[Callable[[], SearchIndex], Mapping[str, Callable[[Any], SearchIndex]]]"


@dataclass(frozen=True)
class Registration:
    """How a modality is recognised: what opens its recogniser, and the folder of its shipped calibrations.

    `model` is the name of its network in the models manifest, which may have other versions; then `open_recogniser`
    takes the name of the version to open as well. `fast` is that of the model that `Settings.extractor` may put in its
    place. `digest_of` returns the digest of a version, `Recogniser.model`,
    without opening it. `index` is of a modality whose `IndexKind` is OWN.
    """

    open_recogniser: Callable[..., Recogniser]
    calibrations: Path
    model: str = ""
    digest_of: Callable[[ModelRegistry, str], str] | None = None
    index: Callable[[], EmbeddedIndex] | None = None
    fast: str = ""


REGISTRATIONS: Final[dict[Modality, Registration]] = {}


def register(
    modality: Modality,
    open_recogniser: Callable[..., Recogniser],
    calibrations: Path = CALIBRATIONS,
    model: str = "",
    digest_of: Callable[[ModelRegistry, str], str] | None = None,
    index: Callable[[], EmbeddedIndex] | None = None,
    fast: str = "",
) -> None:
    """Add a modality to the service, before the rest of `api` is imported: forms and pages are made of this list."""
    modality.register()
    REGISTRATIONS[modality] = Registration(open_recogniser, calibrations, model, digest_of, index, fast)


def file_fields() -> dict[str, tuple[Modality, Position | None]]:
    """Return what the files of each form field are of, in the order of the modalities."""
    return {
        field: (modality, position)
        for modality in Modality.registered()
        for field, position in modality.traits.fields.items()
    }


@cache
def _names() -> type[StrEnum]:
    names = StrEnum("Modality", {modality.upper(): str(modality) for modality in Modality.registered()})  # type: ignore[misc]
    names.__doc__ = "A biometric characteristic that this service can compare."
    return names


def _by_name(_: object, handler: GetCoreSchemaHandler) -> CoreSchema:
    """Read and write a modality as its name; the OpenAPI document has the names as an enumeration."""
    names = handler.generate_schema(_names())
    written = core_schema.plain_serializer_function_ser_schema(_names(), return_schema=names)
    return core_schema.no_info_after_validator_function(Modality.named, names, serialization=written)


def _by_number(kind: type[Position], source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
    """Read any registered position where a schema says no more than that it is one."""
    kinds = tuple(modality.traits.positions for modality in Modality.registered() if modality.traits.positions)
    return handler.generate_schema(Union[kinds]) if kind is Position else handler(source)  # noqa: UP007


# The kernel knows nothing of Pydantic.
Modality.__get_pydantic_core_schema__ = staticmethod(_by_name)  # type: ignore[attr-defined]
Position.__get_pydantic_core_schema__ = classmethod(_by_number)  # type: ignore[attr-defined]
ModalityName: TypeAlias = Modality  # in schemas and settings: imported from here, it is registered and read by its name


def _open_fingerprints(registry: ModelRegistry, model: str) -> Recogniser:
    from fingerprint.recogniser import FingerprintRecogniser  # imported late, as below: many commands need none

    return FingerprintRecogniser(registry, network=model)


def _open_faces(registry: ModelRegistry, model: str) -> Recogniser:
    from face.recogniser import FaceRecogniser

    return FaceRecogniser(registry, embedder=model)


def _digest_of_prints(registry: ModelRegistry, model: str) -> str:
    from fingerprint.identity import model_digest

    return model_digest(registry, model)


def _digest_of_faces(registry: ModelRegistry, model: str) -> str:
    from face.identity import space_of

    return space_of(registry, model)


def _digest_of_marks(registry: ModelRegistry, _model: str) -> str:
    from marks.identity import MANIFEST, model_digest
    from models.registry import ModelRegistry

    return model_digest(ModelRegistry(registry.folder, MANIFEST))


def _digest_of_irises(registry: ModelRegistry, _model: str) -> str:
    from iris.identity import MANIFEST, model_digest
    from models.registry import ModelRegistry

    return model_digest(ModelRegistry(registry.folder, MANIFEST))


def _digest_of_palms(registry: ModelRegistry, _model: str) -> str:
    from palm.identity import model_digest

    return model_digest(registry)


def _open_palms(registry: ModelRegistry) -> Recogniser:
    from palm.recogniser import PalmRecogniser

    return PalmRecogniser(registry)


def _open_irises(registry: ModelRegistry) -> Recogniser:
    from iris.recogniser import IrisRecogniser

    return IrisRecogniser(registry)


def _index_of_irises() -> EmbeddedIndex:
    from iris.index import IrisIndex

    return IrisIndex, {IrisIndex.KIND: IrisIndex.restored}


def _open_marks(registry: ModelRegistry) -> Recogniser:
    from marks.recogniser import MarkRecogniser

    return MarkRecogniser(registry)


register(FINGERPRINT, _open_fingerprints, model="leader", digest_of=_digest_of_prints, fast="leader-reduced")
register(FACE, _open_faces, model="sface", digest_of=_digest_of_faces)
register(IRIS, _open_irises, SCALE_OF_IRISES, digest_of=_digest_of_irises, index=_index_of_irises)
register(PALM, _open_palms, ORDER_OF_PALMS, digest_of=_digest_of_palms)
if is_installed():
    register(MARK, _open_marks, ORDER_OF_MARKS, digest_of=_digest_of_marks)
