"""Models that are made from the file as distributed, once, and kept in the data folder."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from biometrics.kernel.errors import ModelMismatch, ModelMissing
from models.manifest import ModelEntry

_VERSIONS = {
    "fold": 1,
    "leader": 2,
    "leader-float": 2,
    "leader-reduced": 1,
    "unet": 1,
    "dlib": 1,
    "mobilenet": 1,
    "xfeat": 1,
}  # part of a kept file's name: raise one when its preparation gives another result
_HASH_BYTES = 32  # a kept file is the SHA-256 of a model, then the model: in one file they are always of one writer


def prepared(entry: ModelEntry, source: bytes, folder: Path) -> bytes:
    """Return the ONNX model made of `source`: from `folder` where a sound copy is kept, else made and kept there.

    Several processes may do this at once: each writes in a folder of its own and renames the result into place.

    Raises:
        ModelMismatch: the file is not what can be prepared so, or the result does not do what it should.
        ModelMissing: the result cannot be kept.
    """
    path = folder / f"{entry.name}-{entry.sha256[:16]}-{_VERSIONS[entry.prepare]}.{entry.prepare}"
    session_file = _read(path)
    if session_file is None:
        session_file = _make(entry, source)
        _keep(path, session_file)
    return session_file


def _read(path: Path) -> bytes | None:
    """Return the model that `path` keeps, None where it is absent or damaged."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelMissing(f"The prepared model {path} cannot be read: {error}. Make it readable.") from error
    digest, model = content[:_HASH_BYTES], content[_HASH_BYTES:]
    return model if hashlib.sha256(model).digest() == digest else None


def _make(entry: ModelEntry, source: bytes) -> bytes:
    """Prepare `source`; the imports are here because those of onnx and h5py take longer than opening a kept model."""
    try:
        if entry.prepare == "fold":
            from models.folding import fold

            return fold(source, free_size=entry.resizable)
        if entry.prepare == "dlib":
            from models.dlib_face import dlib_face

            return dlib_face(source)
        if entry.prepare == "mobilenet":
            from models.mobilenet import mobilenet

            return mobilenet(source)
        if entry.prepare == "xfeat":
            from models.xfeat import xfeat

            return xfeat(source)
        if entry.prepare == "unet":
            from models.unet import unet

            return unet(source)
        from models.leader.known import check
        from models.leader.network import REDUCED_PEAK, leader

        if entry.prepare == "leader-reduced":
            return leader(source, peak=REDUCED_PEAK)
        model = leader(source, quantised=entry.prepare == "leader")
        check(model)
    except ValueError as error:
        raise ModelMismatch(
            f'The model {entry.name} cannot be prepared ({error}); correct prepare = "{entry.prepare}" in its manifest.'
        ) from error
    return model


def _keep(path: Path, model: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-") as folder:
            written = Path(folder) / path.name
            written.write_bytes(hashlib.sha256(model).digest() + model)
            written.replace(path)
    except OSError as error:
        raise ModelMissing(f"The prepared model {path} cannot be kept: {error}. Make that folder writable.") from error
